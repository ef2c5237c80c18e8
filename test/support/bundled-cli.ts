/** The command line as processes of their own, bundled as it ships: what runs on machines that share nothing but a registry. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { builtCli } from './built-cli.ts';
import type { CliRun } from './run-cli.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

export interface CliProcesses {
  /** @param env beside what Node itself needs */
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<CliRun>;
}

export function startCliProcesses(): CliProcesses {
  const file = builtCli();
  return { run: (args, env) => runProcess(file, args, env) };
}

async function runProcess(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CliRun> {
  const child = spawn(process.execPath, [file, ...args], {
    cwd: root,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  await once(child, 'close');
  return { code: child.exitCode ?? -1, stdout, stderr };
}
