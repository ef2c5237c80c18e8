/** What the image of a cell says of itself, and how one that is there differs from it. */
import { renderTemplate } from '../config/tag-template.ts';
import type { ImageConfig } from '../config/types.ts';
import { qualifiedName } from '../domain/build-arguments.ts';
import type { ImageConfigFacts, InspectedImage } from '../domain/image.ts';
import { formatInstant } from '../domain/instant.ts';
import { axisLabel, labelNames } from '../domain/labels.ts';
import type { CellOrStandIn } from './cell.ts';
import { releaseValues } from './text-maker.ts';

/** The names a cell gives to templates: its release's and its axes'. */
export function cellValues(cell: Pick<CellOrStandIn, 'release' | 'shape'>): Readonly<Record<string, string>> {
  return { ...releaseValues(cell.release, 40), ...cell.shape.variables };
}

/** The labels every built image carries. */
export function expectedLabels(cell: CellOrStandIn, image: ImageConfig): Readonly<Record<string, string>> {
  const flavor = image.flavors.get(cell.shape.axes['flavor'] ?? '');
  const base = flavor?.base ?? null;
  const baseDigest = flavor?.baseDigest ?? null;
  return {
    [labelNames.version]: cell.release.version.text,
    ...(cell.release.revision === null ? {} : { [labelNames.revision]: cell.release.revision }),
    [labelNames.created]: formatInstant(cell.release.committedAt),
    ...(base === null ? {} : { [labelNames.baseName]: qualifiedName(renderTemplate(base, cellValues(cell))) }),
    ...(baseDigest === null ? {} : { [labelNames.baseDigest]: baseDigest }),
    ...Object.fromEntries(Object.entries(cell.shape.axes).map(([axis, value]) => [axisLabel(axis), value])),
  };
}

/** How an image differs from the cell it should be. All empty: it fits. */
export interface Misfit {
  /** Platforms of the cell that the image lacks. */
  readonly missingPlatforms: readonly string[];
  /** What labels or the environment say otherwise, as `name: says …, expected …`. */
  readonly mislabelled: readonly string[];
  /** No image of it carries the labels that tell the cell; nothing is said against it either. */
  readonly unlabelled: boolean;
}

/** Compares what tells a cell: version, revision and axes. Dates and bases may differ from build to build. */
export function misfit(cell: CellOrStandIn, image: ImageConfig, seen: InspectedImage): Misfit {
  const told = tellingLabels(cell, image);
  const mislabelled = seen.configs.flatMap((config) => [...wrongLabels(told, config), ...wrongPython(cell, config)]);
  const labelled = seen.configs.some((config) => Object.keys(told).some((name) => config.labels[name] !== undefined));
  return {
    missingPlatforms: cell.platforms.filter((platform) => !seen.platforms.includes(platform)),
    mislabelled: [...new Set(mislabelled)],
    unlabelled: !labelled,
  };
}

function tellingLabels(cell: CellOrStandIn, image: ImageConfig): Readonly<Record<string, string>> {
  const dated: readonly string[] = [labelNames.created, labelNames.baseName, labelNames.baseDigest];
  return Object.fromEntries(Object.entries(expectedLabels(cell, image)).filter(([name]) => !dated.includes(name)));
}

function wrongLabels(told: Readonly<Record<string, string>>, config: ImageConfigFacts): string[] {
  return Object.entries(told).flatMap(([name, expected]) => {
    const says = config.labels[name];
    return says === undefined || says === expected ? [] : [`${name} says ${says}, expected ${expected}`];
  });
}

/** The official Python images set PYTHON_VERSION to X.Y.Z; it tells the interpreter where labels are copied or absent. */
function wrongPython(cell: CellOrStandIn, config: ImageConfigFacts): string[] {
  const python = cell.shape.axes['python']?.replace(/t$/, '');
  if (python === undefined || config.pythonVersion === null) return [];
  const [major = '', minor = ''] = config.pythonVersion.split('.');
  return `${major}.${minor}` === python ? [] : [`PYTHON_VERSION says ${config.pythonVersion}, expected ${python}`];
}
