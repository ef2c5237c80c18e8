/** The config as used: complete and read-only. Made by `normalize`, seen by every other room. */
import type { BuildInputs } from '../domain/build-inputs.ts';
import type { CacheStore } from '../domain/cache-store.ts';
import type { Digest } from '../domain/digest.ts';
import type { Instant } from '../domain/instant.ts';
import type { Mirror } from '../domain/mirrors.ts';
import type { Pattern } from '../domain/pattern.ts';
import type { Attributes } from '../domain/release.ts';
import type { Repository } from '../domain/reference.ts';
import type { VersionRange, VersionScheme } from '../domain/version.ts';
import type { TagTemplate } from './tag-template.ts';

export interface Config {
  /** For messages: the file it came from. */
  readonly file: string;
  readonly images: readonly ImageConfig[];
  readonly source: SourceConfig;
  readonly build: BuildConfig;
  /** Hosts that may be spoken to without TLS, besides loopback. */
  readonly insecureRegistries: readonly string[];
  readonly limits: Limits;
}

export interface ImageConfig {
  readonly name: string;
  /** The first is the one that plans name; all of them are published to. */
  readonly repositories: readonly [Repository, ...Repository[]];
  readonly scheme: VersionScheme;
  readonly shape: VersionShape;
  /** In the order of JSON keys: python, flavor, then further ones. */
  readonly axes: readonly Axis[];
  readonly aliases: readonly Alias[];
  /** What every cell is built with, where no axis value says otherwise. */
  readonly build: BuildSpec;
  /** Builds that cells share, by name; one may read those before it. */
  readonly shared: ReadonlyMap<string, BuildSpec>;
  /** Of the config: where bases are pulled from. Labels have the public name all the same. */
  readonly mirrors: readonly Mirror[];
  /** Digests of base images by full name and tag, from the base lock; empty: none is locked. */
  readonly basesLock: ReadonlyMap<string, Digest>;
  /** Of the config: the page of the git repository that releases come from, for the label `source`. */
  readonly sourceUrl: string | null;
  /** Of the config. */
  readonly sizeLimits: SizeLimits;
  /** Flavors of the config's other images: facts that several images share may speak of them. */
  readonly siblingFlavors: ReadonlySet<string>;
  /** How the config's other images read texts by patterns of their own: what is theirs is nobody's mistake. */
  readonly siblingShapes: readonly VersionShape[];
  readonly platforms: readonly RangedPlatform[];
  readonly rules: readonly Rule[];
  /** Tags of builds that are not releases; `null`: it has none. */
  readonly events: EventsConfig | null;
  readonly defaults: ReadonlyMap<string, readonly AxisDefault[]>;
  readonly postReleases: 'pinned-only' | 'promote';
  readonly excludedReleases: readonly ReleaseExclusion[];
  readonly excludedCells: readonly CellExclusion[];
  readonly yanked: readonly ConfigYank[];
  readonly holds: readonly ConfigHold[];
  /** What releases are said to be, by range; a later line may not contradict an earlier one. */
  readonly attributes: readonly AttributeLine[];
  /** Every attribute that a release may have: what templates and `where` may name. */
  readonly attributeNames: ReadonlySet<string>;
  readonly rebuilds: readonly ConfigRebuild[];
  readonly accepted: readonly Acceptance[];
  readonly checks: readonly Check[];
  /** Whose signatures count; `null`: the config does not say. Paths are relative to the config. */
  readonly signature: SignatureRule | null;
}

export type SignatureRule =
  | { readonly kind: 'key'; readonly path: string }
  | { readonly kind: 'identity'; readonly issuer: string; readonly identity: string; readonly trustRoot: string };

/** What another machine has to say of a digest before a tag is written. */
export interface Check {
  readonly name: string;
  /** `null`: every release. */
  readonly range: VersionRange | null;
  /** Axis to the values that are checked; `*`: any. An axis that is not named may have any value, or none. */
  readonly axes: ReadonlyMap<string, '*' | readonly string[]>;
  /** `null`: all of the cell's. */
  readonly platforms: readonly string[] | null;
  readonly before: 'convenience' | 'pinned';
}

/** Which texts are releases. */
export interface VersionShape {
  /** Anchored; the first that a text matches counts. Each has a group `version`, or there is a template. */
  readonly patterns: readonly Pattern[];
  /** What gives the version's text; `null`: the group `version`. */
  readonly template: TagTemplate | null;
  /** Groups of the patterns that tag templates may name. */
  readonly names: ReadonlySet<string>;
  /** As written, for messages. */
  readonly text: string;
  readonly range: VersionRange | null;
}

export interface Axis {
  readonly name: string;
  readonly values: readonly AxisValue[];
}

export interface AxisValue {
  readonly name: string;
  /** `null`: every release. */
  readonly range: VersionRange | null;
  /** Values of other axes that it goes with. */
  readonly where: Where;
  /** What it adds to tags, its own text under the axis's name included. */
  readonly variables: Readonly<Record<string, string>>;
  readonly build: BuildSpec;
  /** Place in the order of the axis's values, the highest last: as versions if all of them read as versions. */
  readonly height: number;
}

/** Axis to the values that are meant; an axis that is not named may have any. */
export type Where = ReadonlyMap<string, readonly string[]>;

/** A further name of values of an axis in tags, `''` for none. */
export interface Alias {
  readonly axis: string;
  readonly name: string;
  /** The first whose range and `where` fit; within it, the first value that is built. */
  readonly choices: readonly Choice[];
  /** Place in the config, for messages. */
  readonly place: string;
}

/** `default`: what the axis's default is. */
export interface Choice {
  readonly values: readonly string[] | 'default';
  readonly range: VersionRange | null;
  readonly where: Where;
}

/** How a cell is built; `null` where nothing was said. Of several that speak, the later axis counts. */
export interface BuildSpec {
  readonly dockerfile: TagTemplate | null;
  /** Path of the template that the Dockerfile is rendered from. */
  readonly template: string | null;
  readonly target: TagTemplate | null;
  readonly context: TagTemplate | null;
  /** Whose commit the context is taken from. */
  readonly contextFrom: 'release' | 'config' | null;
  readonly base: TagTemplate | null;
  readonly baseDigest: string | null;
  readonly args: ReadonlyMap<string, TagTemplate>;
  readonly contexts: ReadonlyMap<string, TagTemplate>;
  /** What is run in the image before it is pushed: one text for a shell, or words. */
  readonly smoke: TagTemplate | readonly TagTemplate[] | null;
  /** Besides those that every image has. */
  readonly labels: ReadonlyMap<string, TagTemplate>;
  readonly inputs: BuildInputs;
  /** All that speak must have a platform. `null`: the image's. */
  readonly platforms: readonly string[] | null;
  /** Axes whose values chose the Dockerfile. */
  readonly chosenBy: readonly string[];
}

export interface RangedPlatform {
  readonly platform: string;
  readonly range: VersionRange | null;
}

export type RuleKind = 'pinned' | 'convenience';

export interface Rule {
  readonly name: string;
  readonly kind: RuleKind;
  readonly template: TagTemplate;
  /** Whose tag it is. */
  readonly releases: 'finals' | 'pre' | 'all';
  /** With `pre`: a final owns the tag where no pre-release is above it. */
  readonly fallback: 'finals' | 'pre' | null;
  readonly range: VersionRange | null;
  /** Axis to `default`, or to the values that have the tag. */
  readonly only: ReadonlyMap<string, 'default' | readonly string[]>;
  /** Attribute to the values that a release must have one of. */
  readonly where: ReadonlyMap<string, readonly (string | boolean)[]>;
  /** Whether it gives tags under the other names of axis values. */
  readonly aliases: boolean;
  readonly reason: string | null;
  /** How many characters `{{revision}}` gives. */
  readonly revisionLength: number;
}

/** What the image has tags for besides its releases. */
export interface EventsConfig {
  /** The pinned tag of each build. */
  readonly revision: EventRule;
  /** In the order in which their tags are handed over: schedule, edge, branch, pullRequest. */
  readonly moving: readonly EventRule[];
}

export type EventName = 'schedule' | 'edge' | 'branch' | 'pullRequest' | 'revision';

export interface EventRule {
  readonly event: EventName;
  readonly rule: Rule;
  /** `null`: the image's. */
  readonly repositories: readonly [Repository, ...Repository[]] | null;
  /** Of `edge`; `null`: the default branch. */
  readonly branch: string | null;
  /** Of `pullRequest`: false for builds that are not pushed. */
  readonly push: boolean;
  /** Of `schedule`: how often it runs; `null` if the config does not say. */
  readonly everyMs: number | null;
  /** Place in the config, for messages. */
  readonly where: string;
}

/** The default of an axis in one series, `''` for all. */
export interface AxisDefault {
  readonly series: string;
  readonly choices: readonly Choice[];
}

export interface ReleaseExclusion {
  readonly version: string | null;
  readonly range: VersionRange | null;
  readonly reason: string;
  /** Place in the config, for messages. */
  readonly where: string;
}

export interface CellExclusion extends ReleaseExclusion {
  readonly axes: ReadonlyMap<string, readonly string[]>;
}

/** A release that is built again on a newer base. */
export interface ConfigRebuild {
  readonly version: string;
  /** 2 or more. */
  readonly build: number;
  readonly on: Instant;
  readonly reason: string;
  readonly where: string;
}

export interface ConfigYank {
  readonly version: string;
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly since: number | null;
  readonly where: string;
}

export interface ConfigHold {
  readonly version: string;
  readonly reason: string;
  readonly where: string;
}

export interface AttributeLine {
  readonly version: string | null;
  readonly range: VersionRange | null;
  readonly values: Attributes;
  readonly where: string;
}

export interface Acceptance {
  readonly code: string;
  /** The version it is about; `null`: every one in the range. */
  readonly version: string | null;
  /** The cell it is about, by its id. */
  readonly cell: string | null;
  readonly range: VersionRange | null;
  readonly reason: string;
  readonly where: string;
}

export interface SourceConfig {
  readonly file: string | null;
  readonly git: string | null;
  readonly github: string | null;
  readonly githubUrl: string | null;
  readonly pypi: string | null;
  readonly pypiUrl: string | null;
}

export interface BuildConfig {
  readonly provenance: 'min' | 'max' | 'off';
  readonly sbom: boolean;
  readonly reproducible: boolean;
  readonly cache: CacheStore | null;
  readonly cacheFrom: readonly string[];
  readonly cacheTo: readonly string[];
  readonly builder: string | null;
  readonly smokeHolds: 'release' | 'cell';
}

export interface Limits {
  readonly jobs: number;
  readonly tags: number;
}

/** What an image may weigh, compressed, on each platform; `null`: anything. */
export interface SizeLimits {
  readonly sizeBytes: number | null;
  /** 0.2: a fifth more than the release before. */
  readonly growth: number | null;
}
