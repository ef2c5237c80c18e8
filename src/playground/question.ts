/**
 * The playground: a config and releases as texts, the plan and its reasons as data that a page draws.
 *
 * It runs in a browser, with no file, network or registry: the commands' own code over a world of two texts.
 */
import type { Problem } from '../domain/errors.ts';
import type { ExplanationView, PlanView } from './view.ts';

export interface Question {
  /** How messages name the config; left out: `matrix.config.json` or `matrix.config.yaml`, by what it is. */
  readonly configFile?: string;
  /** JSON or YAML. */
  readonly config: string;
  /** Rows as `releases.json` has them, or versions, one a line. */
  readonly releases: string;
  /** One of the config's images; `null`: the first. */
  readonly image: string | null;
  /** What publishing this release does; `null`: the tags of all releases. */
  readonly release: string | null;
  /** A tag to explain, in the plan or not. */
  readonly tag: string | null;
  /** Whether to answer with the document too, which may have megabytes. */
  readonly wantsJson: boolean;
}

export type Answer =
  | {
      readonly kind: 'plan';
      readonly plan: PlanView;
      readonly explanation: ExplanationView | null;
      /** What `plan --offline --json` prints for the same files. */
      readonly json: string | null;
      readonly configFile: string;
      /** Names to choose from: of images, and of releases, the highest first. */
      readonly images: readonly string[];
      readonly image: string;
      readonly releases: readonly string[];
    }
  | { readonly kind: 'problems'; readonly problems: readonly Problem[] };
