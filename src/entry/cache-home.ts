import { userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';

/**
 * The folder for caches. A path that is empty or relative counts as unset: compiled code is never read from, or left in,
 * the folder where a command happens to run.
 *
 * @see https://specifications.freedesktop.org/basedir-spec/latest/
 */
export function cacheHome(env: Readonly<Record<string, string | undefined>>, home: string): string {
  const said = env['XDG_CACHE_HOME'] ?? '';
  if (isAbsolute(said)) return said;
  return join(isAbsolute(home) ? home : ownHome(), '.cache');
}

/** As the system has it; a place where nothing can be written if it has none. */
function ownHome(): string {
  try {
    const { homedir } = userInfo();
    return isAbsolute(homedir) ? homedir : '/dev/null';
  } catch {
    // A user whom the system does not list, as in a container.
    return '/dev/null';
  }
}
