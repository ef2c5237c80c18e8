import { OutsideError } from '../../domain/errors.ts';
import { isJsonObject, parseJsonObject, type JsonObject } from '../../domain/json.ts';
import type { Repository } from '../../domain/reference.ts';
import { quote } from '../../domain/tag.ts';
import { readRegularFile, UnreadFile } from '../read-regular-file.ts';
import { matchingKeys, spellings } from './credential-key.ts';
import type { Place } from './credential-places.ts';
import type { Credentials, Password } from './credentials.ts';

/** A file of logins, as docker or containers/image writes it. */
export interface LoginFile {
  readonly place: Place;
  readonly auths: JsonObject;
  readonly helpers: JsonObject;
  /** The helper for all other registries; `null` where there is none. */
  readonly store: string | null;
}

const maxBytes = 1_048_576;

/**
 * Reads one file of logins.
 *
 * @returns `null` where it is not there
 * @throws {OutsideError} CREDENTIALS_FAILED where it cannot be read or is not what `docker login` writes
 */
export async function readLoginFile(place: Place): Promise<LoginFile | null> {
  try {
    return parseLoginFile((await readRegularFile(place.path, maxBytes)).toString('utf8'), place);
  } catch (error) {
    if (!(error instanceof UnreadFile)) throw error;
    if (error.kind === 'missing') return null;
    throw unusable(place.path, `cannot be read: ${error.message}; fix or remove it`, error);
  }
}

/** Docker takes an empty file for one without logins, and key names in any case. */
export function parseLoginFile(text: string, place: Place): LoginFile {
  const { path, form } = place;
  const isEmpty = text.trim() === '' || text.trim() === 'null';
  const body = isEmpty ? {} : parseJsonObject(text);
  if (body === null) throw unusable(path, 'no JSON object; fix or remove it');
  if (form === 'legacy') return { place, auths: body, helpers: {}, store: null };
  const store = form === 'docker' ? field(body, 'credsStore') : undefined;
  return {
    place,
    auths: objectIn(body, 'auths', path),
    helpers: objectIn(body, 'credHelpers', path),
    store: typeof store === 'string' && store !== '' ? store : null,
  };
}

/** The helper to ask and the name to ask it for; `null` where the file itself has the logins. */
export function helperFor(file: LoginFile, registry: string): { name: string; servers: readonly string[] } | null {
  const names = spellings(registry);
  const own = names.find((name) => typeof file.helpers[name] === 'string');
  const name = own === undefined ? file.store : String(file.helpers[own]);
  // An empty name is how a registry is taken out of the store.
  if (name === null || name === '') return null;
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) {
    throw unusable(file.place.path, `${quote(name)} is no credential helper; expected letters, digits and . _ -`);
  }
  const first = names[0] ?? registry;
  const portless = names.at(-1) ?? registry;
  return {
    name,
    servers: own === undefined ? [...new Set([first, registry === 'docker.io' ? first : portless])] : [own],
  };
}

/** What the file itself has for a repository; `null` where that is nothing. */
export function loginIn(file: LoginFile, at: Repository): Credentials | null {
  const { form, path } = file.place;
  for (const key of matchingKeys(Object.keys(file.auths), at, form === 'legacy')) {
    const entry = file.auths[key];
    const found = isJsonObject(entry) ? readEntry(entry, form, `${path} auths[${quote(key)}]`) : null;
    if (found !== null) return found;
  }
  return null;
}

function readEntry(entry: JsonObject, form: Place['form'], where: string): Credentials | null {
  const [auth, username, secret, identity, token] = ['auth', 'username', 'password', 'identitytoken', 'registrytoken']
    .map((name) => field(entry, name))
    .map((value) => (typeof value === 'string' ? value : ''));
  let password: Password | null = null;
  if (auth !== undefined && auth !== '') password = decodeAuth(auth, form, where);
  else if (form === 'docker' && username !== undefined && username !== '')
    password = { username, password: secret ?? '' };
  if (form === 'docker' && token !== undefined && token !== '') return { kind: 'registry-token', token };
  if (identity !== undefined && identity !== '') {
    return {
      kind: 'identity-token',
      token: identity,
      ...(password === null || password.password === '' ? {} : { password }),
    };
  }
  return password === null ? null : { kind: 'password', ...password };
}

/** Base64 as Go's standard encoding takes it: padded, line ends left out. Docker pads the decoded text with NUL. */
function decodeAuth(auth: string, form: Place['form'], where: string): Password {
  const base64 = auth.replaceAll(/[\r\n]/g, '');
  const isBase64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(base64);
  const decoded = Buffer.from(base64, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  if (!isBase64 || colon < (form === 'docker' ? 1 : 0)) {
    throw unusable(where, 'auth is not base64 of user:password; log in again');
  }
  return { username: decoded.slice(0, colon), password: decoded.slice(colon + 1).replaceAll(/^\0+|\0+$/g, '') };
}

function objectIn(body: JsonObject, name: string, path: string): JsonObject {
  const value = field(body, name) ?? {};
  if (isJsonObject(value)) return value;
  throw unusable(path, `${name} is not an object; fix or remove the file`);
}

/** A field by its name in any case, as Go reads JSON; of several the last. */
function field(body: JsonObject, name: string): unknown {
  const key = Object.keys(body).findLast((own) => own.toLowerCase() === name.toLowerCase());
  return key === undefined ? undefined : body[key];
}

function unusable(where: string, message: string, cause?: unknown): OutsideError {
  return new OutsideError('CREDENTIALS_FAILED', `${where}: ${message}`, { path: where }, { cause });
}
