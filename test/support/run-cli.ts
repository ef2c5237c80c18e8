import { main, type Surroundings } from '../../src/cli/main.ts';

export interface CliRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs the command line in this process, with nothing of the surrounding environment but what is given. After `-C`, the
 * process is back in the folder where it was.
 */
export async function runCli(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  terminal: Partial<Pick<Surroundings, 'columns' | 'ask' | 'progress'>> = {},
): Promise<CliRun> {
  let stdout = '';
  let stderr = '';
  const cwd = args.includes('-C') ? process.cwd() : null;
  const code = await main(args, {
    version: '0.0.0',
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
    columns: null,
    ...terminal,
    signal: new AbortController().signal,
    out: (text) => {
      stdout += text;
      return Promise.resolve();
    },
    say: (line) => {
      stderr += `${line}\n`;
    },
  }).finally(() => {
    if (cwd !== null) process.chdir(cwd);
  });
  return { code, stdout, stderr };
}
