import { main, type Surroundings } from '../../src/cli/main.ts';

export interface CliRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line in this process, with nothing of the surrounding environment but what is given. */
export async function runCli(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  terminal: Partial<Pick<Surroundings, 'columns' | 'ask' | 'progress'>> = {},
): Promise<CliRun> {
  let stdout = '';
  let stderr = '';
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
  });
  return { code, stdout, stderr };
}
