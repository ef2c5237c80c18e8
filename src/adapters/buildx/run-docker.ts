/** One run of the `docker` command: an argument array, never a shell; stderr line by line as it comes. */
import { childEnvironment } from '../../domain/child-environment.ts';
import { processError, type ProcessRun } from '../../domain/process-run.ts';

export interface DockerOptions {
  readonly cwd: string;
  readonly onLine: (line: string) => void;
  /** Lines of stdout, which is left alone without it. */
  readonly onOutput?: (line: string) => void;
  /** Variables of the environment that the build is given as secrets. */
  readonly secrets?: readonly string[];
  /** The variables that it is given; left out: all but the secrets that tagwright reads for itself. */
  readonly variables?: readonly string[];
  readonly signal?: AbortSignal;
}

/** After SIGTERM, docker has this long to cancel its build before it is killed. */
const forceKillAfterMs = 10_000;
const tailLines = 20;

/**
 * Runs `docker` and waits for its end, whatever it is.
 *
 * @throws {OutsideError} `PROCESS_FAILED` where the command could not be started, `ABORTED` where the signal ended it
 */
export async function runDocker(args: readonly string[], options: DockerOptions): Promise<ProcessRun> {
  const startedAt = performance.now();
  const stderrTail: string[] = [];
  const runSoFar = (exitCode: number | null, signal: string | null): ProcessRun => ({
    command: 'docker',
    args,
    exitCode,
    signal,
    durationMs: Math.round(performance.now() - startedAt),
    stderrTail,
  });
  if (options.signal?.aborted === true)
    throw processError('ABORTED', 'stopped before docker ran', runSoFar(null, null));

  const { onOutput } = options;
  const { execa } = await import('execa');
  const result = await execa('docker', args, {
    cwd: options.cwd,
    // Bake asks before it reads files outside its folder, for bake files of strangers. Ours names what the config names.
    env: { ...environmentOf(options), BUILDX_BAKE_ENTITLEMENTS_FS: '0' },
    extendEnv: false,
    stdin: 'ignore',
    stdout: onOutput === undefined ? 'ignore' : passOn(onOutput),
    stderr: passOn((line) => {
      stderrTail.push(line);
      if (stderrTail.length > tailLines) stderrTail.shift();
      options.onLine(line);
    }),
    reject: false,
    forceKillAfterDelay: forceKillAfterMs,
    ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
  });
  const run = runSoFar(result.exitCode ?? null, result.signal ?? null);
  if (result.isCanceled) throw processError('ABORTED', 'docker was stopped before it was done', run);
  if (run.exitCode !== null) return run;
  throw processError('PROCESS_FAILED', whyNotRun(run, result.code), run, { cause: result.cause });
}

function environmentOf({ secrets, variables }: DockerOptions): Record<string, string> {
  const all = childEnvironment(process.env, secrets);
  if (variables === undefined) return all;
  return Object.fromEntries(Object.entries(all).filter(([name]) => variables.includes(name.toUpperCase())));
}

/** Every line is passed on and none kept, so memory stays small. */
function passOn(take: (line: string) => void): (line: unknown) => Generator<never, void> {
  // oxlint-disable-next-line eslint/require-yield -- what it yields would be kept
  return function* each(line: unknown) {
    take(String(line));
  };
}

function whyNotRun(run: ProcessRun, code: string | undefined): string {
  if (code === 'ENOENT') return 'docker is not on the PATH; install Docker Engine with buildx, or use another builder';
  if (run.signal !== null) return `docker was ended by ${run.signal}`;
  return `docker could not be started (${code ?? 'unknown reason'})`;
}
