/** What docs/first-look.md shows is what the commands print. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startMemoryRegistry } from '../../../src/adapters/memory-registry/memory-registry.ts';
import { createRegistries } from '../../../src/adapters/registry/registries.ts';
import { lookCommand } from '../../../src/commands/look-without-config.ts';
import { initFromRegistry } from '../../support/init-from-registry.ts';
import { publishWorld } from '../../support/publish-world.ts';
import { loadState } from '../../support/registry-state.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const at = (path: string): URL => new URL(`../../../${path}`, import.meta.url);
const document = at('docs/first-look.md');

async function looked(): Promise<string> {
  const registry = await startMemoryRegistry();
  onTestFinished(() => registry.close());
  const registries = createRegistries();
  onTestFinished(() => registries.close());
  const state = JSON.parse(await readFile(at('examples/incidents/backport-took-latest/registry.json'), 'utf8'));
  await loadState(registries.open({ registry: registry.host, path: 'acme/app' }), state);
  const repositories = [`${registry.host}/acme/app`];
  const { stdout } = await lookCommand({ repositories, json: false }, publishWorld());
  return stdout.replaceAll(registry.host, 'ghcr.io').trimEnd();
}

test('docs/first-look.md shows what look and init print', async () => {
  const folder = await tempFolder({ 'tags.txt': await readFile(at('test/schemes/redis/tags.txt'), 'utf8') });
  const run = await initFromRegistry(folder, join(folder, 'tags.txt'));
  expect(run).toMatchObject({ code: 0, stderr: '' });
  const config = (await readFile(join(folder, 'matrix.config.ts'), 'utf8')).replaceAll(`${folder}/`, '');
  const outputs = [await looked(), run.stdout.trimEnd(), config.trimEnd()];
  let next = 0;
  const text = (await readFile(document, 'utf8')).replaceAll(
    /(?<open>```(?:console\n\$ [^\n]+|ts)\n)[^]*?\n```/g,
    (_all, open: string) => `${open}${outputs[next++] ?? ''}\n\`\`\``,
  );
  expect(next).toBe(outputs.length);
  await expect(text).toMatchFileSnapshot(document.pathname);
});
