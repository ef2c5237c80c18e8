/**
 * What keeps git from running a program that a repository names, each guard for itself: git of another age ignores some.
 * Settings of a repository can name programs for its hooks, its index, signatures, and for fetching what is missing.
 *
 * @see https://git-scm.com/docs/git-config#Documentation/git-config.txt-safebareRepository
 * @see https://git-scm.com/docs/git#Documentation/git.txt-GITALLOWPROTOCOL
 */
import { lstat, readlink, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { readRegularFile } from '../read-regular-file.ts';

export interface Guard {
  readonly args?: readonly string[];
  /** `undefined` takes the variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Looks for a bare repository before git does. */
  readonly looks?: true;
}

const elsewhere = [
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_COMMON_DIR',
  'GIT_NAMESPACE',
  'GIT_OBJECT_DIRECTORY',
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
];

export const guards: Readonly<Record<string, Guard>> = {
  look: { looks: true },
  bareRepository: { args: ['-c', 'safe.bareRepository=explicit'] },
  hooks: { args: ['-c', 'core.hooksPath=/dev/null'] },
  fsmonitor: { args: ['-c', 'core.fsmonitor=false'] },
  signatures: { args: ['-c', 'log.showSignature=false'] },
  lazyFetch: { env: { GIT_NO_LAZY_FETCH: '1' } },
  // Empty is no protocol at all, whatever `protocol.*.allow` says.
  protocols: { env: { GIT_ALLOW_PROTOCOL: '' } },
  prompt: { env: { GIT_TERMINAL_PROMPT: '0' } },
  // A git hook that runs this must not make git look at another repository than the folder's.
  elsewhere: { env: Object.fromEntries(elsewhere.map((name) => [name, undefined])) },
};

/**
 * A bare repository in a working tree is data of that tree, its settings included, and git would obey them. Looks where
 * git looks: in the folder, then in each above it.
 *
 * @returns its path, or `null`
 */
export async function bareRepositoryAt(folder: string): Promise<string | null> {
  let at: string;
  try {
    at = await realpath(folder);
  } catch {
    // git tells why the folder cannot be entered.
    return null;
  }
  for (;;) {
    if (await isWorkingTree(at)) return null;
    const [head, objects, refs, common] = await Promise.all(
      ['HEAD', 'objects', 'refs', 'commondir'].map((name) => isThere(join(at, name))),
    );
    if (head === true && ((objects === true && refs === true) || common === true)) return at;
    const above = dirname(at);
    if (above === at) return null;
    at = above;
  }
}

/** The top of the git working tree that holds a folder, by looking alone. */
export async function topOf(folder: string): Promise<string | null> {
  for (let at = folder; ; at = dirname(at)) {
    if (await isWorkingTree(at)) return at;
    if (dirname(at) === at) return null;
  }
}

/** `.git` is a folder that git takes for one, or the file that a submodule or a linked working tree has. */
export async function isWorkingTree(folder: string): Promise<boolean> {
  const git = join(folder, '.git');
  const found = await lstat(git).catch(() => null);
  if (found === null || basename(folder) === '.git') return false;
  return found.isFile() || isGitFolder(git);
}

/** As git looks: what it does not take for one hides nothing that lies beside. */
async function isGitFolder(git: string): Promise<boolean> {
  const [objects, refs, common] = await Promise.all(
    ['objects', 'refs', 'commondir'].map((name) => isThere(join(git, name))),
  );
  if (!(common === true || (objects === true && refs === true))) return false;
  const head = join(git, 'HEAD');
  const link = await readlink(head).catch(() => null);
  if (link !== null) return link.startsWith('refs/');
  const text = await readRegularFile(head, maxHeadBytes).catch(() => null);
  return text !== null && /^(?:ref:\s*refs\/|[0-9a-f]{40})/.test(text.toString('latin1'));
}

const maxHeadBytes = 4096;

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
