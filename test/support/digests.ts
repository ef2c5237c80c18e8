import { createHash } from 'node:crypto';
import { parseDigest, type Digest } from '../../src/domain/digest.ts';

/** A digest that differs from name to name and is the same for the same one. */
export function digestNamed(name: string): Digest {
  const digest = parseDigest(`sha256:${createHash('sha256').update(name).digest('hex')}`);
  if (digest === null) throw new Error('a sha256 hash did not read as a digest');
  return digest;
}
