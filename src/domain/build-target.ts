import type { BuildInputs } from './build-inputs.ts';

/** One bake target: the build of one cell. Plain data from the plan to the builder. */
export interface BuildTarget {
  /** Unique in one run, of `[a-zA-Z0-9_-]`: `2-11-5-python3-10-conda`. */
  readonly id: string;
  /** Path of the rendered Dockerfile, relative to the context or absolute. */
  readonly dockerfile: string;
  /** The stage of the Dockerfile to build; none: the last. */
  readonly target?: string;
  readonly context: string;
  readonly args: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly platforms: readonly string[];
  /**
   * One full reference (`registry/path:tag`) per repository of the image; nothing else is pushed by a build. The
   * repository alone (`registry/path`) where it is pushed by digest. None: it is built, and not pushed.
   */
  readonly references: readonly string[];
  /** The build is a part of a cell, to be merged later: pushed without a tag, or under one of its own. */
  readonly part?: 'digest' | 'staging';
  /** Run in the image before it is pushed: one text for a shell, or the words of a command. */
  readonly smoke?: string | readonly string[];
  /** Named build contexts, for instance stand-ins for base images. */
  readonly contexts: Readonly<Record<string, string>>;
  /** What it is made from besides: builds that other targets may share, each after what it reads. Nothing pushes them. */
  readonly shared?: readonly BuildTarget[];
  /** Files of secrets are relative to the config. */
  readonly inputs?: BuildInputs;
  readonly cache?: CacheScopes;
}

/** Which cache a build writes, and which it reads where that has nothing. */
export interface CacheScopes {
  /** Of one release, cell and set of platforms. */
  readonly own: string;
  readonly previous: PreviousCache | null;
}

/** The cell of the release before, with the same value of every axis. */
export interface PreviousCache {
  readonly scope: string;
  /** Its full tag in the first repository: an inline cache is in the image. */
  readonly reference: string;
}
