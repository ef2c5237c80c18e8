import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { gitTagSource } from '../../../src/adapters/git/git-tag-source.ts';
import { outsideError } from '../../support/errors.ts';
import { git, gitRepository } from '../../support/git-repository.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const commits = [
  { date: '1692900000 -0500', tags: ['2.11.4', 'docs-only'] },
  { date: '1692904466 -0500', annotated: [{ name: '2.11.5', date: '1692904500 +0200' }] },
  { date: '1693000000 +0000', tags: ['v3.0.0rc1', 'team/café'] },
];

describe('the tags of a git repository', { timeout: 30_000 }, () => {
  test('are facts, with the commit behind each and its date as written', async () => {
    const folder = await gitRepository(commits);
    const revisionOf = (tag: string): string => git(folder, 'rev-parse', `${tag}^{commit}`);
    expect(await gitTagSource(folder).list()).toEqual({
      kind: 'git',
      facts: [
        { version: '2.11.4', revision: revisionOf('2.11.4'), committedAt: '2023-08-24T13:00:00-05:00' },
        {
          version: '2.11.5',
          revision: revisionOf('2.11.5'),
          committedAt: '2023-08-24T14:14:26-05:00',
          publishedAt: '2023-08-24T21:15:00+02:00',
        },
        { version: 'docs-only', revision: revisionOf('2.11.4'), committedAt: '2023-08-24T13:00:00-05:00' },
        { version: 'team/café', revision: revisionOf('v3.0.0rc1'), committedAt: '2023-08-25T21:46:40+00:00' },
        { version: 'v3.0.0rc1', revision: revisionOf('v3.0.0rc1'), committedAt: '2023-08-25T21:46:40+00:00' },
      ],
      gitTags: ['2.11.4', '2.11.5', 'docs-only', 'team/café', 'v3.0.0rc1'],
      partial: null,
      notes: [],
    });
    expect(git(folder, 'rev-parse', '2.11.5')).not.toBe(revisionOf('2.11.5'));
  });

  test('are found from a folder inside', async () => {
    const folder = await gitRepository(commits);
    await mkdir(join(folder, 'a/b'), { recursive: true });
    expect((await gitTagSource(join(folder, 'a/b')).list()).facts).toEqual((await gitTagSource(folder).list()).facts);
  });

  test('of a tag lead to the commit; of a tree or a blob they are no release', async () => {
    const folder = await gitRepository(commits);
    git(folder, 'tag', '-a', '-m', 'x', 'nested', '2.11.5');
    git(folder, 'tag', 'tree', '2.11.5^{tree}');
    git(folder, 'tag', '-a', '-m', 'x', 'tagged-tree', 'tree');
    git(folder, 'tag', '-a', '-m', 'x', 'nested-tree', 'tagged-tree');
    const { facts, gitTags } = await gitTagSource(folder).list();
    expect(facts.find(({ version }) => version === 'nested')).toMatchObject({
      revision: git(folder, 'rev-parse', '2.11.5^{commit}'),
      committedAt: '2023-08-24T14:14:26-05:00',
    });
    expect(facts.map(({ version }) => version)).toEqual([
      '2.11.4',
      '2.11.5',
      'docs-only',
      'nested',
      'team/café',
      'v3.0.0rc1',
    ]);
    expect(gitTags).toHaveLength(9);
  });

  test('may be thousands', async () => {
    const folder = await gitRepository([{ date: '1600002999 +0000' }]);
    const id = git(folder, 'rev-parse', 'main');
    const names = Array.from({ length: 3000 }, (_, index) => `1.0.${String(index).padStart(4, '0')}`);
    // As `git clone` leaves them: written one by one, so many tags take git seconds.
    await writeFile(join(folder, '.git/packed-refs'), names.map((name) => `${id} refs/tags/${name}\n`).join(''));
    const { facts } = await gitTagSource(folder).list();
    expect(facts).toEqual(
      names.map((version) => ({ version, revision: id, committedAt: '2020-09-13T13:16:39+00:00' })),
    );
  });

  test('may be none', async () => {
    expect(await gitTagSource(await gitRepository([{ date: '1692900000 +0000' }])).list()).toEqual({
      kind: 'git',
      facts: [],
      gitTags: [],
      partial: null,
      notes: [],
    });
  });

  test('are read from this folder even inside a git hook', async () => {
    const folder = await gitRepository(commits);
    vi.stubEnv('GIT_DIR', '/nowhere');
    try {
      expect((await gitTagSource(folder).list()).facts).toHaveLength(5);
    } finally {
      vi.unstubAllEnvs();
    }
  });
});

describe('a shallow clone', { timeout: 30_000 }, () => {
  async function shallowClone(...options: readonly string[]): Promise<string> {
    const folder = await gitRepository(commits);
    const parent = await tempFolder();
    git(parent, 'clone', '--quiet', '--depth=1', ...options, `file://${folder}`, 'clone');
    return join(parent, 'clone');
  }

  test('without tags is an error that says what to do', async () => {
    const folder = await shallowClone('--no-tags');
    const error = await outsideError(gitTagSource(folder).list());
    expect(error.code).toBe('SOURCE_FAILED');
    expect(error.message).toBe(
      `git tags of ${folder}: a shallow clone without any git tag; run \`git fetch --tags --unshallow\` (actions/checkout: \`fetch-depth: 0\`, GitLab: \`GIT_DEPTH: 0\`)`,
    );
  });

  test('with tags says that there may be more', async () => {
    const { facts, partial } = await gitTagSource(await shallowClone()).list();
    expect(facts.map(({ version }) => version)).toEqual(['team/café', 'v3.0.0rc1']);
    expect(partial).toEqual({
      reason: 'this is a shallow clone, which may lack git tags',
      fix: 'run `git fetch --tags --unshallow` (actions/checkout: `fetch-depth: 0`, GitLab: `GIT_DEPTH: 0`)',
    });
  });

  test('is whole once its fix was run', async () => {
    const clone = await shallowClone();
    git(clone, 'fetch', '--quiet', '--tags', '--unshallow');
    const { facts, partial } = await gitTagSource(clone).list();
    expect(partial).toBeNull();
    expect(facts).toHaveLength(5);
  });
});

describe('a full clone', { timeout: 30_000 }, () => {
  /** A repository whose branch `old` has 1.4.1, which comes after 2.0.0 on main. */
  async function upstream(): Promise<string> {
    const folder = await gitRepository([
      { date: '1692900000 +0000', tags: ['1.4.0'] },
      { date: '1692910000 +0000', tags: ['2.0.0'] },
    ]);
    const commit = ['commit-tree', '-p', '1.4.0', '-m', 'x', '1.4.0^{tree}'];
    git(folder, 'branch', 'old', git(folder, ...commit));
    git(folder, 'tag', '1.4.1', 'old');
    return folder;
  }

  async function cloned(...options: readonly string[]): Promise<string> {
    const parent = await tempFolder();
    git(parent, 'clone', '--quiet', ...options, `file://${await upstream()}`, 'clone');
    return join(parent, 'clone');
  }

  async function fetched(...refspecs: readonly string[]): Promise<string> {
    const folder = await gitRepository([]);
    git(folder, 'remote', 'add', 'origin', `file://${await upstream()}`);
    git(folder, 'fetch', '--quiet', '--no-tags', 'origin', ...refspecs);
    git(folder, 'checkout', '--quiet', 'FETCH_HEAD');
    return folder;
  }

  const fix = 'run `git fetch --tags` (actions/checkout: `fetch-depth: 0`, GitLab: `GIT_DEPTH: 0`)';
  const noTags = 'this clone was made with --no-tags, so it may lack git tags';
  const noGitTags = 'this clone has no git tags';
  const oneBranch = 'this is a clone of one branch, which may lack the git tags of others';
  const headOnly = 'this clone has git tags of the checked-out commit only, so it may lack others';
  const tag = '+refs/tags/1.4.1:refs/tags/1.4.1';
  const shorts: readonly { readonly how: string; readonly make: () => Promise<string>; readonly reason: string }[] = [
    { how: 'without tags', make: () => cloned('--no-tags'), reason: noGitTags },
    {
      how: 'without tags, and one fetched by name',
      make: async () => {
        const folder = await cloned('--no-tags');
        git(folder, 'fetch', '--quiet', 'origin', tag);
        return folder;
      },
      reason: noTags,
    },
    { how: 'of one branch', make: () => cloned('--single-branch', '--branch', 'old'), reason: oneBranch },
    { how: 'of one tag', make: () => cloned('--single-branch', '--branch', '1.4.1'), reason: oneBranch },
    { how: 'as a job fetches its tag', make: () => fetched(tag), reason: headOnly },
    {
      how: 'as a job fetches its tag after every branch',
      make: () => fetched('+refs/heads/old', '+refs/heads/*:refs/remotes/origin/*', tag),
      reason: headOnly,
    },
  ];
  test.each(shorts)('$how may lack tags, and is whole once its fix was run', async ({ make, reason }) => {
    const folder = await make();
    const none = reason === noGitTags ? '; if there is no release yet, make one: git tag v1.0.0' : '';
    expect((await gitTagSource(folder).list()).partial).toEqual({ reason, fix: `${fix}${none}` });
    git(folder, 'fetch', '--quiet', '--tags');
    const { partial, gitTags } = await gitTagSource(folder).list();
    expect(partial).toBeNull();
    expect(gitTags).toEqual(['1.4.0', '1.4.1', '2.0.0']);
  });

  test('of one branch may lack tags again after a later fetch', async () => {
    const folder = await cloned('--single-branch', '--branch', 'old');
    git(folder, 'fetch', '--quiet', '--tags');
    git(folder, 'fetch', '--quiet');
    expect((await gitTagSource(folder).list()).partial?.reason).toBe(oneBranch);
  });

  const wholes: readonly { readonly how: string; readonly make: () => Promise<string> }[] = [
    { how: 'as git makes it', make: () => cloned() },
    {
      how: 'as actions/checkout makes it with fetch-depth: 0',
      make: () =>
        fetched(
          '+refs/heads/old:refs/remotes/origin/old',
          '+refs/heads/*:refs/remotes/origin/*',
          '+refs/tags/*:refs/tags/*',
        ),
    },
    {
      how: 'that fetches every ref',
      make: async () => {
        const folder = await cloned();
        git(folder, 'config', 'remote.origin.fetch', '+refs/*:refs/*');
        return folder;
      },
    },
    {
      how: 'that fetches all tags as it is set',
      make: async () => {
        const folder = await cloned('--single-branch', '--branch', 'old');
        git(folder, 'config', 'remote.origin.tagOpt', '--tags');
        return folder;
      },
    },
  ];
  test.each(wholes)('$how is taken for whole', async ({ make }) => {
    expect((await gitTagSource(await make()).list()).partial).toBeNull();
  });

  test('with the one tag of a first release is taken for whole without a parent', async () => {
    const folder = await gitRepository([{ date: '1692900000 +0000', tags: ['1.0.0'] }]);
    git(folder, 'remote', 'add', 'origin', 'https://example.invalid/acme/app.git');
    expect((await gitTagSource(folder).list()).partial).toBeNull();
  });
});

describe('what fails', { timeout: 30_000 }, () => {
  test.each([
    {
      why: 'no git repository',
      path: '.',
      reason:
        /^git failed with exit code 128: fatal: not a git repository .*\. Run it in the git repository of the image, or name that with -C DIR$/,
    },
    { why: 'no folder', path: 'none', reason: /^git failed with exit code 128: fatal: cannot change to/ },
  ])('$why', async ({ path, reason }) => {
    const folder = join(await tempFolder(), path);
    const error = await outsideError(gitTagSource(folder).list());
    expect(error.code).toBe('SOURCE_FAILED');
    expect(error.message.replace(`git tags of ${folder}: `, '')).toMatch(reason);
    expect(error.facts).toMatchObject({ source: `git tags of ${folder}`, exitCode: 128 });
  });

  test('git is not there', async () => {
    const folder = await gitRepository(commits);
    vi.stubEnv('PATH', '/nowhere');
    try {
      const error = await outsideError(gitTagSource(folder).list());
      expect(error.message).toBe(`git tags of ${folder}: git is not installed`);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  test('it was stopped', async () => {
    const folder = await gitRepository(commits);
    const error = await outsideError(gitTagSource(folder).list(AbortSignal.abort()));
    expect(error.code).toBe('ABORTED');
  });
});
