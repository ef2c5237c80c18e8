import type { Problem } from './errors.ts';
import { secretKind } from './secrets.ts';
import { quote } from './tag.ts';
import { showHidden } from './text.ts';

/**
 * What is wrong with the text of a path in a config; `null` if nothing is. Links are for whoever can see them.
 *
 * @param above how many folders the root is above the config's: a path may go up as far as that
 */
export function pathFault(path: string, above = 0): string | null {
  if (path === '') return 'is empty';
  if (path.includes('\0')) return 'holds a NUL character';
  if (showHidden(path) !== path) return 'holds a character that is not seen, such as a line break';
  if (path.includes('\\')) return 'holds a backslash; folders are separated by /';
  if (path.startsWith('/') || /^[a-z]:/i.test(path))
    return 'is absolute; paths are relative to the folder of the config';
  let depth = 0;
  for (const part of path.split('/')) {
    if (part === '..') depth -= 1;
    else if (part !== '.' && part !== '') depth += 1;
    if (depth < -above)
      return above === 0 ? 'leaves the folder of the config' : 'leaves the git working tree of the config';
  }
  return null;
}

export function outsideRoot(path: string, fault: string, where: string): Problem {
  const message = `the path ${quote(path)} ${fault}`;
  return { code: 'PATH_OUTSIDE_ROOT', where, message, fix: 'name a file in the folder of the config' };
}

/** What a build context is; a path is `null` for what is not a file of this machine. */
export function contextPath(context: string): string | null {
  const layout = /^oci-layout:\/\/(?<path>[^@]+?)(?::[^/:@]*)?(?:@.*)?$/.exec(context)?.groups?.['path'];
  if (layout !== undefined) return layout;
  return /^(?:[a-z][a-z0-9+.-]+:|git@)/i.test(context) ? null : context;
}

/** Credentials in the URL of a context end in the provenance of the image, as those in a build argument do. */
export function contextSecret(context: string, where: string): Problem | null {
  const isSshUser = /^ssh:\/\/[^/:@]+@/i.test(context);
  const hasUser = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*@/i.test(context) && contextPath(context) === null && !isSshUser;
  const isQuery = /[?&](?:access_token|token|password|auth|signature|sig)=/i.test(context);
  const kind = secretKind(context) ?? (hasUser ? 'a URL with credentials' : isQuery ? 'a URL with a token' : null);
  if (kind === null) return null;
  return {
    code: 'SECRET_IN_BUILD',
    where,
    message: `it looks like it holds ${kind}, which everybody who pulls the image could read`,
    fix: 'take the credentials out; BuildKit takes those of git from the secret GIT_AUTH_TOKEN',
  };
}
