import { createHash } from 'node:crypto';
import { parseDigest, type Digest } from '../../domain/digest.ts';
import { InternalError } from '../../domain/errors.ts';

export function digestOf(bytes: Uint8Array): Digest {
  const digest = parseDigest(`sha256:${createHash('sha256').update(bytes).digest('hex')}`);
  if (digest === null) throw new InternalError('a sha256 hash did not read as a digest');
  return digest;
}
