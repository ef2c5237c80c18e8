/** `audit --report`: the findings of one run in several formats. */
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { startMemoryRegistry } from '../../src/adapters/memory-registry/memory-registry.ts';
import { daily, smallConfig } from '../support/history.ts';
import { runCli } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp-folder.ts';

test('writes each format that it names, whatever is printed, and asks the registry once', async () => {
  const registry = await startMemoryRegistry();
  const folder = await tempFolder({
    'matrix.config.json': JSON.stringify({ ...smallConfig, source: { file: 'releases.json' } }),
    'releases.json': JSON.stringify(daily('1.0.0')),
  });
  const args = ['audit', '--config', `${folder}/matrix.config.json`, '--repository', `${registry.host}/acme/app`];
  try {
    const formats = ['junit', 'codequality', 'html', 'json'];
    const reports = formats.map((format) => `--report=${format}=${folder}/${format}.out`);
    const ran = await runCli([...args, ...reports]);
    const of = (format: string): Promise<string> => readFile(`${folder}/${format}.out`, 'utf8');
    expect([ran.code, ran.stdout]).toEqual([1, expect.stringContaining('missing')]);
    expect(await of('junit')).toMatch(/^<\?xml[^]*<failure /);
    expect(JSON.parse(await of('codequality'))).toContainEqual(
      expect.objectContaining({ severity: expect.anything() }),
    );
    expect(await of('html')).toMatch(/^<!doctype html>/i);
    const requests = z.object({ requests: z.number() });
    const alone = await runCli([...args, '--json']);
    expect(requests.parse(JSON.parse(await of('json')))).toEqual(requests.parse(JSON.parse(alone.stdout)));
  } finally {
    await registry.close();
  }
});

test.each(['junit', '=audit.xml', 'xml=audit.xml', 'junit='])('%s is no format with its file', async (text) => {
  const ran = await runCli(['audit', `--report=${text}`]);
  expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining('expected FORMAT=FILE, such as junit=audit.xml')]);
});
