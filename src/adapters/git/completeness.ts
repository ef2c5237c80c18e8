/**
 * Whether a clone may have fewer git tags than its remote, as far as the clone itself shows. How old it is cannot be
 * seen; whether its last fetch took all tags can.
 */
import { lstat, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { PartialFacts } from '../../domain/release.ts';
import { wholeClone } from '../../domain/whole-clone.ts';
import { readRemote } from './remote.ts';
import { runGit, type GitPlace } from './run-git.ts';

export interface TagCommit {
  readonly name: string;
  /** The commit or other object it leads to. */
  readonly id: string;
}

/** @throws {OutsideError} SOURCE_FAILED */
export async function partialFacts(place: GitPlace, tags: readonly TagCommit[]): Promise<PartialFacts | null> {
  const places = ['rev-parse', '--is-shallow-repository', '--git-path', 'FETCH_HEAD'];
  const [isShallow = '', fetchHead = ''] = (await runGit(place, places)).split('\n');
  if (isShallow === 'true') return { reason: 'this is a shallow clone, which may lack git tags', fix: unshallow };
  const remote = await readRemote(place);
  if (remote === null) return null;
  const fix = `run \`git fetch --tags\` (${wholeClone})`;
  if (tags.length === 0)
    return {
      reason: 'this clone has no git tags',
      fix: `${fix}; if there is no release yet, make one: git tag v1.0.0`,
    };
  const reason =
    shortRemote(remote) ??
    ((await allOnHead(place, tags))
      ? 'this clone has git tags of the checked-out commit only, so it may lack others'
      : null);
  if (reason === null || (await tookAllTags(resolve(place.folder, fetchHead), tags))) return null;
  return { reason, fix };
}

export const unshallow = `run \`git fetch --tags --unshallow\` (${wholeClone})`;

/** How the clone was made says which tags a fetch brings: those of every branch, of one branch, or none. */
function shortRemote({ tagOption, refspecs }: { readonly tagOption: string; readonly refspecs: readonly string[] }) {
  if (tagOption === '--no-tags') return 'this clone was made with --no-tags, so it may lack git tags';
  if (tagOption === '--tags' || refspecs.length === 0) return null;
  const isWhole = refspecs.some((spec) => /^\+?refs\/(?:\*|heads\/\*|tags\/\*)(?::|$)/.test(spec));
  return isWhole ? null : 'this is a clone of one branch, which may lack the git tags of others';
}

/** What a job looks like that fetched the one git tag it runs for. */
async function allOnHead(place: GitPlace, tags: readonly TagCommit[]): Promise<boolean> {
  const first = tags[0]?.id;
  if (tags.some(({ id }) => id !== first)) return false;
  const input = 'HEAD^{commit}\nHEAD^^{commit}\n';
  const found = await runGit(place, ['cat-file', '--batch-check=%(objectname)'], { input });
  const [head = '', parent = ''] = found.split('\n');
  return head === first && /^[0-9a-f]+$/.test(parent);
}

const maxFetchHeadBytes = 64 * 1_048_576;

/**
 * `git fetch --tags` lists every tag of the remote in FETCH_HEAD, most of them as not for a merge; a fetch of named tags
 * lists those alone, for a merge.
 *
 * @see https://git-scm.com/docs/git-fetch#_description
 */
async function tookAllTags(fetchHead: string, tags: readonly TagCommit[]): Promise<boolean> {
  const found = await lstat(fetchHead).catch(() => null);
  if (found === null || !found.isFile() || found.size > maxFetchHeadBytes) return false;
  return hasAllTags(await readFile(fetchHead, 'utf8'), tags);
}

/** @param fetchHead what the last fetch left there */
export function hasAllTags(fetchHead: string, tags: readonly TagCommit[]): boolean {
  const lines = fetchHead.matchAll(/^[0-9a-f]+\t(?<merge>[a-z-]*)\ttag '(?<name>[^']+)' of /gm);
  const fetched = new Map([...lines].map(({ groups }) => [groups?.['name'] ?? '', groups?.['merge'] ?? '']));
  return [...fetched.values()].includes('not-for-merge') && tags.every(({ name }) => fetched.has(name));
}
