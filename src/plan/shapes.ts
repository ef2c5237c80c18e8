/** Which cells a release has: what was recorded when it was built, else what the config's ranges say. */
import type { Axis, AxisValue, CellExclusion, ImageConfig } from '../config/types.ts';
import { flavorsOf } from '../config/normalize.ts';
import { comparePythons } from '../config/value-order.ts';
import type { Problem } from '../domain/errors.ts';
import { builtVersion, type Release } from '../domain/release.ts';
import type { Warning } from '../domain/warning.ts';
import type { CellShape } from './cell.ts';
import { choiceKey, matrixOf, type Matrix } from './matrix.ts';

/** Finds the shapes of releases; shapes are made once and shared, so that they can be compared by identity. */
export interface ShapeFinder {
  /** Every shape that some release may have, in order. */
  readonly all: readonly CellShape[];
  /** The shapes that a release was built for, in order. */
  matrixOf(release: Release): Matrix;
  /** Every shape there is, named and chosen from as the release was built. */
  wholeMatrixOf(release: Release): Matrix;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Warning[];
}

/** @param factsFrom how messages name the source of `builtFor` */
export function shapeFinder(image: ImageConfig, releases: readonly Release[], factsFrom: string): ShapeFinder {
  const warnings: Warning[] = [];
  const axes = withRecordedPythons(image.axes, releases, warnings);
  const all = allShapes(axes);
  const memo = new Map<string, Matrix>();
  /** By the matrix of what was built: releases that share one choose alike. */
  const wholes = new Map<Matrix, Matrix>();

  function matrixFor(release: Release): Matrix {
    const key = `${signature(release, axes, image)} ${choiceKey(release, image)}`;
    const known = memo.get(key);
    if (known !== undefined) return known;
    const shapes = all.filter((shape) => whyNotBuilt(shape, release, image) === null);
    const found = matrixOf(shapes, release, image);
    memo.set(key, found);
    return found;
  }

  return {
    all,
    matrixOf: matrixFor,
    wholeMatrixOf(release) {
      const own = matrixFor(release);
      const known = wholes.get(own);
      if (known !== undefined) return known;
      const built = new Set(own.shapes);
      const whole = matrixOf(all, release, image, (shape) => built.has(shape));
      wholes.set(own, whole);
      return whole;
    },
    problems: unknownFlavors(image, releases, factsFrom),
    warnings,
  };
}

/** Why a release was not built for a shape. */
export type NotBuilt =
  /** What was recorded when it was built does not have it. */
  | { readonly kind: 'recorded' }
  /** A value of the axis is for other releases. */
  | { readonly kind: 'range'; readonly axis: string; readonly value: string; readonly range: string }
  /** A value of the axis goes with other values of another one. */
  | {
      readonly kind: 'where';
      readonly axis: string;
      readonly value: string;
      readonly other: string;
      readonly values: readonly string[];
    }
  | { readonly kind: 'excluded'; readonly exclusion: CellExclusion };

/** @returns `null` where it was built */
export function whyNotBuilt(shape: CellShape, release: Release, image: ImageConfig): NotBuilt | null {
  if (release.builtFor === null) return whyNotPlanned(shape, release, image);
  if (!isRecorded(release.builtFor, shape)) return { kind: 'recorded' };
  return whyNotPlanned(shape, release, image, recordedAxes);
}

/** Facts speak of these axes alone; of any other the ranges speak. */
const recordedAxes: ReadonlySet<string> = new Set(['python', 'flavor']);

/**
 * What the config's ranges and exclusions say, whatever was recorded.
 *
 * @param settled axes that are settled otherwise; an exclusion counts where it names a further one
 */
export function whyNotPlanned(
  shape: CellShape,
  release: Release,
  image: ImageConfig,
  settled: ReadonlySet<string> = new Set(),
): NotBuilt | null {
  for (const { name, values } of image.axes) {
    if (settled.has(name)) continue;
    const value = values.find((candidate) => candidate.name === shape.axes[name]);
    if (value === undefined) continue;
    for (const [other, wanted] of value.where) {
      if (!wanted.includes(shape.axes[other] ?? ''))
        return { kind: 'where', axis: name, value: value.name, other, values: wanted };
    }
    if (value.range === null || value.range.includes(release.version)) continue;
    return { kind: 'range', axis: name, value: value.name, range: value.range.text };
  }
  const exclusion = image.excludedCells.find(
    (entry) =>
      [...entry.axes.keys()].some((axis) => !settled.has(axis)) &&
      exclusionApplies(entry, release) &&
      exclusionNames(entry, shape),
  );
  return exclusion === undefined ? null : { kind: 'excluded', exclusion };
}

/** Two releases with one signature have the same cells. */
export function signature(release: Release, axes: readonly Axis[], image: ImageConfig): string {
  let bits = '';
  for (const axis of axes)
    for (const value of axis.values) bits += value.range === null || value.range.includes(release.version) ? '1' : '0';
  for (const entry of image.excludedCells) bits += exclusionApplies(entry, release) ? '1' : '0';
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

/** Whether an exclusion is about this release at all. */
export function exclusionApplies(entry: CellExclusion, release: Release): boolean {
  if (entry.version !== null) return entry.version === builtVersion(release);
  return entry.range === null || entry.range.includes(release.version);
}

function exclusionNames(entry: CellExclusion, shape: CellShape): boolean {
  return [...entry.axes].every(([axis, values]) => values.includes(shape.axes[axis] ?? ''));
}

/** Every combination of the axes' values, in order. */
export function allShapes(axes: readonly Axis[]): CellShape[] {
  let combinations: readonly AxisValue[][] = [[]];
  for (const axis of axes)
    combinations = combinations.flatMap((start) => axis.values.map((value) => [...start, value]));
  return combinations.map((values, rank) => {
    const named = values.map((value, index) => ({ axis: axes[index]?.name ?? '', value }));
    return {
      axes: Object.fromEntries(named.map(({ axis, value }) => [axis, value.name])),
      variables: { suffix: '', ...Object.fromEntries(values.flatMap((value) => Object.entries(value.variables))) },
      rank,
    };
  });
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
      fix: `pythons: { '${python}': '>=${of[0] ?? ''}' }`,
    });
  }
  return axes.map((axis) =>
    axis.name === 'python' ? { ...axis, values: addPythons(axis.values, [...versions.keys()]) } : axis,
  );
}

function addPythons(values: readonly AxisValue[], names: readonly string[]): readonly AxisValue[] {
  const [like] = values;
  if (like === undefined) return values;
  const added = names.map((name): AxisValue => ({
    ...like,
    name,
    range: null,
    variables: { ...like.variables, python: name },
  }));
  return [...values, ...added]
    .toSorted((a, b) => comparePythons(a.name, b.name))
    .map((value, height) => ({ ...value, height }));
}

function unknownFlavors(image: ImageConfig, releases: readonly Release[], factsFrom: string): Problem[] {
  const known = flavorsOf(image);
  const versions = new Map<string, string[]>();
  for (const release of releases) {
    for (const flavor of Object.keys(release.builtFor ?? {})) {
      if (!known.includes(flavor)) versions.set(flavor, [...(versions.get(flavor) ?? []), release.version.text]);
    }
  }
  return [...versions].map(([flavor, of]) => ({
    code: 'FLAVOR_UNKNOWN',
    where: `${factsFrom} builtFor`,
    message: `flavor '${flavor}' was built for ${of[0]}${of.length > 1 ? ` and ${of.length - 1} more` : ''}, and the config has no such flavor`,
    fix: `add flavors.${flavor}; known: ${known.join(', ')}`,
  }));
}

/** A value may be for some values of another axis alone. */
export function goesTogether({ axes }: CellShape, image: ImageConfig): boolean {
  return image.axes.every(({ name, values }) => {
    const where = values.find((value) => value.name === axes[name])?.where ?? new Map<string, readonly string[]>();
    return [...where].every(([other, wanted]) => wanted.includes(axes[other] ?? ''));
  });
}
