/** The git repository that a config lies in: what its commits hold, what is not committed, and checkouts of commits. */
import { realpath } from 'node:fs/promises';
import { posix, relative, resolve, sep } from 'node:path';
import type { CommittedEntry, SourceRepository } from '../../ports.ts';
import { checkoutCommit } from './checkout.ts';
import { topOf } from './guards.ts';
import { readRemote } from './remote.ts';
import { runGit, type GitPlace } from './run-git.ts';

/** @param folder of the config @returns `null` if it is in no git working tree */
export async function openSourceRepository(folder: string, signal?: AbortSignal): Promise<SourceRepository | null> {
  const here = await realpath(folder);
  const top = await topOf(here);
  if (top === null) return null;
  const place: GitPlace = { folder: top, source: `the git repository of ${folder}`, signal };
  const prefix = relative(top, here).split(sep).join('/');
  const inTree = (path: string): string => posix.join(prefix, path).replace(/\/$/, '');
  return {
    async isSourceOf({ git, github }) {
      if (git !== null) return (await topOf(await realpath(resolve(here, git)))) === top;
      return github !== null && isCloneOf(github, (await readRemote(place))?.url ?? '');
    },
    async hasCommit(revision) {
      return (await kindOf(place, `${revision}^{commit}`)) === 'commit';
    },
    async head() {
      const found = await runGit(place, ['cat-file', '--batch-check=%(objectname)'], { input: 'HEAD^{commit}\n' });
      return /^(?<id>[0-9a-f]{40,64})$/.exec(found.trim())?.groups?.['id'] ?? null;
    },
    at: (revision, path) => entryAt(place, revision, inTree(path)),
    uncommitted: (paths) => uncommitted(place, [...new Set(paths.map(inTree))]),
    checkout: async (revision) => {
      const made = await checkoutCommit(place, revision);
      const root = prefix === '' ? made.folder : `${made.folder}/${prefix}`;
      return { root, remove: () => made.remove() };
    },
  };
}

/** `https://github.com/owner/name.git`, `git@github.com:owner/name`, and whatever host an enterprise has. */
export function isCloneOf(github: string, url: string): boolean {
  const path = /^(?:[a-z+]+:\/\/[^/]+\/|[^/:]+:)(?<path>.+?)(?:\.git)?\/?$/i.exec(url)?.groups?.['path'];
  return path?.toLowerCase() === github.toLowerCase();
}

async function kindOf(place: GitPlace, name: string): Promise<string | null> {
  if (/[\n\0]/.test(name)) return null;
  const found = await runGit(place, ['cat-file', '--batch-check=%(objecttype)'], { input: `${name}\n` });
  return /^(?<kind>commit|tree|blob|tag)$/.exec(found.trim())?.groups?.['kind'] ?? null;
}

async function entryAt(place: GitPlace, revision: string, path: string): Promise<CommittedEntry | null> {
  const name = path === '.' || path === '' ? `${revision}^{tree}` : `${revision}:${path}`;
  const kind = await kindOf(place, name);
  if (kind === 'tree') return { kind: 'folder' };
  return kind === 'blob' ? { kind: 'file', text: await runGit(place, ['cat-file', 'blob', name]) } : null;
}

/** Our own journals and the lock of tags are written by a publish, and no build is to read them. */
const own = [':(exclude,glob)**/.tagwright/**', ':(exclude,glob)**/tags.lock.json'];

async function uncommitted(place: GitPlace, paths: readonly string[]): Promise<readonly string[]> {
  if (paths.length === 0) return [];
  const named = paths.map((path) => `:(top,literal)${path === '.' ? '' : path}`);
  const options = ['--porcelain=v1', '-z', '--untracked-files=all', '--no-renames', '--ignore-submodules=none'];
  const listed = await runGit(place, ['status', ...options, '--', ...named, ...own]);
  return listed
    .split('\0')
    .filter((entry) => entry !== '')
    .map((entry) => entry.slice(3));
}
