/** A release in the clone that a runner of GitLab makes: as deep as GIT_DEPTH says, 20 commits where nobody says it. */
import { writeFile } from 'node:fs/promises';
import { expect, onTestFinished, test } from 'vitest';
import { startMemoryRegistry } from '../../src/adapters/memory-registry/memory-registry.ts';
import { gitRepository } from '../support/git-repository.ts';
import { cloneForJob } from '../support/gitlab-runner.ts';
import { smallConfig } from '../support/history.ts';
import { readTags } from '../support/read-tags.ts';
import { runCli, type CliRun } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp-folder.ts';

interface Place {
  readonly tags: () => Promise<Record<string, string>>;
  readonly publish: (version: string, depth: string) => Promise<CliRun>;
}

/** Releases 1.0.0 to 1.2.0, with so many commits from one to the next. */
async function place(commits: number): Promise<Place> {
  const registry = await startMemoryRegistry();
  onTestFinished(() => registry.close());
  const repository = await gitRepository(
    Array.from({ length: 2 * commits + 1 }, (_, index) => ({
      date: `${1_700_000_000 + index * 3600} +0000`,
      tags: index % commits === 0 ? [`1.${index / commits}.0`] : [],
    })),
  );
  const publish = async (version: string, depth: string): Promise<CliRun> => {
    const checkout = `${await tempFolder()}/project`;
    cloneForJob(repository, checkout, { ref: version, tag: true }, depth);
    await writeFile(`${checkout}/matrix.config.json`, JSON.stringify({ ...smallConfig, source: { git: '.' } }));
    const where = ['--config', `${checkout}/matrix.config.json`, '--repository', `${registry.host}/acme/app`];
    const making = ['--builder=stand-in', '--from-working-tree', `--journal=${checkout}/.tagwright`];
    return runCli(['publish', version, ...where, ...making], { GITLAB_CI: 'true', CI_DEFAULT_BRANCH: 'main' });
  };
  return { publish, tags: () => readTags(registry.host, 'acme/app') };
}

test.each([
  ['a long history', 30],
  ['a short one, of which every commit is there', 3],
])('that knows one release takes no tag from a newer one, and says what to set: %s', async (_name, commits) => {
  const { publish, tags } = await place(commits);
  expect((await publish('1.2.0', '0')).code).toBe(0);
  const before = await tags();
  const ran = await publish('1.1.0', '20');
  expect([ran.code, ran.stderr]).toEqual([2, expect.stringMatching(/^FACTS_PARTIAL .*GitLab: `GIT_DEPTH: 0`/m)]);
  expect(await tags()).toEqual(before);
});

test('that is whole, by GIT_DEPTH 0, moves the tags of its own series', async () => {
  const { publish, tags } = await place(30);
  await publish('1.2.0', '0');
  const before = await tags();
  const ran = await publish('1.1.0', '0');
  expect([ran.code, ran.stderr]).toEqual([0, expect.not.stringContaining('GIT_DEPTH')]);
  const after = await tags();
  expect(Object.keys(after).filter((tag) => before[tag] !== after[tag] && !/^(?:1\.1|sha-)/.test(tag))).toEqual([]);
});
