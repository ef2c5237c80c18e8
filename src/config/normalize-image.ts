/** One image: its repositories, axes, rules and exclusions, read and completed. */
import type { Problem } from '../domain/errors.ts';
import { isDigest } from '../domain/digest.ts';
import { parseInstant } from '../domain/instant.ts';
import { parsePlatform } from '../domain/platform.ts';
import { parseRepository, type Repository } from '../domain/reference.ts';
import type { VersionScheme } from '../domain/version.ts';
import { checkFlavorPaths } from './check-paths.ts';
import { readAxes } from './normalize-axes.ts';
import { readExclusions } from './normalize-exclusions.ts';
import { readOwnFacts } from './normalize-own-facts.ts';
import { readRules } from './normalize-rules.ts';
import { readVersions } from './normalize-versions.ts';
import type { At } from './place.ts';
import { readRange } from './read-range.ts';
import type { ParsedImage } from './schema.ts';
import { parseTagTemplate, releaseNames, type TagTemplate } from './tag-template.ts';
import type { Axis, AxisDefault, DefaultChoice, Flavor, ImageConfig, RangedPlatform } from './types.ts';

/** An image as written, with the attributes that rows of facts files may have. */
export interface ImageInput {
  readonly name: string | null;
  readonly image: ParsedImage;
  readonly fileAttributes: readonly string[];
  /** How many folders of the root lie above the config's. */
  readonly above: number;
}

/** @returns `null` where so much is wrong that nothing can be made of it; the mistakes are in `problems` */
export function normalizeImage(
  { name, image, fileAttributes, above }: ImageInput,
  at: At,
  problems: Problem[],
): ImageConfig | null {
  const ofVersions: Problem[] = [];
  const { scheme, shape } = readVersions(image, at, ofVersions);
  const axes = readAxes(image, scheme, at, problems);
  const repositories = readRepositories(image, at, problems);
  problems.push(...ofVersions);
  const ofAxes = new Set([...axes.flatMap(variableNames), 'flavor', 'suffix', ...(image.pythons ? ['python'] : [])]);
  const taken = new Set([...Object.keys(releaseNames), ...shape.names, ...ofAxes]);
  problems.push(...[...shape.names].filter((group) => ofAxes.has(group)).map((group) => groupOfAxis(group, at)));
  const ownFacts = readOwnFacts(image, scheme, taken, at, problems);
  const attributeNames = new Set([
    ...fileAttributes,
    ...ownFacts.attributes.flatMap(({ values }) => Object.keys(values)),
  ]);
  const names = new Set([...taken, ...attributeNames]);
  const exclusions = readExclusions(image, axes, scheme, at, problems);
  problems.push(...checkFlavorPaths(image, at, above));
  return {
    name: name ?? '',
    repositories,
    scheme,
    shape,
    axes,
    flavors: readFlavors(image, names, at, problems),
    siblingFlavors: new Set(),
    platforms: readPlatforms(image, scheme, at, problems),
    rules: readRules(image, axes, names, scheme, at, problems),
    defaults: readDefaults(image, scheme, at, problems),
    postReleases: image.postReleases ?? 'pinned-only',
    ...exclusions,
    yanked: (image.yanked ?? []).map((yank, index) => ({
      version: yank.version,
      reason: yank.reason,
      since: yank.since === undefined ? null : readInstant(yank.since, at('yanked', index, 'since'), problems),
      where: at('yanked', index),
    })),
    rebuilds: (image.rebuilds ?? []).flatMap((entry, index) => {
      const on = readDay(entry.on, at('rebuilds', index, 'on'), problems);
      return on === null ? [] : [{ ...entry, on, where: at('rebuilds', index) }];
    }),
    ...ownFacts,
    attributeNames,
  };
}

function groupOfAxis(group: string, at: At): Problem {
  const message = `a group cannot be called '${group}'; an axis gives that name`;
  return { code: 'CONFIG_INVALID', where: at('tagPattern'), message, fix: 'give the group another name' };
}

function variableNames(axis: Axis): string[] {
  return axis.values.flatMap((value) => Object.keys(value.variables));
}

/** Where none can be read, something stands in for it, so that all else is checked too. */
function readRepositories(image: ParsedImage, at: At, problems: Problem[]): ImageConfig['repositories'] {
  const standIn: Repository = { registry: '', path: at('repository') };
  if (image.repository === undefined) {
    const fix = "write repository: 'docker.io/acme/app'";
    problems.push({
      code: 'CONFIG_INVALID',
      where: at('repository'),
      message: 'missing; an image is published somewhere',
      fix,
    });
    return [standIn];
  }
  const texts = typeof image.repository === 'string' ? [image.repository] : image.repository;
  const [first = standIn, ...others] = texts.flatMap((text, index) => {
    const parsed = parseRepository(
      text,
      typeof image.repository === 'string' ? at('repository') : at('repository', index),
    );
    if (parsed.ok) return [parsed.value];
    problems.push(...parsed.problems);
    return [];
  });
  return [first, ...others];
}

function readFlavors(image: ParsedImage, names: ReadonlySet<string>, at: At, problems: Problem[]): Map<string, Flavor> {
  const template = (text: string, where: string): TagTemplate | null => {
    const parsed = parseTagTemplate(text, names, where);
    if (parsed.ok) return parsed.value;
    problems.push(...parsed.problems);
    return null;
  };
  const flavors = Object.entries(image.flavors ?? {}).map(([name, flavor]): [string, Flavor] => {
    const where: At = (...path) => at('flavors', name, ...path);
    if (flavor.baseDigest !== undefined && !isDigest(flavor.baseDigest)) {
      const message = `${JSON.stringify(flavor.baseDigest)} is no digest`;
      problems.push({
        code: 'DIGEST_INVALID',
        where: where('baseDigest'),
        message,
        fix: 'expected sha256: and 64 lower-case hex digits',
      });
    }
    const args = Object.entries(flavor.args ?? {}).flatMap(([key, text]): [string, TagTemplate][] => {
      const parsed = template(text, where('args', key));
      return parsed === null ? [] : [[key, parsed]];
    });
    flavor.platforms?.forEach((text, index) => checkPlatform(text, where('platforms', index), problems));
    return [
      name,
      {
        name,
        dockerfile: flavor.dockerfile,
        template: flavor.template ?? null,
        context: flavor.context ?? '.',
        base: flavor.base === undefined ? null : template(flavor.base, where('base')),
        baseDigest: flavor.baseDigest ?? null,
        args: new Map(args),
        contexts: flavor.contexts ?? {},
        platforms: flavor.platforms ?? null,
      },
    ];
  });
  return new Map(flavors);
}

function readPlatforms(image: ParsedImage, scheme: VersionScheme, at: At, problems: Problem[]): RangedPlatform[] {
  return (image.platforms ?? ['linux/amd64']).map((entry, index) => {
    const where = at('platforms', index);
    const platform = typeof entry === 'string' ? entry : entry.platform;
    checkPlatform(platform, where, problems);
    return { platform, range: typeof entry === 'string' ? null : readRange(entry, scheme, where, problems) };
  });
}

function checkPlatform(text: string, where: string, problems: Problem[]): void {
  if (parsePlatform(text) !== null) return;
  const fix = "expected os/architecture[/variant], such as 'linux/arm64'";
  problems.push({ code: 'PLATFORM_INVALID', where, message: `${JSON.stringify(text)} is no platform`, fix });
}

function readDefaults(
  image: ParsedImage,
  scheme: VersionScheme,
  at: At,
  problems: Problem[],
): Map<string, AxisDefault> {
  const entries = Object.entries(image.defaults ?? {}).map(([axis, given]): [string, AxisDefault] => {
    if (given === 'highest') return [axis, { kind: 'highest' }];
    const series = Object.entries(given).map(([key, choice]): [string, readonly DefaultChoice[] | 'highest'] => {
      if (choice === 'highest') return [key, 'highest'];
      if (typeof choice === 'string') return [key, [{ value: choice, range: null }]];
      const choices = choice.map((entry, index) => ({
        value: entry.value,
        range: readRange(entry, scheme, at('defaults', axis, key, index), problems),
      }));
      return [key, choices];
    });
    return [axis, { kind: 'series', series: new Map(series) }];
  });
  return new Map(entries);
}

/** A bare date is its start, in UTC. */
function readDay(text: string, where: string, problems: Problem[]): number | null {
  return readInstant(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text, where, problems);
}

function readInstant(text: string, where: string, problems: Problem[]): number | null {
  const instant = parseInstant(text);
  if (instant !== null) return instant;
  const fix = "write one with its offset, such as '2024-09-30T12:00:00Z'";
  problems.push({ code: 'INSTANT_INVALID', where, message: `${JSON.stringify(text)} is no instant`, fix });
  return null;
}
