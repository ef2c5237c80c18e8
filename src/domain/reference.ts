/**
 * Repositories and references, parsed once at the edge.
 *
 * @see https://github.com/distribution/reference/blob/main/reference.go for the grammar
 */
import type { Problem } from './errors.ts';
import { failed, ok, type Result } from './result.ts';
import { quote } from './tag.ts';

/** A registry and a name inside it. `registry` is a host with an optional port; no scheme, no credentials. */
export interface Repository {
  readonly registry: string;
  readonly path: string;
}

const maxNameLength = 255;
const hostPattern =
  /^(?:(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9a-fA-F:]+\])(?::(?<port>\d{1,5}))?$/;
const pathPattern = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const loopbackPattern = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/;

/**
 * Reads `registry/path`, or Docker's short form (`prefecthq/prefect` is on docker.io, `alpine` is `docker.io/library/alpine`).
 *
 * @param where the file and key, or the flag, for the problem
 */
export function parseRepository(text: string, where: string): Result<Repository> {
  const problem = (message: string, fix: string): { ok: false; problems: readonly Problem[] } =>
    failed({ code: 'REFERENCE_INVALID', where, message, fix });
  if (text === '')
    return problem('a repository cannot be empty', "write 'registry/name', for instance docker.io/acme/app");
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) {
    return problem(`${quote(redactUserinfo(text))} has a scheme`, 'leave it out: a repository starts with the host');
  }
  if (text.includes('@')) {
    const isDigestForm = /@[a-z0-9]+:[0-9a-f]+$/i.test(text);
    return isDigestForm
      ? problem(`${quote(redactUserinfo(text))} has a digest in it`, 'name the repository alone')
      : problem('a repository cannot hold credentials (user:password@host)', 'log in with docker login instead');
  }
  const { registry, path } = splitHost(text);
  const host = hostPattern.exec(registry);
  if (host === null) return problem(`${quote(registry)} in ${quote(text)} is not a host`, 'expected host[:port]');
  if (host.groups?.['port'] !== undefined && Number(host.groups['port']) > 65535) {
    return problem(`${quote(registry)} has a port over 65535`, 'expected host[:port]');
  }
  if (path.includes(':'))
    return problem(`${quote(text)} has a tag in it`, 'name the repository alone; tags come from the rules');
  if (/[A-Z]/.test(path)) return problem(`${quote(text)} has upper-case letters`, `write ${quote(text.toLowerCase())}`);
  if (!pathPattern.test(path)) {
    return problem(
      `${quote(path)} in ${quote(text)} is no repository name`,
      'expected lower-case letters and digits, separated by one of . _ __ - and /',
    );
  }
  if (registry.length + 1 + path.length > maxNameLength) {
    return problem(
      `the name is ${registry.length + 1 + path.length} characters long`,
      `at most ${maxNameLength} are allowed`,
    );
  }
  return ok({ registry, path });
}

/** `registry/path`, as people write it. */
export function formatRepository(repository: Repository): string {
  return `${repository.registry}/${repository.path}`;
}

/** `registry/path:tag`. */
export function formatReference(repository: Repository, tag: string): string {
  return `${formatRepository(repository)}:${tag}`;
}

/** Loopback hosts alone may be spoken to in plain HTTP without a switch. */
export function isLoopback(registry: string): boolean {
  return loopbackPattern.test(registry);
}

function splitHost(text: string): Repository {
  const slash = text.indexOf('/');
  const first = slash === -1 ? '' : text.slice(0, slash);
  const isHost = first !== '' && (/[.:[]/.test(first) || first === 'localhost');
  if (!isHost) return { registry: 'docker.io', path: slash === -1 ? `library/${text}` : text };
  const registry = first === 'index.docker.io' ? 'docker.io' : first;
  const path = text.slice(slash + 1);
  return { registry, path: registry === 'docker.io' && !path.includes('/') && path !== '' ? `library/${path}` : path };
}

function redactUserinfo(text: string): string {
  return text.replace(/^(?<scheme>[a-z][a-z0-9+.-]*:\/\/)?[^/@:]*:[^/@]*@/i, '$<scheme>***@');
}

/** As Docker shows a name with its registry: without what it takes for granted, `docker.io/library/redis` as `redis`. */
export function shortName(qualified: string): string {
  return qualified.replace(/^docker\.io\/(?:library\/(?=[^/]+$))?/, '');
}
