/** Branches as a clone knows them: those of its remote, else its own. */
import { realpath } from 'node:fs/promises';
import type { BranchCommit } from '../../domain/branch-commit.ts';
import type { PartialFacts } from '../../domain/release.ts';
import type { Branches } from '../../ports.ts';
import { unshallow } from './completeness.ts';
import { topOf } from './guards.ts';
import { isUnclear, readBranchRemote, unclearRemote } from './remote.ts';
import { runGit, type GitPlace } from './run-git.ts';

/** A build that is further back than this on its branch is not looked for. */
const maxCommits = 200;

/**
 * @param defaultBranch as the event or the CI names it; `null`: what the clone knows
 * @returns `null` if the folder is in no git working tree
 * @throws {OutsideError} SOURCE_FAILED
 */
export async function readBranches(
  folder: string,
  defaultBranch: string | null,
  signal?: AbortSignal,
): Promise<Branches | null> {
  const here = await realpath(folder);
  if ((await topOf(here)) === null) return null;
  const place: GitPlace = { folder: here, source: `the git repository of ${folder}`, signal };
  const found = await readBranchRemote(place);
  if (isUnclear(found)) {
    const partial = unclearRemote(found);
    return { heads: new Map(), defaultBranch, remote: null, partial, line: () => Promise.resolve([]) };
  }
  const prefix = found === null ? 'refs/heads/' : `refs/remotes/${found.name}/`;
  const listed = await runGit(place, [
    'for-each-ref',
    '--format=%(objectname) %(refname) %(symref)',
    prefix.slice(0, -1),
  ]);
  const heads = new Map<string, string>();
  let ownDefault: string | null = null;
  for (const line of listed.split('\n')) {
    const [commit = '', name = '', target = ''] = line.split(' ');
    if (target !== '') ownDefault = name === `${prefix}HEAD` ? target.slice(prefix.length) : ownDefault;
    else if (name.startsWith(prefix)) heads.set(name.slice(prefix.length), commit);
  }
  return {
    heads,
    defaultBranch: defaultBranch ?? ownDefault,
    remote: found?.name ?? null,
    partial: await shallowness(place),
    line: async (branch) => {
      const head = heads.get(branch);
      if (head === undefined) return [];
      const args = ['rev-list', '--first-parent', '--timestamp', `--max-count=${maxCommits}`, head];
      return commitsOf(await runGit(place, args));
    },
  };
}

async function shallowness(place: GitPlace): Promise<PartialFacts | null> {
  const isShallow = (await runGit(place, ['rev-parse', '--is-shallow-repository'])).trim() === 'true';
  if (!isShallow) return null;
  return { reason: 'this is a shallow clone, which has the last commits of a branch alone', fix: unshallow };
}

/** `1764380700 0b1c2d…`, newest first. */
function commitsOf(listed: string): readonly BranchCommit[] {
  return listed.split('\n').flatMap((line): BranchCommit[] => {
    const { seconds, revision } = /^(?<seconds>\d+) (?<revision>[0-9a-f]{40})$/.exec(line)?.groups ?? {};
    return seconds === undefined || revision === undefined ? [] : [{ revision, at: Number(seconds) * 1000 }];
  });
}
