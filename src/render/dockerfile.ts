/**
 * A Dockerfile, rendered from its template. It is the same for every release: what differs from cell to cell
 * comes in as build arguments, so the rendered file can be committed and reviewed.
 */
import { qualifiedName } from '../domain/build-arguments.ts';
import type { Problem } from '../domain/errors.ts';
import { failed, type Result } from '../domain/result.ts';
import { quote } from '../domain/tag.ts';
import { checkBaseImage } from './build-values.ts';
import type { TemplateInput, TemplateSource, TemplateValue } from './template-input.ts';
import { renderTemplate } from './template.ts';

/** What a template may know of the cells it is for. */
export interface DockerfileInput {
  readonly template: TemplateSource;
  readonly partials: Readonly<Record<string, TemplateSource>>;
  /** The axis values that have this Dockerfile and no other: `{ flavor: 'conda' }`. */
  readonly axes: Readonly<Record<string, string>>;
  /** Path of the rendered file, for its header. */
  readonly dockerfile: string;
  /** The base image, with `${PYTHON}` and the like where it differs from cell to cell; none: the template names it. */
  readonly base?: DockerfileBase;
}

export interface DockerfileBase {
  readonly image: string;
  /** Where it is pulled from, if that is a mirror. */
  readonly pulled?: string;
  readonly digest?: string;
}

/**
 * Renders one Dockerfile. Templates see the axes it is for (`flavor`), `template`, `dockerfile` and, with a base image, `base.from`
 * (for `FROM`), `base.name` (with its registry, for the label) and `base.digest` (empty where it is not pinned).
 */
export function renderDockerfile(input: DockerfileInput): Result<string> {
  const { template, partials, axes, dockerfile, base } = input;
  const problems = [
    ...lineProblems({ ...axes, template: template.path, dockerfile }),
    ...baseProblems(dockerfile, base),
  ];
  if (problems.length > 0) return failed(...problems);
  const names: Record<string, TemplateValue> = { ...axes, template: template.path, dockerfile };
  if (base !== undefined) names['base'] = baseNames(base);
  const rendering: TemplateInput = { template, partials, context: names };
  return renderTemplate(rendering);
}

function baseNames(base: DockerfileBase): Readonly<Record<string, string>> {
  const digest = base.digest ?? '';
  const pulled = base.pulled ?? base.image;
  return {
    from: digest === '' ? pulled : `${pulled}@${digest}`,
    name: qualifiedName(base.image),
    digest,
  };
}

function baseProblems(dockerfile: string, base: DockerfileBase | undefined): readonly Problem[] {
  if (base === undefined) return [];
  const digest = base.digest === undefined ? '' : `@${base.digest}`;
  return [...new Set([base.image, base.pulled ?? base.image])].flatMap((image) =>
    checkBaseImage(`${image}${digest}`, `the base of ${dockerfile}`),
  );
}

/** Nothing that is printed may hold a second line. */
function lineProblems(values: Readonly<Record<string, string>>): readonly Problem[] {
  return Object.entries(values)
    .filter(([, value]) => /[\p{Cc}\u2028\u2029]/u.test(value))
    .map(([name, value]) => ({
      code: 'TEMPLATE_INVALID',
      where: name,
      message: `${quote(value)} has a line break or control character and cannot be printed into a Dockerfile`,
    }));
}
