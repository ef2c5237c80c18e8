import { readdir } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { OutsideError } from '../../domain/errors.ts';
import { groupBy } from '../../domain/group-by.ts';
import type { GitFacts } from '../../ports.ts';
import { readRemote } from './remote.ts';
import { runGit } from './run-git.ts';

/** Each with its commit, oldest first; tags of one second by their numbers. */
const listTags = [
  'for-each-ref',
  '--sort=version:refname',
  '--sort=creatordate',
  '--format=%(refname:strip=2) %(if)%(*objectname)%(then)%(*objectname)%(else)%(objectname)%(end)',
  'refs/tags',
] as const;

/**
 * What git knows of a folder, for `init`.
 *
 * @throws {InputError} CONFIG_INVALID in a bare repository
 * @throws {OutsideError} SOURCE_FAILED where git is there and fails for another reason than that there is no repository
 */
export async function readGitFacts(folder: string, signal?: AbortSignal): Promise<GitFacts> {
  const place = { folder, source: `the git repository of ${folder}`, signal };
  const none: GitFacts = { folder: basename(resolve(folder)), isRepository: false, remote: null, tags: [], files: [] };
  try {
    const tags = readTags(await runGit(place, [...listTags]));
    const oneCommit = sharing(tags);
    const files = await runGit(place, ['ls-files', '-z', '--cached', '--others', '--exclude-standard']);
    const remote = await readRemote(place);
    // Ends with a slash; a name may end with a space.
    const below = (await runGit(place, ['rev-parse', '--show-prefix'])).replace(/\/?\n$/, '');
    return {
      ...none,
      isRepository: true,
      ...(below === '' ? {} : { below }),
      remote: remote?.url ?? null,
      tags: tags.map(({ name }) => name),
      ...(oneCommit.length === 0 ? {} : { oneCommit }),
      files: [...new Set(files.split('\0').filter((path) => path !== ''))],
    };
  } catch (error) {
    if (isNoRepository(error)) return { ...none, files: await filesBelow(folder) };
    throw error;
  }
}

interface NamedCommit {
  readonly name: string;
  readonly commit: string;
}

function readTags(listed: string): NamedCommit[] {
  return listed.split('\n').flatMap((line): NamedCommit[] => {
    // No name of a git tag has a space in it.
    const [name = '', commit = ''] = line.split(' ');
    return name === '' ? [] : [{ name, commit }];
  });
}

function sharing(tags: readonly NamedCommit[]): string[][] {
  const byCommit = [...groupBy(tags, ({ commit }) => commit).values()];
  return byCommit.filter((named) => named.length > 1).map((named) => named.map(({ name }) => name));
}

/** As many as a first look takes in, where no git says which files are the project's. */
const mostFiles = 5_000;
const deepest = 6;

/** Paths from the folder, without hidden folders but `.github`, and without what package managers put there. */
async function filesBelow(root: string): Promise<string[]> {
  const found: string[] = [];
  const queue = [''];
  for (let folder = queue.shift(); folder !== undefined && found.length < mostFiles; folder = queue.shift()) {
    const entries = await readdir(resolve(root, folder), { withFileTypes: true });
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      const isLeftOut = /^(?:\.(?!github$)|(?:node_modules|vendor|target|venv)$)/.test(entry.name);
      if (entry.isFile()) found.push(path);
      else if (entry.isDirectory() && !isLeftOut && path.split('/').length < deepest) queue.push(path);
    }
  }
  return found;
}

/** git ends with 128 for every failure; a repository of somebody else, or a broken one, is there all the same. */
function isNoRepository(error: unknown): boolean {
  if (!(error instanceof OutsideError) || error.facts['exitCode'] !== 128) return false;
  return /not a git repository \(or any (?:of the )?parent/.test(String(error.facts['stderr']));
}
