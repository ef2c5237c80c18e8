/** Copies an image from one repository to another, byte for byte: blobs, children, then the manifest. */
import pMap from 'p-map';
import type { Digest, Manifest } from '../../domain/digest.ts';
import { OutsideError } from '../../domain/errors.ts';
import { parseManifest } from '../../domain/image.ts';
import { formatRepository } from '../../domain/reference.ts';
import type { RegistryReader, Registry } from '../../ports.ts';

/** Where from and where to. */
export interface Between {
  readonly from: RegistryReader;
  readonly to: Registry;
  readonly signal: AbortSignal;
}

/**
 * Everything of a manifest but the tag: it is put by its digest.
 *
 * @returns the manifest, and the digests of all manifests that were copied, its own last
 * @throws {OutsideError} if a part is missing at the source, or either registry refuses
 */
export async function copyImage(
  between: Between,
  digest: Digest,
): Promise<{ readonly manifest: Manifest; readonly digests: readonly Digest[] }> {
  const { from, to, signal } = between;
  const manifest = await from.manifest(digest, signal);
  if (manifest === null) {
    const message = `${formatRepository(from.repository)}@${digest} is not there, so it cannot be copied`;
    throw new OutsideError('VERIFY_FAILED', message, { digest });
  }
  const parsed = parseManifest(manifest);
  if (parsed.kind === 'unreadable')
    throw new OutsideError('REGISTRY_ANSWER', `${digest} cannot be copied: ${parsed.reason}`, { digest });
  const digests: Digest[] = [];
  if (parsed.kind === 'index')
    for (const child of parsed.children) digests.push(...(await copyImage(between, child.digest)).digests);
  else await pMap(parsed.blobs, (blob) => to.copyBlob(from.repository, blob.digest, signal), { concurrency: 4 });
  await to.putManifest(digest, manifest, signal);
  return { manifest, digests: [...digests, digest] };
}
