/** Step two: from the config as written to the config as used, with every default in place. */
import type { Problem, ProblemCode } from '../domain/errors.ts';
import { checkMirrors, parseMirror, type Mirror } from '../domain/mirrors.ts';
import { parseRepository } from '../domain/reference.ts';
import type { Result } from '../domain/result.ts';
import { quote } from '../domain/tag.ts';
import { checkSourcePaths } from './check-paths.ts';
import { checkShape, withoutMisshapen } from './check-shape.ts';
import { normalizeImage } from './normalize-image.ts';
import { readCache } from './read-cache.ts';
import { readSizeLimits } from './read-size-limits.ts';
import { place, type At } from './place.ts';
import { checkConfig } from './rules.ts';
import type { ParsedConfig, ParsedImage } from './schema.ts';
import type { Config, ImageConfig } from './types.ts';

/**
 * Reads a config: shape, defaults, then the checks across keys.
 *
 * @param raw what the config file exports
 * @param file how messages name it
 * @param above how many folders the root is above the config's: paths may go up as far as that
 * @returns the config, or every mistake in it
 */
export function readConfig(raw: unknown, file: string, above = 0): Result<Config> {
  const shape = checkShape(raw, file);
  if (shape.ok) return complete(shape.value, file, above);
  const rest = checkShape(withoutMisshapen(raw), file);
  const others = rest.ok ? complete(rest.value, file, above) : null;
  if (others === null || others.ok) return shape;
  return { ok: false, problems: unique([...shape.problems, ...others.problems.filter(standsAlone)]) };
}

/** Mistakes in one text, which nothing that was misshapen elsewhere can have caused. */
function standsAlone({ code }: Problem): boolean {
  const alone: readonly ProblemCode[] = [
    'REFERENCE_INVALID',
    'TAG_INVALID',
    'PLATFORM_INVALID',
    'RANGE_INVALID',
    'TEMPLATE_INVALID',
    'TEMPLATE_UNKNOWN_NAME',
    'DIGEST_INVALID',
    'PATH_OUTSIDE_ROOT',
    'INSTANT_INVALID',
  ];
  return alone.includes(code);
}

function complete(shape: ParsedConfig, file: string, above: number): Result<Config> {
  const problems: Problem[] = checkSourcePaths(shape, (...at) => place(file, at), above);
  const images = imagesOf(shape).flatMap(({ name, image, path }) => {
    const at: At = (...keys) => place(file, [...path, ...keys]);
    const fileAttributes = shape.source?.attributes ?? [];
    const normalized = normalizeImage({ name, image, fileAttributes, above }, at, problems);
    return normalized === null ? [] : [normalized];
  });
  const { source, build, registries, limits } = shape;
  const mirrors = readMirrors(shape.mirrors ?? {}, file, problems);
  const sourceUrl = repositoryPage(source?.github ?? null, source?.githubUrl ?? null);
  const shared = { mirrors, sourceUrl, sizeLimits: readSizeLimits(limits ?? {}, file, problems) };
  const config: Config = {
    file,
    images: images.map((image) => ({ ...withSiblings(named(image, images.length), images), ...shared })),
    source: {
      file: source?.file ?? null,
      git: source?.git ?? null,
      github: source?.github ?? null,
      githubUrl: source?.githubUrl ?? null,
      pypi: source?.pypi ?? null,
      pypiUrl: source?.pypiUrl ?? null,
    },
    build: {
      provenance: build?.provenance ?? 'min',
      sbom: build?.sbom ?? false,
      reproducible: build?.reproducible ?? false,
      cache: readCache(build?.cache, file, above, problems),
      cacheFrom: build?.cacheFrom ?? [],
      cacheTo: build?.cacheTo ?? [],
      builder: build?.builder ?? null,
      smokeHolds: build?.smokeHolds ?? 'release',
    },
    insecureRegistries: readHosts(registries?.insecure ?? [], file, problems),
    limits: { jobs: limits?.jobs ?? 256, tags: limits?.tags ?? 1_000_000 },
  };
  problems.push(...checkConfig(config));
  return problems.length > 0 ? { ok: false, problems: unique(problems) } : { ok: true, value: config };
}

/**
 * The page of a repository on GitHub, or on the server whose API is at a URL: `https://github.corp/api/v3`.
 *
 * @see https://docs.github.com/en/enterprise-server/rest/overview/resources-in-the-rest-api
 */
function repositoryPage(repository: string | null, apiUrl: string | null): string | null {
  if (repository === null) return null;
  return `${apiUrl === null ? 'https://github.com' : new URL(apiUrl).origin}/${repository}`;
}

/** Hosts as repositories begin with them: no scheme, no path. */
function readHosts(hosts: readonly string[], file: string, problems: Problem[]): readonly string[] {
  for (const [index, host] of hosts.entries()) {
    const parsed = parseRepository(`${host}/name`, place(file, ['registries', 'insecure', index]));
    if (!parsed.ok) problems.push(...parsed.problems);
    else if (parsed.value.registry !== host) {
      const fix = "write it as repositories begin: 'registry.internal:5000'";
      problems.push({
        code: 'REFERENCE_INVALID',
        where: place(file, ['registries', 'insecure', index]),
        message: `${quote(host)} is not a host`,
        fix,
      });
    }
  }
  return hosts;
}

function readMirrors(lines: Readonly<Record<string, string>>, file: string, problems: Problem[]): readonly Mirror[] {
  const mirrors = Object.entries(lines).flatMap(([from, to]) => {
    const where = place(file, ['mirrors', from]);
    const parsed = parseMirror(from, to, where);
    if (parsed.ok) return [{ ...parsed.value, where }];
    problems.push(...parsed.problems);
    return [];
  });
  problems.push(...checkMirrors(mirrors));
  return mirrors.map(({ from, to }) => ({ from, to }));
}

interface NamedImage {
  readonly name: string | null;
  readonly image: ParsedImage;
  readonly path: readonly string[];
}

/** The images with the keys beside `images` as their defaults. */
function imagesOf(config: ParsedConfig): NamedImage[] {
  const { $schema: _own, images, source: _s, build: _b, registries: _r, mirrors: _m, limits: _l, ...shared } = config;
  if (images === undefined) return [{ name: null, image: shared, path: [] }];
  return Object.entries(images).map(([name, image]) => ({
    name,
    image: { ...shared, ...image },
    path: ['images', name],
  }));
}

function withSiblings(image: ImageConfig, images: readonly ImageConfig[]): ImageConfig {
  const own = flavorsOf(image);
  const siblingFlavors = new Set(images.flatMap(flavorsOf).filter((flavor) => !own.includes(flavor)));
  const shapes = images.map(({ shape }) => shape).filter(({ patterns }) => patterns.length > 0);
  return { ...image, siblingFlavors, siblingShapes: shapes.filter((shape) => shape !== image.shape) };
}

/** The flavors of an image; facts record what was built by them. */
export function flavorsOf(image: ImageConfig): readonly string[] {
  return image.axes.find((axis) => axis.name === 'flavor')?.values.map((value) => value.name) ?? [];
}

/** An image without a name of its own is called by the last part of its repository. */
function named(image: ImageConfig, count: number): ImageConfig {
  if (image.name !== '' || count === 0) return image;
  return { ...image, name: image.repositories[0].path.split('/').at(-1) ?? 'image' };
}

/** Images that share keys share their mistakes; each is told once. */
function unique(problems: readonly Problem[]): Problem[] {
  const seen = new Map(problems.map((problem) => [`${problem.code}\n${problem.where}\n${problem.message}`, problem]));
  return [...seen.values()];
}
