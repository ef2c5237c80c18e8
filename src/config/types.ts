/** The config as used: complete and read-only. Made by `normalize`, seen by every other room. */
import type { Instant } from '../domain/instant.ts';
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
  readonly flavors: ReadonlyMap<string, Flavor>;
  /** Flavors of the config's other images: facts that several images share may speak of them. */
  readonly siblingFlavors: ReadonlySet<string>;
  readonly platforms: readonly RangedPlatform[];
  readonly rules: readonly Rule[];
  readonly defaults: ReadonlyMap<string, AxisDefault>;
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
}

/** Which texts are releases. */
export interface VersionShape {
  /** Anchored; the first that a text matches counts. Each has a group `version`, or there is a template. */
  readonly patterns: readonly RegExp[];
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
  /** What it adds to templates, its own name under the axis's name included. */
  readonly variables: Readonly<Record<string, string>>;
}

export interface Flavor {
  readonly name: string;
  readonly dockerfile: string;
  readonly template: string | null;
  readonly context: string;
  readonly base: TagTemplate | null;
  readonly baseDigest: string | null;
  readonly args: ReadonlyMap<string, TagTemplate>;
  readonly contexts: Readonly<Record<string, string>>;
  /** `null`: the image's platforms. */
  readonly platforms: readonly string[] | null;
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
  readonly releases: 'finals' | 'all';
  readonly range: VersionRange | null;
  /** Axis to `default`, or to the values that have the tag. */
  readonly only: ReadonlyMap<string, 'default' | readonly string[]>;
  /** How many characters `{{revision}}` gives. */
  readonly revisionLength: number;
}

export type AxisDefault =
  | { readonly kind: 'highest' }
  | { readonly kind: 'series'; readonly series: ReadonlyMap<string, readonly DefaultChoice[] | 'highest'> };

export interface DefaultChoice {
  readonly value: string;
  readonly range: VersionRange | null;
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
  readonly cacheFrom: readonly string[];
  readonly cacheTo: readonly string[];
  readonly builder: string | null;
}

export interface Limits {
  readonly jobs: number;
  readonly tags: number;
}
