/** Which cells a release has: what was recorded when it was built, else what the config's ranges say. */
import type { Axis, AxisValue, CellExclusion, ImageConfig } from '../config/types.ts';
import { comparePythons } from '../config/normalize-axes.ts';
import type { Problem } from '../domain/errors.ts';
import type { Release } from '../domain/release.ts';
import type { Warning } from '../domain/warning.ts';
import type { CellShape } from './cell.ts';

/** Finds the shapes of releases; shapes are made once and shared, so that they can be compared by identity. */
export interface ShapeFinder {
  /** Every shape a release may have, in order. */
  shapesOf(release: Release): readonly CellShape[];
  readonly problems: readonly Problem[];
  readonly warnings: readonly Warning[];
}

/** @param factsFrom how messages name the source of `builtFor` */
export function shapeFinder(image: ImageConfig, releases: readonly Release[], factsFrom: string): ShapeFinder {
  const problems: Problem[] = [];
  const warnings: Warning[] = [];
  const axes = withRecordedPythons(image.axes, releases, warnings);
  const shapes = allShapes(axes);
  const usedExclusions = new Set<CellExclusion>();
  const memo = new Map<string, readonly CellShape[]>();

  function shapesOf(release: Release): readonly CellShape[] {
    const key = signature(release, axes, image);
    const known = memo.get(key);
    if (known !== undefined) return known;
    const found = findShapes(release);
    memo.set(key, found);
    return found;
  }

  function findShapes(release: Release): readonly CellShape[] {
    const excluded = image.excludedCells.filter((entry) => appliesTo(entry, release));
    for (const entry of excluded) usedExclusions.add(entry);
    return shapes.filter((shape) => {
      const recorded = release.builtFor === null ? null : isRecorded(release.builtFor, shape);
      if (recorded === false) return false;
      return (
        axes.every((axis) => {
          if (recorded === true && (axis.name === 'python' || axis.name === 'flavor')) return true;
          return inRange(axis, shape, release);
        }) &&
        (recorded === true || !excluded.some((entry) => excludes(entry, shape)))
      );
    });
  }

  problems.push(...unknownFlavors(image, releases, factsFrom));
  return { shapesOf, problems, warnings };
}

/** Two releases with one signature have the same cells. */
function signature(release: Release, axes: readonly Axis[], image: ImageConfig): string {
  let bits = '';
  for (const axis of axes)
    for (const value of axis.values) bits += value.range === null || value.range.includes(release.version) ? '1' : '0';
  for (const entry of image.excludedCells) bits += appliesTo(entry, release) ? '1' : '0';
  return release.builtFor === null ? bits : `${bits} ${recordedKey(release.builtFor)}`;
}

const recordedKeys = new WeakMap<object, string>();

function recordedKey(builtFor: NonNullable<Release['builtFor']>): string {
  const known = recordedKeys.get(builtFor);
  if (known !== undefined) return known;
  const key = JSON.stringify(builtFor);
  recordedKeys.set(builtFor, key);
  return key;
}

function isRecorded(builtFor: NonNullable<Release['builtFor']>, shape: CellShape): boolean {
  const pythons = builtFor[shape.axes['flavor'] ?? ''];
  if (pythons === undefined) return false;
  const python = shape.axes['python'];
  return python === undefined || pythons.includes(python);
}

function inRange(axis: Axis, shape: CellShape, release: Release): boolean {
  const value = axis.values.find((candidate) => candidate.name === shape.axes[axis.name]);
  if (value === undefined) return false;
  return value.range === null || value.range.includes(release.version);
}

function appliesTo(entry: CellExclusion, release: Release): boolean {
  if (entry.version !== null) return entry.version === release.version.text;
  return entry.range === null || entry.range.includes(release.version);
}

function excludes(entry: CellExclusion, shape: CellShape): boolean {
  return [...entry.axes].every(([axis, values]) => values.includes(shape.axes[axis] ?? ''));
}

/** Every combination of the axes' values, in order. */
function allShapes(axes: readonly Axis[]): CellShape[] {
  let combinations: readonly AxisValue[][] = [[]];
  for (const axis of axes)
    combinations = combinations.flatMap((start) => axis.values.map((value) => [...start, value]));
  return combinations.map((values, rank) => ({
    axes: Object.fromEntries(values.map((value, index) => [axes[index]?.name ?? '', value.name])),
    variables: Object.fromEntries(values.flatMap((value) => Object.entries(value.variables))),
    rank,
  }));
}

/** Pythons that were recorded and are not in the config: the fact wins, and is told. */
function withRecordedPythons(
  axes: readonly Axis[],
  releases: readonly Release[],
  warnings: Warning[],
): readonly Axis[] {
  const known = new Set(axes.find((axis) => axis.name === 'python')?.values.map((value) => value.name));
  if (known.size === 0) return axes;
  const versions = new Map<string, string[]>();
  for (const release of releases) {
    for (const python of new Set(Object.values(release.builtFor ?? {}).flat())) {
      if (!known.has(python)) versions.set(python, [...(versions.get(python) ?? []), release.version.text]);
    }
  }
  for (const [python, of] of versions) {
    warnings.push({
      code: 'VALUE_UNKNOWN',
      message: `Python ${python} was recorded as built for ${of.slice(0, 3).join(', ')}${of.length > 3 ? ` and ${of.length - 3} more` : ''}, and the config has no such Python`,
      versions: of,
      mend: `pythons: { '${python}': '>=${of[0] ?? ''}' }`,
    });
  }
  return axes.map((axis) =>
    axis.name === 'python' ? { ...axis, values: addPythons(axis.values, [...versions.keys()]) } : axis,
  );
}

function addPythons(values: readonly AxisValue[], names: readonly string[]): readonly AxisValue[] {
  const added = names.map((name): AxisValue => ({ name, range: null, variables: { python: name } }));
  return [...values, ...added].toSorted((a, b) => comparePythons(a.name, b.name));
}

function unknownFlavors(image: ImageConfig, releases: readonly Release[], factsFrom: string): Problem[] {
  const versions = new Map<string, string[]>();
  for (const release of releases) {
    for (const flavor of Object.keys(release.builtFor ?? {})) {
      if (!image.flavors.has(flavor)) versions.set(flavor, [...(versions.get(flavor) ?? []), release.version.text]);
    }
  }
  return [...versions].map(([flavor, of]) => ({
    code: 'FLAVOR_UNKNOWN',
    where: `${factsFrom} builtFor`,
    message: `flavor '${flavor}' was built for ${of[0]}${of.length > 1 ? ` and ${of.length - 1} more` : ''}, and the config has no such flavor`,
    mend: `add flavors.${flavor}; known: ${[...image.flavors.keys()].join(', ')}`,
  }));
}
