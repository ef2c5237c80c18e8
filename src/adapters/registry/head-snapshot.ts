import { absent, type Seen, type Snapshot } from '../../domain/snapshot.ts';
import type { RegistryReader, SnapshotSource } from '../../ports.ts';
import { readEach, type ReadEachOptions } from './read-each.ts';

/**
 * The snapshot source for any registry: one HEAD a tag, several at a time. Whether a tag is in the registry's tag list
 * plays no part: lists lag and are cached, and only a 404 is absent.
 */
export function createHeadSnapshotSource(reader: RegistryReader, options: ReadEachOptions = {}): SnapshotSource {
  return {
    name: 'HEAD of each tag',
    read: (tags, signal, onRead) =>
      readEach(reader, tags, options, signal, async (tag) => {
        const descriptor = await reader.head(tag, signal);
        onRead?.(1);
        return descriptor === null ? absent : { kind: 'present', descriptor, hashed: false };
      }),
  };
}

/**
 * Asks for one tag again by GET and hashes the body: what a HEAD or a tag list said is the registry's word only, and
 * is confirmed so before a finding is made of it.
 *
 * @throws {OutsideError} as `RegistryReader.manifest` does
 */
export async function confirmTag(reader: RegistryReader, tag: string, signal?: AbortSignal): Promise<Seen> {
  const manifest = await reader.manifest(tag, signal);
  if (manifest === null) return absent;
  const { mediaType, digest, sizeBytes } = manifest;
  return { kind: 'present', descriptor: { mediaType, digest, sizeBytes }, hashed: true };
}

/** {@link confirmTag} of many; a failure is that tag's `unknown`. */
export function confirmTags(
  reader: RegistryReader,
  tags: readonly string[],
  options: ReadEachOptions = {},
  signal?: AbortSignal,
): Promise<Snapshot> {
  return readEach(reader, tags, options, signal, (tag) => confirmTag(reader, tag, signal));
}
