import { basename, resolve } from 'node:path';
import { OutsideError } from '../../domain/errors.ts';
import type { GitFacts } from '../../ports.ts';
import { readRemote } from './remote.ts';
import { runGit } from './run-git.ts';

/**
 * What git knows of a folder, for `init`.
 *
 * @throws {OutsideError} SOURCE_FAILED where git is there and fails for another reason than that there is no repository
 */
export async function readGitFacts(folder: string, signal?: AbortSignal): Promise<GitFacts> {
  const name = `the git repository of ${folder}`;
  const none: GitFacts = { folder: basename(resolve(folder)), isRepository: false, remote: null, tags: [] };
  try {
    const tags = await runGit(folder, name, ['for-each-ref', '--format=%(refname:strip=2)', 'refs/tags'], signal);
    const remote = await readRemote(folder, name, signal);
    return {
      ...none,
      isRepository: true,
      remote: remote?.url ?? null,
      tags: tags.split('\n').filter((tag) => tag !== ''),
    };
  } catch (error) {
    if (error instanceof OutsideError && error.code === 'SOURCE_FAILED' && error.facts['exitCode'] === 128) return none;
    throw error;
  }
}
