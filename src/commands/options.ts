/** Options that several commands share. Names are those of the flags. */
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

/** Options of a command that is about one release. */
export interface ReleaseOptions extends CommonOptions {
  /** `--revision`: the commit the release has to be on, 40 hex; `null` for any. */
  readonly revision: string | null;
}
