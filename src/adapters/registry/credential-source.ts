import { OutsideError } from '../../domain/errors.ts';
import type { Repository } from '../../domain/reference.ts';
import { quote } from '../../domain/tag.ts';
import { spellings } from './credential-key.ts';
import { runCredentialHelper, type HelperRun } from './credential-helper.ts';
import { credentialPlaces, thisMachine, type Environment, type Machine, type Place } from './credential-places.ts';
import type { Credentials, Login } from './credentials.ts';
import { helperFor, loginIn, parseLoginFile, readLoginFile, type LoginFile } from './docker-config.ts';

/**
 * What to send for a repository; credentials that are `null` are anonymous.
 *
 * @param refused credentials that were taken before and no longer are: all is looked up anew, once
 */
export type CredentialSource = (at: Repository, refused?: Credentials) => Promise<Login>;

export interface CredentialOptions {
  readonly env: Environment;
  /** Runs `docker-credential-<name> get`; replaced in tests. */
  readonly runHelper?: HelperRun;
  readonly machine?: Machine;
}

/** Where one look has been, and what it brought. */
interface Look {
  readonly credentials: Credentials | null;
  readonly place: string;
}

const variables = ['TAGWRIGHT_REGISTRY_HOST', 'TAGWRIGHT_REGISTRY_USERNAME', 'TAGWRIGHT_REGISTRY_PASSWORD'] as const;

/**
 * Looks in our own variables, in `DOCKER_AUTH_CONFIG`, in Docker's `config.json` and then in the files of
 * containers/image, until one of them has something. In a file, a credential helper or store is asked in place of the
 * logins beside it, as Docker does. Each file is read once, and only when a registry asks; again where a login has
 * expired in a long run, as those of ECR, ACR and Google do.
 *
 * Our variables count only where all three are set: a password without a host would be shown to whoever asks.
 *
 * @throws {OutsideError} CREDENTIALS_FAILED for what is there and cannot be used; never with a secret in it
 */
export function createCredentialSource(options: CredentialOptions): CredentialSource {
  const { env, runHelper = runCredentialHelper, machine = thisMachine(env) } = options;
  const logins = once((_key: string, at: Repository) => look(at));
  const files = once((_path: string, place: Place) => readLoginFile(place));
  const answers = once((_key: string, helper: { name: string; server: string }) =>
    runHelper(helper.name, helper.server),
  );

  const lookInFile = async (file: LoginFile, at: Repository): Promise<Look> => {
    const { path } = file.place;
    const helper = helperFor(file, at.registry);
    if (helper === null) return { credentials: loginIn(file, at), place: path };
    const place = `docker-credential-${helper.name} (${path})`;
    for (const server of helper.servers) {
      const credentials = await answers.of(`${helper.name} ${server}`, { name: helper.name, server });
      if (credentials !== null) return { credentials, place };
    }
    return { credentials: null, place };
  };

  async function* looks(at: Repository): AsyncGenerator<Look> {
    yield { credentials: ownVariables(env, at.registry), place: variables[0] };
    const variable = env['DOCKER_AUTH_CONFIG'] ?? '';
    if (variable !== '') yield lookInVariable(variable, at);
    for (const place of credentialPlaces(env, machine)) {
      const file = await files.of(place.path, place);
      if (file !== null) yield await lookInFile(file, at);
      else if (place.form !== 'legacy') yield { credentials: null, place: `${place.path} (not there)` };
    }
  }

  const look = async (at: Repository): Promise<Login> => {
    const looked: string[] = [];
    const login = `docker login ${at.registry}`;
    for await (const { credentials, place } of looks(at)) {
      if (credentials !== null)
        return { credentials, advice: `${login} (sent: ${ownerOf(credentials)}, from ${place})` };
      looked.push(place);
    }
    return { credentials: null, advice: `${login} (no credentials found in ${looked.join(', ')})` };
  };

  const renewed = new WeakSet<Credentials>();
  return (at, refused) => {
    // The first call that is refused makes all be looked up anew; the others wait for that.
    if (refused !== undefined && !renewed.has(refused)) {
      renewed.add(refused);
      for (const memory of [logins, files, answers]) memory.forget();
    }
    return logins.of(`${at.registry}/${at.path}`, at);
  };
}

interface Once<T, R> {
  of(key: string, subject: T): Promise<R>;
  forget(): void;
}

/** Calls for each key once, however many wait for it, until it is to forget. */
function once<T, R>(ask: (key: string, subject: T) => Promise<R>): Once<T, R> {
  const asked = new Map<string, Promise<R>>();
  return {
    of: (key, subject) => {
      const known = asked.get(key);
      if (known !== undefined) return known;
      const asking = ask(key, subject);
      asked.set(key, asking);
      return asking;
    },
    forget: () => asked.clear(),
  };
}

/** Docker and crane go on with their files where the variable is no JSON; so do we, and a denial says so. */
function lookInVariable(text: string, at: Repository): Look {
  const place = 'DOCKER_AUTH_CONFIG';
  try {
    return { credentials: loginIn(parseLoginFile(text, { path: place, form: 'docker' }), at), place };
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    return { credentials: null, place: `${place} (${error.message.replace(`${place}: `, '')})` };
  }
}

/** Whose credentials they are, as far as that may be shown. */
function ownerOf(credentials: Credentials): string {
  if (credentials.kind === 'registry-token') return 'a registry token';
  const name = credentials.kind === 'password' ? credentials.username : credentials.password?.username;
  return name === undefined || name === '' ? 'a token without a user name' : `user ${quote(name)}`;
}

function ownVariables(env: Environment, registry: string): Credentials | null {
  const [host = '', username = '', password = ''] = variables.map((name) => env[name]);
  const missing = variables.filter((name) => (env[name] ?? '') === '');
  if (missing.length === variables.length) return null;
  if (missing.length > 0) {
    const message = `environment: ${missing.join(' and ')} not set; set all of ${variables.join(', ')}, or none`;
    throw new OutsideError('CREDENTIALS_FAILED', message, { registry });
  }
  return spellings(registry).includes(host) ? { kind: 'password', username, password } : null;
}
