/**
 * The lock file: which digest each cell was published with, kept in git so that an overwritten pinned tag shows.
 *
 * It names its repositories, and each part counts for its own alone. A cell is one line, releases and cells in the order
 * of the config, so that a publish is a few added lines in a review.
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
  /** Checks that it had every pass of when it was published. */
  readonly passes?: readonly string[];
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
    passes: z.array(z.string()).optional(),
  })
  .catchall(z.string('expected a text'));

const releasesShape = z.array(z.strictObject({ version: z.string().min(1), cells: z.array(cellShape) }));
const partShape = z.strictObject({ repository: z.string(), releases: releasesShape });
const schemaShape = z.literal(1, 'expected 1; the file is of another version of tagwright');
const singleShape = z.strictObject({ schema: schemaShape, repository: z.string(), releases: releasesShape });
const severalShape = z.strictObject({ schema: schemaShape, repositories: z.array(partShape).min(1) });

/**
 * Reads a lock file: of one repository, or of several under `repositories`.
 *
 * @param json what the file holds, parsed
 * @param where the file, for messages
 */
export function readLocks(json: unknown, where: string): Result<readonly Lock[]> {
  const isSeveral = typeof json === 'object' && json !== null && 'repositories' in json;
  const parsed = isSeveral ? severalShape.safeParse(json) : singleShape.safeParse(json);
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
  const parts = 'repositories' in parsed.data ? parsed.data.repositories : [parsed.data];
  const locks = parts.map(({ repository, releases }): Lock => ({ repository, entries: releases.flatMap(entriesOf) }));
  const twice = firstTwice(locks.map(({ repository }) => repository)) ?? firstTwiceIn(locks);
  if (twice === null) return ok(locks);
  const message = `${quote(twice)} appears twice`;
  return failed({ code: 'LOCK_INVALID', where, message, fix: 'keep the line that was there first' });
}

function entriesOf({ version, cells }: z.output<typeof releasesShape>[number]): LockEntry[] {
  return cells.map(({ digest, platforms, passes, ...axes }) => ({
    version,
    axes,
    digest,
    platforms: platforms ?? null,
    ...(passes === undefined ? {} : { passes }),
  }));
}

function firstTwiceIn(locks: readonly Lock[]): string | null {
  const found = locks.map(({ entries }) => firstTwice(entries.map(({ version, axes }) => cellKey(version, axes))));
  return found.find((key) => key !== null) ?? null;
}

function firstTwice(keys: readonly string[]): string | null {
  return keys.find((key, index) => keys.indexOf(key) !== index) ?? null;
}

/** The lock with these cells recorded: new ones added, known ones replaced, everything in its order. */
export function updateLock(lock: Lock, entries: readonly LockEntry[], image: PlanImage): Lock {
  const merged = new Map(lock.entries.map((entry) => [cellKey(entry.version, entry.axes), entry]));
  for (const entry of entries) merged.set(cellKey(entry.version, entry.axes), entry);
  return { repository: lock.repository, entries: [...merged.values()].toSorted(inOrderOf(image)) };
}

/** The text of the file: same locks, same bytes. */
export function locksText(locks: readonly Lock[]): string {
  const [only, ...others] = locks;
  if (only !== undefined && others.length === 0) return `{\n  "schema": 1,\n${partText(only, '  ')}\n}\n`;
  const parts = locks.map((lock) => `    {\n${partText(lock, '      ')}\n    }`);
  return `{\n  "schema": 1,\n  "repositories": [\n${parts.join(',\n')}\n  ]\n}\n`;
}

function partText(lock: Lock, indent: string): string {
  const releases: { version: string; lines: string[] }[] = [];
  for (const entry of lock.entries) {
    const last = releases.at(-1);
    if (last?.version === entry.version) last.lines.push(`${indent}      ${cellLine(entry)}`);
    else releases.push({ version: entry.version, lines: [`${indent}      ${cellLine(entry)}`] });
  }
  const parts = releases.map(
    ({ version, lines }) =>
      `${indent}  {\n${indent}    "version": ${JSON.stringify(version)},\n${indent}    "cells": [\n${lines.join(',\n')}\n${indent}    ]\n${indent}  }`,
  );
  const list = parts.length === 0 ? '[]' : `[\n${parts.join(',\n')}\n${indent}]`;
  return `${indent}"repository": ${JSON.stringify(lock.repository)},\n${indent}"releases": ${list}`;
}

function cellLine({ axes, digest, platforms, passes }: LockEntry): string {
  const pairs = Object.entries(axes).map(([axis, value]) => `${JSON.stringify(axis)}: ${JSON.stringify(value)}`);
  pairs.push(`"digest": "${digest}"`);
  if (platforms !== null) pairs.push(`"platforms": [${platforms.map((text) => JSON.stringify(text)).join(', ')}]`);
  if (passes !== undefined) pairs.push(`"passes": [${passes.map((text) => JSON.stringify(text)).join(', ')}]`);
  return `{ ${pairs.join(', ')} }`;
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
