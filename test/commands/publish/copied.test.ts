/** A cell that another repository has is copied, and reported so: before, and after. */
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { startMemoryRegistry, type MemoryRegistry } from '../../../src/adapters/memory-registry/memory-registry.ts';
import { createRegistries } from '../../../src/adapters/registry/registries.ts';
import { publishCommand } from '../../../src/commands/publish/index.ts';
import { mediaTypes } from '../../../src/domain/media-types.ts';
import { daily, planned } from '../../support/history.ts';
import { fourCells, publishOptions, publishWorld } from '../../support/publish-world.ts';
import { loadState, plannedState } from '../../support/registry-state.ts';
import { blobOf, manifestOf } from '../../support/sample-images.ts';
import { tempFolder } from '../../support/temp-folder.ts';

let registry: MemoryRegistry;
beforeAll(async () => {
  registry = await startMemoryRegistry();
});
afterAll(() => registry.close());

test('from one repository to another: to copy, then copied, with what hangs on it', async () => {
  const facts = daily('1.0.0');
  const opened = createRegistries();
  onTestFinished(() => opened.close());
  const first = opened.open({ registry: registry.host, path: 'copied/first' });
  await loadState(first, plannedState(planned(fourCells, facts)));
  const digest = registry.tags('copied/first').get('1.0.0-python3.10')!;
  const empty = blobOf('{}');
  await first.putBlob(empty.bytes, empty.digest);
  const config = { mediaType: 'application/vnd.oci.empty.v1+json', digest: empty.digest, size: 2 };
  const signature = { schemaVersion: 2, mediaType: mediaTypes.ociManifest, config, layers: [config] };
  const tag = `${digest.replace(':', '-')}.sig`;
  await first.putManifest(tag, manifestOf(mediaTypes.ociManifest, signature));

  const names = ['first', 'second'].map((name) => `${registry.host}/copied/${name}`);
  const options = { ...publishOptions('1.0.0', names, await tempFolder()), json: false };
  const world = publishWorld({
    facts,
    builder: () => {
      throw new Error('nothing may be built');
    },
  });
  const dry = await publishCommand({ ...options, dryRun: true }, world);
  expect(dry.stdout).toContain('4 cells to copy, 10 convenience tags to move');
  const { result, stdout } = await publishCommand(options, world);
  expect(result).toBe('as-planned');
  expect(stdout).toContain('4 cells copied, 10 convenience tags moved');
  expect(stdout).toContain('  copied with the images: 1 signature and the like\n');
  expect(registry.tags('copied/second').get(tag)).toBe(registry.tags('copied/first').get(tag));
  expect(registry.tags('copied/second')).toEqual(registry.tags('copied/first'));
});
