import { OutsideError } from './errors.ts';
import { unsendable } from './secrets.ts';

export const githubApi = 'https://api.github.com';

type Environment = Readonly<Record<string, string | undefined>>;

/** The token for one address of a GitHub API, or why there is none. */
export type GithubCredential =
  | { readonly kind: 'token'; readonly token: string }
  /** @property because a clause for messages: `there is no token; set …` */
  | { readonly kind: 'none'; readonly because: string };

/**
 * A token goes to the server that it was issued by, and to no other. `GITHUB_TOKEN` and `GH_TOKEN` are of the server in
 * `GITHUB_API_URL` and of api.github.com; `GH_ENTERPRISE_TOKEN` is of the one that `GH_HOST` names, as for `gh`.
 *
 * @param url of the API that is asked
 * @throws {OutsideError} CREDENTIALS_FAILED where the token that belongs there cannot be sent
 * @see https://cli.github.com/manual/gh_help_environment
 */
export function githubCredential(env: Environment, url: string): GithubCredential {
  const enterprise = first(env, ['GH_ENTERPRISE_TOKEN', 'GITHUB_ENTERPRISE_TOKEN']);
  const token = first(env, ['GITHUB_TOKEN', 'GH_TOKEN']);
  const origin = originOf(url);
  if (origin === null) return none('the URL of the API cannot be read');
  if (enterprise !== null && origin !== githubApi && namesHost(env['GH_HOST'], origin)) return sent(enterprise);
  if (origin === githubApi || origin === originOf(env['GITHUB_API_URL'])) {
    return token === null ? none('there is no token; set GITHUB_TOKEN or GH_TOKEN to one') : sent(token);
  }
  const { host } = new URL(origin);
  return none(
    `no token was sent, for ${host} is neither the host of GITHUB_API_URL nor api.github.com; set GH_HOST to ${host} and GH_ENTERPRISE_TOKEN to a token of it`,
  );
}

/** The same for a config that may be a stranger's: it reads the repository that the run is of, and with a token no other. */
export function strangersCredential(env: Environment, url: string, repository: string): GithubCredential {
  const isOwn = repository.toLowerCase() === env['GITHUB_REPOSITORY']?.toLowerCase();
  if (isOwn) return githubCredential(env, url);
  return none(`no token was sent, for the event is not trusted and ${repository} is not the repository that it is of`);
}

interface Variable {
  readonly name: string;
  readonly value: string;
}

/** The first that is not empty: a workflow passes on a secret that is not set as an empty text. */
function first(env: Environment, names: readonly string[]): Variable | null {
  return names.map((name) => ({ name, value: env[name] ?? '' })).find(({ value }) => value !== '') ?? null;
}

function sent({ name, value }: Variable): GithubCredential {
  const fault = unsendable(value);
  if (fault === null) return { kind: 'token', token: value };
  throw new OutsideError('CREDENTIALS_FAILED', `${name} ${fault}; set it to the token alone`, { variable: name });
}

function none(because: string): GithubCredential {
  return { kind: 'none', because };
}

function originOf(url: string | undefined): string | null {
  return url !== undefined && URL.canParse(url) ? new URL(url).origin : null;
}

/** `GH_HOST` is a host, with a port where that is not the usual one. */
function namesHost(host: string | undefined, origin: string): boolean {
  if (host === undefined || !/^[\w.:[\]-]+$/.test(host)) return false;
  const { protocol } = new URL(origin);
  return originOf(`${protocol}//${host}`) === origin;
}
