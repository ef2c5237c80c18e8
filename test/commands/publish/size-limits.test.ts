/** Images that are larger than the config allows are pinned, and get no convenience tag until it accepts them. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startMemoryRegistry, type MemoryRegistry } from '../../../src/adapters/memory-registry/memory-registry.ts';
import { daily } from '../../support/history.ts';
import { runCli, type CliRun } from '../../support/run-cli.ts';
import { tempFolder } from '../../support/temp-folder.ts';

let registry: MemoryRegistry;
beforeAll(async () => {
  registry = await startMemoryRegistry();
});
afterAll(() => registry.close());

let count = 0;

interface Scene {
  /** Runs with these keys in the config. */
  readonly run: (keys: object, ...args: readonly string[]) => Promise<CliRun>;
  /** Convenience tag to the full tag that it points to as well. */
  readonly stands: () => Readonly<Record<string, string>>;
}

/** Two cells a release; those of 1.0.1 have a label of some kB more. 1.0.0 is published. */
async function scene(): Promise<Scene> {
  const path = `large/app-${(count += 1)}`;
  const folder = await tempFolder({ 'releases.json': JSON.stringify(daily('1.0.0', '1.0.1')) });
  const config = {
    repository: `${registry.host}/${path}`,
    pythons: ['3.9', '3.10'],
    defaults: { python: '3.10' },
    dockerfile: 'Dockerfile',
    rules: { full: { template: '{{version}}-python{{python}}' }, sha: false, latest: false, minor: false },
    attributes: [
      { version: '1.0.0', pad: 'x' },
      { version: '1.0.1', pad: 'x'.repeat(3000) },
    ],
    labels: { 'com.acme.pad': '{{pad}}' },
    source: { file: 'releases.json' },
  };
  const file = join(folder, 'matrix.config.json');
  const run = async (keys: object, ...args: readonly string[]): Promise<CliRun> => {
    await writeFile(file, JSON.stringify({ ...config, ...keys }));
    const more = args[0] === 'publish' ? ['--builder', 'stand-in', '--journal', join(folder, 'journal')] : [];
    return runCli([...args, ...more, '--config', file]);
  };
  const first = await run({}, 'publish', '1.0.0', '--at', '1.0.0');
  if (first.code !== 0) throw new Error(first.stderr);
  return {
    run,
    stands: () => {
      const tags = registry.tags(path);
      const full = [...tags].filter(([tag]) => tag.startsWith('1.0.'));
      return Object.fromEntries(
        [...tags]
          .filter(([tag]) => !tag.startsWith('1.0.'))
          .map(([tag, digest]) => [tag, full.find(([, other]) => other === digest)?.[0] ?? '?'])
          .toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1)),
      );
    },
  };
}

const before = { '1-python3.10': '1.0.0-python3.10', '1-python3.9': '1.0.0-python3.9' };
const after = { '1-python3.10': '1.0.1-python3.10', '1-python3.9': '1.0.1-python3.9' };
const accepted = ['1-0-1_python-3-9', '1-0-1_python-3-10'].map((cell) => ({ code: 'SIZE_LIMIT', cell, reason: 'a' }));

test.each([
  {
    limits: { growth: '20%' },
    says: /SIZE_LIMIT {2}no .*: 1\.0\.1 \(python 3\.9\): linux\/amd64 is \d\.\d\d kB, \+\d+ % on [\d.]+ k?B in 1\.0\.0; limits\.growth is 20 %; accept: \[\{ code: 'SIZE_LIMIT', cell: '1-0-1_python-3-9', reason: '…' \}\]; 1\.0\.1 \(python 3\.10\): /,
  },
  {
    limits: { size: '3kB' },
    says: /1\.0\.1 \(python 3\.10\): linux\/amd64 is \d\.\d\d kB; limits\.size is 3\.00 kB;/,
  },
])('$limits: pinned, and nothing moves until each cell is accepted by name', async ({ limits, says }) => {
  const { run, stands } = await scene();
  const held = await run({ limits }, 'publish', '1.0.1');
  expect([held.code, stands()]).toEqual([3, before]);
  expect(held.stdout).toMatch(says);
  const applied = await run({ limits }, 'apply');
  expect(applied.stderr + applied.stdout).toContain("the owner's image is too large: linux/amd64 is");
  expect(stands()).toEqual(before);
  const audit = await run({ limits }, 'audit');
  expect(audit.stdout).toContain("accept: [{ code: 'SIZE_LIMIT', cell: '1-0-1_python-3-9', reason: '…' }]");
  const dry = await run({ limits }, 'publish', '1.0.1', '--dry-run');
  expect(dry.stdout).toContain('SIZE_LIMIT');
  const half = await run({ limits, accept: accepted.slice(0, 1) }, 'publish', '1.0.1');
  expect([half.code, stands()]).toEqual([3, before]);
  expect(half.stdout).not.toContain('1-0-1_python-3-9');
  const whole = await run({ limits, accept: accepted }, 'publish', '1.0.1');
  expect([whole.code, stands()]).toEqual([0, after]);
  expect(whole.stderr).not.toContain('ACCEPT_UNUSED');
});

test('one line for a version accepts all of its cells, and growth within the limit is no matter', async () => {
  const accept = [{ code: 'SIZE_LIMIT', version: '1.0.1', reason: 'a' }];
  const { run, stands } = await scene();
  const published = await run({ limits: { growth: '20%' }, accept }, 'publish', '1.0.1');
  expect([published.code, stands()]).toEqual([0, after]);
  const { run: other, stands: standing } = await scene();
  const grown = await other({ limits: { growth: '900%', size: '1GB' } }, 'publish', '1.0.1', '--json');
  expect([grown.code, standing()]).toEqual([0, after]);
  const [cell] = JSON.parse(grown.stdout).repositories[0].cells;
  const { bytes } = cell.sizes[0].before;
  expect(cell.sizes).toEqual([
    { platform: 'linux/amd64', bytes: expect.any(Number), before: { version: '1.0.0', bytes } },
  ]);
  expect(cell.sizes[0].bytes - bytes).toBe(2999);
  const percent = (2999 / bytes) * 100;
  const { run: near, stands: nearStands } = await scene();
  expect((await near({ limits: { growth: `${Math.floor(percent) - 1}%` } }, 'publish', '1.0.1')).code).toBe(3);
  expect((await near({ limits: { growth: `${Math.ceil(percent) + 1}%` } }, 'publish', '1.0.1')).code).toBe(0);
  expect(nearStands()).toEqual(after);
});

test('tags go back from a withdrawn release, whatever the image of the one before weighs', async () => {
  const { run, stands } = await scene();
  await run({}, 'publish', '1.0.1');
  const yanked = [{ version: '1.0.1', reason: 'broken' }];
  const applied = await run({ limits: { size: '1B' }, yanked }, 'apply');
  expect([applied.code, stands()]).toEqual([0, before]);
});

test.each([
  { keys: { limits: { size: '8' } }, says: 'limits.size: "8" is not a size' },
  { keys: { limits: { growth: '0.2' } }, says: 'limits.growth: "0.2" is not a share' },
  {
    keys: { accept: [{ code: 'VERSION_LEAP', cell: 'x', reason: 'a' }] },
    says: 'accept[0].cell: VERSION_LEAP is about a release',
  },
])('$says', async ({ keys, says }) => {
  const { run } = await scene();
  const { code, stderr } = await run(keys, 'check');
  expect([code, stderr]).toEqual([2, expect.stringContaining(says)]);
});
