import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { MatrixConfig } from '../../src/config/matrix-config.ts';
import { builtCli } from './built-cli.ts';
import { daily } from './history.ts';
import { fourCells } from './publish-world.ts';
import type { CliRun } from './run-cli.ts';
import { tempFolder } from './temp-folder.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

export interface CliProcess {
  readonly pid: number;
  /** What was printed to stderr so far. */
  readonly talk: () => string;
  readonly kill: (signal: NodeJS.Signals) => void;
  readonly ended: Promise<CliEnd>;
}

export interface CliEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * The command line, as it ships, as a process of its own, with nothing of the surrounding environment but PATH, HOME and what is given.
 *
 * @param first bash that comes before it, in the same process
 */
export function startCli(args: readonly string[], env: Readonly<Record<string, string>> = {}, first = ':'): CliProcess {
  const child = spawn('bash', ['-c', `${first}; exec "$0" "$@"`, process.execPath, builtCli(), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  if (child.pid === undefined) throw new Error('node could not be started');
  const ended = once(child, 'exit').then((): CliEnd => {
    return { code: child.exitCode, signal: child.signalCode, stdout, stderr };
  });
  return { pid: child.pid, talk: () => stderr, kill: (signal) => void child.kill(signal), ended };
}

/**
 * The command line, as it ships, run to its end as a process of its own: what runs on machines that share nothing but a
 * registry.
 *
 * @param env beside what Node itself needs
 * @param killAt what is on stderr when the process is killed, as a machine is that goes away
 */
export async function runBuiltCli(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  killAt?: RegExp,
): Promise<CliRun> {
  const child = spawn(process.execPath, [builtCli(), ...args], {
    cwd: root,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
    if (killAt?.test(stderr) === true) child.kill('SIGKILL');
  });
  await once(child, 'close');
  return { code: child.exitCode ?? -1, stdout, stderr };
}

export interface CliProject {
  readonly folder: string;
  /** `--config`, `--releases` and `--journal` of this project. */
  readonly flags: readonly string[];
}

/** Config and facts as files: two releases of four cells unless said. */
export async function cliProject(
  config: MatrixConfig = fourCells,
  atEnd?: Parameters<typeof tempFolder>[1],
): Promise<CliProject> {
  const files = {
    'matrix.config.json': JSON.stringify(config),
    'releases.json': JSON.stringify(daily('1.0.0', '1.0.1')),
    Dockerfile: 'FROM scratch\nARG PYTHON\nCOPY Dockerfile /\n',
    'conda.Dockerfile': 'FROM scratch\nARG PYTHON\nCOPY conda.Dockerfile /\n',
  };
  const folder = await tempFolder(files, atEnd);
  const file = (name: string): string => `${folder}/${name}`;
  const flags = ['--config', file('matrix.config.json'), '--releases', file('releases.json')];
  return { folder, flags: [...flags, '--journal', file('journal')] };
}
