import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, statfsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface RegistryOptions {
  /** Basic auth: user to password. Everybody named may do everything, nobody else may do anything. */
  readonly htpasswd?: Readonly<Record<string, string>>;
  /** Token auth against a server of one's own: see token-server.ts, whose `registryAuth` is this. */
  readonly tokenAuth?: TokenAuth;
  /** Paths of a certificate and its key, to be spoken to over TLS. */
  readonly tls?: { readonly certificate: string; readonly key: string };
  /** Refuses every write with 405, as a registry under maintenance does. */
  readonly readOnly?: boolean;
  /** The storage folder of a registry that was stopped with `keepStorage`, to start it again with its content. */
  readonly storage?: string;
}

export interface TokenAuth {
  readonly realm: string;
  readonly service: string;
  readonly issuer: string;
  /** Path of a PEM file with the certificate of the key that signs the tokens. */
  readonly rootCertBundle: string;
}

export interface RegistryProcess {
  /** `127.0.0.1:<port>`, as it stands in a reference. */
  readonly host: string;
  readonly pid: number;
  readonly storage: string;
  /** What the registry logged so far. */
  log(): string;
  stop(options?: { readonly keepStorage?: boolean }): Promise<void>;
}

/**
 * The registry shares the processors with the tests: one thread and rarer garbage collection let it answer a request
 * with half the processor time.
 */
const thrifty = { GOMAXPROCS: '1', GOGC: '400' };

/** More than all registries of a run hold at once. */
const roomBytes = 4 * 2 ** 30;

/**
 * In memory where there is room: a registry waits for the disk with each blob, and what it keeps ends with the test.
 * Elsewhere, the system's temporary folder.
 */
function storageRoot(): string {
  const inMemory = '/dev/shm';
  try {
    const { bavail, bsize } = statfsSync(inMemory);
    if (bavail * bsize >= roomBytes) return inMemory;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
  return tmpdir();
}

/**
 * Starts a real CNCF Distribution registry (`docker-registry`) on a free loopback port. Deleting is enabled; storage is
 * a folder of its own.
 *
 * @throws {Error} with the registry's log when it ends before it answers, or when it is not installed
 */
export async function startRegistry(options: RegistryOptions = {}): Promise<RegistryProcess> {
  const folder = await mkdtemp(join(storageRoot(), 'tagwright-registry-'));
  const storage = options.storage ?? join(folder, 'storage');
  const configFile = join(folder, 'config.yml');
  const passwordFile = join(folder, 'htpasswd');
  if (options.htpasswd !== undefined) await writeFile(passwordFile, passwordLines(options.htpasswd));
  await writeFile(configFile, JSON.stringify(config(options, storage, passwordFile)));

  // To a file: a pipe that nobody empties while a test waits for another program stops the registry after 64 KB.
  const logFile = join(folder, 'log.txt');
  const output = openSync(logFile, 'a');
  const env = { ...process.env, ...thrifty };
  const child = spawn('docker-registry', ['serve', configFile], { stdio: ['ignore', output, output], env });
  closeSync(output);
  const log = (): string => readFileSync(logFile, 'utf8');
  const killWithUs = (): void => void child.kill('SIGKILL');
  process.once('exit', killWithUs);

  const stop = async (how: { readonly keepStorage?: boolean } = {}): Promise<void> => {
    await end(child);
    process.off('exit', killWithUs);
    if (how.keepStorage === true) return;
    await rm(folder, { recursive: true, force: true });
    // Where it was kept, the folder of the registry that was stopped is around it.
    await rm(dirname(storage), { recursive: true, force: true });
  };
  try {
    const host = await listening(child, log, options.tls !== undefined);
    if (child.pid === undefined) throw new Error('docker-registry has no process id');
    return { host, pid: child.pid, storage, log, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** JSON is YAML, so no library is needed to write it. Port 0 lets the kernel choose, which no other process can win. */
function config(options: RegistryOptions, storage: string, passwordFile: string): object {
  const { htpasswd, tokenAuth, readOnly, tls } = options;
  return {
    version: 0.1,
    log: { level: 'info', accesslog: { disabled: true } },
    storage: {
      filesystem: { rootdirectory: storage },
      delete: { enabled: true },
      maintenance: { readonly: { enabled: readOnly ?? false } },
    },
    http: { addr: '127.0.0.1:0', secret: 'only for tests', ...(tls && { tls }) },
    ...((htpasswd ?? tokenAuth) && {
      auth: {
        ...(htpasswd && { htpasswd: { realm: 'tests', path: passwordFile } }),
        ...(tokenAuth && { token: { ...tokenAuth, rootcertbundle: tokenAuth.rootCertBundle } }),
      },
    }),
  };
}

/** Distribution accepts bcrypt only. The password goes in by stdin, so that it is in no process list. */
function passwordLines(users: Readonly<Record<string, string>>): string {
  return Object.entries(users)
    .map(([user, password]) => {
      const ran = spawnSync('htpasswd', ['-niB', user], { input: password, encoding: 'utf8' });
      if (ran.status !== 0) throw new Error(`htpasswd: ${ran.error?.message ?? ran.stderr}`);
      return ran.stdout.trim();
    })
    .join('\n');
}

/** The registry logs the address it got; after that it answers `/v2/`, with 200 or 401, if it can be asked in plain HTTP. */
async function listening(child: ChildProcess, log: () => string, isTls: boolean): Promise<string> {
  let failure: Error | undefined;
  child.once('error', (error) => (failure = error));
  const deadline = Date.now() + 20_000;
  while (Date.now() < deadline) {
    if (failure) throw new Error(`${failure.message}; scripts/setup-engines.sh installs it`, { cause: failure });
    if (child.exitCode !== null) throw new Error(`docker-registry ended with ${child.exitCode}:\n${log()}`);
    const host = /listening on (?<host>127\.0\.0\.1:\d+)/.exec(log())?.groups?.['host'];
    if (host !== undefined && (isTls || (await answers(host)))) return host;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`docker-registry did not answer within 20 s:\n${log()}`);
}

async function answers(host: string): Promise<boolean> {
  try {
    const response = await fetch(`http://${host}/v2/`);
    await response.body?.cancel();
    return response.status === 200 || response.status === 401;
  } catch {
    return false; // not accepting yet: the caller asks again until its deadline
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const hardStop = setTimeout(() => child.kill('SIGKILL'), 5000);
  await exited;
  clearTimeout(hardStop);
}
