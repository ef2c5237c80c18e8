/**
 * The lock file: which digest each cell was published with, kept in git so that an overwritten pinned tag shows.
 *
 * It names its repository and counts for that one alone. A cell stands on one line, releases and cells in the order of
 * the config, so that a publish is a few added lines in a review.
 */
import { z } from 'zod';
import { isDigest, type Digest } from '../domain/digest.ts';
import { failed, ok, type Result } from '../domain/result.ts';
import { quote } from '../domain/tag.ts';
import type { PlanImage } from '../plan/candidates.ts';
import { cellKey } from './expected.ts';

export const lockFile = 'tags.lock.json';

export interface LockEntry {
  readonly version: string;
  readonly axes: Readonly<Record<string, string>>;
  readonly digest: Digest;
  /** Sorted; `null` where nobody looked inside. */
  readonly platforms: readonly string[] | null;
}

export interface Lock {
  /** `registry/path` */
  readonly repository: string;
  readonly entries: readonly LockEntry[];
}

const cellShape = z
  .object({
    digest: z.string().refine(isDigest, 'expected sha256: and 64 lower-case hex digits'),
    platforms: z.array(z.string()).optional(),
  })
  .catchall(z.string('expected a text'));

const lockShape = z.strictObject({
  schema: z.literal(1, 'expected 1; the file is of another version of this tool'),
  repository: z.string(),
  releases: z.array(z.strictObject({ version: z.string().min(1), cells: z.array(cellShape) })),
});

/**
 * Reads a lock file.
 *
 * @param json what the file holds, parsed
 * @param where the file, for messages
 */
export function readLock(json: unknown, where: string): Result<Lock> {
  const parsed = lockShape.safeParse(json);
  if (!parsed.success) {
    return failed(
      ...parsed.error.issues.slice(0, 20).map((issue) => ({
        code: 'LOCK_INVALID' as const,
        where: `${where} ${issue.path.map(String).join('.')}`.trim(),
        message: issue.message,
        fix: 'restore it from git, or delete it and write it anew with audit --write-lock',
      })),
    );
  }
  const entries = parsed.data.releases.flatMap(({ version, cells }) =>
    cells.map(({ digest, platforms, ...axes }): LockEntry => ({ version, axes, digest, platforms: platforms ?? null })),
  );
  const seen = new Set<string>();
  for (const entry of entries) {
    const key = cellKey(entry.version, entry.axes);
    if (seen.has(key)) {
      const message = `${quote(key)} is there twice`;
      return failed({ code: 'LOCK_INVALID', where, message, fix: 'keep the line that was there first' });
    }
    seen.add(key);
  }
  return ok({ repository: parsed.data.repository, entries });
}

/** The lock with these cells recorded: new ones added, known ones replaced, everything in its order. */
export function updateLock(lock: Lock, entries: readonly LockEntry[], image: PlanImage): Lock {
  const merged = new Map(lock.entries.map((entry) => [cellKey(entry.version, entry.axes), entry]));
  for (const entry of entries) merged.set(cellKey(entry.version, entry.axes), entry);
  return { repository: lock.repository, entries: [...merged.values()].toSorted(inOrderOf(image)) };
}

/** The text of the file: same lock, same bytes. */
export function lockText(lock: Lock): string {
  const releases: { version: string; lines: string[] }[] = [];
  for (const entry of lock.entries) {
    const last = releases.at(-1);
    if (last?.version === entry.version) last.lines.push(cellLine(entry));
    else releases.push({ version: entry.version, lines: [cellLine(entry)] });
  }
  const parts = releases.map(
    ({ version, lines }) =>
      `    {\n      "version": ${JSON.stringify(version)},\n      "cells": [\n${lines.join(',\n')}\n      ]\n    }`,
  );
  const list = parts.length === 0 ? '[]' : `[\n${parts.join(',\n')}\n  ]`;
  return `{\n  "schema": 1,\n  "repository": ${JSON.stringify(lock.repository)},\n  "releases": ${list}\n}\n`;
}

function cellLine({ axes, digest, platforms }: LockEntry): string {
  const pairs = Object.entries(axes).map(([axis, value]) => `${JSON.stringify(axis)}: ${JSON.stringify(value)}`);
  pairs.push(`"digest": "${digest}"`);
  if (platforms !== null) pairs.push(`"platforms": [${platforms.map((text) => JSON.stringify(text)).join(', ')}]`);
  return `        { ${pairs.join(', ')} }`;
}

function inOrderOf(image: PlanImage): (a: LockEntry, b: LockEntry) => number {
  const rank = (entry: LockEntry): number[] =>
    image.axes.map((axis) => {
      const index = axis.values.findIndex((value) => value.name === entry.axes[axis.name]);
      return index === -1 ? axis.values.length : index;
    });
  return (a, b) => {
    const versions = compareTexts(a.version, b.version, image);
    if (versions !== 0) return versions;
    const [ranksA, ranksB] = [rank(a), rank(b)];
    for (const [index, value] of ranksA.entries()) {
      const difference = value - (ranksB[index] ?? 0);
      if (difference !== 0) return difference;
    }
    return byCodeUnit(cellKey(a.version, a.axes), cellKey(b.version, b.axes));
  };
}

/** By the scheme; what it cannot read goes last, by code unit. */
function compareTexts(a: string, b: string, image: PlanImage): number {
  const [versionA, versionB] = [image.scheme.parse(a), image.scheme.parse(b)];
  if (versionA !== null && versionB !== null) return image.scheme.compare(versionA, versionB) || byCodeUnit(a, b);
  if (versionA === null && versionB === null) return byCodeUnit(a, b);
  return versionA === null ? 1 : -1;
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
