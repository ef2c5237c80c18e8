/** Flags that several commands share, and what they mean as options. */
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { CommonOptions, ReleaseOptions } from '../commands/options.ts';
import { publishDefaults } from '../commands/publish/options.ts';
import type { Outcome, World } from '../commands/world.ts';
import { parseDuration } from '../domain/duration.ts';
import { isRevision } from '../domain/release.ts';

/** Runs one command and hands its outcome on. */
export type Run = (command: (world: World) => Promise<Outcome>) => Promise<void>;

/** The config and the image. */
export interface ConfigFlags {
  readonly config: string;
  readonly image?: string;
}

/** What is known about releases. */
export interface FactsFlags extends ConfigFlags {
  readonly releases?: string;
  readonly at?: string;
}

export interface CommonFlags extends FactsFlags {
  /** Commands that use no repository do not have it. */
  readonly repository?: readonly string[];
  /** Commands that do not only read do not have it. */
  readonly allImages?: boolean;
}

/** Looked for where it is not given: `prepare` puts what it finds in the place of the default. */
export function configFlag(): Option {
  const places = 'matrix.config.{ts,mts,js,mjs,json,yaml,yml} here or above';
  return new Option('--config <file>', 'the config; - reads JSON or YAML from standard input').default(
    'matrix.config.ts',
    places,
  );
}

export function withConfig(command: Command): Command {
  return command.addOption(configFlag()).option('--image <name>', 'which image of the config');
}

/** For commands that read releases as they are now. */
function withReleases(command: Command): Command {
  return withConfig(command).option(
    '--releases <file>',
    "read release facts from this JSON file instead of the config's sources",
  );
}

export function withFacts(command: Command): Command {
  return withReleases(command).option(
    '--at <version|instant>',
    'ignore releases published after this version or time (a date means the end of that day, UTC)',
  );
}

function withRepository(command: Command): Command {
  return command.option(
    '--repository <ref>',
    "use this repository instead of the image's; may be repeated",
    collect,
    [],
  );
}

/** `--all-images`, for commands that read. */
export const allImages = ['--all-images', 'every image of the config, in one run', false] as const;

/** For commands that read or name a repository. */
export function withCommon(command: Command): Command {
  return withRepository(withFacts(command));
}

export function common(flags: CommonFlags): CommonOptions {
  return {
    config: flags.config,
    releases: flags.releases ?? null,
    repository: flags.repository ?? [],
    image: flags.image ?? null,
    ...(flags.allImages === undefined ? {} : { allImages: flags.allImages }),
    at: flags.at ?? null,
  };
}

export interface ReleaseFlags extends CommonFlags {
  readonly revision?: string;
}

/** `--revision`, for commands that are about one release. */
export function withRevision(command: Command): Command {
  return command.option('--revision <commit>', 'fail unless the release is at this commit', commit);
}

/** `--rebuild`, for commands that publish or prepare it. */
export const rebuild = ['--rebuild', 'publish the latest rebuild listed in the config', false] as const;

/** `--wait-for-package`, for the first command of a release. */
export const waitForPackage = [
  '--wait-for-package <span>',
  "wait until PyPI has the release's files (90s, 20m), before anything else",
  wait,
] as const;

/** `--only`, for commands that are about cells. */
export const only = [
  '--only <cells>',
  'cells by id, or by axis as python=3.10; may be repeated',
  collect,
  [] as readonly string[],
] as const;

/** `--from-working-tree`, for commands that build a release or say how to. */
export const fromWorkingTree = [
  '--from-working-tree',
  'build the files as they lie here, committed or not; a label says so',
  false,
] as const;

/** `--note`, for commands whose report people look for on a forge. */
export function noteFlag(what: string): readonly [string, string, boolean] {
  return ['--note', `on GitLab, keep ${what}; needs GITLAB_TOKEN, and writes nothing without it`, false];
}

/** What a note is about, as it was given. */
export function noteAbout(
  command: Command,
  flags: CommonFlags,
): Pick<CommonOptions, 'config' | 'image' | 'repository'> {
  const { image, repository } = common(flags);
  const config = command.getOptionValueSource('config') === 'default' ? '' : flags.config;
  return { config, image, repository };
}

/** `--event`, for commands that build what is not a release too. */
export const event = [
  '--event [file]',
  "a branch's, a pull request's or a schedule's build instead of a release: a GitHub event's payload, or - for standard input (default: the event of the run)",
] as const;

export function release(flags: ReleaseFlags): ReleaseOptions {
  return { ...common(flags), revision: flags.revision ?? null };
}

export interface WritingFlags extends CommonFlags {
  readonly dryRun: boolean;
  readonly json: boolean;
  readonly journal: string;
  readonly settle: number;
}

export interface WritingOptions {
  readonly dryRun: boolean;
  readonly json: boolean;
  readonly journal: string;
  readonly settleMs: number;
}

/** On a terminal a person is asked first. */
export const yes = ['--yes', 'move tags without asking', false] as const;

export function withWriting(command: Command): Command {
  return withRun(withCommon(command));
}

/** The same for commands that are about now, and know no `--at`. */
export function withWritingNow(command: Command): Command {
  return withRun(withRepository(withReleases(command)));
}

/** A repository as it is now, and the journals beside it. */
export function withNow(command: Command): Command {
  return withRepository(withReleases(command)).option(...journal);
}

const journal = ['--journal <dir>', 'where journals are kept', publishDefaults.journal] as const;

function withRun(command: Command): Command {
  return command
    .option('--dry-run', 'do everything except write', false)
    .option('--json', 'the report as JSON', false)
    .option(...journal)
    .option(
      '--settle <seconds>',
      'seconds to wait for the registry to show a write',
      seconds,
      publishDefaults.settleMs / 1000,
    );
}

export function writing(flags: WritingFlags): WritingOptions {
  return { dryRun: flags.dryRun, json: flags.json, journal: flags.journal, settleMs: flags.settle * 1000 };
}

export function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

function seconds(value: string): number {
  const number = Number(value);
  if (value.trim() === '' || !Number.isFinite(number) || number < 0) throw new InvalidArgumentError('expected seconds');
  return number;
}

const longestWaitMs = 24 * 3_600_000;

/** A span to wait for, in ms. */
export function wait(value: string): number {
  const ms = parseDuration(value);
  if (ms !== null && ms <= longestWaitMs) return ms;
  throw new InvalidArgumentError('expected a span of at most 24h, such as 90s, 20m or 1h');
}

function commit(value: string): string {
  if (!isRevision(value)) throw new InvalidArgumentError('expected a git commit, 40 hex digits');
  return value;
}
