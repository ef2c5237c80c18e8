/** A yank on main and a backport on its own branch, in both orders: whose config decides. */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startMemoryRegistry } from '../../src/adapters/memory-registry/memory-registry.ts';
import { configOnDefaultBranch } from '../../src/adapters/git/default-branch.ts';
import { git, gitRepository } from '../support/git-repository.ts';
import { readTags } from '../support/read-tags.ts';
import { runCli, type CliRun } from '../support/run-cli.ts';
import { runStep } from '../support/run-action.ts';
import { tempFolder } from '../support/temp-folder.ts';

const yanked = "[{ version: '1.1.0', reason: 'broken' }]";

interface Story {
  readonly upstream: string;
  /** The registry's host. */
  readonly registry: string;
  /** The registry's tag, as the version it is on. */
  readonly tag: (name: string) => Promise<string>;
  /** A checkout, as a job has it: a git tag, or the main branch. */
  readonly checkout: (ref: string) => Promise<string>;
  readonly commit: (branch: string, files: Readonly<Record<string, string>>, tag?: string) => Promise<void>;
  readonly run: (folder: string, ...args: readonly string[]) => Promise<CliRun>;
}

/** 1.0.0 and 1.1.0 on main, published; `config` makes the text of a config from its `yanked`. */
async function story(name: string, config: (repository: string, yanked: string) => string): Promise<Story> {
  const registry = await startMemoryRegistry();
  onTestFinished(() => registry.close());
  const repository = `${registry.host}/acme/app`;
  const upstream = await gitRepository([]);
  const journal = await tempFolder();
  let commits = 0;
  const commit: Story['commit'] = async (branch, files, tag) => {
    if (git(upstream, 'branch', '--list', branch) !== '') git(upstream, 'checkout', '--quiet', branch);
    for (const [path, text] of Object.entries(files)) await writeFile(join(upstream, path), text);
    git(upstream, 'add', '.');
    // Two commits of one second with one parent would be one commit.
    git(upstream, 'commit', '--quiet', '--allow-empty', `--message=${(commits += 1)}`);
    if (tag !== undefined) git(upstream, 'tag', tag);
    // What a clone takes for the default branch.
    git(upstream, 'checkout', '--quiet', 'main');
  };
  const checkout: Story['checkout'] = async (ref) => {
    const folder = join(await tempFolder(), 'clone');
    git(upstream, 'clone', '--quiet', `file://${upstream}`, folder);
    git(folder, 'checkout', '--quiet', ref);
    return folder;
  };
  const run: Story['run'] = (folder, ...args) =>
    runCli([...args, '--config', join(folder, name), '--journal', journal, '--settle', '1']);
  await commit('main', { [name]: config(repository, '[]'), Dockerfile: 'FROM scratch\nARG PYTHON\n' }, '1.0.0');
  git(upstream, 'branch', '1.0.x');
  await commit('main', {}, '1.1.0');
  for (const version of ['1.0.0', '1.1.0']) {
    expect((await run(upstream, 'publish', version, '--builder', 'stand-in')).code).toBe(0);
  }
  return {
    upstream,
    registry: registry.host,
    commit: (branch, files, tag) =>
      commit(
        branch,
        Object.fromEntries(
          Object.entries(files).map(([path, text]) => [path, path === name ? config(repository, text) : text]),
        ),
        tag,
      ),
    checkout,
    run,
    tag: async (text) => {
      const tags = await readTags(registry.host, 'acme/app');
      return Object.keys(tags).find((other) => /^\d+\.\d+\.\d+$/.test(other) && tags[other] === tags[text]) ?? 'none';
    },
  };
}

const json = (repository: string, list: string): string =>
  `{\n  "repository": "${repository}",\n  "flavors": { "standard": { "dockerfile": "Dockerfile" } },\n  "rules": {\n    "full": { "kind": "pinned", "template": "{{version}}" },\n    "major": { "kind": "convenience", "template": "{{major}}" }\n  },\n  "source": { "git": "." },\n  "yanked": ${list.replaceAll("'", '"').replaceAll(/(\w+):/g, '"$1":')}\n}\n`;
const name = 'matrix.config.json';
const typescript = (repository: string, list: string): string =>
  `import { defineConfig } from 'tagwright';\nexport default defineConfig({\n  ...(${json(repository, '[]')}),\n  yanked: ${list},\n});\n`;

describe('a yank on main and a backport', { timeout: 120_000 }, () => {
  test.each([
    { name, config: json },
    { name: 'matrix.config.ts', config: typescript },
  ])('in this order, $name: nothing moves until somebody says whose config decides', async ({ name, config }) => {
    const { commit, checkout, run, tag } = await story(name, config);
    await commit('main', { [name]: yanked });
    await commit('1.0.x', {}, '1.0.1');
    const folder = await checkout('1.0.1');
    const refused = await run(folder, 'publish', '1.0.1', '--builder', 'stand-in');
    expect([refused.code, refused.stderr.split(' ')[0], await tag('1'), await tag('1.0.1')]).toEqual([
      2,
      'CONFIG_DIFFERS',
      '1.1.0',
      'none',
    ]);
    expect(refused.stderr).toContain(
      "1 (1.1.0 (flavor standard) by the git tag's, 1.0.1 (flavor standard) by the default branch's)",
    );
    expect(refused.stderr).toMatch(/\n\s*- .*yanked.*\[\]\n?/);
    expect(refused.stderr).toMatch(/\n\s*\+ .*broken/);
    expect((await run(folder, 'apply')).stderr).toMatch(/^CONFIG_DIFFERS /);
    // What another tool is to push by itself is a move too.
    const inputs = { command: 'plan', version: '1.1.0', offline: 'true', config: join(await checkout('1.1.0'), name) };
    const payload = { repository: { default_branch: 'main' } };
    const step = (tags: string): ReturnType<typeof runStep> =>
      runStep({ event: 'workflow_dispatch', payload, inputs: { ...inputs, tags } });
    expect((await step('pinned')).outputs['tag-names']).toMatch(/^1\.1\.0\n/);
    expect(await step('all')).toMatchObject({ code: 2, log: expect.stringContaining('CONFIG_DIFFERS') });
    expect((await run(folder, 'publish', '1.0.1', '--builder', 'stand-in', '--config-from', 'default')).code).toBe(0);
    expect([await tag('1'), await tag('1.0.1')]).toEqual(['1.0.1', '1.0.1']);
  });

  test('the same by the config of the git tag: the backport leaves the tag where it is', async () => {
    const { commit, checkout, run, tag } = await story(name, json);
    await commit('main', { [name]: yanked });
    await commit('1.0.x', {}, '1.0.1');
    expect(
      (await run(await checkout('1.0.1'), 'publish', '1.0.1', '--builder', 'stand-in', '--config-from', 'tag')).code,
    ).toBe(0);
    expect([await tag('1'), await tag('1.0.1')]).toEqual(['1.1.0', '1.0.1']);
  });

  test('a backport, then a yank on main: both configs agree on the backport, and main moves the tag', async () => {
    const { commit, checkout, run, tag } = await story(name, json);
    await commit('1.0.x', {}, '1.0.1');
    expect((await run(await checkout('1.0.1'), 'publish', '1.0.1', '--builder', 'stand-in')).code).toBe(0);
    expect(await tag('1')).toBe('1.1.0');
    await commit('main', { [name]: yanked });
    // 1.1 was the yanked release's alone: nobody owns it now, and apply deletes nothing.
    expect((await run(await checkout('main'), 'apply')).code).toBe(1);
    expect([await tag('1'), await tag('1.1')]).toEqual(['1.0.1', '1.1.0']);
  });
});

test('a tag that one config gives to nobody is disputed only where the other would move it', async () => {
  const { checkout, commit, registry, run, tag } = await story(name, json);
  const all = "[{ version: '1.0.0', reason: 'broken' }, { version: '1.1.0', reason: 'broken' }]";
  await commit('main', { [name]: all });
  const folder = await checkout('1.1.0');
  expect((await run(folder, 'apply')).code).toBe(0);
  const manifest = await fetch(`http://${registry}/v2/acme/app/manifests/1.0.0`);
  const headers = { 'content-type': manifest.headers.get('content-type') ?? '' };
  await fetch(`http://${registry}/v2/acme/app/manifests/1`, { method: 'PUT', headers, body: await manifest.text() });
  const refused = await run(folder, 'apply');
  expect([refused.code, refused.stderr.split(' ')[0], await tag('1')]).toEqual([2, 'CONFIG_DIFFERS', '1.0.0']);
  expect(refused.stderr).toContain(
    "owners: 1 (1.1.0 (flavor standard) by the git tag's, nobody by the default branch's)",
  );
});

describe('a default branch that is not there', { timeout: 120_000 }, () => {
  async function backport(): Promise<Story & { readonly folder: string }> {
    const told = await story(name, json);
    await told.commit('main', { [name]: yanked });
    await told.commit('1.0.x', {}, '1.0.1');
    const folder = await told.checkout('1.0.1');
    git(folder, 'update-ref', '-d', 'refs/remotes/origin/main');
    return { ...told, folder };
  }

  test('leaves the decision to the config at hand, with a warning that says how to get it', async () => {
    const { folder, run, tag } = await backport();
    const asked = await run(folder, 'publish', '1.0.1', '--builder', 'stand-in', '--config-from', 'default');
    expect([asked.code, asked.stderr.split(' ')[0]]).toEqual([2, 'CONFIG_NOT_FOUND']);
    const published = await run(folder, 'publish', '1.0.1', '--builder', 'stand-in');
    expect([published.code, await tag('1')]).toEqual([0, '1.1.0']);
    expect(published.stderr).toContain('the default branch is not known here');
    const command = /`(?<command>git fetch .*)`/.exec(published.stderr)?.groups?.['command'] ?? '';
    for (const part of command.replaceAll('BRANCH', 'main').split(' && ')) git(folder, ...part.split(' ').slice(1));
    const again = await run(folder, 'publish', '1.0.1', '--builder', 'stand-in');
    expect(again.stderr).toMatch(/^CONFIG_DIFFERS .*the two give tags to different owners/);
  });

  test('is asked of the remote where it may be fetched, also in a clone of one tag alone', async () => {
    const { upstream } = await backport();
    const folder = join(await tempFolder(), 'shallow');
    git(upstream, 'clone', '--quiet', '--depth', '1', '--branch', '1.0.1', `file://${upstream}`, folder);
    const options = { branch: null, mayFetch: true };
    expect(await configOnDefaultBranch(join(folder, name), options)).toMatchObject({
      kind: 'read',
      file: `main:${name}`,
    });
    expect(await configOnDefaultBranch(join(folder, name), { ...options, mayFetch: false })).toMatchObject({
      kind: 'unread',
    });
  });

  test('is fetched by the action for an event that is trusted', async () => {
    const { folder, tag } = await backport();
    await rm(join(folder, '.git/refs/remotes/origin/HEAD'), { force: true });
    const sha = git(folder, 'rev-parse', 'HEAD');
    const inputs = { command: 'publish', builder: 'stand-in', config: join(folder, name), journal: await tempFolder() };
    const payload = { release: { tag_name: '1.0.1' }, repository: { full_name: 'acme/app', default_branch: 'main' } };
    const run = await runStep({ event: 'release', payload, ref: 'refs/tags/1.0.1', sha, inputs });
    expect([run.code, run.log.includes('CONFIG_DIFFERS'), await tag('1')]).toEqual([2, true, '1.1.0']);
    expect(git(folder, 'for-each-ref', '--format=%(refname)', 'refs/tagwright')).toBe('refs/tagwright/default-branch');
  });
});

describe('the default branch in a clone whose remote is not called origin', { timeout: 60_000 }, () => {
  interface Clone {
    readonly folder: string;
    /** Another repository, whose main branch has another config. */
    readonly other: string;
  }

  /** A checkout of the git tag 1.0.1; remotes are added by the test. */
  async function clone(): Promise<Clone & { readonly upstream: string }> {
    const upstream = await gitRepository([]);
    const commit = (at: string, text: string): void => {
      git(at, 'add', '.');
      git(at, 'commit', '--quiet', '--allow-empty', `--message=${text}`);
    };
    await writeFile(join(upstream, name), '{"of":"the release"}');
    commit(upstream, 'one');
    git(upstream, 'tag', '1.0.1');
    await writeFile(join(upstream, name), '{"of":"upstream"}');
    commit(upstream, 'two');
    const folder = join(await tempFolder(), 'clone');
    const other = join(await tempFolder(), 'fork');
    for (const to of [folder, other]) git(upstream, 'clone', '--quiet', `file://${upstream}`, to);
    git(other, 'config', 'user.name', 'x');
    git(other, 'config', 'user.email', 'x@example.com');
    await writeFile(join(other, name), '{"of":"the fork"}');
    commit(other, 'three');
    git(folder, 'checkout', '--quiet', '1.0.1');
    return { folder, other, upstream };
  }

  const read = (folder: string, more: { readonly branch?: string; readonly mayFetch?: boolean } = {}) =>
    configOnDefaultBranch(join(folder, name), { branch: null, mayFetch: false, ...more });

  function addFork({ folder, other }: Clone, remote: string): void {
    git(folder, 'remote', 'add', remote, `file://${other}`);
    git(folder, 'fetch', '--quiet', remote);
    git(folder, 'remote', 'set-head', remote, 'main');
  }

  test('is that of the only remote', async () => {
    const { folder } = await clone();
    git(folder, 'remote', 'rename', 'origin', 'github');
    expect(await read(folder)).toEqual({ kind: 'read', file: `main:${name}`, text: '{"of":"upstream"}' });
  });

  test('is fetched from the only remote', async () => {
    const { folder } = await clone();
    git(folder, 'remote', 'rename', 'origin', 'github');
    git(folder, 'update-ref', '-d', 'refs/remotes/github/main');
    git(folder, 'symbolic-ref', '--delete', 'refs/remotes/github/HEAD');
    expect(await read(folder, { branch: 'main' })).toMatchObject({
      kind: 'unread',
      fix: expect.stringContaining('`git fetch github main:refs/remotes/github/main`'),
    });
    expect(await read(folder)).toMatchObject({
      kind: 'unread',
      fix: expect.stringContaining(
        '`git fetch github BRANCH:refs/remotes/github/BRANCH && git remote set-head github BRANCH`',
      ),
    });
    expect(await read(folder, { mayFetch: true })).toMatchObject({ kind: 'read', text: '{"of":"upstream"}' });
  });

  test('is that of upstream, if none is called origin, and is said where there are several', async () => {
    const one = await clone();
    git(one.folder, 'remote', 'rename', 'origin', 'upstream');
    addFork(one, 'mine');
    expect(await read(one.folder)).toEqual({ kind: 'read', file: `upstream/main:${name}`, text: '{"of":"upstream"}' });
  });

  test('is that of origin, also next to upstream, and is said', async () => {
    const one = await clone();
    addFork(one, 'upstream');
    expect(await read(one.folder)).toMatchObject({ file: `origin/main:${name}`, text: '{"of":"upstream"}' });
  });

  test('is not read where nothing says which remote counts', async () => {
    const one = await clone();
    git(one.folder, 'remote', 'rename', 'origin', 'theirs');
    addFork(one, 'mine');
    expect(await read(one.folder)).toEqual({
      kind: 'unread',
      reason: 'this clone has the remotes theirs, mine, and nothing says which of them counts',
      fix: expect.stringContaining('git remote rename NAME origin'),
    });
  });

  test('is not asked of a remote whose name git would take for an option or a pattern', async () => {
    const { folder } = await clone();
    for (const strange of ['--upload-pack=touch x', '*']) {
      git(
        folder,
        'config',
        '--rename-section',
        `remote.${strange === '*' ? '--upload-pack=touch x' : 'origin'}`,
        `remote.${strange}`,
      );
      expect(await read(folder, { branch: 'main', mayFetch: true })).toMatchObject({ kind: 'unread' });
    }
  });

  test('is the own branch of a repository without a remote', async () => {
    const { upstream } = await clone();
    git(upstream, 'checkout', '--quiet', '1.0.1');
    expect(await read(upstream, { branch: 'main' })).toMatchObject({ kind: 'read', text: '{"of":"upstream"}' });
    expect(await read(upstream)).toMatchObject({ kind: 'unread' });
  });
});
