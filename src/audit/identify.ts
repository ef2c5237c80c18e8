/** Digests, told: which cell's image is this, and how do we know? */
import type { Digest } from '../domain/digest.ts';
import { axisLabel, labelNames } from '../domain/labels.ts';
import type { Release } from '../domain/release.ts';
import type { PlanImage } from '../plan/candidates.ts';
import type { Cell, CellOrStandIn } from '../plan/cell.ts';
import type { Owner } from '../plan/types.ts';
import { ownerOf } from '../plan/plan.ts';
import { cellKey, type Expected } from './expected.ts';
import type { AuditInput } from './input.ts';

/** One cell a digest belongs to, and the word for it. */
export interface Identity {
  readonly owner: Owner;
  /** A stand-in where no source knows the release; `null` where even the axes are unheard of. */
  readonly cell: CellOrStandIn | null;
  /** Why it may not own anything although it looks as if it could; `null` for a cell of the plan. */
  readonly leftOut: string | null;
  readonly by: 'tag' | 'lock' | 'labels';
  /** The pinned tag that stands on it. */
  readonly tag: string | null;
}

export interface Identities {
  of(digest: Digest): readonly Identity[];
}

/** @param extra tags of the listing that read like pinned tags and are in no plan */
export function identifyDigests(input: AuditInput, extra: readonly string[]): Identities {
  const { expected, seen, lock } = input;
  const found = new Map<Digest, Identity[]>();
  const add = (digest: Digest, identity: Identity): void => {
    const known = found.get(digest);
    if (known === undefined) found.set(digest, [identity]);
    else if (!known.some((other) => isSameOwner(other.owner, identity.owner))) known.push(identity);
  };
  const digestAt = (tag: string): Digest | null => {
    const at = seen.get(tag);
    return at?.kind === 'present' ? at.descriptor.digest : null;
  };

  for (const cell of [...expected.cells, ...expected.leftOutCells.keys()]) {
    for (const { tag } of cell.pinned) {
      const digest = digestAt(tag);
      // A text that two releases share (a revision with two versions) is the planned one's.
      if (digest === null || isOthers(expected, tag, cell)) continue;
      add(digest, planned(expected, cell, 'tag', tag));
    }
  }
  for (const tag of extra) {
    const digest = digestAt(tag);
    const reading = digest === null ? null : expected.grammar(tag);
    if (digest === null || reading === null || reading.version === null || reading.rule.kind !== 'pinned') continue;
    add(digest, named(expected, reading.version, fullAxes(reading.axes, expected.image), 'tag', tag));
  }
  for (const entry of lock?.entries ?? []) add(entry.digest, named(expected, entry.version, entry.axes, 'lock', null));
  return {
    of: (digest) => {
      const known = found.get(digest);
      if (known !== undefined) return known;
      const labelled = byLabels(input, digest);
      return labelled === null ? [] : [labelled];
    },
  };
}

function isSameOwner(a: Owner, b: Owner): boolean {
  return a.version === b.version && (a.axes === b.axes || cellKey('', a.axes) === cellKey('', b.axes));
}

function isOthers(expected: Expected, tag: string, cell: Cell): boolean {
  const planned = expected.tags.get(tag);
  return planned?.kind === 'pinned' && planned.cell !== cell;
}

function planned(expected: Expected, cell: Cell, by: Identity['by'], tag: string | null): Identity {
  return { owner: ownerOf(cell), cell, leftOut: expected.leftOutCells.get(cell) ?? null, by, tag };
}

function named(
  expected: Expected,
  version: string,
  axes: Readonly<Record<string, string>>,
  by: Identity['by'],
  tag: string | null,
): Identity {
  const cell = expected.cell(version, axes);
  if (cell !== null) return planned(expected, cell, by, tag);
  const release = standInRelease(version, expected.image);
  const shape = expected.shape(axes);
  const standIn = release === null || shape === null ? null : { release, shape, platforms: [], pinned: [] };
  return { owner: { version, axes }, cell: standIn, leftOut: 'no source knows that release', by, tag };
}

/** Labels of the image itself: the last resort, where no tag and no lock has the digest. */
function byLabels(input: AuditInput, digest: Digest): Identity | null {
  const content = input.contents.get(digest);
  const labels = content?.kind === 'read' ? content.image.configs[0]?.labels : undefined;
  const version = labels?.[labelNames.version];
  if (labels === undefined || version === undefined) return null;
  const axes: Record<string, string> = {};
  for (const { name } of input.expected.image.axes) {
    const value = labels[axisLabel(name)];
    if (value === undefined) return null;
    axes[name] = value;
  }
  return named(input.expected, version, axes, 'labels', null);
}

/** An axis with one value needs no name in a tag. */
function fullAxes(axes: Readonly<Record<string, string>>, image: PlanImage): Record<string, string> {
  const full: Record<string, string> = {};
  for (const { name, values } of image.axes) {
    const value = axes[name] ?? (values.length === 1 ? values[0]?.name : undefined);
    if (value !== undefined) full[name] = value;
  }
  return full;
}

/** A release that stands for one that no source knows, so that it can be ordered and rendered like the others. */
function standInRelease(version: string, image: PlanImage): Release | null {
  const parsed = image.scheme.parse(version);
  if (parsed === null) return null;
  return {
    version: parsed,
    revision: null,
    committedAt: 0,
    publishedAt: 0,
    builtFor: null,
    prerelease: parsed.kind === 'pre' || parsed.kind === 'dev',
    yanked: null,
  };
}
