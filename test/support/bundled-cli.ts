/** The command line as processes of their own, bundled as it ships: what runs on machines that share nothing but a registry. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'tsdown';
import type { CliRun } from './run-cli.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

export interface CliProcesses {
  /** The program. */
  readonly file: string;
  /**
   * @param env beside what Node itself needs
   * @param killAt what is on stderr when the process is killed, as a machine is that goes away
   */
  run(args: readonly string[], env?: Readonly<Record<string, string>>, killAt?: RegExp): Promise<CliRun>;
  /** Takes the bundle away. */
  close(): Promise<void>;
}

export async function bundleCli(): Promise<CliProcesses> {
  // Not that of `builtCli`: a process of tests may have both, and this one goes away with `close`.
  const folder = join(root, `.cache/bundled-cli-${process.pid}`);
  await mkdir(folder, { recursive: true });
  await build({
    cwd: root,
    config: false,
    entry: { cli: 'src/cli.ts' },
    outDir: join(folder, 'dist'),
    format: 'esm',
    platform: 'node',
    fixedExtension: false,
    dts: false,
    logLevel: 'error',
    deps: { skipNodeModulesBundle: true },
  });
  // It reads its version beside the folder it is in.
  await copyFile(join(root, 'package.json'), join(folder, 'package.json'));
  return {
    file: join(folder, 'dist/cli.js'),
    run: (args, env, killAt) => runProcess(join(folder, 'dist/cli.js'), args, env, killAt),
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

async function runProcess(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  killAt?: RegExp,
): Promise<CliRun> {
  const child = spawn(process.execPath, [file, ...args], {
    cwd: root,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
    if (killAt?.test(stderr) === true) child.kill('SIGKILL');
  });
  await once(child, 'close');
  return { code: child.exitCode ?? -1, stdout, stderr };
}
