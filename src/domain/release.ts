import type { Instant } from './instant.ts';
import type { Version, VersionScheme } from './version.ts';

/** Withdrawn: owns no convenience tag. Pinned tags that are there stay right. */
export interface Yank {
  readonly reason: string;
  /** Where the word comes from, for messages: `matrix.config.ts`, `GitHub`, `PyPI`, `releases.json`. */
  readonly from: string;
  /** When it took effect; `null` where nobody said. */
  readonly since: Instant | null;
}

/** One published version with everything the plan needs to know about it. */
export interface Release {
  readonly version: Version;
  /** The git commit, 40 hex; `null` for a release that is not out yet (what-if), or whose source does not say it. */
  readonly revision: string | null;
  /** `undated` where its source does not say it. */
  readonly committedAt: Instant;
  /** When it came out. */
  readonly publishedAt: Instant;
  /** Flavor to Pythons as recorded when it was built; `null` where nothing was recorded and the config's ranges say. */
  readonly builtFor: Readonly<Record<string, readonly string[]>> | null;
  /** What the version says, or the source: either saying yes counts. */
  readonly prerelease: boolean;
  readonly yanked: Yank | null;
  /** Left out for the release itself. */
  readonly rebuild?: Rebuild;
  /** Its name as the source writes it, `v2.11.5`; left out if that is the version's text. */
  readonly sourceText?: string;
  /** Built and pinned, but owner of nothing yet. */
  readonly hold?: Hold;
  /** What a facts file or the config says of it besides. */
  readonly attributes?: Attributes;
  /** A pre-release of a project that has no final yet. */
  readonly isBeforeFinals?: true;
  /**
   * Not a release, but a build of a branch, a pull request or a schedule: what the label `version` of each
   * cell says, by the rank of its shape.
   */
  readonly labelVersions?: ReadonlyMap<number, string>;
  /** Of such a build: `refs/heads/main`, `refs/pull/12`; left out if the CI does not say. */
  readonly ref?: string;
  /** When its line ends (the attribute `eol`), and whether that is over at the moment that is planned for. */
  readonly line?: { readonly eol: Instant; readonly isOver: boolean };
}

export type Attributes = Readonly<Record<string, string | boolean>>;

/** Kept back on purpose, until somebody deletes the config's line. */
export interface Hold {
  readonly reason: string;
  /** Place in the config. */
  readonly where: string;
}

/** The same release built once more, on a newer base: a release of its own, right above the one it is of. */
export interface Rebuild {
  /** 2 or more: the release itself is the first build. Its `version.text` is `<of>+<number>`. */
  readonly number: number;
  /** The version that is built, as its source writes it. */
  readonly of: string;
  readonly reason: string;
}

/** What is built: the version as its source writes it, of a rebuild too. */
export function builtVersion(release: Release): string {
  return release.rebuild?.of ?? release.version.text;
}

/** The folder of its journals: of a build that is not a release, one for each commit. */
export function journalName({ version, revision, labelVersions }: Release): string {
  return labelVersions === undefined ? version.text : `${version.text.slice(0, 100)}-${(revision ?? '').slice(0, 12)}`;
}

/** By version, and a rebuild after what it is a rebuild of. */
export function compareReleases(a: Release, b: Release, scheme: VersionScheme): number {
  return scheme.compare(a.version, b.version) || (a.rebuild?.number ?? 1) - (b.rebuild?.number ?? 1);
}

/** A release as a source gives it: texts, not yet read. Shape of a row of a facts file, and of every source's answer. */
export interface ReleaseFact {
  readonly version: string;
  /** Left out in a facts file that knows versions alone, as `committedAt` is. */
  readonly revision?: string | undefined;
  /** RFC 3339 with offset. */
  readonly committedAt?: string | undefined;
  readonly publishedAt?: string | undefined;
  readonly builtFor?: Readonly<Record<string, readonly string[]>> | undefined;
  readonly prerelease?: boolean | undefined;
  readonly attributes?: Attributes | undefined;
  /** `from` as in {@link Yank}; left out, it is the row itself. */
  readonly yanked?:
    | boolean
    | { readonly reason: string; readonly since?: string | undefined; readonly from?: string | undefined }
    | undefined;
}

/** Where facts come from: a file of recorded facts, git, GitHub's releases, or a package index. */
export type SourceKind = 'file' | 'git' | 'github' | 'index';

/** Why a source may know fewer releases than there are. */
export interface PartialFacts {
  /** `this is a shallow clone, which may lack git tags` */
  readonly reason: string;
  /** How to get the rest, with the command. */
  readonly fix: string;
}

export interface PartialSource extends PartialFacts {
  /** Its name, as in messages. */
  readonly source: string;
}

/** What a package index knows of a version. It says more about releases of other sources, and adds none. */
export interface IndexedVersion {
  readonly version: string;
  readonly yanked: boolean;
  /** Why it was yanked; `null` where nobody said. */
  readonly reason: string | null;
}

const revisionPattern = /^[0-9a-f]{40}$/;

export function isRevision(text: string): boolean {
  return revisionPattern.test(text);
}
