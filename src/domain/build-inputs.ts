/** What RUN steps are given besides files. Nothing of it is an argument: arguments stay in the image's history. */
export interface BuildInputs {
  /** By the id that `RUN --mount=type=secret,id=…` names. */
  readonly secrets: ReadonlyMap<string, SecretSource>;
  /** Ids of `RUN --mount=type=ssh,id=…`; each is the ssh agent of whoever builds. */
  readonly ssh: readonly string[];
  /** Host name to address. */
  readonly addHosts: ReadonlyMap<string, string>;
  /** `nofile` to `1024:2048`: soft and hard limit. */
  readonly ulimits: ReadonlyMap<string, string>;
  readonly network: BuildNetwork | null;
}

/** An environment variable, or a file relative to the config. */
export type SecretSource =
  | { readonly kind: 'env'; readonly name: string }
  | { readonly kind: 'file'; readonly path: string };

export type BuildNetwork = 'default' | 'none' | 'host';

export const noInputs: BuildInputs = {
  secrets: new Map(),
  ssh: [],
  addHosts: new Map(),
  ulimits: new Map(),
  network: null,
};
