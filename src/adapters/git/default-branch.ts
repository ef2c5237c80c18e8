/** The config as the default branch has it, for a run that checked out the git tag of a release. */
import { basename, dirname } from 'node:path';
import { InputError, OutsideError } from '../../domain/errors.ts';
import { wholeClone } from '../../domain/whole-clone.ts';
import type { DefaultConfig } from '../../ports.ts';
import { topOf } from './guards.ts';
import { isUnclear, readBranchRemote, unclearRemote } from './remote.ts';
import { runGit, type GitPlace } from './run-git.ts';

export interface DefaultBranchOptions {
  /** As the event or the CI names it; `null`: what the clone knows. */
  readonly branch: string | null;
  /** The default branch may be fetched from the remote. */
  readonly mayFetch: boolean;
  readonly signal?: AbortSignal;
}

/**
 * @param file the config at hand
 * @returns `null` if it is the one that counts: not a checkout of a git tag, or the default branch's own commit
 */
export async function configOnDefaultBranch(
  file: string,
  options: DefaultBranchOptions,
): Promise<DefaultConfig | null> {
  const folder = dirname(file);
  if ((await topOf(folder)) === null) return null;
  const place: GitPlace = { folder, source: `the git repository of ${folder}`, signal: options.signal };
  try {
    return await read(place, basename(file), options);
  } catch (error) {
    if (!(error instanceof OutsideError || error instanceof InputError) || isAborted(error)) throw error;
    return { kind: 'unread', reason: error.message, fix: 'fetch the default branch' };
  }
}

async function read(place: GitPlace, name: string, options: DefaultBranchOptions): Promise<DefaultConfig | null> {
  const head = ['rev-parse', '--verify', '--symbolic-full-name', 'HEAD'];
  if ((await runGit(place, head)).trim() !== 'HEAD') return null;
  const tags = await runGit(place, ['for-each-ref', '--points-at=HEAD', '--format=%(refname)', 'refs/tags']);
  if (tags.trim() === '') return null;
  const found = await readBranchRemote(place);
  if (isUnclear(found)) return { kind: 'unread', ...unclearRemote(found) };
  const { branch: named, mayFetch } = options;
  const remote = found?.name ?? null;
  const branch =
    named ??
    (remote === null
      ? null
      : ((await knownBranch(place, remote)) ?? (mayFetch ? await remoteBranch(place, remote) : null)));
  const from = remote ?? 'origin';
  if (branch === null || !/^[\w][\w./-]*$/.test(branch)) {
    const fix = `with the name of the default branch for BRANCH: \`git fetch ${from} BRANCH:refs/remotes/${from}/BRANCH && git remote set-head ${from} BRANCH\``;
    return { kind: 'unread', reason: 'the default branch is not known here', fix };
  }
  const ref = await refOf(place, branch, { remote, mayFetch });
  if (ref === null) {
    const fix = `run \`git fetch ${from} ${branch}:refs/remotes/${from}/${branch}\` (${wholeClone})`;
    return { kind: 'unread', reason: `this clone does not have the branch ${branch}`, fix };
  }
  const prefix = (await runGit(place, ['rev-parse', '--show-prefix'])).trim();
  const [ours, theirs] = (await objects(place, ['HEAD^{commit}', `${ref}^{commit}`])).map(({ id }) => id);
  if (ours === theirs) return null;
  const [blob] = await objects(place, [`${ref}:${prefix}${name}`]);
  // Of several remotes, whose it is: the others may have another config.
  const label = `${found?.isOneOfSeveral === true ? `${found.name}/` : ''}${branch}:${prefix}${name}`;
  if (blob === undefined || blob.kind !== 'blob') {
    return { kind: 'unread', reason: `there is no ${label}`, fix: 'keep the config at one path on both branches' };
  }
  return { kind: 'read', file: label, text: await runGit(place, ['cat-file', 'blob', blob.id]) };
}

async function knownBranch(place: GitPlace, remote: string): Promise<string | null> {
  const prefix = `refs/remotes/${remote}/`;
  const target = (await runGit(place, ['for-each-ref', '--format=%(symref)', `${prefix}HEAD`])).trim();
  return target.startsWith(prefix) ? target.slice(prefix.length) : null;
}

/** As the remote says it. */
async function remoteBranch(place: GitPlace, remote: string): Promise<string | null> {
  const said = await runGit(place, ['ls-remote', '--symref', remote, 'HEAD'], { mayFetch: true });
  return /^ref: refs\/heads\/(?<branch>\S+)\tHEAD$/m.exec(said)?.groups?.['branch'] ?? null;
}

const fetched = 'refs/tagwright/default-branch';

interface BranchPlace {
  /** `null`: the repository has none, and its own branches count. */
  readonly remote: string | null;
  readonly mayFetch: boolean;
}

/** The branch as the clone has it, else fetched into a ref of our own, so that nothing else of the clone changes. */
async function refOf(place: GitPlace, branch: string, { remote, mayFetch }: BranchPlace): Promise<string | null> {
  const known = remote === null ? `refs/heads/${branch}` : `refs/remotes/${remote}/${branch}`;
  if ((await runGit(place, ['for-each-ref', '--format=%(refname)', known])).trim() === known) return known;
  if (!mayFetch || remote === null) return null;
  const isShallow = (await runGit(place, ['rev-parse', '--is-shallow-repository'])).trim() === 'true';
  const refspec = `+refs/heads/${branch}:${fetched}`;
  const args = ['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', ...(isShallow ? ['--depth=1'] : []), remote];
  await runGit(place, [...args, refspec], { mayFetch: true });
  return fetched;
}

async function objects(
  place: GitPlace,
  names: readonly string[],
): Promise<readonly { readonly id: string; readonly kind: string }[]> {
  const input = names.map((name) => `${name}\n`).join('');
  const found = await runGit(place, ['cat-file', '--batch-check=%(objectname) %(objecttype)'], { input });
  return found
    .split('\n')
    .slice(0, names.length)
    .map((line) => {
      const [id = '', kind = ''] = line.split(' ');
      return { id, kind };
    });
}

function isAborted(error: InputError | OutsideError): boolean {
  return error instanceof OutsideError && error.code === 'ABORTED';
}
