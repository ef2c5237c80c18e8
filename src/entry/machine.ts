/** What is installed and set here, for `doctor` and `version`. */
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Http } from '../adapters/http/http.ts';
import { systemClock } from '../adapters/http/system-clock.ts';
import { createCredentialSource } from '../adapters/registry/credential-source.ts';
import { tryLogin } from '../adapters/registry/try-login.ts';
import { childEnvironment } from '../domain/child-environment.ts';
import { OutsideError } from '../domain/errors.ts';
import { githubApi, githubCredential } from '../domain/github-credential.ts';
import type { BuilderFacts, LoginFacts, Machine, Tool } from '../ports.ts';

export interface MachineOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly build: string | null;
  readonly cacheFolder: string;
  readonly http: () => Promise<Http>;
  readonly signal: AbortSignal;
}

export function thisMachine({ env, build, cacheFolder, http, signal }: MachineOptions): Machine {
  const credentials = createCredentialSource({ env });
  const others = Object.entries(env).filter(([name]) => !name.startsWith('TAGWRIGHT_REGISTRY_'));
  const withoutOurs = createCredentialSource({ env: Object.fromEntries(others) });
  return {
    node: process.version,
    platform: `${process.platform}/${process.arch}`,
    build,
    variables: Object.keys(env)
      .filter((name) => name.startsWith('TAGWRIGHT_') && env[name] !== '')
      .toSorted(),
    docker: async () => toolOf(await run(['version', '--format', '{{.Server.Version}}'], env, signal)),
    buildx: async () => toolOf(await run(['buildx', 'version'], env, signal)),
    builder: async (name) => {
      const found = builderOf(await run(['buildx', 'inspect', ...(name === null ? [] : [name])], env, signal));
      if (found.kind === 'missing' || found.driver !== 'docker') return found;
      // Docker's own driver holds an image of several platforms if the engine keeps images in containerd's store.
      const { text } = await run(['info', '--format', '{{json .DriverStatus}}'], env, signal);
      return { ...found, isMultiPlatform: text.includes('io.containerd.snapshotter') };
    },
    login: async (repository, insecure): Promise<LoginFacts> => {
      try {
        const { credentials: found, advice = `docker login ${repository.registry}` } = await credentials(repository);
        if (found === null) return { kind: 'none', advice };
        const { credentials: dockers } = await withoutOurs(repository);
        const asked = { repository, credentials: found, clock: systemClock, signal };
        const answer =
          insecure === null
            ? null
            : await tryLogin({ ...asked, insecureHosts: new Set(insecure), transport: (await http()).transport });
        return { kind: 'found', isOurs: dockers === null, advice, answer };
      } catch (error) {
        if (!(error instanceof OutsideError) || error.code === 'ABORTED') throw error;
        return { kind: 'failed', because: `${error.code} ${error.message}` };
      }
    },
    missingToken: (apiUrl) => {
      const credential = githubCredential(env, apiUrl ?? (env['GITHUB_API_URL'] || githubApi));
      return credential.kind === 'none' ? credential.because : null;
    },
    cacheFault: () => cacheFault(cacheFolder),
  };
}

interface Ran {
  readonly text: string;
  readonly fault: string | null;
}

const timeoutMs = 15_000;

async function run(args: readonly string[], env: MachineOptions['env'], signal: AbortSignal): Promise<Ran> {
  const { execa } = await import('execa');
  const options = {
    env: childEnvironment(env),
    extendEnv: false,
    reject: false,
    timeout: timeoutMs,
    cancelSignal: signal,
  };
  const { failed, timedOut, code, stdout, stderr } = await execa('docker', args, options);
  if (!failed) return { text: stdout.trim(), fault: null };
  if (code === 'ENOENT') return { text: '', fault: 'docker is not installed' };
  if (timedOut) return { text: '', fault: `docker did not answer within ${timeoutMs / 1000} s` };
  return { text: '', fault: stderr.trim().split('\n').at(-1) || 'docker failed' };
}

function toolOf({ text, fault }: Ran): Tool {
  if (fault !== null) return { kind: 'missing', because: fault };
  return { kind: 'found', version: /\bv?\d+\.\d+\.\d+\S*/.exec(text)?.[0] ?? text };
}

/** The first node of the builder that `docker buildx inspect` prints. */
function builderOf({ text, fault }: Ran): BuilderFacts {
  if (fault !== null) return { kind: 'missing', because: fault };
  const field = (name: string): string =>
    new RegExp(`^${name}:\\s*(?<value>.*)$`, 'm').exec(text)?.groups?.['value'] ?? '';
  const platforms = field('Platforms')
    .split(/,\s*/)
    .map((platform) => platform.replace(/\*$/, ''));
  return {
    kind: 'found',
    name: field('Name'),
    driver: field('Driver'),
    platforms: platforms.filter((each) => each !== ''),
    isMultiPlatform: true,
  };
}

/** The nearest folder that is there is what a new one would be made in. */
async function cacheFault(folder: string): Promise<string | null> {
  try {
    await access(folder, constants.W_OK);
    return null;
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (isMissing && dirname(folder) !== folder) return cacheFault(dirname(folder));
    return `${folder} cannot be written to, so configs in TypeScript are compiled anew each time`;
  }
}
