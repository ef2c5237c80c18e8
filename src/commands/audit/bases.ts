/** Which owners of convenience tags point to a base image that its tag no longer has. */
import { count } from '../../domain/count.ts';
import pMap from 'p-map';
import type { StaleBase } from '../../audit/types.ts';
import { digestOf } from '../../sight/input.ts';
import type { AuditInput } from '../../audit/input.ts';
import { basesLockFile, type BasesLock } from '../../build/bases-lock.ts';
import { taggedName } from '../../domain/build-arguments.ts';
import { parseDigest, type Digest } from '../../domain/digest.ts';
import { publishCommand } from '../../moves/fix.ts';
import { OutsideError } from '../../domain/errors.ts';
import { groupBy } from '../../domain/group-by.ts';
import { labelNames } from '../../domain/labels.ts';
import type { Mirror } from '../../domain/mirrors.ts';
import { builtVersion, type Release } from '../../domain/release.ts';
import type { Registries } from '../../ports.ts';
import { placeOfBase } from '../bases-lock.ts';

export interface Bases {
  readonly bases: readonly StaleBase[];
  readonly notes: readonly string[];
}

export interface BasePlaces {
  readonly registries: Registries;
  /** Labels have the public name of a base; the mirror is asked. */
  readonly mirrors: readonly Mirror[];
  readonly basesLock: BasesLock;
}

/** What an image's labels say that it was built on. */
interface BuiltOn {
  readonly tag: string;
  readonly release: Release;
  readonly base: string;
  readonly digest: Digest;
}

/** Asks each base's registry once, by HEAD. Images that do not name their base's digest are counted in a note. */
export async function lookAtBases(
  input: AuditInput,
  { registries, mirrors, basesLock }: BasePlaces,
  signal: AbortSignal,
): Promise<Bases> {
  const built: BuiltOn[] = [];
  let untold = 0;
  for (const tag of input.expected.tags.values()) {
    if (tag.kind !== 'convenience' || tag.owner === null || !input.inScope(tag.tag)) continue;
    const digest = digestOf(input.seen.get(tag.tag));
    const content = digest === null ? undefined : input.contents.get(digest);
    if (content?.kind !== 'read') continue;
    const labels = content.image.configs[0]?.labels ?? {};
    const base = labels[labelNames.baseName];
    const baseDigest = parseDigest(labels[labelNames.baseDigest] ?? '');
    if (base === undefined || baseDigest === null) untold += 1;
    else built.push({ tag: tag.tag, release: tag.owner.release, base, digest: baseDigest });
  }
  const one = 'convenience tag points to an image that does not name the digest of its base';
  const many = 'convenience tags point to images that do not name the digest of their base';
  const notes = untold === 0 ? [] : [count(untold, one, many)];
  const now = await pMap(
    new Set(built.map(({ base }) => base)),
    async (base) => ({ base, answer: await askBase(base, { registries, mirrors }, signal) }),
    { concurrency: 8 },
  );
  const bases: StaleBase[] = [];
  for (const { base, answer } of now) {
    if (answer.kind === 'unknown') {
      notes.push(`whether ${base} went on is not known: ${answer.reason}`);
      continue;
    }
    const inLock = basesLock.get(taggedName(base)) ?? null;
    const locked = inLock === answer.digest ? null : inLock;
    if (locked !== null) notes.push(`${basesLockFile} names an older ${base}: tagwright render --update-bases`);
    const older = built.filter((image) => image.base === base && image.digest !== answer.digest);
    for (const images of groupBy(older, ({ release, digest }) => `${release.version.text} ${digest}`).values()) {
      const [first] = images;
      if (first === undefined) continue;
      const tags = images.map(({ tag }) => tag);
      const { release, digest: builtOn } = first;
      const rebuild = publishCommand(builtVersion(release), input.flags, '--rebuild');
      // Built again on what the lock has, it would be the same.
      const fix = locked === null ? rebuild : `tagwright render --update-bases && ${rebuild}`;
      const behind = locked === null ? {} : { locked };
      bases.push({ base, builtOn, now: answer.digest, ...behind, tags, version: release.version.text, fix });
    }
  }
  return { bases, notes };
}

type BaseAnswer =
  | { readonly kind: 'answer'; readonly digest: Digest | null }
  | { readonly kind: 'unknown'; readonly reason: string };

async function askBase(
  base: string,
  { registries, mirrors }: Omit<BasePlaces, 'basesLock'>,
  signal: AbortSignal,
): Promise<BaseAnswer> {
  const place = placeOfBase(base, mirrors, labelNames.baseName);
  if (!place.ok) return { kind: 'unknown', reason: place.problems[0]?.message ?? 'the label names no image' };
  const { repository, tag } = place.value;
  try {
    const found = await registries.open(repository).head(tag, signal);
    return { kind: 'answer', digest: found?.digest ?? null };
  } catch (error) {
    if (error instanceof OutsideError) return { kind: 'unknown', reason: `${error.code} ${error.message}` };
    throw error;
  }
}
