/** What a template is rendered from. */
/** A template and the path it is known by in messages. */
export interface TemplateSource {
  readonly path: string;
  readonly text: string;
}

/** What a template may print, test or walk through. */
export type TemplateValue =
  | string
  | number
  | boolean
  | readonly TemplateValue[]
  | { readonly [name: string]: TemplateValue };

export interface TemplateInput {
  readonly template: TemplateSource;
  /** Partials by the name templates include them under. */
  readonly partials: Readonly<Record<string, TemplateSource>>;
  readonly context: Readonly<Record<string, TemplateValue>>;
}
