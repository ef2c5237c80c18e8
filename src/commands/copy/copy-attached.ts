/**
 * What hangs on an image, copied with it: signatures, attestations and SBOMs of the image and of each of its platforms,
 * whether the registries list them or keep them under tags made of the digest. What cannot be copied is reported.
 */
import type { Digest } from '../../domain/digest.ts';
import { OutsideError } from '../../domain/errors.ts';
import { textAt } from '../../domain/json.ts';
import { referrersTag, type Referrer } from '../../domain/referrers.ts';
import { movesPredicate, predicateAnnotation } from '../../evidence/statement.ts';
import type { RegistryReader } from '../../ports.ts';
import type { AttachedReport } from '../../report/publish.ts';
import { waitUntil } from '../move/wait.ts';
import type { World } from '../world.ts';
import { copyImage, type Between } from './copy-image.ts';
import { addToList, readList, without } from './list-of-referrers.ts';

export interface AttachedCopy extends Between {
  readonly world: World;
  readonly waitMs: number;
  /** Tags of the source that are made of a digest. */
  readonly tagsOf: (digest: Digest) => Promise<readonly string[]>;
}

/** @param digests of every manifest of the image */
export async function copyAttached(copy: AttachedCopy, digests: readonly Digest[]): Promise<AttachedReport> {
  const copied: string[] = [];
  const left: AttachedReport['left'][number][] = [];
  // What hangs on a signature hangs on the image too; a set is walked in the order in which it grows.
  const queue = new Set<Digest>(digests);
  const attempt: Attempt = async (what, work) => {
    try {
      const done = await work();
      if (done.length > 0) copied.push(what);
      for (const digest of done) queue.add(digest);
      return done.length > 0;
    } catch (error) {
      if (!(error instanceof OutsideError) || !isFinal(error)) throw error;
      left.push({ what, reason: error.message });
      return false;
    }
  };
  for (const digest of queue) {
    const tags = await copy.tagsOf(digest);
    const list = referrersTag(digest);
    await attempt(`the list of ${digest}`, () => copyReferrers(copy, digest, tags.includes(list), attempt));
    for (const tag of tags.filter((each) => each !== list)) await attempt(tag, () => copyTag(copy, tag));
  }
  return { copied, left };
}

/** Copies one thing. @returns true if there was something to copy, and it is there */
type Attempt = (what: string, work: () => Promise<readonly Digest[]>) => Promise<boolean>;

/** The registry's no; what may pass ends the run, and the next one copies the cell again. */
function isFinal({ code }: OutsideError): boolean {
  return ['REGISTRY_DENIED', 'REGISTRY_REFUSED', 'REGISTRY_ANSWER', 'VERIFY_FAILED'].includes(code);
}

/** Signatures and the like by the name of what they are, then the list that leads to them. */
async function copyReferrers(
  copy: AttachedCopy,
  digest: Digest,
  hasList: boolean,
  attempt: Attempt,
): Promise<readonly Digest[]> {
  const { from, to, signal } = copy;
  const listed = (await from.referrers(digest, signal)) ?? [];
  const tagged = hasList ? await readList(from, digest, signal) : [];
  const there: Referrer[] = [];
  for (const referrer of new Map([...listed, ...tagged].map((each) => [each.digest, each])).values()) {
    // Who moved a tag there is said of that repository alone.
    if (isOfMoves(referrer)) continue;
    const what = `${typeOf(referrer)} ${referrer.digest}`;
    if (await attempt(what, async () => (await copyImage(copy, referrer.digest)).digests)) there.push(referrer);
  }
  if (there.length === 0) return [];
  const { value: shown } = await waitUntil(
    () => to.referrers(digest, signal),
    (found) => found === null || without(there, found).length === 0,
    copy,
  );
  if (shown === null) await addToList(to, digest, there, { digestOf: (bytes) => copy.world.digestOf(bytes), signal });
  else refuseUnlisted(digest, without(there, shown));
  return [];
}

function isOfMoves({ entry }: Referrer): boolean {
  return textAt(entry, 'annotations', predicateAnnotation) === movesPredicate;
}

function typeOf({ entry }: Referrer): string {
  return typeof entry['artifactType'] === 'string' ? entry['artifactType'] : 'artifact';
}

/** A registry with the referrers API lists what names a subject, and nothing else. */
function refuseUnlisted(digest: Digest, missing: readonly Referrer[]): void {
  if (missing.length === 0) return;
  const what = missing.map((referrer) => referrer.digest).join(', ');
  throw new OutsideError('VERIFY_FAILED', `${what}: copied, and the registry does not list it for ${digest}`);
}

/** A tag of cosign's and the like, with what it points to. One that is another there is somebody's, and stays. */
async function copyTag(copy: AttachedCopy, tag: string): Promise<readonly Digest[]> {
  const { from, to, signal } = copy;
  const [ours, theirs] = [await from.manifest(tag, signal), await to.manifest(tag, signal)];
  if (ours === null || ours.digest === theirs?.digest) return [];
  if (theirs !== null) {
    const message = `it points to ${theirs.digest} there, and to ${ours.digest} in the repository it is copied from`;
    throw new OutsideError('VERIFY_FAILED', message, { tag });
  }
  const { manifest, digests } = await copyImage(copy, ours.digest);
  await to.putManifest(tag, manifest, signal);
  return digests;
}

/**
 * Tags made of a digest, by one listing of the repository. If it may not be listed, those that cosign writes are tried.
 */
export function attachedTags(registry: RegistryReader, signal: AbortSignal): AttachedCopy['tagsOf'] {
  let listing: Promise<readonly string[] | null> | null = null;
  return async (digest) => {
    listing ??= listTags(registry, signal);
    const tags = await listing;
    const list = referrersTag(digest);
    if (tags === null) return ['', '.sig', '.att', '.sbom'].map((suffix) => `${list}${suffix}`);
    return tags.filter((tag) => tag === list || tag.startsWith(`${list}.`));
  };
}

async function listTags(registry: RegistryReader, signal: AbortSignal): Promise<readonly string[] | null> {
  try {
    return (await registry.tags(signal)) ?? [];
  } catch (error) {
    if (error instanceof OutsideError && isFinal(error)) return null;
    throw error;
  }
}
