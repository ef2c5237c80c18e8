/**
 * The bake file: every target of one build as JSON that `docker buildx bake` reads.
 *
 * Bake evaluates `${…}` and `%{…}` in every string, JSON or not, keys included; both are written so that they stand for
 * themselves.
 *
 * @see https://docs.docker.com/build/bake/reference/
 */
import { releaseArguments } from '../domain/build-arguments.ts';
import { noInputs } from '../domain/build-inputs.ts';
import type { BuildTarget } from '../domain/build-target.ts';
import type { CacheStore } from '../domain/cache-store.ts';
import { InternalError, type Problem } from '../domain/errors.ts';
import { parseInstant } from '../domain/instant.ts';
import { parsePlatform } from '../domain/platform.ts';
import { sharedTargets } from '../domain/shared-target.ts';
import { quote } from '../domain/tag.ts';
import { cacheLines } from './bake-cache.ts';
import { checkBuildArg, checkLabel } from './build-values.ts';

export interface BakeOptions {
  /** Push each target's references; otherwise the build stays in the builder's cache. */
  readonly push: boolean;
  /** `min` tells how it was built, `max` adds the build arguments and the Dockerfile, `off` attests nothing. */
  readonly provenance: 'min' | 'max' | 'off';
  readonly sbom: boolean;
  /** Date images and their files by the release's commit. */
  readonly reproducible?: boolean;
  /** Where each target keeps its own; `null`: nowhere. */
  readonly cache: CacheStore | null;
  readonly cacheFrom: readonly string[];
  readonly cacheTo: readonly string[];
}

/** The target that runs the smoke test of another one. */
export function smokeId(id: string): string {
  return `smoke_${id}`;
}

/** In a smoke test, what stands for the image that is tested. */
const testedImage = 'tagwright-tested-image';

/**
 * Writes the bake file of the smoke tests of some targets: one stage more on each, and nothing is pushed. What they are
 * made of is built here, and a push after it finds it in the builder's cache.
 *
 * @param canRun the platforms that the builder can run; `null`: all
 */
export function renderSmokeBake(
  targets: readonly BuildTarget[],
  options: BakeOptions,
  canRun: ReadonlySet<string> | null,
): string | null {
  const quiet: BakeOptions = { ...options, push: false, provenance: 'off', sbom: false, cacheTo: [] };
  const tested = targets.flatMap((target) => {
    const platforms = target.platforms.filter((platform) => canRun === null || canRun.has(platform));
    return target.smoke === undefined || platforms.length === 0
      ? []
      : [{ target: { ...target, platforms }, smoke: target.smoke }];
  });
  if (tested.length === 0) return null;
  const file: Json = {
    group: { default: { targets: tested.map(({ target }) => smokeId(target.id)) } },
    target: Object.fromEntries([
      ...sharedEntries(
        tested.map(({ target }) => target),
        quiet,
      ),
      ...tested.flatMap(({ target, smoke }): [string, Json][] => [
        [target.id, bakeTarget({ ...target, references: [] }, quiet)],
        [smokeId(target.id), smokeTarget(target, smoke)],
      ]),
    ]),
  };
  return `${JSON.stringify(escapeBake(file), null, 2)}\n`;
}

function smokeTarget({ id, platforms }: BuildTarget, smoke: string | readonly string[]): Json {
  return {
    contexts: { [testedImage]: `target:${id}` },
    'dockerfile-inline': `FROM ${testedImage}\n${smokeInstruction(smoke)}\n`,
    platforms,
    attest: ['type=provenance,disabled=true'],
    output: ['type=cacheonly'],
  };
}

/** A text is a script for the image's shell; a list needs none. */
function smokeInstruction(smoke: string | readonly string[]): string {
  if (typeof smoke !== 'string') return `RUN ${JSON.stringify(smoke)}`;
  let end = 'SMOKE';
  while (smoke.split('\n').includes(end)) end += '_';
  return `RUN <<'${end}'\nset -e\n${smoke}\n${end}`;
}

export type Json = string | readonly Json[] | { readonly [key: string]: Json };

const idPattern = /^[a-zA-Z0-9_-]+$/;

/**
 * Writes the bake file of some targets, which the group `default` holds in the order given. The same targets give the
 * same bytes, whatever the order of their arguments and labels.
 */
export function renderBake(targets: readonly BuildTarget[], options: BakeOptions): string {
  const ids = targets.map((target) => target.id);
  const wrong = ids.find((id, index) => !idPattern.test(id) || ids.indexOf(id) !== index);
  if (wrong !== undefined) throw new InternalError(`the target id ${quote(wrong)} is malformed or not unique`);
  const file = {
    group: { default: { targets: ids } },
    target: Object.fromEntries([
      ...sharedEntries(targets, options),
      ...targets.map((target): [string, Json] => [target.id, bakeTarget(target, options)]),
    ]),
  };
  return `${JSON.stringify(escapeBake(file), null, 2)}\n`;
}

/** What targets share is built for them and kept nowhere: no date, label or attestation of a cell makes two of one. */
function sharedEntries(targets: readonly BuildTarget[], options: BakeOptions): [string, Json][] {
  return sharedTargets(targets).map((target): [string, Json] => {
    const sharer = targets.find(({ shared = [] }) => shared.some(({ id }) => id === target.id));
    const written: Record<string, Json> = {
      context: target.context,
      dockerfile: target.dockerfile,
      target: target.target ?? '',
      contexts: sorted(target.contexts),
      // What it makes, such as a wheel, may have times in it.
      args: sorted({ ...dated(sharer ?? target, options), ...target.args }),
      platforms: target.platforms,
      attest: ['type=provenance,disabled=true'],
      output: ['type=cacheonly'],
      ...inputsOf(target),
    };
    return [target.id, withoutEmpty(written)];
  });
}

/** Everything about a target that must not reach a Dockerfile, an image or an option. Nothing is built where one is found. */
export function checkTarget(target: BuildTarget): readonly Problem[] {
  const where = `target ${target.id}`;
  return [
    ...(target.shared ?? []).flatMap(checkTarget),
    ...Object.entries(target.args).flatMap(([name, value]) => checkBuildArg(name, value, where)),
    ...Object.entries(target.labels).flatMap(([key, value]) => checkLabel(key, value, where)),
    ...target.platforms
      .filter((platform) => parsePlatform(platform) === null)
      .map((platform) => ({
        code: 'PLATFORM_INVALID' as const,
        where,
        message: `${quote(platform)} is no platform`,
        fix: 'write os/architecture, such as linux/arm64',
      })),
  ];
}

function bakeTarget(target: BuildTarget, options: BakeOptions): Json {
  const cache = cacheLines(target, options.cache);
  const epoch = dated(target, options);
  const written: Record<string, Json> = {
    context: target.context,
    dockerfile: target.dockerfile,
    target: target.target ?? '',
    contexts: sorted(target.contexts),
    args: sorted({ ...epoch, ...target.args }),
    labels: sorted(target.labels),
    annotations: annotations(target, options),
    platforms: target.platforms,
    tags: target.part === 'digest' ? [] : target.references,
    attest: attestations(options),
    output: [
      options.push && target.references.length > 0 ? pushOutput(target, epochArgument in epoch) : 'type=cacheonly',
    ],
    ...inputsOf(target),
    'cache-from': [...options.cacheFrom, ...cache.from],
    'cache-to': [...options.cacheTo, ...cache.to],
  };
  return withoutEmpty(written);
}

function withoutEmpty(written: Readonly<Record<string, Json>>): Json {
  return Object.fromEntries(Object.entries(written).filter(([, value]) => !isEmpty(value)));
}

/** @see https://docs.docker.com/build/bake/reference/#targetsecret */
function inputsOf({ inputs = noInputs }: BuildTarget): Readonly<Record<string, Json>> {
  return {
    secret: [...inputs.secrets].map(([id, source]) =>
      source.kind === 'env' ? `id=${id},env=${source.name}` : `id=${id},src=${source.path}`,
    ),
    ssh: inputs.ssh,
    'extra-hosts': Object.fromEntries(inputs.addHosts),
    ulimits: [...inputs.ulimits].map(([name, limits]) => `${name}=${limits}`),
    network: inputs.network ?? '',
  };
}

/**
 * Every label on manifests and index too: a registry's page of an image with several platforms is made from its index.
 * BuildKit refuses those of an index where it makes none: one platform, without attestations. An image without a single
 * layer gets no attestations either, and then its build fails.
 *
 * @see https://docs.docker.com/build/metadata/annotations/
 */
function annotations({ labels, platforms }: BuildTarget, options: BakeOptions): readonly string[] {
  const hasIndex = platforms.length > 1 || options.provenance !== 'off' || options.sbom;
  const levels = hasIndex ? 'index,manifest' : 'manifest';
  return Object.entries(sorted(labels)).map(([key, value]) => `${levels}:${key}=${value}`);
}

/** BuildKit dates an image by it; it needs no ARG. */
const epochArgument = 'SOURCE_DATE_EPOCH';

/** The argument that dates a target by its release; none if it is not to be, or nobody knows when that was. */
function dated(target: BuildTarget, { reproducible = false }: BakeOptions): Readonly<Record<string, string>> {
  const epoch = reproducible ? epochOf(target) : null;
  return epoch === null ? {} : { [epochArgument]: epoch };
}

/** When the release's commit was made, in seconds. @returns `null` if nobody knows */
function epochOf({ args }: BuildTarget): string | null {
  const instant = parseInstant(args[releaseArguments.created] ?? '');
  return instant === null ? null : String(Math.floor(instant / 1000));
}

/**
 * Without a tag the repositories are named by the exporter, as one field of its list. Files are dated as layers are
 * written, which Docker's own driver does only for an image that it does not keep.
 *
 * @see https://docs.docker.com/build/exporters/image-registry/
 * @see https://github.com/moby/buildkit/blob/master/docs/build-repro.md
 */
function pushOutput({ part, references }: BuildTarget, isDated: boolean): string {
  const dated = isDated ? ',store=false,unpack=false,rewrite-timestamp=true' : '';
  if (part !== 'digest') return isDated ? `type=image,push=true${dated}` : 'type=registry';
  return `type=image,"name=${references.join(',')}",push-by-digest=true,name-canonical=true,push=true${dated}`;
}

function attestations(options: BakeOptions): readonly string[] {
  const provenance = options.provenance === 'off' ? 'disabled=true' : `mode=${options.provenance}`;
  return [`type=provenance,${provenance}`, ...(options.sbom ? ['type=sbom'] : [])];
}

/** Keys in the order of their code units. */
function sorted(record: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : Number(a > b))));
}

function isEmpty(value: Json): boolean {
  return value === '' || (typeof value === 'object' && Object.keys(value).length === 0);
}

/** Every text of a value written so that bake takes it for itself, keys included. */
export function escapeBake(value: Json): Json {
  if (typeof value === 'string') return escapeText(value);
  if (Array.isArray(value)) return value.map(escapeBake);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [escapeText(key), escapeBake(inner)]));
}

/** Doubles the sign of every `${` and `%{`. */
function escapeText(text: string): string {
  return text.replaceAll(/[$%](?=\{)/g, '$&$&');
}
