import type { Digest } from '../../domain/digest.ts';
import type { RegistryReader } from '../../ports.ts';

/**
 * The digest that a tag points to. The digest of a HEAD is the registry's word only: one that nobody expects is confirmed
 * by a GET whose body is hashed, so that a header that lies costs a request and stops nothing.
 *
 * @param expected what may be there; `null` is absent
 * @throws {OutsideError} if the registry does not answer
 */
export async function whereTagPoints(
  registry: RegistryReader,
  tag: string,
  expected: readonly (Digest | null)[],
  signal: AbortSignal,
): Promise<Digest | null> {
  const said = (await registry.head(tag, signal))?.digest ?? null;
  if (expected.includes(said)) return said;
  return (await registry.manifest(tag, signal))?.digest ?? null;
}
