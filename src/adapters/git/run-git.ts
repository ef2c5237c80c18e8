import { childEnvironment } from '../../domain/child-environment.ts';
import { OutsideError } from '../../domain/errors.ts';

const timeoutMs = 60_000;

/** A git hook that runs this must not make git look at another repository than the folder's. */
const environment: Readonly<Record<string, string | undefined>> = {
  GIT_DIR: undefined,
  GIT_WORK_TREE: undefined,
  GIT_INDEX_FILE: undefined,
  GIT_COMMON_DIR: undefined,
  GIT_NAMESPACE: undefined,
  GIT_OPTIONAL_LOCKS: '0',
  GIT_TERMINAL_PROMPT: '0',
  LC_ALL: 'C',
};

/**
 * Runs git in a folder and returns what it printed.
 *
 * @param source for messages
 * @throws {OutsideError} SOURCE_FAILED with command, exit code, duration and the tail of stderr; ABORTED
 */
export async function runGit(
  folder: string,
  source: string,
  args: readonly string[],
  signal?: AbortSignal,
  input = '',
): Promise<string> {
  const { execa } = await import('execa');
  const command = ['--no-replace-objects', '-C', folder, ...args];
  const result = await execa('git', command, {
    env: { ...childEnvironment(process.env), ...environment },
    extendEnv: false,
    input,
    reject: false,
    stripFinalNewline: false,
    timeout: timeoutMs,
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  });
  if (!result.failed) return result.stdout;
  if (result.isCanceled) throw new OutsideError('ABORTED', `${source}: stopped`, { source });
  const stderr = result.stderr.trim().slice(-2000);
  const reason = failureReason(result.code, result.timedOut, result.exitCode, stderr);
  throw new OutsideError('SOURCE_FAILED', `${source}: ${reason}`, {
    source,
    command: ['git', ...command],
    exitCode: result.exitCode ?? null,
    durationMs: Math.round(result.durationMs),
    stderr,
  });
}

function failureReason(
  code: string | undefined,
  timedOut: boolean,
  exitCode: number | undefined,
  stderr: string,
): string {
  if (code === 'ENOENT') return 'git is not installed';
  if (timedOut) return `git did not answer within ${timeoutMs / 1000} s`;
  if (exitCode === undefined) return `git could not be run: ${code ?? 'it was killed'}`;
  return `git failed with exit code ${exitCode}: ${stderr.split('\n', 1)[0] ?? ''}`;
}
