/** Lint of the matrix against the history: where recorded facts and ranges differ, and exclusions that exclude nothing. */
import type { CellExclusion, ImageConfig } from '../config/types.ts';
import { groupBy } from '../domain/group-by.ts';
import type { Release } from '../domain/release.ts';
import type { Warning } from '../domain/warning.ts';
import { withoutRebuilds } from '../releases/rebuilds.ts';
import { acceptLine, listed } from '../releases/settle.ts';
import type { CellShape } from './cell.ts';
import { shapeFinder, signature, whyNotBuilt, whyNotPlanned } from './shapes.ts';

/** @param all all that are known, not only those of some moment: an exclusion counts if it ever did */
export function lintCells(all: readonly Release[], image: ImageConfig): Warning[] {
  const releases = withoutRebuilds(all);
  const shapes = shapeFinder(image, releases, '').all;
  return [...factsDiffer(releases, shapes, image), ...unusedExclusions(releases, shapes, image)];
}

/** Recorded facts win; that the ranges say otherwise is told once for all releases that differ alike. */
function factsDiffer(releases: readonly Release[], shapes: readonly CellShape[], image: ImageConfig): Warning[] {
  const recorded = releases.filter((release) => release.builtFor !== null);
  const known = shapes.filter((shape) => isKnown(shape, image));
  // What is recorded and what the ranges say is the same for releases of one signature.
  const described = new Map<string, string>();
  const groups = groupBy(recorded, (release) => {
    const key = signature(release, image.axes, image);
    const difference = described.get(key) ?? describeDifference(release, known, image);
    described.set(key, difference);
    return difference;
  });
  return [...groups].flatMap(([difference, group]): Warning[] => {
    if (difference === '') return [];
    const versions = group.map((release) => release.version.text);
    const [first = ''] = versions;
    return [
      {
        code: 'FACTS_DIFFER',
        message: `${listed(versions)}: ${difference}; what was recorded counts`,
        versions,
        fix: `correct the ranges, or ${acceptLine('FACTS_DIFFER', first)}`,
      },
    ];
  });
}

/** Whether the config has each of its values. */
function isKnown({ axes }: CellShape, image: ImageConfig): boolean {
  return image.axes.every((axis) => axis.values.some((value) => value.name === axes[axis.name]));
}

function describeDifference(release: Release, shapes: readonly CellShape[], image: ImageConfig): string {
  const built: string[] = [];
  const planned: string[] = [];
  for (const shape of shapes) {
    const isBuilt = whyNotBuilt(shape, release, image) === null;
    const isPlanned = whyNotPlanned(shape, release, image) === null;
    if (isBuilt && !isPlanned) built.push(describeShape(shape));
    if (isPlanned && !isBuilt) planned.push(describeShape(shape));
  }
  return [
    built.length === 0 ? '' : `built for ${listed(built)}, which the ranges leave out`,
    planned.length === 0 ? '' : `not built for ${listed(planned)}, which the ranges have`,
  ]
    .filter((part) => part !== '')
    .join('; ');
}

/** Without commas, for a list of several: `python 3.9 flavor conda`. */
function describeShape(shape: CellShape): string {
  return Object.entries(shape.axes).flat().join(' ');
}

function unusedExclusions(releases: readonly Release[], shapes: readonly CellShape[], image: ImageConfig): Warning[] {
  return image.excludedCells
    .filter((entry) => !isUsed(entry, releases, shapes, image))
    .map((entry) => ({
      code: 'EXCLUDE_UNUSED',
      message: `${entry.where} excludes ${describeExclusion(entry)}, and no release would have had that`,
      versions: entry.version === null ? [] : [entry.version],
      fix: 'take the line away',
    }));
}

function isUsed(
  entry: CellExclusion,
  releases: readonly Release[],
  shapes: readonly CellShape[],
  image: ImageConfig,
): boolean {
  const alone = { ...image, excludedCells: [entry] };
  return releases.some((release) => shapes.some((shape) => whyNotPlanned(shape, release, alone)?.kind === 'excluded'));
}

function describeExclusion(entry: CellExclusion): string {
  const axes = [...entry.axes].map(([axis, values]) => `${axis} ${values.join(', ')}`).join(' with ');
  const of = entry.version ?? entry.range?.text;
  return of === undefined ? axes : `${axes} of ${of}`;
}
