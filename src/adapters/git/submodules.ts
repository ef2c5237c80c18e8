/** Submodules of a checkout: from the clone at hand if it has them, else from where `.gitmodules` says. */
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError, OutsideError } from '../../domain/errors.ts';
import { redact } from '../../domain/secrets.ts';
import { checkoutTree, fetchCommit, startRepository } from './fresh-repository.ts';
import { placeLfsFiles } from './lfs.ts';
import { runGit, type GitPlace } from './run-git.ts';

/** What a checkout is made from. */
export interface CloneSource {
  /** Its `.git` on this machine; `null`: it was fetched from elsewhere. */
  readonly gitFolder: string | null;
  /** What relative URLs of submodules are beside. */
  readonly url: string;
}

export interface Submodule {
  readonly path: string;
  readonly commit: string;
  readonly name: string | null;
  readonly url: string | null;
}

/**
 * Puts every submodule of a checkout in its place, and theirs in turn.
 *
 * @throws {InputError} CONTEXT_MISSING for one that cannot be fetched
 */
export async function checkoutSubmodules(to: GitPlace, from: CloneSource): Promise<void> {
  for (const submodule of await submodulesOf(to)) {
    const inside: GitPlace = { ...to, folder: join(to.folder, submodule.path) };
    await startRepository(inside);
    const source = await fetchSubmodule(inside, submodule, from);
    await checkoutTree(inside, submodule.commit);
    await placeLfsFiles(inside, source.gitFolder, `${submodule.path}/`);
    await checkoutSubmodules(inside, source);
  }
}

/** A submodule is an entry of the tree that is a commit; what `.gitmodules` says besides is not one. */
async function submodulesOf(to: GitPlace): Promise<Submodule[]> {
  const entries = await runGit(to, ['ls-files', '--stage', '-z']);
  if (linksIn(entries).length === 0) return [];
  const written = await lstat(join(to.folder, '.gitmodules')).catch(() => null);
  const isRead = written?.isFile() === true;
  const listed = isRead ? await runGit(to, ['config', '--file', '.gitmodules', '--list', '--null']) : '';
  return submodulesIn(entries, listed);
}

type Link = Pick<Submodule, 'path' | 'commit'>;

function linksIn(entries: string): Link[] {
  return entries.split('\0').flatMap((entry) => {
    const link = /^160000 (?<commit>[0-9a-f]+) 0\t(?<path>[^]+)$/.exec(entry)?.groups;
    return link === undefined ? [] : [{ path: link['path'] ?? '', commit: link['commit'] ?? '' }];
  });
}

/** @param entries of the index @param listed the settings in `.gitmodules`, both as git prints them */
export function submodulesIn(entries: string, listed: string): Submodule[] {
  const settings = [...listed.matchAll(/(?:^|\0)submodule\.(?<name>[^\0]+?)\.(?<key>path|url)\n(?<value>[^\0]*)/g)];
  const valueOf = (name: string, key: string): string | undefined =>
    settings.findLast(({ groups }) => groups?.['name'] === name && groups['key'] === key)?.groups?.['value'];
  const names = [...new Set(settings.map(({ groups }) => groups?.['name'] ?? ''))];
  return linksIn(entries).map((link) => {
    const name = names.find((candidate) => valueOf(candidate, 'path') === link.path) ?? null;
    return { ...link, name, url: name === null ? null : (valueOf(name, 'url') ?? null) };
  });
}

/** @returns where to look for what is inside of it */
async function fetchSubmodule(to: GitPlace, submodule: Submodule, from: CloneSource): Promise<CloneSource> {
  const { commit, path, name, url } = submodule;
  const cloned = name === null ? null : await clonedAt(from, name);
  const remote = url === null ? null : resolveUrl(url, from.url);
  const tried: string[] = [];
  for (const source of [cloned, remote]) {
    if (source === null) continue;
    try {
      await fetchCommit(to, source, [commit]);
      return { gitFolder: cloned, url: remote ?? source };
    } catch (error) {
      if (!(error instanceof OutsideError) || error.code !== 'SOURCE_FAILED') throw error;
      tried.push(redact(error.message.slice(error.message.indexOf(': ') + 2)));
    }
  }
  const why = tried.at(-1) ?? `its URL is ${url === null ? 'not in .gitmodules' : 'neither https, ssh nor relative'}`;
  const message = `the submodule at commit ${commit} cannot be fetched: ${why}`;
  const fix = 'check out the release and run `git submodule update --init --recursive`, or make its URL reachable';
  throw new InputError([{ code: 'CONTEXT_MISSING', where: path, message, fix }]);
}

/** git keeps the clone of a submodule under its name. A name with `..` is not followed, as git does not. */
async function clonedAt({ gitFolder }: CloneSource, name: string): Promise<string | null> {
  if (gitFolder === null || name.split(/[/\\]/).includes('..')) return null;
  const place = join(gitFolder, 'modules', name);
  const found = await lstat(place).catch(() => null);
  return found?.isDirectory() === true ? place : null;
}

/**
 * A relative URL is beside the one that it is written in. Of others only https and ssh are asked: a commit may not name
 * a folder of this machine.
 */
export function resolveUrl(url: string, beside: string): string | null {
  if (!/^\.\.?\//.test(url)) return /^(?:https:\/\/|ssh:\/\/|[\w.-]+@[\w.-]+:)/.test(url) ? url : null;
  let base = beside.replace(/\/$/, '');
  let rest = url;
  for (let step = /^\.\.?\//.exec(rest)?.[0]; step !== undefined; step = /^\.\.?\//.exec(rest)?.[0]) {
    // `git@host:name` has the name of its host before a colon.
    if (step === '../') base = base.replace(/(?:\/|(?<=:))[^/:]+$/, '');
    rest = rest.slice(step.length);
  }
  return base.endsWith(':') ? `${base}${rest}` : `${base}/${rest}`;
}
