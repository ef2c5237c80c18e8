/** Options that several commands share. Names are those of the flags. */
import type { KeylessServers, SignerIdentity } from '../ports.ts';

export interface CommonOptions {
  readonly config: string;
  readonly releases: string | null;
  readonly repository: readonly string[];
  readonly image: string | null;
  /** `--all-images`: of every image of the config, in its order. Left out where it cannot be asked for. */
  readonly allImages?: boolean;
  /** `VERSION` or an instant: leave out what came out later. */
  readonly at: string | null;
  /** `--config-from`: whose config decides if the git tag's and the default branch's differ; `null` refuses then. Left out where nothing is moved. */
  readonly configFrom?: 'tag' | 'default' | null;
  /** `--journal`: where journals are kept; {@link journalFolder} by default. */
  readonly journal?: string;
  /** `--offline`: no registry is read. */
  readonly offline?: boolean;
}

/** Where journals are kept, relative to the working directory. */
export const journalFolder = '.tagwright';

/** How a command that moves tags writes its statements. */
export interface SigningOptions {
  /** `--sign-key`: the private key that signs statements; `null`, or left out: none. */
  readonly signKey?: string | null;
  /** `--sign-keyless`: the services that sign in place of a key; `null`, or left out: none. It takes an `identity`. */
  readonly keyless?: KeylessServers | null;
  /** `--earlier-key`: public keys that earlier statements may be signed with too. */
  readonly earlierKeys?: readonly string[];
  /** `--evidence-identity`: who may have signed statements without a key, this run among them if it signs so. */
  readonly identity?: SignerIdentity | null;
}

/** Whose statements count; nobody named: signatures are not checked. */
export interface CountingOptions {
  /** `--evidence-key FILE`: public keys, of which any counts. */
  readonly evidenceKeys?: readonly string[];
  /** `--evidence-identity`: who may sign without a key. */
  readonly identity?: SignerIdentity | null;
}

/** Options of a command that is about one release. */
export interface ReleaseOptions extends CommonOptions {
  /** `--revision`: the commit the release has to be on, 40 hex; `null` for any. */
  readonly revision: string | null;
}
