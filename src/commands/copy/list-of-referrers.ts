/** The list of what hangs on an image, on a registry without the referrers API: an index under a tag made of the digest. */
import type { Digest } from '../../domain/digest.ts';
import { OutsideError } from '../../domain/errors.ts';
import { mediaTypes } from '../../domain/media-types.ts';
import { parseReferrers, referrersIndex, referrersTag, type Referrer } from '../../domain/referrers.ts';
import type { Registry, RegistryReader } from '../../ports.ts';

interface Writing {
  readonly digestOf: (bytes: Uint8Array) => Digest;
  readonly signal: AbortSignal;
}

/** Entry by entry, so that what hangs on the image there already stays. */
export async function addToList(
  registry: Registry,
  digest: Digest,
  more: readonly Referrer[],
  { digestOf, signal }: Writing,
): Promise<void> {
  const held = await readList(registry, digest, signal);
  const missing = without(more, held);
  if (missing.length === 0) return;
  const bytes = referrersIndex(held, missing);
  const named = { mediaType: mediaTypes.ociIndex, digest: digestOf(bytes), sizeBytes: bytes.byteLength };
  await registry.putManifest(referrersTag(digest), { ...named, bytes }, signal);
}

export async function readList(
  registry: RegistryReader,
  digest: Digest,
  signal: AbortSignal,
): Promise<readonly Referrer[]> {
  const tag = referrersTag(digest);
  const manifest = await registry.manifest(tag, signal);
  const list = manifest === null ? [] : parseReferrers(manifest.bytes);
  if (list === null) throw new OutsideError('VERIFY_FAILED', `${tag} is not a list of referrers`, { tag });
  return list;
}

export function without(all: readonly Referrer[], known: readonly Referrer[]): Referrer[] {
  const digests = new Set(known.map(({ digest }) => digest));
  return all.filter(({ digest }) => !digests.has(digest));
}
