/** What the image of a cell says of itself, and how one that is there differs from it. */
import { renderTemplate } from '../config/tag-template.ts';
import type { ImageConfig } from '../config/types.ts';
import { qualifiedName } from '../domain/build-arguments.ts';
import type { ImageConfigFacts, InspectedImage } from '../domain/image.ts';
import { formatInstant, undated } from '../domain/instant.ts';
import { axisLabel, labelNames, refLabel, repositoryLabel } from '../domain/labels.ts';
import { baseOf } from './base-of.ts';
import { buildOf } from './build-of.ts';
import type { CellOrStandIn } from './cell.ts';
import { releaseValues } from './text-maker.ts';

/** The names a cell gives to what builds it: its release's and its axes', whatever its tags call them. */
export function cellValues(cell: Pick<CellOrStandIn, 'release' | 'shape'>): Readonly<Record<string, string>> {
  return { ...releaseValues(cell.release), ...cell.shape.variables, ...cell.shape.axes };
}

/** The labels every built image carries. */
export function expectedLabels(
  cell: Pick<CellOrStandIn, 'release' | 'shape'>,
  image: ImageConfig,
): Readonly<Record<string, string>> {
  const base = baseOf(cell.shape, image, cellValues(cell));
  const digest = base?.digest ?? null;
  return {
    [labelNames.version]: cell.release.labelVersions?.get(cell.shape.rank) ?? cell.release.version.text,
    ...revisionLabel(cell),
    ...(cell.release.committedAt === undated ? {} : { [labelNames.created]: formatInstant(cell.release.committedAt) }),
    ...(base === null ? {} : { [labelNames.baseName]: qualifiedName(base.name) }),
    ...(digest === null ? {} : { [labelNames.baseDigest]: digest }),
    ...axisLabels(cell),
  };
}

function revisionLabel({ release }: Pick<CellOrStandIn, 'release'>): Readonly<Record<string, string>> {
  return release.revision === null ? {} : { [labelNames.revision]: release.revision };
}

function axisLabels({ shape }: Pick<CellOrStandIn, 'shape'>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(shape.axes).map(([axis, value]) => [axisLabel(axis), value]));
}

/** All labels of an image that is built now, which are its annotations too. */
export function labelsOf(cell: CellOrStandIn, image: ImageConfig): Readonly<Record<string, string>> {
  return { ...describingLabels(cell, image), ...expectedLabels(cell, image) };
}

/**
 * What the config says of an image besides that, and the page of its git repository. They may change from build to build:
 * an image is not judged by them.
 */
function describingLabels(
  cell: Pick<CellOrStandIn, 'release' | 'shape'>,
  image: ImageConfig,
): Readonly<Record<string, string>> {
  const values = cellValues(cell);
  const written = [...buildOf(cell.shape, image).labels].map(([name, template]) => [
    name,
    renderTemplate(template, values),
  ]);
  const page = image.sourceUrl === null ? {} : { [repositoryLabel]: image.sourceUrl };
  const { ref } = cell.release;
  return { ...page, ...(ref === undefined ? {} : { [refLabel]: ref }), ...Object.fromEntries(written) };
}

/** What of a cell its image has to agree with. */
export type CellName = Pick<CellOrStandIn, 'release' | 'shape' | 'platforms'>;

/** How an image differs from the cell it should be. All empty: it fits. */
export interface Misfit {
  /** Platforms of the cell that the image lacks. */
  readonly missingPlatforms: readonly string[];
  /** What our labels or the base's Python say otherwise, as `name: says …, expected …`. */
  readonly mislabelled: readonly string[];
  /** No image of it carries our labels; nothing is said against it either. */
  readonly unlabelled: boolean;
}

/**
 * Compares what names a cell: version, revision and axes. Dates and bases may differ from build to build, and labels
 * that are not ours say nothing of a cell: tag actions, base images and people write `org.opencontainers.image.*` too.
 */
export function misfit(cell: CellName, seen: InspectedImage): Misfit {
  const told = tellingLabels(cell);
  const isOurs = (config: ImageConfigFacts): boolean => hasOurLabels(config, cell);
  const mislabelled = seen.configs.flatMap((config) => [
    ...(isOurs(config) ? wrongLabels(told, config) : []),
    ...wrongPython(cell, config),
  ]);
  return {
    missingPlatforms: cell.platforms.filter((platform) => !seen.platforms.includes(platform)),
    mislabelled: [...new Set(mislabelled)],
    unlabelled: !seen.configs.some(isOurs),
  };
}

/**
 * Labels are ours where there is one for every axis. An image without axes has none of our own names: its labels count
 * as ours where they agree with the cell, and say nothing otherwise.
 */
export function hasOurLabels(
  { labels }: ImageConfigFacts,
  { release, shape }: Pick<CellOrStandIn, 'release' | 'shape'>,
): boolean {
  const axes = Object.keys(shape.axes);
  if (axes.length > 0) return axes.every((axis) => labels[axisLabel(axis)] !== undefined);
  if (release.labelVersions !== undefined) return labels[labelNames.revision] === release.revision;
  return labels[labelNames.version] === release.version.text && labels[labelNames.revision] === release.revision;
}

function tellingLabels(cell: CellName): Readonly<Record<string, string>> {
  const { labelVersions, version } = cell.release;
  // One commit may be built for a branch, a pull request and a schedule: it is one image.
  const named = labelVersions === undefined ? { [labelNames.version]: version.text } : {};
  return { ...named, ...revisionLabel(cell), ...axisLabels(cell) };
}

function wrongLabels(told: Readonly<Record<string, string>>, config: ImageConfigFacts): string[] {
  return Object.entries(told).flatMap(([name, expected]) => {
    const says = config.labels[name];
    return says === undefined || says === expected ? [] : [`${name} says ${says}, expected ${expected}`];
  });
}

/** The official Python images set PYTHON_VERSION to X.Y.Z; it tells the interpreter where labels are copied or absent. */
function wrongPython(cell: CellName, config: ImageConfigFacts): string[] {
  const python = cell.shape.axes['python']?.replace(/t$/, '');
  if (python === undefined || config.pythonVersion === null) return [];
  const [major = '', minor = ''] = config.pythonVersion.split('.');
  return `${major}.${minor}` === python ? [] : [`PYTHON_VERSION says ${config.pythonVersion}, expected ${python}`];
}
