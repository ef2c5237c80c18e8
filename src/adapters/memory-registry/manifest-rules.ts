import { isDigest } from '../../domain/digest.ts';
import { isJsonObject, parseJsonObject, type JsonObject } from '../../domain/json.ts';
import { isIndexMediaType, manifestMediaTypes, mediaTypes } from '../../domain/media-types.ts';
import { errorAnswer, type Answer } from './answer.ts';
import type { StoredRepository } from './store.ts';

/** What real registries accept at most, and what ours does. */
export const maxManifestBytes = 4 * 1024 * 1024;

/**
 * Refuses what a strict registry refuses: another media type than the body's own, and anything that is named but not
 * there.
 *
 * @returns the refusal, or `null` where the manifest may be stored
 */
export function refuseManifest(
  bytes: Uint8Array,
  mediaType: string,
  repository: StoredRepository | undefined,
): Answer | null {
  if (bytes.byteLength > maxManifestBytes)
    return errorAnswer('SIZE_INVALID', `a manifest holds ${maxManifestBytes} bytes`);
  if (!manifestMediaTypes.includes(mediaType)) {
    return errorAnswer('MANIFEST_INVALID', 'the Content-Type is no manifest type');
  }
  const body = parseJsonObject(new TextDecoder().decode(bytes));
  if (body === null) return errorAnswer('MANIFEST_INVALID', 'the body is no JSON object');
  if (body['schemaVersion'] !== 2) return errorAnswer('MANIFEST_INVALID', 'schemaVersion is not 2');
  const isDocker = mediaType === mediaTypes.dockerList || mediaType === mediaTypes.dockerManifest;
  if (body['mediaType'] !== mediaType && (isDocker || body['mediaType'] !== undefined)) {
    return errorAnswer('MANIFEST_INVALID', "the body's mediaType is not the Content-Type");
  }
  return isIndexMediaType(mediaType) ? refuseIndex(body, repository) : refuseImage(body, repository);
}

function refuseIndex(body: JsonObject, repository: StoredRepository | undefined): Answer | null {
  if (!Array.isArray(body['manifests'])) return errorAnswer('MANIFEST_INVALID', 'an index has manifests');
  for (const entry of body['manifests']) {
    const child = readDescriptor(entry);
    if (child === null) return errorAnswer('MANIFEST_INVALID', 'an entry of manifests is no descriptor');
    const stored = isDigest(child.digest) ? repository?.manifests.get(child.digest) : undefined;
    if (stored === undefined) return errorAnswer('MANIFEST_BLOB_UNKNOWN', `${child.digest} is not in this repository`);
    if (stored.bytes.byteLength !== child.size)
      return errorAnswer('MANIFEST_INVALID', `${child.digest} has another size`);
  }
  return null;
}

function refuseImage(body: JsonObject, repository: StoredRepository | undefined): Answer | null {
  const layers: unknown = body['layers'];
  if (!Array.isArray(layers)) return errorAnswer('MANIFEST_INVALID', 'an image manifest has layers');
  for (const entry of [body['config'], ...layers]) {
    const blob = readDescriptor(entry);
    if (blob === null) return errorAnswer('MANIFEST_INVALID', 'config or an entry of layers is no descriptor');
    if (blob.isForeign) continue;
    const stored = isDigest(blob.digest) ? repository?.blobs.get(blob.digest) : undefined;
    if (stored === undefined) return errorAnswer('MANIFEST_BLOB_UNKNOWN', `${blob.digest} is not in this repository`);
    if (stored.byteLength !== blob.size) return errorAnswer('MANIFEST_INVALID', `${blob.digest} has another size`);
  }
  return null;
}

interface Named {
  readonly digest: string;
  readonly size: number;
  /** A layer with `urls` is kept elsewhere. */
  readonly isForeign: boolean;
}

function readDescriptor(value: unknown): Named | null {
  if (!isJsonObject(value)) return null;
  const { digest, size, urls } = value;
  if (typeof digest !== 'string' || typeof size !== 'number') return null;
  return { digest, size, isForeign: Array.isArray(urls) && urls.length > 0 };
}
