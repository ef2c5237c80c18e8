/** What the targets of bake files come to, as buildx itself prints them: nothing is built. */
import { OutsideError } from '../../domain/errors.ts';
import type { PrintedBake } from '../../ports.ts';
import { runDocker } from './run-docker.ts';

/** Where docker finds itself and its plugins. A variable of a bake file may be set by any other. */
const variables = ['PATH', 'HOME', 'USERPROFILE', 'DOCKER_CONFIG', 'DOCKER_HOST', 'DOCKER_CONTEXT', 'XDG_CONFIG_HOME'];
const timeoutMs = 15_000;

export interface Printing {
  /** Relative to the folder, the one that counts last; the caller has read them, and no cloud is in them. */
  readonly paths: readonly string[];
  /** None: the default. */
  readonly targets: readonly string[];
  readonly folder: string;
}

export async function printBake({ paths, targets, folder }: Printing, signal: AbortSignal): Promise<PrintedBake> {
  const lines: string[] = [];
  // What follows -- is a name, whatever it begins with.
  const args = ['buildx', 'bake', '--print', ...paths.flatMap((path) => ['--file', path]), '--', ...targets];
  try {
    const { exitCode, stderrTail } = await runDocker(args, {
      cwd: folder,
      variables,
      onLine: () => undefined,
      onOutput: (line) => void lines.push(line),
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
    if (exitCode === 0) return { kind: 'printed', json: lines.join('\n') };
    return { kind: 'unread', because: stderrTail.at(-1)?.trim() || `docker failed with exit code ${exitCode}` };
  } catch (error) {
    if (!(error instanceof OutsideError) || signal.aborted) throw error;
    const isLate = error.code === 'ABORTED';
    return { kind: 'unread', because: isLate ? `it did not end within ${timeoutMs / 1000} s` : error.message };
  }
}
