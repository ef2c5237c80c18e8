/** Checks by name: no tag is written onto a digest that lacks a pass, and every lack is named. */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startMemoryRegistry, type MemoryRegistry } from '../../src/adapters/memory-registry/memory-registry.ts';
import { createRegistries } from '../../src/adapters/registry/registries.ts';
import { recordFile, type BuildRecord } from '../../src/build/record.ts';
import { parseDigest, type Digest } from '../../src/domain/digest.ts';
import { daily } from '../support/history.ts';
import { runCli, type CliRun } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp-folder.ts';

let registry: MemoryRegistry;
beforeAll(async () => {
  registry = await startMemoryRegistry();
});
afterAll(() => registry.close());

const sumOf = (text: string): Digest => {
  const digest = parseDigest(`sha256:${createHash('sha256').update(text).digest('hex')}`);
  if (digest === null) throw new Error('no digest');
  return digest;
};

interface Scene {
  readonly folder: string;
  readonly records: readonly string[];
  readonly run: (...args: readonly string[]) => Promise<CliRun>;
  readonly publish: (...more: readonly string[]) => Promise<CliRun>;
  readonly pass: (check: string, record: string, ...more: readonly string[]) => Promise<CliRun>;
  /** Pinned tags, then convenience tags. */
  readonly tags: () => readonly [number, number];
}

let count = 0;
const cudas = ['11.8', '12.1', '12.4', '12.6'];

/** A release that is built by digest, a record for each of its cells. */
async function scene(checks: object, more: object = {}): Promise<Scene> {
  const path = `checked/app-${(count += 1)}`;
  const folder = await tempFolder({ 'releases.json': JSON.stringify(daily('1.0.0')) });
  const config = {
    repository: `${registry.host}/${path}`,
    axes: { cuda: cudas },
    defaults: { cuda: 'highest' },
    dockerfile: 'Dockerfile',
    rules: {
      full: { template: '{{version}}-cuda{{cuda}}{{python}}' },
      sha: false,
      latest: false,
      minor: { template: '{{major}}.{{minor}}-cuda{{cuda}}{{python}}' },
      major: { template: '{{major}}-cuda{{cuda}}{{python}}' },
    },
    source: { file: 'releases.json' },
    checks,
    ...more,
  };
  const text = JSON.stringify(config).replaceAll('{{python}}', 'pythons' in config ? '-python{{python}}' : '');
  await writeFile(join(folder, 'matrix.config.json'), text);
  await mkdir(join(folder, 'records'));
  const run = (...args: readonly string[]): Promise<CliRun> =>
    runCli([...args, '--config', join(folder, 'matrix.config.json')]);
  const whole = join(folder, 'whole.json');
  const built = await run('build', '1.0.0', '--builder', 'stand-in', '--push-by-digest', '--record', whole);
  if (built.code !== 0) throw new Error(built.stderr);
  const { schema, release, builds }: BuildRecord = JSON.parse(await readFile(whole, 'utf8'));
  const records: string[] = [];
  for (const build of builds) {
    const file = join(folder, 'records', `${build.cell}_${build.platforms.join('').replaceAll('/', '-')}.json`);
    await writeFile(file, recordFile({ schema, release, builds: [build] }, sumOf));
    records.push(file);
  }
  const journal = join(folder, 'journal');
  return {
    folder,
    records,
    run,
    publish: (...args) =>
      run('publish', '1.0.0', '--from-records', join(folder, 'records'), '--journal', journal, ...args),
    pass: (check, record, ...args) => runCli(['pass', check, '--record', record, ...args]),
    tags: () => {
      const tags = [...registry.tags(path).keys()];
      const pinned = tags.filter((tag) => tag.startsWith('1.0.0-')).length;
      return [pinned, tags.length - pinned];
    },
  };
}

test('of 24 cells, 23 passes move nothing, and 24 move all', async () => {
  const pythons = ['3.8', '3.9', '3.10', '3.11', '3.12', '3.13'];
  const defaults = { cuda: 'highest', python: 'highest' };
  const { records, pass, publish, tags } = await scene({ gpu: { cuda: '*' } }, { pythons, defaults });
  for (const record of records.slice(1)) expect((await pass('gpu', record)).code).toBe(0);
  const first = await publish();
  expect([records.length, first.code, tags()]).toEqual([24, 3, [24, 0]]);
  expect(first.stdout).toMatch(
    /CHECK_MISSING {2}gpu of 1\.0\.0 \(python 3\.8, cuda 11\.8\) for linux\/amd64: no pass for sha256:[0-9a-f]{64}$/m,
  );
  await pass('gpu', records[0] ?? '');
  const second = await publish();
  expect([second.code, tags()]).toEqual([0, [24, 48]]);
});

describe('of four cells on two platforms', () => {
  const platforms = ['linux/amd64', 'linux/arm64'];

  test('a pass for each part counts for the index that is made of them; some cells and platforms need none', async () => {
    const checks = { gpu: { cuda: ['12.4', '12.6'], platforms: ['linux/amd64'] } };
    const { folder, run, publish, tags } = await scene(checks, { platforms });
    await rm(join(folder, 'records'), { recursive: true });
    await mkdir(join(folder, 'records'));
    for (const platform of platforms) {
      const record = join(folder, 'records', `${platform.slice(6)}.json`);
      const args = ['--builder', 'stand-in', '--push-by-digest', '--platform', platform, '--record', record];
      await run('build', '1.0.0', ...args);
    }
    expect([(await publish()).code, tags()]).toEqual([3, [4, 0]]);
    await runCli(['pass', 'gpu', '--record', join(folder, 'records', 'amd64.json')]);
    expect([(await publish()).code, tags()]).toEqual([0, [4, 8]]);
  });

  test('a check that failed, one that nobody answered and answers for something else are named', async () => {
    const { folder, records, pass, publish, tags } = await scene({ scan: '*', gpu: { cuda: '12.6' } });
    for (const record of records.slice(1)) await pass('scan', record);
    await pass('scan', records[0] ?? '', '--failed');
    await pass('licences', records[0] ?? '');
    const text = await readFile(records[3] ?? '', 'utf8');
    const record: BuildRecord = JSON.parse(text);
    const other = join(folder, 'records', 'other.json');
    const builds = record.builds.map((build) => ({ ...build, digest: sumOf('another') }));
    await writeFile(other, recordFile({ schema: 1, release: record.release, builds }, sumOf));
    await pass('gpu', other);
    await rm(other);
    const { code, stdout, stderr } = await publish();
    expect([code, tags()]).toEqual([3, [4, 0]]);
    expect(stderr).toMatch(/scan of 1\.0\.0 \(cuda 11\.8\) for linux\/amd64: failed, says \S+\.scan\.pass\.json/);
    expect(stderr).toMatch(/gpu of 1\.0\.0 \(cuda 12\.6\) for linux\/amd64: no pass for sha256:/);
    expect(stderr).toMatch(/licences\.pass\.json answers licences for sha256:/);
    expect(stderr).toMatch(new RegExp(`other\\.gpu\\.pass\\.json answers gpu for ${sumOf('another')}`));
    expect(stdout).toContain('2 of the answers are for something else');
  });

  test("with before: 'pinned' no tag at all is written, and a build that would push one is refused", async () => {
    const { records, pass, publish, tags, run } = await scene({ scan: { before: 'pinned' } });
    for (const record of records.slice(1)) await pass('scan', record);
    const rehearsed = await publish('--dry-run');
    expect([rehearsed.code, rehearsed.stdout]).toEqual([3, expect.stringContaining('CHECK_MISSING  scan of 1.0.0')]);
    expect([(await publish()).code, tags()]).toEqual([3, [0, 0]]);
    const alone = await run('publish', '1.0.0', '--builder', 'stand-in', '--journal', 'none');
    expect([alone.code, alone.stderr]).toEqual([
      2,
      expect.stringContaining('USAGE  checks.scan.before: pinned tags wait for scan'),
    ]);
    await pass('scan', records[0] ?? '');
    expect([(await publish('--dry-run')).code, tags()]).toEqual([0, [0, 0]]);
    expect([(await publish()).code, tags()]).toEqual([0, [4, 8]]);
  });

  test('nothing moves a tag onto a digest that lacks a pass, unless the lock has it', async () => {
    const { folder, records, pass, publish, run } = await scene({ scan: '*' });
    for (const record of records) await pass('scan', record);
    expect((await publish('--write-lock')).code).toBe(0);
    const lock = join(folder, 'tags.lock.json');
    const text = await readFile(lock, 'utf8');
    expect(text.match(/"passes": \["scan"\]/g)).toHaveLength(4);
    const path = `checked/app-${count}`;
    const opened = createRegistries();
    onTestFinished(() => opened.close());
    const repository = opened.open({ registry: registry.host, path });
    const stranger = await repository.manifest('1.0.0-cuda11.8');
    if (stranger !== null) await repository.putManifest('1-cuda12.6', stranger);
    await writeFile(lock, text.replaceAll(', "passes": ["scan"]', ''));
    const held = await run('apply', '--journal', join(folder, 'journal'));
    expect([held.code, held.stdout]).toEqual([1, expect.stringContaining('no pass of scan')]);
    expect(registry.tags(path).get('1-cuda12.6')).toBe(stranger?.digest);
    await writeFile(lock, text);
    const moved = await run('apply', '--journal', join(folder, 'journal'));
    expect([moved.code, moved.stdout]).toEqual([0, expect.stringContaining('1 convenience tag moved')]);
  });
});

test('a pass that was edited, and a check of an axis that is not there, are refused', async () => {
  const { folder, records, pass, publish, run } = await scene({ scan: '*' });
  await pass('scan', records[0] ?? '', '--failed');
  const file = (records[0] ?? '').replace(/\.json$/, '.scan.pass.json');
  await writeFile(file, (await readFile(file, 'utf8')).replace('"failed": true', '"failed": false'));
  const { code, stderr } = await publish();
  expect([code, stderr]).toEqual([2, expect.stringContaining('was changed since it was written: checksum mismatch')]);
  const config = join(folder, 'matrix.config.json');
  await writeFile(config, (await readFile(config, 'utf8')).replace('"scan":"*"', '"scan":{"cudda":"*"}'));
  const refused = await run('plan', '--offline');
  expect([refused.code, refused.stderr]).toEqual([
    2,
    expect.stringContaining("checks.scan.cudda: unknown axis 'cudda'; did you mean 'cuda'?"),
  ]);
});
