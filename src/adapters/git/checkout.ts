/**
 * A clean checkout of one commit, as somebody would have it who cloned that day: the commit, what led to it, and the git
 * tags of that. Its `.git` is whole, so that a build that copies it can ask git for the version; it names no remote, since
 * the URL may hold credentials.
 */
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { checkoutTree, fetchCommit, startRepository } from './fresh-repository.ts';
import { placeLfsFiles } from './lfs.ts';
import { readRemote } from './remote.ts';
import { runGit, type GitPlace } from './run-git.ts';
import { checkoutSubmodules } from './submodules.ts';

export interface CheckedOut {
  readonly folder: string;
  remove(): Promise<void>;
}

/**
 * @throws {InputError} CONTEXT_MISSING for a submodule or LFS file that cannot be had
 * @throws {OutsideError} SOURCE_FAILED
 */
export async function checkoutCommit(from: GitPlace, revision: string): Promise<CheckedOut> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'tagwright-source-')));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const tags = await runGit(from, ['for-each-ref', `--merged=${revision}`, '--format=%(refname)', 'refs/tags']);
    const refs = tags.split('\n').flatMap((name) => (name === '' ? [] : [`+${name}:${name}`]));
    const to: GitPlace = { ...from, folder };
    await startRepository(to);
    await fetchCommit(to, from.folder, [revision, ...refs]);
    await checkoutTree(to, revision);
    const gitFolder = resolve(from.folder, (await runGit(from, ['rev-parse', '--git-common-dir'])).trim());
    await placeLfsFiles(to, gitFolder, '');
    await checkoutSubmodules(to, { gitFolder, url: (await readRemote(from))?.url ?? from.folder });
    return { folder, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
