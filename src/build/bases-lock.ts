/**
 * The base lock: the digest of each base image, kept in git so that a base changes in a commit and not by itself.
 *
 * One file for all images of a config. A line has the base's name and tag, for people, and the digest that is built on.
 */
import { z } from 'zod';
import type { ImageConfig } from '../config/types.ts';
import { renderTemplate } from '../config/tag-template.ts';
import { taggedName } from '../domain/build-arguments.ts';
import { isDigest, type Digest } from '../domain/digest.ts';
import type { Problem } from '../domain/errors.ts';
import { parseJsonObject } from '../domain/json.ts';
import { failed, ok, type Result } from '../domain/result.ts';
import { quote } from '../domain/tag.ts';
import { buildOf } from '../plan/build-of.ts';
import { allShapes, goesTogether } from '../plan/shapes.ts';

export const basesLockFile = 'bases.lock.json';

/** By full name with tag, `docker.io/library/python:3.12-slim`. */
export type BasesLock = ReadonlyMap<string, Digest>;

const command = 'tagwright render --update-bases';
const fix = `restore it from git, or write it anew: ${command}`;

const shape = z.strictObject({
  schema: z.literal(1, 'expected 1; the file is of another version of tagwright'),
  bases: z.record(
    z.string(),
    z.custom<Digest>(
      (value) => typeof value === 'string' && isDigest(value),
      'expected sha256: and 64 lower-case hex digits',
    ),
  ),
});

export function readBasesLock(text: string): Result<BasesLock> {
  const parsed = shape.safeParse(parseJsonObject(text));
  if (parsed.success) return ok(new Map(Object.entries(parsed.data.bases)));
  return failed(
    ...parsed.error.issues.slice(0, 20).map(({ path, message }) => ({
      code: 'BASES_LOCK_INVALID' as const,
      where: `${basesLockFile} ${path.map(String).join('.')}`.trim(),
      message,
      fix,
    })),
  );
}

/** Sorted, a base a line. */
export function basesLockText(lock: BasesLock): string {
  const bases = Object.fromEntries([...lock].sort(([a], [b]) => (a < b ? -1 : Number(a > b))));
  return `${JSON.stringify({ schema: 1, bases }, null, 2)}\n`;
}

export interface NamedBases {
  /** By full name, the name as the config has it. */
  readonly names: ReadonlyMap<string, string>;
  /** Templates of bases that differ from release to release: they are not locked. */
  readonly unlockable: readonly string[];
}

/** Bases of every cell that there may be. Those that the config pins itself are not among them. */
export function namedBases(images: readonly ImageConfig[]): NamedBases {
  const names = new Map<string, string>();
  const unlockable = new Set<string>();
  for (const image of images) {
    const cells = allShapes(image.axes).filter((one) => goesTogether(one, image));
    const builds = cells.flatMap((cell) =>
      [buildOf(cell, image), ...image.shared.values()].map((build) => ({ cell, build })),
    );
    for (const { cell, build } of builds) {
      const { base, baseDigest } = build;
      if (base === null || baseDigest !== null) continue;
      const values = { ...cell.variables, ...cell.axes };
      if ([...base.names].some((name) => !Object.hasOwn(values, name))) {
        unlockable.add(base.text);
        continue;
      }
      const name = renderTemplate(base, values);
      if (name !== 'scratch' && !name.includes('@')) names.set(taggedName(name), name);
    }
  }
  return { names, unlockable: [...unlockable] };
}

/** A lock that is not the one of these images, or is behind the config. An empty one is none. */
export function basesLockProblems(lock: BasesLock, images: readonly ImageConfig[]): readonly Problem[] {
  if (lock.size === 0) return [];
  const { names } = namedBases(images);
  const missing = [...names.keys()].filter((name) => !lock.has(name));
  const extra = [...lock.keys()].filter((name) => !names.has(name));
  const problem = (message: string, how: string): Problem[] => [
    { code: 'BASES_LOCK_INVALID', where: basesLockFile, message, fix: how },
  ];
  if (extra.length === lock.size) {
    const theirs = extra.slice(0, 3).map(quote).join(', ');
    return problem(`it locks ${theirs}, and no base of this config`, `it is another project's: ${fix}`);
  }
  return [
    ...(missing.length === 0 ? [] : problem(`it lacks ${missing.map(quote).join(', ')}`, `run ${command}`)),
    ...(extra.length === 0
      ? []
      : problem(`no cell is built on ${extra.map(quote).join(', ')} any more`, `run ${command}`)),
  ];
}
