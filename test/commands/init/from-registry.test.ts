/** `init --from-registry`: from a registry and from files, good and bad ones, to a config that plans. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startMemoryRegistry } from '../../../src/adapters/memory-registry/memory-registry.ts';
import { createRegistries } from '../../../src/adapters/registry/registries.ts';
import { runGit } from '../../../src/adapters/git/run-git.ts';
import { inferConfig } from '../../../src/infer/infer-config.ts';
import { initFromRegistry } from '../../support/init-from-registry.ts';
import { loadState } from '../../support/registry-state.ts';
import { processorMs } from '../../support/processor-time.ts';
import { runCli, type CliRun } from '../../support/run-cli.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const incident = new URL('../../../examples/incidents/backport-took-latest/registry.json', import.meta.url);

interface Written {
  readonly run: CliRun;
  readonly folder: string;
  readonly config: () => Promise<string>;
}

async function initFrom(from: string, files: Readonly<Record<string, string>> = {}): Promise<Written> {
  const folder = await tempFolder(files);
  const isFile = from.endsWith('.txt');
  const run = await initFromRegistry(folder, isFile ? join(folder, from) : from);
  return { run, folder, config: () => readFile(join(folder, 'matrix.config.ts'), 'utf8') };
}

const rows: readonly { readonly name: string; readonly text: string; readonly code: number; readonly says: string }[] =
  [
    { name: 'one tag', text: '1.0.0', code: 0, says: '1 of 1 tag is explained by 1 rule.' },
    { name: 'no version', text: 'main\nnightly', code: 2, says: 'none of the 2 tags names a version, so no rule' },
    { name: 'no tag', text: '# empty\n', code: 2, says: 'has no tags' },
    { name: 'what is not a tag', text: '1.0.0\n1/2', code: 2, says: 'FACTS_INVALID' },
    { name: 'broken JSON', text: '{"tags": [', code: 2, says: 'is not valid JSON' },
    { name: 'a registry’s answer', text: '{"name": "a", "tags": ["1.0.0", "1.1.0"]}', code: 0, says: '2 of 2 tags' },
    {
      name: 'what skopeo prints',
      text: '{"Repository": "a", "Tags": ["1.0.0", "1.1.0"]}',
      code: 0,
      says: '2 of 2 tags',
    },
    { name: 'digests by tag', text: '{"1.0.0": "sha256:a", "latest": "sha256:a"}', code: 0, says: '2 of 2 tags' },
    {
      name: 'two schemes at once',
      text: '1.2.3\n1.2.4\n1.2\nlatest\n2024.08.1\nrelease-7\nv9',
      code: 0,
      says: 'No rule explains release-7, v9',
    },
  ];

test.each(rows)('a list with $name', async ({ text, code, says }) => {
  const { run, folder } = await initFrom('tags.txt', { 'tags.txt': text });
  expect(run).toMatchObject({ code });
  expect(`${run.stdout}${run.stderr}`).toContain(says);
  if (code !== 0) return;
  expect(await runCli(['plan', '--offline', '--json', '--config', join(folder, 'matrix.config.ts')])).toMatchObject({
    code: 0,
  });
});

test('a registry is read with its digests, and a latest that stays behind is said', async () => {
  const registry = await startMemoryRegistry();
  onTestFinished(() => registry.close());
  const registries = createRegistries();
  onTestFinished(() => registries.close());
  await loadState(
    registries.open({ registry: registry.host, path: 'acme/app' }),
    JSON.parse(await readFile(incident, 'utf8')),
  );
  const { run, config } = await initFrom(`${registry.host}/acme/app`);
  expect(run).toMatchObject({ code: 0, stderr: '' });
  expect(run.stdout).toContain('latest: its tags were found on 4.63.1, and 4.64.0 is out');
  expect(await config()).toContain(`repository: '${registry.host}/acme/app'`);
  // As the newest image has them: a publish with fewer would drop one.
  expect(await config()).toMatch(/path\.\n {2}dockerfile: 'Dockerfile',\n {2}platforms: \['linux\/amd64'\],/);
});

test('a repository that is not there is no empty list', async () => {
  const registry = await startMemoryRegistry();
  onTestFinished(() => registry.close());
  const { run } = await initFrom(`${registry.host}/acme/none`);
  expect(run).toMatchObject({ code: 3 });
});

test('100,000 tags, each with an ending of its own, are no matrix', () => {
  const tags = Array.from({ length: 100_000 }, (_, index) => ({
    tag: `${Math.floor(index / 2000)}.${Math.floor(index / 20) % 100}.${index % 20}-x${index}`,
    image: null,
  }));
  expect(processorMs(() => expect(inferConfig(tags).values.length).toBeLessThanOrEqual(256))).toBeLessThan(20_000);
});

const bare = '[{ "version": "1.0.0" }, { "version": "1.1.0" }]';

test.each([
  { name: 'a sha rule', rules: {}, args: [], code: 2, says: 'rule sha needs the revision of 1.0.0 and 1 more' },
  {
    name: 'a rule of dates',
    rules: { sha: false, day: { kind: 'pinned', template: '{{version}}-{{date}}' } },
    args: [],
    code: 2,
    says: 'rule day needs the committedAt of 1.0.0',
  },
  { name: '--at', rules: { sha: false }, args: ['--at', '1.0.0'], code: 2, says: 'nothing says when 1.0.0 came out' },
  { name: 'neither', rules: { sha: false }, args: [], code: 0, says: '' },
])('facts that are versions alone, with $name', async ({ rules, args, code, says }) => {
  const config = {
    repository: 'docker.io/acme/app',
    source: { file: 'releases.json' },
    dockerfile: 'Dockerfile',
    rules,
  };
  const folder = await tempFolder({ 'matrix.config.json': JSON.stringify(config), 'releases.json': bare });
  const run = await runCli(['plan', '--offline', '--json', '--config', join(folder, 'matrix.config.json'), ...args]);
  expect(run.code).toBe(code);
  expect(run.stderr).toContain(says);
  expect(run.stderr).not.toContain('warning');
});

test('facts that are versions alone have no history', async () => {
  const rules = { sha: false };
  const config = {
    repository: 'docker.io/acme/app',
    source: { file: 'releases.json' },
    dockerfile: 'Dockerfile',
    rules,
  };
  const folder = await tempFolder({ 'matrix.config.json': JSON.stringify(config), 'releases.json': bare });
  const run = await runCli(['history', '--config', join(folder, 'matrix.config.json')]);
  expect(run).toMatchObject({ code: 2, stdout: '' });
  expect(run.stderr).toContain('nothing says when 1.0.0 came out');
});

test('git tags that are the releases are the source, and nothing else is written', async () => {
  const folder = await tempFolder({ 'tags.txt': '1.0.0 latest' });
  const run = await initFromRegistry(folder, join(folder, 'tags.txt'), {
    isRepository: true,
    tags: ['v1.0.0', 'v1.1.0'],
  });
  expect(run.stdout).not.toContain('releases.json written');
  expect(await readFile(join(folder, 'matrix.config.ts'), 'utf8')).toContain("source: { git: '.' }");
});

test.each([
  { name: 'a v', tags: ['v1.0.0', 'v1.1.0', 'chart-1.0.0'], pattern: String.raw`^v(?<version>\d+\.\d+\.\d+.*)$` },
  { name: 'a v since the second', tags: ['1.0.0', 'v1.1.0'], pattern: String.raw`^v?(?<version>\d+\.\d+\.\d+.*)$` },
  { name: 'no v', tags: ['1.0.0', '1.1.0'], pattern: null },
])('git tags with $name give the releases of an image without one', async ({ tags, pattern }) => {
  const folder = await tempFolder({ 'tags.txt': '1.0.0\n1.1.0\nlatest\n' });
  const git = (...args: readonly string[]): Promise<string> => runGit({ folder, source: 'git' }, args);
  await git('init', '--quiet');
  for (const tag of tags) {
    await git('-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '-q', '--allow-empty', '-m', tag);
    await git('tag', tag);
  }
  const run = await initFromRegistry(folder, join(folder, 'tags.txt'), { isRepository: true, tags });
  expect(run.stdout).toContain('\n2 releases, 2 cells, 2 pinned tags\n');
  const config = await readFile(join(folder, 'matrix.config.ts'), 'utf8');
  expect(/tagPattern: String\.raw`(?<pattern>.*)`/.exec(config)?.groups?.['pattern'] ?? null).toBe(pattern);
});

test('of releases without dates the next step is to rehearse one, and all of them are refused with that advice', async () => {
  const { run, folder } = await initFrom('tags.txt', { 'tags.txt': '1.0.0\n1.1.0\n1.1\nlatest' });
  expect(run.stdout).toMatch(
    /\nNext: tagwright plan --offline\n {6}tagwright rehearse 1\.1\.0\n {6}tagwright check\n$/,
  );
  const config = ['--config', `${folder}/matrix.config.ts`];
  expect(await runCli(['rehearse', '1.1.0', ...config])).toMatchObject({ code: 0 });
  const all = await runCli(['rehearse', '--all', ...config]);
  expect([all.code, all.stderr]).toEqual([
    2,
    'FACTS_INVALID  rehearse --all: nothing says when 1.0.0 came out; add committedAt to the facts, or read them from git; or rehearse one: tagwright rehearse 1.1.0\n',
  ]);
});

test('endings that are build numbers are said to be none of a matrix, and what is written then works', async () => {
  const list = '4.0.12.2823-ls270\n4.0.13.2932-ls272\n4.0.14.2939-ls278 latest\n';
  const { config } = await initFrom('tags.txt', { 'tags.txt': list });
  const text = await config();
  expect(text).toContain('CHECK THIS: ls272 and ls278 look like build numbers');
  const advice = /\/\/ (?<line>tagPattern: .*)$/m.exec(text)?.groups?.['line'] ?? '';
  const folder = await tempFolder({
    'matrix.config.ts': `export default { repository: 'docker.io/acme/app', source: { file: 'releases.json' }, dockerfile: 'Dockerfile', ${advice}, rules: { sha: false, minor: false, major: false } };`,
    'releases.json': JSON.stringify(['4.0.14.2939-ls278', '4.0.14.2939-ls300'].map((version) => ({ version }))),
  });
  const run = await runCli(['plan', '--offline', '--json', '--config', join(folder, 'matrix.config.ts')]);
  expect(run).toMatchObject({ code: 0 });
  const plan: { tags: { tag: string; owner: { version: string } | null }[] } = JSON.parse(run.stdout);
  expect(plan.tags.find(({ tag }) => tag === 'latest')?.owner?.version).toBe('4.0.14.2939-ls300');
});
