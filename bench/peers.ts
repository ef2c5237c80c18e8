import { execa } from 'execa';
import { createHash } from 'node:crypto';
import { delimiter } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseJsonObject } from '../src/domain/json.ts';

/** What one client said of one tag: a digest, or that it failed. */
export type Said = { readonly digest: string } | { readonly error: string };

/** Another program that reads and moves tags, one process a tag. */
export interface Peer {
  readonly name: string;
  /** Where the tag points. */
  readonly read: (reference: string, timeoutMs: number) => Promise<Said>;
  /** Gives what `from` points at a second name in the same repository; the digest that it says it ended on, if it says. */
  readonly move: (from: string, to: string, timeoutMs: number) => Promise<{ readonly error: string | null }>;
}

// scripts/setup-engines.sh puts the docker that belongs to the daemon here, if another one shadows it.
const PATH = [fileURLToPath(new URL('../.cache/engines/bin', import.meta.url)), process.env['PATH']].join(delimiter);

async function run(
  program: string,
  args: readonly string[],
  timeoutMs: number,
): Promise<{ stdout: string; error: string | null }> {
  const ran = await execa(program, args, {
    env: { PATH },
    reject: false,
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
    stripFinalNewline: false,
  });
  if (!ran.failed) return { stdout: ran.stdout, error: null };
  return { stdout: '', error: ran.timedOut ? 'hangs' : ran.stderr.trim().slice(-200) || `exit code ${ran.exitCode}` };
}

async function readBy(
  program: string,
  args: readonly string[],
  timeoutMs: number,
  read: (stdout: string) => string,
): Promise<Said> {
  const { stdout, error } = await run(program, args, timeoutMs);
  return error === null ? { digest: read(stdout) } : { error };
}

const sha256 = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;
const insecureCopy = ['--src-tls-verify=false', '--dest-tls-verify=false'];

export const peers: readonly Peer[] = [
  {
    name: 'skopeo',
    read: (reference, timeoutMs) =>
      readBy('skopeo', ['inspect', '--raw', '--tls-verify=false', `docker://${reference}`], timeoutMs, sha256),
    move: (from, to, timeoutMs) =>
      run('skopeo', ['copy', '--all', ...insecureCopy, `docker://${from}`, `docker://${to}`], timeoutMs),
  },
  {
    name: 'skopeo --retry-times 3',
    read: (reference, timeoutMs) =>
      readBy(
        'skopeo',
        ['inspect', '--raw', '--retry-times', '3', '--tls-verify=false', `docker://${reference}`],
        timeoutMs,
        sha256,
      ),
    move: (from, to, timeoutMs) =>
      run(
        'skopeo',
        ['copy', '--all', '--retry-times', '3', ...insecureCopy, `docker://${from}`, `docker://${to}`],
        timeoutMs,
      ),
  },
  {
    name: 'crane',
    read: (reference, timeoutMs) =>
      readBy('crane', ['digest', '--insecure', reference], timeoutMs, (stdout) => stdout.trim()),
    move: (from, to, timeoutMs) => run('crane', ['tag', '--insecure', from, to.replace(/^.*:/, '')], timeoutMs),
  },
  {
    name: 'buildx imagetools',
    read: (reference, timeoutMs) =>
      readBy(
        'docker',
        ['buildx', 'imagetools', 'inspect', '--format', '{{json .Manifest}}', reference],
        timeoutMs,
        (stdout) => String(parseJsonObject(stdout)?.['digest']),
      ),
    move: (from, to, timeoutMs) =>
      run('docker', ['buildx', 'imagetools', 'create', '--prefer-index=false', '-t', to, from], timeoutMs),
  },
];

/** The first line of what a program says of its version. */
export async function versionOf(program: string, ...args: readonly string[]): Promise<string> {
  const { stdout, error } = await run(program, args, 10_000);
  return error === null ? (stdout.split('\n')[0] ?? '').trim() : `${program}: not installed`;
}
