import type { Release } from '../domain/release.ts';

/** One value of every axis: what the cells of several releases have in common. */
export interface CellShape {
  /** Axis to value, in the order of the config's axes. */
  readonly axes: Readonly<Record<string, string>>;
  /** What the values give to tags. */
  readonly variables: Readonly<Record<string, string>>;
  /** Place in the order of shapes: axis by axis as the config has them. */
  readonly rank: number;
}

/** One release × one value of every axis: an image that gets built. */
export interface Cell extends CellOrStandIn {
  /** Its pinned tags, in the order of the rules: the first is the full tag. A cell without one is not built. */
  readonly pinned: readonly [PinnedText, ...PinnedText[]];
}

/** A cell, or what stands for one that no plan has and so has no tags: of a release that no source knows. */
export interface CellOrStandIn {
  readonly release: Release;
  readonly shape: CellShape;
  readonly platforms: readonly string[];
  readonly pinned: readonly PinnedText[];
}

export interface PinnedText {
  readonly rule: string;
  readonly tag: string;
}

/** `2.11.5 (python 3.10, flavor conda)`, for messages. */
export function describeCell({ release, shape }: Pick<Cell, 'release' | 'shape'>): string {
  const axes = describeAxes(shape.axes);
  return axes === '' ? release.version.text : `${release.version.text} (${axes})`;
}

/** Cells of one shape have the same object, and each of their tags says what it is. */
const described = new WeakMap<Readonly<Record<string, string>>, string>();

export function describeAxes(axes: Readonly<Record<string, string>>): string {
  const known = described.get(axes);
  if (known !== undefined) return known;
  const text = Object.entries(axes)
    .map(([axis, value]) => `${axis} ${value}`)
    .join(', ');
  described.set(axes, text);
  return text;
}

/** The pinned tag that a build pushes; the cell's others are the same manifest under further names. */
export function fullTag({ pinned: [full] }: Pick<Cell, 'pinned'>): string {
  return full.tag;
}

/** `2-11-5-python3-10-conda` would be ambiguous; axes are told by name: `2-11-5_python-3-10_flavor-conda`. */
export function targetId(cell: Pick<Cell, 'release' | 'shape'>): string {
  const axes = Object.entries(cell.shape.axes).map(([axis, value]) => `${axis}-${value}`);
  return [cell.release.version.text, ...axes].map((part) => part.replaceAll(/[^A-Za-z0-9-]/g, '-')).join('_');
}
