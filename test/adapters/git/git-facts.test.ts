import { rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { readGitFacts } from '../../../src/adapters/git/git-facts.ts';
import { gitTagSource } from '../../../src/adapters/git/git-tag-source.ts';
import { outsideError } from '../../support/errors.ts';
import { git, gitRepository } from '../../support/git-repository.ts';
import { tempFolder } from '../../support/temp-folder.ts';

describe('the git repository that init runs in', { timeout: 30_000 }, () => {
  test('git tags of one commit are told, annotated or not', async () => {
    const folder = await gitRepository([
      { date: '1692900000 +0000', tags: ['v1.0.0', 'v1.0.1'] },
      { date: '1692900100 +0000', tags: ['v1.1.0'] },
    ]);
    git(folder, 'tag', '-a', '-m', 'x', 'v1.1.1');
    const { oneCommit = [] } = await readGitFacts(folder);
    expect(oneCommit.map((tags) => tags.toSorted())).toEqual([
      ['v1.0.0', 'v1.0.1'],
      ['v1.1.0', 'v1.1.1'],
    ]);
  });

  test('is described by its tags and its remote', async () => {
    const folder = await gitRepository([{ date: '1692900000 +0000', tags: ['v1.0.0'] }]);
    const remote = 'https://github.com/acme/app.git';
    git(folder, 'remote', 'add', 'origin', remote);
    expect(await readGitFacts(folder)).toEqual({
      folder: basename(folder),
      isRepository: true,
      remote,
      tags: ['v1.0.0'],
      files: [],
    });
  });

  test('may not be there', async () => {
    const folder = await tempFolder();
    expect(await readGitFacts(folder)).toEqual({
      folder: basename(folder),
      isRepository: false,
      remote: null,
      tags: [],
      files: [],
    });
  });

  test('of another user is there, with what git says to do', async () => {
    const folder = await gitRepository([{ date: '1692900000 +0000', tags: ['v1.0.0'] }]);
    vi.stubEnv('GIT_TEST_ASSUME_DIFFERENT_OWNER', '1');
    try {
      const said = `git failed with exit code 128: fatal: detected dubious ownership in repository at '${folder}'. If you trust who owns it, run \`git config --global --add safe.directory ${folder}\``;
      const init = await outsideError(readGitFacts(folder));
      expect([init.code, init.message]).toEqual(['SOURCE_FAILED', `the git repository of ${folder}: ${said}`]);
      expect((await outsideError(gitTagSource(folder).list())).message).toBe(`git tags of ${folder}: ${said}`);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  test.each([
    {
      why: 'a link to a repository that is not there',
      damage: async (folder: string) => {
        await rm(join(folder, '.git'), { recursive: true });
        await writeFile(join(folder, '.git'), 'gitdir: /nowhere\n');
      },
    },
    {
      why: 'settings that cannot be read',
      damage: (folder: string) => writeFile(join(folder, '.git/config'), '[core\n'),
    },
    {
      why: 'a format of a later git',
      damage: async (folder: string) => void git(folder, 'config', 'core.repositoryFormatVersion', '99'),
    },
  ])('is broken, which is not the same as absent: $why', async ({ damage }) => {
    const folder = await gitRepository([{ date: '1692900000 +0000' }]);
    await damage(folder);
    expect((await outsideError(readGitFacts(folder))).facts).toMatchObject({ exitCode: 128 });
  });
});
