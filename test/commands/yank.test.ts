/** `yank` and `unyank`: the config first, then the tags of every repository, and nothing that an earlier run did twice. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startMemoryRegistry, type MemoryRegistry } from '../../src/adapters/memory-registry/memory-registry.ts';
import { createRegistries } from '../../src/adapters/registry/registries.ts';
import type { Digest } from '../../src/domain/digest.ts';
import { daily, planned } from '../support/history.ts';
import { fourCells } from '../support/publish-world.ts';
import { loadState, plannedState } from '../support/registry-state.ts';
import { runCli, type CliRun } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp-folder.ts';

let one: MemoryRegistry;
let two: MemoryRegistry;
let count = 0;
beforeAll(async () => {
  [one, two] = await Promise.all([startMemoryRegistry(), startMemoryRegistry()]);
});
afterAll(() => Promise.all([one.close(), two.close()]));

interface Scene {
  readonly folder: string;
  readonly repositories: readonly [string, string];
  readonly config: () => Promise<string>;
  /** Where the convenience tags are, by repository. */
  readonly tags: () => readonly ReadonlyMap<string, Digest>[];
  readonly run: (args: readonly string[], ask?: (question: string) => Promise<string>) => Promise<CliRun>;
}

/** Published as planned in two registries. */
async function scene(versions: readonly string[], more: object = {}, name = 'matrix.config.json'): Promise<Scene> {
  const path = `acme/app-${(count += 1)}`;
  const repositories = [`${one.host}/${path}`, `${two.host}/${path}`] as const;
  const facts = daily(...versions);
  const registries = createRegistries();
  for (const { host } of [one, two])
    await loadState(registries.open({ registry: host, path }), plannedState(planned(fourCells, facts)));
  await registries.close();
  const folder = await tempFolder();
  const { repository: _own, ...shape } = fourCells;
  const config = { repository: repositories, source: { file: 'releases.json' }, ...shape, ...more };
  const text = JSON.stringify(config, null, 2);
  await writeFile(join(folder, 'releases.json'), JSON.stringify(facts));
  await writeFile(join(folder, name), name.endsWith('.ts') ? `export default ${text};\n` : `${text}\n`);
  return {
    folder,
    repositories,
    config: () => readFile(join(folder, name), 'utf8'),
    tags: () => [one, two].map((registry) => new Map(registry.tags(path))),
    run: (args, ask) => runCli(['-C', folder, ...args], {}, ask === undefined ? {} : { ask }),
  };
}

interface StatedMove {
  readonly command: string;
  readonly release: string;
  readonly rule: string;
  readonly from: { readonly owner: { readonly version: string } };
  readonly to: { readonly owner: { readonly version: string } };
}

const yank = ['yank', '1.0.1', '--reason', 'loses state'] as const;

test('the line is written, the tags of both repositories go back and are read back, the text is printed', async () => {
  const at = await scene(['1.0.0', '1.0.1']);
  const { code, stdout, stderr } = await at.run([...yank]);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(stderr).toContain(`of ${at.repositories.join(' and ')}`);
  expect(stdout).toContain('matrix.config.json is written: commit it');
  for (const repository of at.repositories) expect(stdout).toContain(`${repository}: 10 convenience tags moved`);
  expect(stdout).toContain('**Withdrawn**: loses state. Pull another release.');
  const written: { yanked: object[] } = JSON.parse(await at.config());
  expect(written.yanked).toEqual([
    { version: '1.0.1', reason: 'loses state', since: expect.stringMatching(/^\d{4}-.*Z$/) },
  ]);
  for (const tags of at.tags()) {
    for (const tag of ['1-latest', '1.0-python3.10', '1-python3.9-conda'])
      expect([tag, tags.get(tag)]).toEqual([
        tag,
        tags.get(
          tag
            .replace(/^1(?:\.0)?-(?:latest|python3.10)$/, '1.0.0-python3.10')
            .replace(/^1-python3.9/, '1.0.0-python3.9'),
        ),
      ]);
    expect(tags.get('1.0.1-python3.10')).toBeDefined();
  }
});

test('a second run says that the config has the line, and moves nothing', async () => {
  const at = await scene(['1.0.0', '1.0.1']);
  await at.run([...yank]);
  const [config, tags] = [await at.config(), at.tags()];
  const { code, stdout } = await at.run([...yank]);
  expect(code).toBe(0);
  expect(stdout).toContain('matrix.config.json says so already');
  expect(stdout).toContain('every tag of this release points where it should');
  expect([await at.config(), at.tags()]).toEqual([config, tags]);
});

test('unyank takes the line away and brings the tags back; again it has nothing to do', async () => {
  const at = await scene(['1.0.0', '1.0.1']);
  const before = [await at.config(), at.tags()];
  await at.run([...yank]);
  expect(await at.run(['unyank', '1.0.1'])).toMatchObject({ code: 0 });
  expect([await at.config(), at.tags()]).toEqual(before);
  const { code, stdout } = await at.run(['unyank', '1.0.1']);
  expect(code).toBe(0);
  expect(stdout).toContain('matrix.config.json has no such line');
  expect([await at.config(), at.tags()]).toEqual(before);

  const written = await readdir(join(at.folder, '.tagwright'), { recursive: true });
  const kept = written.filter((name) => name.endsWith('evidence.jsonl'));
  const texts = await Promise.all(kept.map((name) => readFile(join(at.folder, '.tagwright', name), 'utf8')));
  const reasons = texts.map((text) => text.split('\n').map((line) => line.includes('"reason":"loses state"')));
  expect(reasons).toEqual([
    [true, false, false],
    [true, false, false],
  ]);

  // In each registry a statement of both, beside the journals.
  const history = await at.run(['history', '1-latest', '--evidence', '--json']);
  const { files }: { files: { faults: object[]; tags: { moves: StatedMove[] }[] }[] } = JSON.parse(history.stdout);
  expect([history.code, files.map(({ faults }) => faults)]).toEqual([0, [[], []]]);
  for (const { tags } of files)
    expect(
      tags[0]?.moves.map(({ command, release, rule, from, to }) => [
        command,
        release,
        rule,
        from.owner.version,
        to.owner.version,
      ]),
    ).toEqual([
      ['yank', '1.0.1', 'latest', '1.0.1', '1.0.0'],
      ['unyank', '1.0.1', 'latest', '1.0.0', '1.0.1'],
    ]);
});

test('a dry run shows who gets what, and writes nothing', async () => {
  const at = await scene(['1.0.0', '1.0.1']);
  const before = [await at.config(), at.tags()];
  const { code, stdout } = await at.run([...yank, '--dry-run']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/1-latest +1\.0\.1 +→ +1\.0\.0/);
  expect(stdout).toContain('matrix.config.json would be written');
  expect([await at.config(), at.tags()]).toEqual(before);
});

test('a person who says no has neither the line nor a move', async () => {
  const at = await scene(['1.0.0', '1.0.1']);
  const before = [await at.config(), at.tags()];
  const asked: string[] = [];
  const no = (question: string): Promise<string> => {
    asked.push(question);
    return Promise.resolve('n');
  };
  expect(await at.run([...yank], no)).toMatchObject({ code: 1 });
  expect(asked).toHaveLength(1);
  expect([await at.config(), at.tags()]).toEqual(before);
  expect(await at.run([...yank, '--yes'], no)).toMatchObject({ code: 0 });
  expect(asked).toHaveLength(1);
});

test('what is not of the release stays as it is, wrong or not', async () => {
  const at = await scene(['1.0.0', '1.0.1', '2.0.0']);
  const registries = createRegistries();
  const path = at.repositories[0].slice(one.host.length + 1);
  const opened = registries.open({ registry: one.host, path });
  const manifest = await opened.manifest('1.0.0-python3.9');
  await opened.putManifest('2-latest', manifest!);
  await registries.close();
  await at.run([...yank]);
  expect(at.tags()[0]?.get('2-latest')).toBe(manifest?.digest);
});

test('JSON has the config, the tags, the moves of each repository and the text', async () => {
  const at = await scene(['1.0.0', '1.0.1']);
  const { stdout } = await at.run([...yank, '--json']);
  const report: { tags: unknown[]; repositories: { moves: { state: string }[] }[] } = JSON.parse(stdout);
  expect(report).toMatchObject({
    schema: 1,
    change: 'yank',
    version: '1.0.1',
    reason: 'loses state',
    config: { file: 'matrix.config.json', state: 'written' },
    releaseText: expect.stringContaining('### Images of 1.0.1'),
  });
  expect(report.tags).toHaveLength(10);
  expect(report.repositories.map(({ moves }) => moves.map(({ state }) => state))).toEqual(
    [0, 1].map(() => Array.from({ length: 10 }, () => 'moved')),
  );
});

test('a config that is code is not edited: the line and its place, and nothing moves until it is there', async () => {
  const at = await scene(['1.0.0', '1.0.1'], {}, 'matrix.config.ts');
  const before = [await at.config(), at.tags()];
  const { code, stdout } = await at.run([...yank]);
  expect(code).toBe(1);
  const line = /^ {2}(?<line>yanked: .*)\n {2}at (?<place>.*)$/m.exec(stdout)?.groups;
  expect(line?.['place']).toBe('matrix.config.ts:2, beside repository');
  expect([await at.config(), at.tags()]).toEqual(before);
  await writeFile(
    join(at.folder, 'matrix.config.ts'),
    (await at.config()).replace('{\n', `{\n${line?.['line'] ?? ''}\n`),
  );
  expect(await at.run([...yank])).toMatchObject({ code: 0 });
  expect(at.tags()[1]?.get('1-latest')).toBe(at.tags()[1]?.get('1.0.0-python3.10'));
});

test.each([
  ['the only release', ['1.0.0'], ['yank', '1.0.0', '--reason', 'x'], 'YANKS_ALL', '1.0.0'],
  ['one that no source knows', ['1.0.0', '1.0.1'], ['yank', '1.0.2', '--reason', 'x'], 'VERSION_UNKNOWN', 'VERSION'],
  ['without a reason', ['1.0.0', '1.0.1'], ['yank', '1.0.1'], 'USAGE', '--reason'],
  ['with an empty one', ['1.0.0', '1.0.1'], ['yank', '1.0.1', '--reason', ' '], 'USAGE', '--reason'],
  ['with one of two lines', ['1.0.0', '1.0.1'], ['yank', '1.0.1', '--reason', 'a\nb'], 'USAGE', '--reason'],
])('refused, and nothing is changed: %s', async (_name, versions, args, problem, where) => {
  const at = await scene(versions);
  const before = [await at.config(), at.tags()];
  const { code, stderr } = await at.run(args);
  expect({ code, stderr }).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(new RegExp(`${problem} +${where}`)),
  });
  expect([await at.config(), at.tags()]).toEqual(before);
});

test('one that is withdrawn already: by the config for another reason, by a source, and what is said of each', async () => {
  const at = await scene(['1.0.0', '1.0.1'], { yanked: [{ version: '1.0.1', reason: 'broken' }] });
  const other = await at.run([...yank]);
  expect(other.code).toBe(2);
  expect(other.stderr).toMatch(
    /YANKED_ALREADY +matrix\.config\.json yanked\[0\]: 1\.0\.1 is withdrawn already: broken/,
  );
  const source = await scene(['1.0.0', '1.0.1']);
  const facts = daily('1.0.0', '1.0.1').map((fact) => (fact.version === '1.0.1' ? { ...fact, yanked: true } : fact));
  await writeFile(join(source.folder, 'releases.json'), JSON.stringify(facts));
  for (const args of [[...yank], ['unyank', '1.0.1']]) {
    const { code, stderr } = await source.run(args);
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('YANKED_BY_SOURCE') });
  }
});

test('a list that several images read is not edited for one of them', async () => {
  const { folder, run } = await scene(['1.0.0', '1.0.1']);
  const shared = { yanked: [{ version: '1.0.0', reason: 'old', since: '2024-01-03T00:00:00Z' }] };
  const images = { web: { repository: `${one.host}/acme/web` }, worker: { repository: `${one.host}/acme/worker` } };
  const { repository: _own, ...shape } = fourCells;
  const text = JSON.stringify({ source: { file: 'releases.json' }, ...shape, ...shared, images });
  await writeFile(join(folder, 'matrix.config.json'), text);
  for (const args of [
    ['yank', '1.0.1', '--reason', 'bad'],
    ['unyank', '1.0.0'],
  ]) {
    const { code, stderr } = await run([...args, '--image', 'web', '--yes']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('all images of the config read it, and "web" alone')]);
  }
  expect(await readFile(join(folder, 'matrix.config.json'), 'utf8')).toBe(text);
});
