import { childEnvironment } from '../../domain/child-environment.ts';
import { InputError, OutsideError } from '../../domain/errors.ts';
import { bareRepositoryAt, guards, type Guard } from './guards.ts';

const usualTimeoutMs = 60_000;

export interface GitPlace {
  readonly folder: string;
  /** For messages: `git tags of .` */
  readonly source: string;
  readonly signal?: AbortSignal | undefined;
}

export interface GitRun {
  /** For stdin. */
  readonly input?: string;
  /** From the remote of the working tree, which is not the config's to name; never for an event that is not trusted. */
  readonly mayFetch?: true;
  readonly guards?: readonly Guard[];
  /** For work that grows with the repository. */
  readonly timeoutMs?: number;
}

/**
 * Runs git in a folder and returns what it printed. Discovery is git's own, which checks who owns the repository.
 *
 * @throws {InputError} CONFIG_INVALID for a bare repository
 * @throws {OutsideError} SOURCE_FAILED with command, exit code, duration and the tail of stderr; ABORTED
 */
export async function runGit(
  { folder, source, signal }: GitPlace,
  args: readonly string[],
  run: GitRun = {},
): Promise<string> {
  const { execa } = await import('execa');
  const timeoutMs = run.timeoutMs ?? usualTimeoutMs;
  const guarding = run.guards ?? Object.values(guards);
  const bare = guarding.some(({ looks }) => looks === true) ? await bareRepositoryAt(folder) : null;
  if (bare !== null) throw refusedBare(source, bare);
  const command = ['--no-replace-objects', ...guarding.flatMap((guard) => guard.args ?? []), '-C', folder, ...args];
  const env: Record<string, string | undefined> = Object.assign(
    childEnvironment(process.env),
    { GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' },
    ...guarding.map((guard) => guard.env ?? {}),
    run.mayFetch === true ? { GIT_ALLOW_PROTOCOL: 'file:https:ssh' } : {},
  );
  const result = await execa('git', command, {
    env,
    extendEnv: false,
    input: run.input ?? '',
    reject: false,
    stripFinalNewline: false,
    timeout: timeoutMs,
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  });
  if (!result.failed) return result.stdout;
  if (result.isCanceled) throw new OutsideError('ABORTED', `${source}: stopped`, { source });
  const stderr = result.stderr.trim().slice(-2000);
  const reason = failureReason(result.code, result.timedOut ? timeoutMs : null, result.exitCode, stderr);
  throw new OutsideError('SOURCE_FAILED', `${source}: ${reason}`, {
    source,
    command: ['git', ...command],
    exitCode: result.exitCode ?? null,
    durationMs: Math.round(result.durationMs),
    stderr,
  });
}

function refusedBare(source: string, folder: string): InputError {
  const message = `${folder} is a bare git repository, and git would obey its settings, which can name programs to run`;
  return new InputError([{ code: 'CONFIG_INVALID', where: source, message, fix: 'name a folder of a working tree' }]);
}

function failureReason(
  code: string | undefined,
  timedOutMs: number | null,
  exitCode: number | undefined,
  stderr: string,
): string {
  if (code === 'ENOENT') return 'git is not installed';
  if (timedOutMs !== null) return `git did not answer within ${timedOutMs / 1000} s`;
  if (exitCode === undefined) return `git could not be run: ${code ?? 'it was killed'}`;
  const advice = /^\s*(?<command>git config --global --add safe\.directory .+)$/m.exec(stderr)?.groups?.['command'];
  const isNone = stderr.startsWith('fatal: not a git repository (or any');
  const elsewhere = isNone ? '. Run it in the git repository of the image, or name that with -C DIR' : '';
  const fix = advice === undefined ? elsewhere : `. If you trust who owns it, run \`${advice}\``;
  return `git failed with exit code ${exitCode}: ${stderr.split('\n', 1)[0] ?? ''}${fix}`;
}
