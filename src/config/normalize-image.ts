/** One image: its repositories, axes, rules and exclusions, read and completed. */
import type { Problem } from '../domain/errors.ts';
import { parseInstant } from '../domain/instant.ts';
import type { Repository } from '../domain/reference.ts';
import type { VersionScheme } from '../domain/version.ts';
import { checkPlatform, readBuild } from './build-spec.ts';
import { checkSignaturePaths } from './check-paths.ts';
import { readEvents } from './normalize-events.ts';
import { readChecks } from './normalize-checks.ts';
import { namesOf, readAxes, type ImageContext } from './normalize-axes.ts';
import { readAliases, readDefaults } from './normalize-choices.ts';
import { readExclusions } from './normalize-exclusions.ts';
import { readOwnFacts } from './normalize-own-facts.ts';
import { readRules } from './normalize-rules.ts';
import { readVersions } from './normalize-versions.ts';
import type { At } from './place.ts';
import { readRange } from './read-range.ts';
import { readRepositories } from './read-repositories.ts';
import type { ParsedImage } from './schema.ts';
import { releaseNames } from './tag-template.ts';
import type { ImageConfig, RangedPlatform, SignatureRule } from './types.ts';

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
  const repositories = ownRepositories(image, at, problems);
  problems.push(...ofVersions);
  const ownFacts = readOwnFacts(image, scheme, new Set([...Object.keys(releaseNames), ...shape.names]), at, problems);
  const attributeNames = new Set([
    ...fileAttributes,
    ...ownFacts.attributes.flatMap(({ values }) => Object.keys(values)),
  ]);
  const given = new Set([...Object.keys(releaseNames), ...shape.names, ...attributeNames]);
  const context: ImageContext = { scheme, at, above, problems, given };
  const { axes, aliases } = readAxes(image, context);
  const names = namesOf(axes, context);
  problems.push(...checkSignaturePaths(image, at, above));
  const exclusions = readExclusions(image, axes, scheme, at, problems);
  return {
    name: name ?? '',
    repositories,
    scheme,
    shape,
    axes,
    aliases: [...aliases, ...readAliases(image, axes, context)],
    build: readBuild({ ...image, platforms: undefined }, names, context),
    shared: readShared(image, names, context),
    mirrors: [],
    basesLock: new Map(),
    sourceUrl: null,
    sizeLimits: { sizeBytes: null, growth: null },
    siblingFlavors: new Set(),
    siblingShapes: [],
    platforms: readPlatforms(image, scheme, at, problems),
    rules: readRules(image, axes, names, scheme, at, problems),
    events: readEvents(image, axes, context),
    defaults: readDefaults(image, axes, context),
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
    checks: readChecks(image, axes, context),
    signature: readSignature(image.signature),
    attributeNames,
  };
}

function readShared(image: ParsedImage, names: ReadonlySet<string>, context: ImageContext): ImageConfig['shared'] {
  const { at } = context;
  return new Map(
    Object.entries(image.shared ?? {}).map(([name, given]) => {
      const own: At = (...path) => at('shared', name, ...path);
      return [name, readBuild(given, names, { ...context, at: own })];
    }),
  );
}

function readSignature(given: ParsedImage['signature']): SignatureRule | null {
  if (given === undefined) return null;
  return 'key' in given ? { kind: 'key', path: given.key } : { kind: 'identity', ...given };
}

/** Where none can be read, a substitute is used, so that all else is checked too. */
function ownRepositories(image: ParsedImage, at: At, problems: Problem[]): ImageConfig['repositories'] {
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
  const [first = standIn, ...others] = readRepositories(image.repository, at, problems);
  return [first, ...others];
}

/** More than there are; each is compared with all others. */
const maxPlatforms = 500;

function readPlatforms(image: ParsedImage, scheme: VersionScheme, at: At, problems: Problem[]): RangedPlatform[] {
  const platforms = image.platforms ?? ['linux/amd64'];
  if (platforms.length > maxPlatforms) {
    const message = `${platforms.length} platforms; at most ${maxPlatforms} are read`;
    problems.push({ code: 'CONFIG_INVALID', where: at('platforms'), message, fix: 'name those that are built' });
  }
  return platforms.slice(0, maxPlatforms).map((entry, index) => {
    const where = at('platforms', index);
    const platform = typeof entry === 'string' ? entry : entry.platform;
    checkPlatform(platform, where, problems);
    return { platform, range: typeof entry === 'string' ? null : readRange(entry, scheme, where, problems) };
  });
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
