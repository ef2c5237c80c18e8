/** Finds the config that a command is about, if no flag names one. */
import { dirname, extname, join, relative } from 'node:path';
import { InputError } from '../../domain/errors.ts';
import { rootOf } from './inside.ts';
import { isConfigCode } from './load-config-module.ts';
import { statOf } from './stat-of.ts';

const names = ['ts', 'mts', 'js', 'mjs', 'json', 'yaml', 'yml'].map((ending) => `matrix.config.${ending}`);

/** Users whose code may run: the process's own, root, and the user who called sudo. `null` where the system has no users. */
export type Trusted = ReadonlySet<number> | null;

export function trustedUsers(uid: number | undefined, sudoUid: string | undefined): Trusted {
  if (uid === undefined) return null;
  const caller = uid === 0 && sudoUid !== undefined && /^\d+$/.test(sudoUid) ? [Number(sudoUid)] : [];
  return new Set([uid, 0, ...caller]);
}

/**
 * Looks in a folder, then in each above it up to the top of the git working tree and no further; outside of a working
 * tree in the folder alone.
 *
 * @param folder absolute, links followed
 * @returns its path relative to the folder; `null` where there is none
 * @throws {InputError} CONFIG_AMBIGUOUS, naming each, if there are several; CONFIG_FAILED for code of a user who is not trusted
 */
export async function findConfig(folder: string, trusted: Trusted): Promise<string | null> {
  const top = await rootOf(folder);
  const found: { readonly path: string; readonly owner: number }[] = [];
  for (let at = folder; ; at = dirname(at)) {
    for (const name of names) {
      const file = statOf(join(at, name));
      if (file !== null) found.push({ path: relative(folder, join(at, name)), owner: file.uid });
    }
    if (at === top || dirname(at) === at) break;
  }
  const [first, ...others] = found;
  if (first === undefined) return null;
  if (others.length > 0) throw ambiguous(found.map(({ path }) => path));
  if (trusted !== null && isConfigCode(extname(first.path)) && !trusted.has(first.owner)) throw foreign(first.path);
  return first.path;
}

function ambiguous(paths: readonly string[]): InputError {
  const message = `there are ${paths.length} configs: ${paths.join(', ')}`;
  const fix = 'name one with --config FILE, or delete the others';
  return new InputError([{ code: 'CONFIG_AMBIGUOUS', where: '--config', message, fix }]);
}

function foreign(path: string): InputError {
  const message = 'it is code and belongs to another user, so it was not run';
  return new InputError([
    { code: 'CONFIG_FAILED', where: path, message, fix: `if you trust it, name it: --config ${path}` },
  ]);
}
