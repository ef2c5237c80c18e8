/** Pushes a signed statement as a referrer of every image that its tags moved to. */
import type { Digest } from '../../domain/digest.ts';
import { OutsideError } from '../../domain/errors.ts';
import { mediaTypes } from '../../domain/media-types.ts';
import { artifactOf, emptyConfig, movedTo } from '../../evidence/artifact.ts';
import type { LineSignature } from '../../evidence/lines.ts';
import type { MovesStatement } from '../../evidence/statement.ts';
import type { StatementSigner } from '../../ports.ts';
import { addToList } from '../copy/list-of-referrers.ts';
import type { OpenRepository } from './open-repository.ts';

export interface SignedStatement {
  readonly statement: MovesStatement;
  /** What was signed. */
  readonly text: string;
  readonly signature: LineSignature;
}

interface Attaching {
  readonly signer: StatementSigner;
  readonly digestOf: (bytes: Uint8Array) => Digest;
}

/**
 * Twice is the same as once.
 *
 * @returns how many images have it
 * @throws {OutsideError} what the registry says; the next run attaches it
 */
export async function attachStatement(
  { registry, world: { signal } }: OpenRepository,
  { statement, text, signature }: SignedStatement,
  { signer, digestOf }: Attaching,
): Promise<number> {
  const bundle = signer.bundle(text, signature);
  const blob = { digest: digestOf(bundle), sizeBytes: bundle.byteLength };
  const config = digestOf(emptyConfig);
  const images = movedTo(statement);
  for (const image of images) {
    const subject = await registry.head(image, signal);
    if (subject === null)
      throw new OutsideError('VERIFY_FAILED', `${image} is gone, so its statement cannot be attached`, { image });
    await registry.putBlob(bundle, blob.digest, signal);
    await registry.putBlob(emptyConfig, config, signal);
    const { bytes, entry } = artifactOf({ subject, bundle: blob, config, at: statement.predicate.at });
    const digest = digestOf(bytes);
    const manifest = { mediaType: mediaTypes.ociManifest, digest, sizeBytes: bytes.byteLength, bytes };
    await registry.putManifest(digest, manifest, signal);
    if ((await registry.referrers(image, signal)) !== null) continue;
    const referrer = { digest, entry: { ...entry, digest, size: bytes.byteLength } };
    await addToList(registry, image, [referrer], { digestOf, signal });
  }
  return images.length;
}
