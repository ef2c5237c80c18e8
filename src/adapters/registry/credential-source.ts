import { OutsideError } from '../../domain/errors.ts';
import { runCredentialHelper, type HelperRun } from './credential-helper.ts';
import type { Credentials } from './credentials.ts';
import { readDockerConfig, type DockerConfig } from './docker-config.ts';

/** Credentials for a registry as references name it (`docker.io`, `ghcr.io`); `null` is anonymous. */
export type CredentialSource = (registry: string) => Promise<Credentials | null>;

export interface CredentialOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Runs `docker-credential-<name> get`; replaced in tests. */
  readonly runHelper?: HelperRun;
}

/**
 * Looks in the environment, then in Docker's `config.json`, in Docker's own order: the credential helper of the host,
 * the credentials store, the file itself. Read once, and only when a registry asks.
 *
 * The environment's are `TAGWRIGHT_REGISTRY_HOST`, `TAGWRIGHT_REGISTRY_USERNAME` and `TAGWRIGHT_REGISTRY_PASSWORD`,
 * all three: a password without a host would be shown to whoever asks.
 *
 * @throws {OutsideError} CREDENTIALS_FAILED for what is there and cannot be used; never with a secret in it
 */
export function createCredentialSource({ env, runHelper = runCredentialHelper }: CredentialOptions): CredentialSource {
  const found = new Map<string, Promise<Credentials | null>>();
  let config: Promise<DockerConfig> | undefined;
  const look = async (registry: string): Promise<Credentials | null> => {
    const fromEnvironment = environmentCredentials(env, registry);
    if (fromEnvironment !== null) return fromEnvironment;
    config ??= readDockerConfig(env);
    const { helpers, store, auths } = await config;
    const helper = helpers.get(registry) ?? store;
    const fromHelper = helper === null ? null : await runHelper(helper, serverOf(registry));
    return fromHelper ?? auths.get(registry) ?? null;
  };
  return (registry) => {
    const known = found.get(registry);
    if (known !== undefined) return known;
    const looking = look(registry);
    found.set(registry, looking);
    return looking;
  };
}

/** Docker keeps Docker Hub's credentials under the address of its first index. */
function serverOf(registry: string): string {
  return registry === 'docker.io' ? 'https://index.docker.io/v1/' : registry;
}

function environmentCredentials(env: CredentialOptions['env'], registry: string): Credentials | null {
  const names = ['TAGWRIGHT_REGISTRY_HOST', 'TAGWRIGHT_REGISTRY_USERNAME', 'TAGWRIGHT_REGISTRY_PASSWORD'];
  const [host = '', username = '', password = ''] = names.map((name) => env[name]);
  const missing = names.filter((name) => (env[name] ?? '') === '');
  if (missing.length === names.length) return null;
  if (missing.length > 0) {
    const message = `environment: ${missing.join(' and ')} not set; set all of ${names.join(', ')}, or none`;
    throw new OutsideError('CREDENTIALS_FAILED', message, { registry });
  }
  return host === registry ? { kind: 'password', username, password } : null;
}
