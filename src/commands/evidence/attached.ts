/** Reads the signed statements that are attached to images of a repository. */
import { count } from '../../domain/count.ts';
import pMap from 'p-map';
import type { Digest } from '../../domain/digest.ts';
import { OutsideError } from '../../domain/errors.ts';
import { textAt } from '../../domain/json.ts';
import { mediaTypes } from '../../domain/media-types.ts';
import { formatRepository } from '../../domain/reference.ts';
import { parseReferrers, referrersTag, type Referrer } from '../../domain/referrers.ts';
import { attachedLayers } from '../../domain/statement.ts';
import { readBundle, type AttachedEvidence, type AttachedStatement } from '../../evidence/attached.ts';
import { movesPredicate, predicateAnnotation } from '../../evidence/statement.ts';
import type { RegistryReader, StatementVerifier } from '../../ports.ts';
import type { World } from '../world.ts';

export interface AttachedRequest {
  readonly registry: RegistryReader;
  /** Every tag of the repository; `null` if nobody knows. */
  readonly listed: ReadonlySet<string> | null;
  readonly verify: StatementVerifier;
  /** Images that are known to be in the registry. */
  readonly present: ReadonlySet<Digest>;
  readonly world: Pick<World, 'digestOf' | 'signal'>;
}

/** What cannot be read is said, and never taken for absent. */
export async function readAttached(images: ReadonlySet<Digest>, request: AttachedRequest): Promise<AttachedEvidence> {
  const bundles = new Map<Digest, Promise<Uint8Array | null>>();
  const read = new Set<Digest>();
  const failures: string[] = [];
  const found = await pMap(
    [...images],
    async (image) => {
      try {
        const statements = await attachedTo(image, request, bundles);
        if (statements !== null) read.add(image);
        return statements ?? [];
      } catch (error) {
        if (!(error instanceof OutsideError) || error.code === 'ABORTED') throw error;
        failures.push(`${error.code} ${error.message}`);
        return [];
      }
    },
    { concurrency: 8 },
  );
  const [first] = failures;
  const unread =
    first === undefined
      ? null
      : `what is attached to ${failures.length} of ${count(images.size, 'image')} was not read: ${first}`;
  return { statements: found.flat(), images: read, unread };
}

/**
 * @returns `null` if the image is not there
 * @throws {OutsideError} what the registry says
 */
export async function attachedTo(
  image: Digest,
  request: AttachedRequest,
  bundles: Map<Digest, Promise<Uint8Array | null>>,
): Promise<readonly AttachedStatement[] | null> {
  const { registry, present, world } = request;
  const referrers = await referrersOf(image, request);
  const found: AttachedStatement[] = [];
  for (const { digest } of referrers.filter(mayBeOfMoves)) {
    const manifest = await registry.manifest(digest, world.signal);
    const layers = manifest === null ? [] : attachedLayers(manifest.bytes);
    for (const layer of layers.filter(({ mediaType }) => mediaType === mediaTypes.sigstoreBundle)) {
      const reading = bundles.get(layer.digest) ?? registry.blob(layer.digest, world.signal);
      bundles.set(layer.digest, reading);
      const bytes = await reading;
      const one = bytes === null ? null : countingIn(bytes, request);
      if (one !== null) found.push({ ...one, image });
    }
  }
  if (found.length === 0 && !present.has(image) && (await registry.head(image, world.signal)) === null) return null;
  return found;
}

async function referrersOf(image: Digest, { registry, listed, world }: AttachedRequest): Promise<readonly Referrer[]> {
  const answered = await registry.referrers(image, world.signal);
  const tag = referrersTag(image);
  const isTagged = answered === null || listed === null || listed.has(tag);
  const list = isTagged ? await registry.manifest(tag, world.signal) : null;
  const tagged = list === null ? [] : (parseReferrers(list.bytes) ?? []);
  return [...new Map([...(answered ?? []), ...tagged].map((each) => [each.digest, each])).values()];
}

/** A registry may leave annotations out of its lists. */
function mayBeOfMoves({ entry }: Referrer): boolean {
  const type = textAt(entry, 'artifactType');
  const predicate = textAt(entry, 'annotations', predicateAnnotation);
  return (type === null || type === mediaTypes.sigstoreBundle) && (predicate === null || predicate === movesPredicate);
}

/** One that is signed by the key, and of this repository: what was copied with an image is of another. */
function countingIn(
  bytes: Uint8Array,
  { registry, verify, world }: AttachedRequest,
): Omit<AttachedStatement, 'image'> | null {
  const one = readBundle(bytes, (text) => world.digestOf(new TextEncoder().encode(text)));
  if (one === null || verify(one.text, one.signature) !== null) return null;
  return one.statement.predicate.repository === formatRepository(registry.repository) ? one : null;
}
