/** Copies an image from one repository to another, byte for byte: blobs, children, then the manifest under its tag. */
import pMap from 'p-map';
import type { Digest } from '../../domain/digest.ts';
import { OutsideError } from '../../domain/errors.ts';
import { parseManifest } from '../../domain/image.ts';
import { formatRepository } from '../../domain/reference.ts';
import type { RegistryReader, Registry } from '../../ports.ts';

/** @throws {OutsideError} where a part is missing at the source, or either registry refuses */
export async function copyImage(
  from: RegistryReader,
  to: Registry,
  digest: Digest,
  tag: string,
  signal: AbortSignal,
): Promise<void> {
  await copyManifest(from, to, digest, tag, signal);
}

async function copyManifest(
  from: RegistryReader,
  to: Registry,
  digest: Digest,
  reference: string,
  signal: AbortSignal,
): Promise<void> {
  const manifest = await from.manifest(digest, signal);
  if (manifest === null) throw missing(from, digest);
  const parsed = parseManifest(manifest);
  if (parsed.kind === 'unreadable')
    throw new OutsideError('REGISTRY_ANSWER', `${digest} cannot be copied: ${parsed.reason}`, { digest });
  if (parsed.kind === 'index') {
    for (const child of parsed.children) await copyManifest(from, to, child.digest, child.digest, signal);
  } else {
    await pMap(parsed.blobs, (blob) => to.copyBlob(from.repository, blob.digest, signal), { concurrency: 4 });
  }
  await to.putManifest(reference, manifest, signal);
}

function missing(from: RegistryReader, digest: Digest): OutsideError {
  return new OutsideError(
    'VERIFY_FAILED',
    `${formatRepository(from.repository)}@${digest} is not there, so it cannot be copied`,
    { digest },
  );
}
