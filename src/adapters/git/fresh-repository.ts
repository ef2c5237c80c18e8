/** A repository of our own for one commit: started empty, the commit fetched into it, its files checked out. */
import { runGit, type GitPlace } from './run-git.ts';
import { makeFolder } from '../make-folder.ts';

const timeoutMs = 1_800_000;

/** An empty repository that no template, hook or setting of this machine is put into. */
export async function startRepository(to: GitPlace): Promise<void> {
  await makeFolder(to.folder);
  await runGit(to, ['init', '--quiet', '--template=']);
}

/** By its name alone, be it on a branch or not, and from a shallow clone as from a whole one. */
export async function fetchCommit(to: GitPlace, url: string, refs: readonly string[]): Promise<void> {
  const anyCommit = '--upload-pack=git -c uploadpack.allowAnySHA1InWant=true upload-pack';
  const options = ['--quiet', '--no-tags', '--update-shallow', '--no-write-fetch-head', '--no-recurse-submodules'];
  const input = refs.map((ref) => `${ref}\n`).join('');
  await runGit(to, ['fetch', ...options, anyCommit, '--stdin', '--', url], { mayFetch: true, input, timeoutMs });
}

/** Line ends as committed; LFS pointers as they are, since their filter would ask a remote that is not there. */
export async function checkoutTree(to: GitPlace, revision: string): Promise<void> {
  const plain = ['core.autocrlf=false', 'filter.lfs.smudge=', 'filter.lfs.process=', 'filter.lfs.required=false'];
  const settings = plain.flatMap((setting) => ['-c', setting]);
  await runGit(to, [...settings, 'checkout', '--quiet', '--detach', revision], { timeoutMs });
}
