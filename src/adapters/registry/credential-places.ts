import { homedir } from 'node:os';
import { join } from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

/** A file that may hold credentials, and whose reading of it counts. */
export interface Place {
  readonly path: string;
  /** `docker`: config.json; `containers`: auth.json of podman and skopeo; `legacy`: .dockercfg, hosts alone. */
  readonly form: 'docker' | 'containers' | 'legacy';
}

export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly home: string;
  /** `null` on Windows. */
  readonly uid: number | null;
}

export function thisMachine(env: Environment): Machine {
  const { platform } = process;
  // Docker on Windows knows no HOME.
  const home = platform === 'win32' ? undefined : text(env, 'HOME');
  return { platform, home: home ?? homedir(), uid: process.getuid?.() ?? null };
}

/**
 * Every file in which docker, podman, skopeo and crane look, in our order: Docker's own, then those of
 * containers/image, of which REGISTRY_AUTH_FILE replaces all others.
 *
 * @see https://docs.docker.com/reference/cli/docker/#environment-variables
 * @see https://github.com/containers/image/blob/main/docs/containers-auth.json.5.md
 */
export function credentialPlaces(env: Environment, { platform, home, uid }: Machine): readonly Place[] {
  const docker = join(text(env, 'DOCKER_CONFIG') ?? join(home, '.docker'), 'config.json');
  const named = text(env, 'REGISTRY_AUTH_FILE');
  const files = named === undefined ? containersFiles(env, platform, home, uid) : [named];
  return [
    { path: docker, form: 'docker' },
    ...[...new Set(files)].map((path): Place => ({ path, form: 'containers' })),
    ...(named === undefined ? [{ path: join(home, '.dockercfg'), form: 'legacy' } as const] : []),
  ];
}

function containersFiles(env: Environment, platform: string, home: string, uid: number | null): string[] {
  const runtime = text(env, 'XDG_RUNTIME_DIR');
  const auth = join('containers', 'auth.json');
  const config = join(text(env, 'XDG_CONFIG_HOME') ?? join(home, '.config'), auth);
  if (platform === 'win32' || platform === 'darwin') return [join(home, '.config', auth), config];
  return [runtime === undefined ? `/run/containers/${uid ?? 0}/auth.json` : join(runtime, auth), config];
}

/** A variable that is set to nothing is not set. */
function text(env: Environment, name: string): string | undefined {
  return env[name] === '' ? undefined : env[name];
}
