import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { OutsideError } from '../../domain/errors.ts';
import { isJsonObject, parseJsonObject } from '../../domain/json.ts';
import type { Credentials } from './credentials.ts';

/** What Docker's `config.json` says about credentials, by registry as references name it. */
export interface DockerConfig {
  readonly auths: ReadonlyMap<string, Credentials>;
  /** Credential helpers by registry: `ecr-login` for `docker-credential-ecr-login`. */
  readonly helpers: ReadonlyMap<string, string>;
  /** The helper for all other registries. */
  readonly store: string | null;
}

const empty: DockerConfig = { auths: new Map(), helpers: new Map(), store: null };
const maxBytes = 1_000_000;

/**
 * Reads `$DOCKER_CONFIG/config.json`, else `~/.docker/config.json`. A file that is not there is an empty one.
 *
 * @throws {OutsideError} CREDENTIALS_FAILED where it cannot be read or is not what Docker writes
 * @see https://docs.docker.com/reference/cli/docker/login/#credential-stores
 */
export async function readDockerConfig(env: Readonly<Record<string, string | undefined>>): Promise<DockerConfig> {
  const folder = env['DOCKER_CONFIG'] ?? join(env['HOME'] ?? homedir(), '.docker');
  const path = join(folder, 'config.json');
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw new OutsideError(
      'CREDENTIALS_FAILED',
      `${path}: cannot be read; fix or remove it`,
      { path },
      { cause: error },
    );
  });
  if (text === null) return empty;
  const body = text.length > maxBytes ? null : parseJsonObject(text);
  if (body === null) {
    throw new OutsideError('CREDENTIALS_FAILED', `${path}: no JSON object; fix or remove it`, { path });
  }
  const helpers = new Map<string, string>();
  for (const [key, helper] of entriesOf(body['credHelpers'])) {
    if (typeof helper === 'string') helpers.set(registryOfKey(key), checkHelper(helper, path));
  }
  const auths = new Map<string, Credentials>();
  for (const [key, entry] of entriesOf(body['auths'])) {
    const credentials = readAuth(entry, `${path} auths[${JSON.stringify(key)}]`);
    if (credentials !== null) auths.set(registryOfKey(key), credentials);
  }
  const store = body['credsStore'];
  return { auths, helpers, store: typeof store === 'string' && store !== '' ? checkHelper(store, path) : null };
}

/** A helper's name becomes a program's: nothing but what Docker's own are called. */
function checkHelper(name: string, path: string): string {
  if (/^[a-z0-9-]+$/.test(name)) return name;
  throw new OutsideError(
    'CREDENTIALS_FAILED',
    `${path}: ${JSON.stringify(name)} is no credential helper; expected lower-case letters, digits and -`,
    { path },
  );
}

/** `https://index.docker.io/v1/`, `https://ghcr.io` and `ghcr.io` are all names of a registry here. */
function registryOfKey(key: string): string {
  const host = key.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
  return host === 'index.docker.io' || host === 'registry-1.docker.io' ? 'docker.io' : host;
}

function readAuth(entry: unknown, where: string): Credentials | null {
  if (!isJsonObject(entry)) return null;
  const { auth, username, password, identitytoken, registrytoken } = entry;
  if (typeof identitytoken === 'string' && identitytoken !== '')
    return { kind: 'identity-token', token: identitytoken };
  if (typeof registrytoken === 'string' && registrytoken !== '')
    return { kind: 'registry-token', token: registrytoken };
  if (typeof auth === 'string' && auth !== '') {
    const decoded = Buffer.from(auth, 'base64').toString('utf8');
    const colon = decoded.indexOf(':');
    if (colon < 1) {
      throw new OutsideError('CREDENTIALS_FAILED', `${where}: auth is not base64 of user:password; log in again`);
    }
    // Docker pads the decoded text with NUL.
    const secret = decoded.slice(colon + 1).replace(/\0+$/, '');
    return { kind: 'password', username: decoded.slice(0, colon), password: secret };
  }
  if (typeof username === 'string' && typeof password === 'string' && username !== '') {
    return { kind: 'password', username, password };
  }
  return null;
}

function entriesOf(value: unknown): readonly (readonly [string, unknown])[] {
  return isJsonObject(value) ? Object.entries(value) : [];
}
