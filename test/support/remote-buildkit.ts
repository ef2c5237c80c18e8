/**
 * Real BuildKits behind the `remote` driver of buildx, spoken to over TCP as machines elsewhere are: the engine's own, and
 * a second Docker daemon for a second node (two nodes of one daemon refuse each other's jobs).
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A machine that builds. */
export interface BuildNode {
  /** `tcp://127.0.0.1:PORT` */
  readonly address: string;
  close(): Promise<void>;
}

/** A node that is a daemon of its own. */
export interface SecondNode extends BuildNode {
  /** Takes it away as a machine that loses its power: nothing is told to anybody. */
  kill(): Promise<void>;
}

/** @param dockerHost of the daemon whose BuildKit it is; the engine of the tests where it is not given */
export async function engineNode(dockerHost?: string): Promise<BuildNode> {
  const sockets = new Set<Socket>();
  const dials = new Set<ChildProcess>();
  // A `buildx create` keeps its own folder locked while it asks the node, and this is the node.
  const own = await mkdtemp(join(tmpdir(), 'tagwright-buildx-'));
  const env = { ...process.env, BUILDX_CONFIG: own, ...(dockerHost !== undefined && { DOCKER_HOST: dockerHost }) };
  const server = createServer((socket) => {
    // Speaks BuildKit's API on its own input and output.
    const dial = spawn('docker', ['buildx', 'dial-stdio', '--builder', 'default'], {
      stdio: ['pipe', 'pipe', 'ignore'],
      env,
    });
    dials.add(dial);
    sockets.add(socket);
    socket.pipe(dial.stdin);
    dial.stdout.pipe(socket);
    // A client that ends early is no matter of the bridge.
    socket.on('error', () => socket.destroy());
    dial.stdin.on('error', () => socket.destroy());
    socket.on('close', () => {
      dial.kill();
      dials.delete(dial);
      sockets.delete(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const at = server.address();
  if (at === null || typeof at === 'string') throw new Error('a server on a port has a port');
  return {
    address: `tcp://127.0.0.1:${at.port}`,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      for (const dial of dials) dial.kill();
      await new Promise((resolve) => server.close(resolve));
      await rm(own, { recursive: true, force: true });
    },
  };
}

/** Starts a second Docker daemon, with a store and a BuildKit of its own. */
export async function secondNode(): Promise<SecondNode> {
  const folder = await mkdtemp(join(tmpdir(), 'tagwright-node-'));
  const host = `unix://${folder}/sock`;
  const log = openSync(join(folder, 'log'), 'w');
  const daemon = spawn(
    'dockerd',
    [
      ...['data-root', 'exec-root'].map((name) => `--${name}=${join(folder, name)}`),
      `--pidfile=${join(folder, 'pid')}`,
      `--host=${host}`,
      // Without a bridge of its own, and with `none`, it takes the one of the first daemon away.
      '--bridge=docker0',
      '--iptables=false',
    ],
    { stdio: ['ignore', log, log] },
  );
  closeSync(log);
  const gone = once(daemon, 'exit');
  for (let asked = 0; !(await answers(host)); asked++) {
    if (daemon.exitCode !== null || asked > 150) throw new Error(await readFile(join(folder, 'log'), 'utf8'));
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const node = await engineNode(host);
  const end = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<void> => {
    daemon.kill(signal);
    await gone;
  };
  return {
    address: node.address,
    kill: async () => {
      await end('SIGKILL');
      await node.close();
    },
    close: async () => {
      if (daemon.exitCode === null && daemon.signalCode === null) {
        await node.close();
        await end('SIGTERM');
      }
      await removeNode(folder);
    },
  };
}

async function answers(host: string): Promise<boolean> {
  return run('docker', ['--host', host, 'info', '--format', '{{.ServerVersion}}']).then(
    () => true,
    () => false,
  );
}

/** What a daemon that was killed leaves behind: its containerd, the steps that ran, and what was mounted for them. */
async function removeNode(folder: string): Promise<void> {
  for (const id of (await readdir('/proc')).filter((name) => /^\d+$/.test(name)))
    if (await isOf(id, folder)) process.kill(Number(id), 'SIGKILL');
  const mounts = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n').map((line) => line.split(' ')[4] ?? '');
  for (const mount of mounts.filter((at) => at.startsWith(`${folder}/`)).reverse())
    await run('umount', ['--lazy', mount]);
  await rm(folder, { recursive: true, force: true });
}

/** Whether it was started with the folder of a node, or its root is mounted from there. */
async function isOf(id: string, folder: string): Promise<boolean> {
  // It may have ended meanwhile.
  const [words, mounts] = await Promise.all(
    ['cmdline', 'mountinfo'].map((name) => readFile(`/proc/${id}/${name}`, 'utf8').catch(() => '')),
  );
  const root = mounts?.split('\n').find((line) => line.split(' ')[4] === '/');
  return words?.includes(folder) === true || root?.includes(folder) === true;
}

/**
 * A builder of the `remote` driver.
 *
 * @param nodes with the platform that each builds: `linux/arm64`
 * @returns its name, for `--builder` and `BUILDX_BUILDER`
 */
export async function remoteBuilder(
  name: string,
  nodes: readonly { readonly node: BuildNode; readonly platform: string }[],
): Promise<string> {
  for (const [index, { node, platform }] of nodes.entries()) {
    const more = index === 0 ? ['--driver', 'remote'] : ['--append'];
    await run('docker', ['buildx', 'create', '--name', name, ...more, '--platform', platform, node.address]);
  }
  return name;
}

export async function removeBuilder(name: string): Promise<void> {
  await run('docker', ['buildx', 'rm', '--force', name]);
}

/** Waits until a process of this machine, in whatever container, has this in its command line. */
export async function processWith(words: string): Promise<void> {
  const isThere = async (): Promise<boolean> => (await run('ps', ['-eo', 'args='])).stdout.includes(words);
  while (!(await isThere())) await new Promise((resolve) => setTimeout(resolve, 200));
}
