/**
 * What hangs on an image without being part of it: signatures, attestations, SBOMs. Clients find it by the digest: in the
 * registry's list of referrers, in an index under the tag `sha256-<hex>` on a registry without such lists, or under tags
 * that begin so (`sha256-<hex>.sig`).
 *
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-referrers
 * @see https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md
 */
import { isDigest, type Digest } from './digest.ts';
import { isJsonObject, parseJsonObject } from './json.ts';
import { mediaTypes } from './media-types.ts';

/** One entry of such a list, as it is written there. */
export interface Referrer {
  readonly digest: Digest;
  readonly entry: Readonly<Record<string, unknown>>;
}

const attachedPattern = /^sha(?:256|512)-[0-9a-f]{64,128}(?:\.[A-Za-z0-9_.-]+)?$/;

/** True for a tag that names a digest: it belongs to that image, whatever it holds. */
export function isAttachedTag(tag: string): boolean {
  return attachedPattern.test(tag);
}

/** `sha256-<hex>`: the tag of the list on a registry without the referrers API. */
export function referrersTag(digest: Digest): string {
  return digest.replace(':', '-');
}

/** @returns `null` if it is not an index */
export function parseReferrers(bytes: Uint8Array): readonly Referrer[] | null {
  const list = parseJsonObject(new TextDecoder().decode(bytes))?.['manifests'];
  if (!Array.isArray(list)) return null;
  return list.flatMap((entry: unknown): Referrer[] => {
    const digest = isJsonObject(entry) ? entry['digest'] : undefined;
    return isJsonObject(entry) && typeof digest === 'string' && isDigest(digest) ? [{ digest, entry }] : [];
  });
}

/** The index of all of them, those that are `held` first and as they are. */
export function referrersIndex(held: readonly Referrer[], more: readonly Referrer[]): Uint8Array {
  const manifests = [...held, ...more].map(({ entry }) => entry);
  return new TextEncoder().encode(JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests }));
}
