/** Which owners of convenience tags point to a base image that its tag no longer has. */
import pMap from 'p-map';
import type { StaleBase } from '../../audit/types.ts';
import { digestOf } from '../../sight/input.ts';
import type { AuditInput } from '../../audit/input.ts';
import { parseDigest, type Digest } from '../../domain/digest.ts';
import { publishCommand } from '../../moves/fix.ts';
import { OutsideError } from '../../domain/errors.ts';
import { groupBy } from '../../domain/group-by.ts';
import { labelNames } from '../../domain/labels.ts';
import { mirroredImage, type Mirror } from '../../domain/mirrors.ts';
import { parseRepository } from '../../domain/reference.ts';
import { builtVersion, type Release } from '../../domain/release.ts';
import type { Registries } from '../../ports.ts';

export interface Bases {
  readonly bases: readonly StaleBase[];
  readonly notes: readonly string[];
}

export interface BasePlaces {
  readonly registries: Registries;
  /** Labels have the public name of a base; the mirror is asked. */
  readonly mirrors: readonly Mirror[];
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
  { registries, mirrors }: BasePlaces,
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
  const notes =
    untold === 0 ? [] : [`${untold} convenience tags point to images that do not name the digest of their base`];
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
    const older = built.filter((image) => image.base === base && image.digest !== answer.digest);
    for (const images of groupBy(older, ({ release, digest }) => `${release.version.text} ${digest}`).values()) {
      const [first] = images;
      if (first === undefined) continue;
      const tags = images.map(({ tag }) => tag);
      const { release, digest: builtOn } = first;
      const fix = publishCommand(builtVersion(release), input.flags, '--rebuild');
      bases.push({ base, builtOn, now: answer.digest, tags, version: release.version.text, fix });
    }
  }
  return { bases, notes };
}

type BaseAnswer =
  | { readonly kind: 'answer'; readonly digest: Digest | null }
  | { readonly kind: 'unknown'; readonly reason: string };

async function askBase(base: string, { registries, mirrors }: BasePlaces, signal: AbortSignal): Promise<BaseAnswer> {
  const pulled = mirroredImage(base, mirrors, labelNames.baseName);
  if (!pulled.ok) return { kind: 'unknown', reason: pulled.problems[0]?.message ?? 'it has no mirror' };
  const name = pulled.value;
  const colon = name.lastIndexOf(':');
  const hasTag = colon > name.lastIndexOf('/');
  const repository = parseRepository(hasTag ? name.slice(0, colon) : name, labelNames.baseName);
  if (!repository.ok) return { kind: 'unknown', reason: 'the label names no image' };
  try {
    const found = await registries.open(repository.value).head(hasTag ? name.slice(colon + 1) : 'latest', signal);
    return { kind: 'answer', digest: found?.digest ?? null };
  } catch (error) {
    if (error instanceof OutsideError) return { kind: 'unknown', reason: `${error.code} ${error.message}` };
    throw error;
  }
}
