/** What every command starts with: the config, the image, all known releases, and the tag map they give. */
import { count } from '../domain/count.ts';
import { readConfig } from '../config/normalize.ts';
import type { Config, EventRule, ImageConfig, SourceConfig } from '../config/types.ts';
import { InputError, OutsideError, type Problem } from '../domain/errors.ts';
import { parseRepository } from '../domain/reference.ts';
import type { PartialSource, Release } from '../domain/release.ts';
import type { Result } from '../domain/result.ts';
import { quote } from '../domain/tag.ts';
import type { Warning } from '../domain/warning.ts';
import { checkEvents } from '../plan/check-events.ts';
import { checkParts } from '../plan/check-parts.ts';
import { checkTags } from '../plan/check-tags.ts';
import { lintCells } from '../plan/lint-cells.ts';
import { shapeFinder } from '../plan/shapes.ts';
import { resolveTags, type TagMap } from '../plan/tag-map.ts';
import { atFilter } from '../releases/at.ts';
import { combineSources } from '../releases/combine-sources.ts';
import { findRelease } from '../releases/find-release.ts';
import { knownReleases, type KnownReleases } from '../releases/known-releases.ts';
import { lintHistory } from '../releases/lint.ts';
import { settleWarnings } from '../releases/settle.ts';
import { readBasesLockFile } from './bases-lock.ts';
import type { ProjectFiles } from '../ports.ts';
import type { CommonOptions } from './options.ts';
import { withTask } from './with-task.ts';
import type { World } from './world.ts';

export interface Project {
  readonly config: Config;
  readonly root: string;
  readonly image: ImageConfig;
  /** All releases, or what `--at` leaves of them. */
  readonly known: KnownReleases;
  /** Where facts came from, for messages. */
  readonly factsFrom: string;
  /** Sources that may know fewer releases than there are. */
  readonly partial: readonly PartialSource[];
  readonly tags: TagMap;
  readonly warnings: readonly Warning[];
}

/** Config, image and facts, before any tag is worked out. */
export interface Facts {
  readonly config: Config;
  readonly root: string;
  readonly image: ImageConfig;
  readonly known: KnownReleases;
  readonly factsFrom: string;
  readonly partial: readonly PartialSource[];
  readonly warnings: readonly Warning[];
}

/** What a config and its facts are read from. */
export interface FactsWorld extends Pick<
  World,
  'loadConfig' | 'sources' | 'githubServer' | 'dataOnly' | 'progress' | 'signal'
> {
  files(root: string): Pick<ProjectFiles, 'read'>;
}

/** @throws {InputError} with everything that is wrong with the config, the facts and the tags they give */
export async function readProject(options: CommonOptions, world: FactsWorld): Promise<Project> {
  return projectOf(await readFacts(options, world));
}

/** @throws {InputError} for what is wrong with the config, or where `--at` names nothing; faults of the facts are kept */
export async function readFacts(options: CommonOptions, world: FactsWorld): Promise<Facts> {
  return factsOf(await readImage(options, world), options, world);
}

/** The facts for a config that was read already. */
export async function factsOf(
  { config, image, root }: Pick<Facts, 'config' | 'image' | 'root'>,
  options: CommonOptions,
  world: FactsWorld,
): Promise<Facts> {
  const read = await readReleases(config, image, root, options, world);
  const known = options.at === null ? read.known : required(atFilter(read.known, options.at, image));
  return { config, root, image, ...read, known };
}

/** @throws {InputError} with everything that is wrong with the facts and the tags they give */
export function projectOf(facts: Facts): Project {
  const { config, root, image, known, factsFrom, partial } = facts;
  const resolved = resolve(config, image, known.releases, factsFrom);
  const found = [...facts.warnings, ...known.warnings, ...resolved.warnings, ...lintHistory(known, image)];
  const warnings = settleWarnings(found, image);
  const problems = [...known.problems, ...resolved.problems];
  if (problems.length > 0) throw new InputError(problems, { cause: warnings });
  return { config, root, image, known, factsFrom, partial, tags: resolved.tags, warnings };
}

export interface Resolved {
  readonly tags: TagMap;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Warning[];
}

/** The tag map of some releases that were checked with others: nothing is said of what is wrong with it. */
export function resolvedTags(image: ImageConfig, releases: readonly Release[], factsFrom: string): TagMap {
  return resolveTags(image, releases, shapeFinder(image, releases, factsFrom));
}

/** The tag map of some releases, with what is wrong with it. */
export function resolve(config: Config, image: ImageConfig, releases: readonly Release[], factsFrom: string): Resolved {
  const finder = shapeFinder(image, releases, factsFrom);
  const tags = resolveTags(image, releases, finder);
  return {
    tags,
    problems: [
      ...finder.problems,
      ...checkParts(releases, image, config.file),
      ...checkTags(tags, image, config),
      ...checkEvents(image, config),
    ],
    warnings: finder.warnings,
  };
}

/**
 * The release a command is about.
 *
 * @param revision the commit it has to be on, `null` for any: a git tag that was moved since a run began is seen
 * @throws {InputError} VERSION_UNKNOWN, VERSION_SHAPE, REVISION_DIFFERS
 */
export function namedRelease(
  project: Pick<Project, 'known' | 'image' | 'factsFrom'>,
  version: string,
  revision: string | null = null,
): Release {
  const release = required(findRelease(project.known, version, project.image, 'VERSION'));
  if (revision === null || release.revision === revision) return release;
  throw new InputError([
    {
      code: 'REVISION_DIFFERS',
      where: project.factsFrom,
      message: `${release.version.text} is on commit ${release.revision ?? 'unknown'}, and this run is for ${revision}`,
      fix: 'its git tag was moved since the run began: run anew for what it names now, nothing was moved',
    },
  ]);
}

/** `--offline` is about registries, which a person without a network cannot know. */
function withoutFacts(error: unknown): unknown {
  if (!(error instanceof OutsideError) || error.code !== 'SOURCE_FAILED') return error;
  const advice =
    "--offline reads no registry, but needs release facts: give --releases FILE, or write source: { git: '.' } or { file: 'releases.json' } into the config (docs/guides/private-registries.md has the form)";
  return new OutsideError(error.code, `${error.message}. ${advice}`, error.facts, { cause: error });
}

/** The value of a result. @throws {InputError} with its problems */
export function required<T>(result: Result<T>): T {
  if (!result.ok) throw new InputError(result.problems);
  return result.value;
}

/** The options that choose a config and an image. */
export type ImageOptions = Pick<CommonOptions, 'config' | 'image' | 'repository'>;

export async function readImage(options: ImageOptions, world: FactsWorld): Promise<ReadImage> {
  const read = await readWithoutLock(options, world);
  const basesLock = await readBasesLockFile(world.files(read.root));
  return { ...read, image: { ...read.image, basesLock } };
}

interface ReadImage {
  readonly config: Config;
  readonly image: ImageConfig;
  readonly root: string;
  readonly above: number;
}

/** As if there were no base lock: for writing it anew. */
export async function readWithoutLock(options: ImageOptions, world: FactsWorld): Promise<ReadImage> {
  const loaded = await world.loadConfig(options.config);
  const config = required(readConfig(loaded.raw, loaded.file, loaded.above));
  if (world.dataOnly === true) refuseReaching(config);
  const image = chooseImage(config, options.image);
  const published = withRepositories(onServer(image, config.source, world), options.repository);
  return { config, image: published, root: loaded.root, above: loaded.above ?? 0 };
}

/** On a GitHub server of one's own, a config that names no API means that server, as its facts do. */
function onServer(image: ImageConfig, { github, githubUrl }: SourceConfig, { githubServer }: FactsWorld): ImageConfig {
  if (github === null || githubUrl !== null || githubServer === undefined) return image;
  return { ...image, sourceUrl: `${githubServer}/${github}` };
}

/** What a stranger's config may not do beside secrets: send git, or a token, where it likes. */
export function refuseReaching({ file, source, insecureRegistries, images }: Config): void {
  const named = { 'source.git': source.git, 'source.githubUrl': source.githubUrl, 'source.pypiUrl': source.pypiUrl };
  const keys = Object.entries(named).flatMap(([key, value]) => (value === null ? [] : [key]));
  if (insecureRegistries.length > 0) keys.push('registries.insecure');
  if (images.some(({ mirrors }) => mirrors.length > 0)) keys.push('mirrors');
  if (images.some(reachesOut)) keys.push('secrets, ssh, network');
  if (keys.length === 0) return;
  throw new InputError(
    keys.map((key) => ({
      code: 'EVENT_INVALID',
      where: `${file} ${key}`,
      message: 'not for an event of a fork or a pull request, whose runs have secrets of the repository',
      fix: 'run it on pull_request, or take the facts from a file or from GitHub',
    })),
  );
}

/** Its Dockerfile could send a secret anywhere. */
function reachesOut({ build, axes }: ImageConfig): boolean {
  const all = [build, ...axes.flatMap(({ values }) => values.map((value) => value.build))];
  return all.some(({ inputs }) => inputs.secrets.size > 0 || inputs.ssh.length > 0 || inputs.network === 'host');
}

export function chooseImage(config: Config, name: string | null): ImageConfig {
  const names = config.images.map((image) => image.name);
  const found = name === null ? config.images[0] : config.images.find((image) => image.name === name);
  if (found !== undefined && (name !== null || config.images.length === 1)) return found;
  const message = name === null ? `the config has ${count(names.length, 'image')}` : `there is no image ${quote(name)}`;
  throw new InputError([{ code: 'USAGE', where: '--image', message, fix: `name one of ${names.join(', ')}` }]);
}

function withRepositories(image: ImageConfig, texts: readonly string[]): ImageConfig {
  const parsed = texts.map((text) => parseRepository(text, '--repository'));
  const problems = parsed.flatMap((result) => (result.ok ? [] : result.problems));
  if (problems.length > 0) throw new InputError(problems);
  const [first, ...others] = parsed.map(required);
  return first === undefined
    ? image
    : { ...image, repositories: [first, ...others], events: inRepositories(image.events) };
}

/** With `--repository` the tags of events go there too. */
function inRepositories(events: ImageConfig['events']): ImageConfig['events'] {
  if (events === null) return null;
  const here = (rule: EventRule): EventRule => ({ ...rule, repositories: null });
  return { revision: here(events.revision), moving: events.moving.map(here) };
}

async function readReleases(
  config: Config,
  image: ImageConfig,
  root: string,
  options: CommonOptions,
  world: FactsWorld,
): Promise<Pick<Facts, 'known' | 'factsFrom' | 'partial' | 'warnings'>> {
  const sources = await world.sources(config.source, root, options.releases);
  if (sources.length === 0) {
    const fix = "write source: { github: 'owner/name' }, or give --releases FILE";
    throw new InputError([
      { code: 'CONFIG_INVALID', where: `${config.file} source`, message: 'no source of releases is named', fix },
    ]);
  }
  const answers = await Promise.all(
    sources.map(async (source) => ({
      name: source.name,
      ...(await withTask(world.progress, `Reading releases of ${source.name}`, null, () => source.list(world.signal))),
    })),
  ).catch((error: unknown) => {
    throw options.offline === true ? withoutFacts(error) : error;
  });
  const combined = combineSources(answers, image);
  const factsFrom = sources.map((source) => source.name).join(' + ');
  const isFile = options.releases !== null || (config.source.git === null && config.source.github === null);
  const onForge = new Set(
    answers.flatMap(({ kind, facts }) => (kind === 'github' ? facts.map(({ version }) => version) : [])),
  );
  const holds = isFile ? 'rows' : 'texts';
  const known = knownReleases({ facts: combined.facts, from: factsFrom, holds, onForge }, image);
  const warnings = [...combined.warnings, ...lintCells(known.releases, image)];
  return { known, factsFrom, partial: combined.partial, warnings };
}
