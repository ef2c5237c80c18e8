/** Copies an image from one repository to another, byte for byte: blobs, children, then the manifest. */
import pMap from 'p-map';
import type { Digest, Manifest } from '../../domain/digest.ts';
import { OutsideError } from '../../domain/errors.ts';
import { parseManifest } from '../../domain/image.ts';
import { formatRepository } from '../../domain/reference.ts';
import type { RegistryReader, Registry } from '../../ports.ts';

export interface ImageCopy {
  readonly digest: Digest;
  /** Puts the manifest under its tag, once everything below it is there. */
  readonly putTop: (manifest: Manifest) => Promise<unknown>;
}

/** @throws {OutsideError} if a part is missing at the source, or either registry refuses */
export async function copyImage(
  from: RegistryReader,
  to: Registry,
  { digest, putTop }: ImageCopy,
  signal: AbortSignal,
): Promise<void> {
  const manifest = await from.manifest(digest, signal);
  if (manifest === null) {
    const message = `${formatRepository(from.repository)}@${digest} is not there, so it cannot be copied`;
    throw new OutsideError('VERIFY_FAILED', message, { digest });
  }
  const parsed = parseManifest(manifest);
  if (parsed.kind === 'unreadable')
    throw new OutsideError('REGISTRY_ANSWER', `${digest} cannot be copied: ${parsed.reason}`, { digest });
  if (parsed.kind === 'index') {
    for (const child of parsed.children) {
      const putTop = (part: Manifest): Promise<unknown> => to.putManifest(part.digest, part, signal);
      await copyImage(from, to, { digest: child.digest, putTop }, signal);
    }
  } else {
    await pMap(parsed.blobs, (blob) => to.copyBlob(from.repository, blob.digest, signal), { concurrency: 4 });
  }
  await putTop(manifest);
}
