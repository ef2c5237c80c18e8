/** What every command starts with: the config, the image, all known releases, and the tag map they give. */
import { readConfig } from '../config/normalize.ts';
import type { Config, ImageConfig } from '../config/types.ts';
import { InputError, type Problem } from '../domain/errors.ts';
import { nearest } from '../domain/nearest.ts';
import { parseRepository } from '../domain/reference.ts';
import type { Release } from '../domain/release.ts';
import { quote } from '../domain/tag.ts';
import type { Warning } from '../domain/warning.ts';
import { checkTags } from '../plan/check-tags.ts';
import { lintCells } from '../plan/lint-cells.ts';
import { shapeFinder } from '../plan/shapes.ts';
import { resolveTags, type TagMap } from '../plan/tag-map.ts';
import { atFilter } from '../releases/at.ts';
import { combineSources } from '../releases/combine-sources.ts';
import { knownReleases, type KnownReleases } from '../releases/known-releases.ts';
import { lintHistory } from '../releases/lint.ts';
import { settleWarnings } from '../releases/settle.ts';
import type { CommonOptions } from './options.ts';
import type { World } from './world.ts';

export interface Project {
  readonly config: Config;
  readonly root: string;
  readonly image: ImageConfig;
  readonly known: KnownReleases;
  /** Where facts came from, for messages. */
  readonly factsFrom: string;
  /** Ascending; what `--at` leaves. */
  readonly releases: readonly Release[];
  readonly tags: TagMap;
  readonly warnings: readonly Warning[];
}

/** @throws {InputError} with everything that is wrong with the config, the facts and the tags they give */
export async function readProject(options: CommonOptions, world: World): Promise<Project> {
  const { config, image, root } = await readImage(options, world);
  const { known, factsFrom } = await readReleases(config, image, root, options, world);
  const filtered = options.at === null ? null : atFilter(known, options.at, image);
  if (filtered !== null && !filtered.ok) throw new InputError(filtered.problems);
  const then = filtered?.value ?? known;
  const { releases } = then;
  const resolved = resolve(config, image, releases, factsFrom);
  const problems = [...known.problems, ...resolved.problems];
  const found = [
    ...known.warnings,
    ...resolved.warnings,
    ...lintHistory(then, image),
    ...lintCells(known.releases, image),
  ];
  const warnings = settleWarnings(found, image);
  if (problems.length > 0) throw new InputError(problems, { cause: warnings });
  return { config, root, image, known, factsFrom, releases, tags: resolved.tags, warnings };
}

export interface Resolved {
  readonly tags: TagMap;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Warning[];
}

/** The tag map of some releases, with what is wrong with it. */
export function resolve(config: Config, image: ImageConfig, releases: readonly Release[], factsFrom: string): Resolved {
  const finder = shapeFinder(image, releases, factsFrom);
  const tags = resolveTags(image, releases, finder);
  return { tags, problems: [...finder.problems, ...checkTags(tags, image, config)], warnings: finder.warnings };
}

/** The release a command is about. */
export function findRelease(project: Pick<Project, 'releases' | 'known' | 'factsFrom'>, version: string): Release {
  const found = project.releases.find((release) => release.version.text === version);
  if (found !== undefined) return found;
  const excluded = project.known.excluded.find((entry) => entry.release.version.text === version);
  if (excluded !== undefined) {
    const message = `${version} is excluded: ${excluded.reason}`;
    throw new InputError([
      {
        code: 'VERSION_NOT_PUBLISHABLE',
        where: excluded.where,
        message,
        mend: 'take the exclusion away if it is a release',
      },
    ]);
  }
  const later = project.known.releases.some((release) => release.version.text === version);
  const near = nearest(
    version,
    project.releases.map((release) => release.version.text),
  );
  const mend = later
    ? '--at leaves it out; choose a later one'
    : near === null
      ? 'is it released, and does the source list it?'
      : `did you mean ${near}?`;
  throw new InputError([
    { code: 'VERSION_UNKNOWN', where: project.factsFrom, message: `no release ${quote(version)}`, mend },
  ]);
}

async function readImage(
  options: CommonOptions,
  world: World,
): Promise<{ config: Config; image: ImageConfig; root: string }> {
  const loaded = await world.loadConfig(options.config);
  const read = readConfig(loaded.raw, loaded.file);
  if (!read.ok) throw new InputError(read.problems);
  const config = read.value;
  const image = chooseImage(config, options.image);
  return { config, image: withRepositories(image, options.repository), root: loaded.root };
}

function chooseImage(config: Config, name: string | null): ImageConfig {
  const names = config.images.map((image) => image.name);
  const found = name === null ? config.images[0] : config.images.find((image) => image.name === name);
  if (found !== undefined && (name !== null || config.images.length === 1)) return found;
  const message = name === null ? `the config has ${names.length} images` : `there is no image ${quote(name)}`;
  throw new InputError([{ code: 'USAGE', where: '--image', message, mend: `name one of ${names.join(', ')}` }]);
}

function withRepositories(image: ImageConfig, texts: readonly string[]): ImageConfig {
  if (texts.length === 0) return image;
  const parsed = texts.map((text) => parseRepository(text, '--repository'));
  const problems = parsed.flatMap((result) => (result.ok ? [] : result.problems));
  if (problems.length > 0) throw new InputError(problems);
  return { ...image, repositories: parsed.flatMap((result) => (result.ok ? [result.value] : [])) };
}

async function readReleases(
  config: Config,
  image: ImageConfig,
  root: string,
  options: CommonOptions,
  world: World,
): Promise<{ known: KnownReleases; factsFrom: string }> {
  const sources = world.sources(config.source, root, options.releases);
  if (sources.length === 0) {
    const mend = "write source: { github: 'owner/name' }, or give --releases FILE";
    throw new InputError([
      { code: 'CONFIG_INVALID', where: `${config.file} source`, message: 'no source of releases is named', mend },
    ]);
  }
  const answers = await Promise.all(
    sources.map(async (source) => ({ name: source.name, ...(await source.list(world.signal)) })),
  );
  const combined = combineSources(answers);
  const factsFrom = sources.map((source) => source.name).join(' + ');
  const holds =
    options.releases !== null || (config.source.git === null && config.source.github === null) ? 'rows' : 'texts';
  const known = knownReleases({ facts: combined.facts, from: factsFrom, holds }, image);
  return { known: { ...known, warnings: [...combined.warnings, ...known.warnings] }, factsFrom };
}
