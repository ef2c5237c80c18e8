/** The metadata file of `docker buildx bake`: per target, among much else, the digest that was pushed. */
import { parseDigest, type Digest } from '../../domain/digest.ts';
import { OutsideError } from '../../domain/errors.ts';

/**
 * Reads the digests. Never taken from an iidfile or `-q`, which give the config's digest or the index's, depending on
 * provenance.
 *
 * @returns target id to digest; targets without one are left out
 * @throws {OutsideError} `BUILD_FAILED` where the text is not what buildx writes
 */
export function readBakeMetadata(text: string): ReadonlyMap<string, Digest> {
  const targets = parseObject(text);
  const digests = new Map<string, Digest>();
  for (const [id, facts] of Object.entries(targets)) {
    const digest = isObject(facts) ? facts['containerimage.digest'] : undefined;
    const parsed = typeof digest === 'string' ? parseDigest(digest) : null;
    if (parsed !== null) digests.set(id, parsed);
  }
  return digests;
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new OutsideError('BUILD_FAILED', 'the metadata file of docker buildx bake is not JSON', {}, { cause: error });
  }
  if (!isObject(value))
    throw new OutsideError('BUILD_FAILED', 'the metadata file of docker buildx bake holds no object');
  return value;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
