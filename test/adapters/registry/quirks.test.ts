import { expect, test } from 'vitest';
import { createRegistries } from '../../../src/adapters/registry/registries.ts';
import type { RegistryClient } from '../../../src/adapters/registry/registry-client.ts';
import { assertNever, OutsideError } from '../../../src/domain/errors.ts';
import { blobOf, sampleImage } from '../../support/sample-images.ts';
import { scriptedTransport } from '../../support/scripted-transport.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';
import { quirks, type Quirk } from '../../tables/registry-quirks.ts';

const { top } = sampleImage('oci-index', 'one');
const blob = blobOf('{}');

async function outcome(client: RegistryClient, ask: Quirk['ask']): Promise<string> {
  switch (ask) {
    case 'head':
    case 'head by digest':
      return digestText(await client.head(ask === 'head' ? '1.0' : top.digest));
    case 'manifest': {
      const manifest = await client.manifest('1.0');
      return manifest === null || manifest.digest === top.digest ? digestText(manifest) : manifest.mediaType;
    }
    case 'tags':
      return (await client.tags())?.join(',') ?? 'absent';
    case 'put':
      return (await client.putManifest('1.0', top)) === top.digest ? 'done' : 'another digest';
    case 'blob upload':
      await client.putBlob(blob.bytes, blob.digest);
      return 'done';
    case 'blob':
      return (await client.blob(blob.digest)) === null ? 'absent' : 'done';
    default:
      return assertNever(ask);
  }
}

function digestText(found: { readonly digest: string; readonly mediaType: string } | null): string {
  if (found === null) return 'absent';
  return found.digest === top.digest && found.mediaType === top.mediaType ? 'top' : found.digest;
}

function errorText(error: unknown): string {
  if (error instanceof OutsideError) return `${error.code} ${error.message}`;
  throw error;
}

test('the table has at least 40 rows, each with its source', () => {
  expect(quirks.length).toBeGreaterThanOrEqual(40);
  expect(quirks.filter(({ source }) => !source.startsWith('https://'))).toEqual([]);
  expect(new Set(quirks.map(({ name }) => name)).size).toBe(quirks.length);
});

test.each(quirks)('$name', async ({ ask, answers, says, fix = '', next = [], waitSeconds = 0 }) => {
  const clock = createVirtualClock();
  const startMs = clock.nowMs();
  const { transport, lines } = scriptedTransport(answers);
  const registries = createRegistries({
    transport,
    clock,
    alarm: clock.alarm,
    random: () => 0.5,
    credentials: () => Promise.resolve({ credentials: null, advice: 'docker login registry.test' }),
  });
  const client = registries.open({ registry: 'registry.test', path: 'acme/app' });
  const said = await outcome(client, ask).catch(errorText);
  expect(says.startsWith('REGISTRY_') ? said.slice(0, says.length) : said).toBe(says);
  expect(said).toContain(fix);
  expect(lines()).toHaveLength(answers.length);
  next.forEach((line, at) => expect(lines()[at + 1]).toContain(line));
  expect(clock.nowMs() - startMs).toBeGreaterThanOrEqual(waitSeconds * 1000);
  await registries.close();
});
