import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { childEnvironment } from '../../domain/child-environment.ts';
import { OutsideError } from '../../domain/errors.ts';
import { parseJsonObject } from '../../domain/json.ts';
import { redact } from '../../domain/secrets.ts';
import { quote } from '../../domain/tag.ts';
import type { Credentials } from './credentials.ts';

/** Asks a credential helper for a server's credentials; `null` where it has none. */
export type HelperRun = (
  name: string,
  server: string,
  options?: { readonly timeoutMs?: number },
) => Promise<Credentials | null>;

const defaultTimeoutMs = 10_000;
const maxOutputBytes = 1_000_000;

/**
 * Runs `docker-credential-<name> get` with the server on stdin. What it prints on success is the secret, so that
 * never goes into an error. One that hangs is killed, with everything it started, after 10 s.
 *
 * @see https://github.com/docker/docker-credential-helpers#development
 */
export const runCredentialHelper: HelperRun = async (name, server, { timeoutMs = defaultTimeoutMs } = {}) => {
  const program = `docker-credential-${name}`;
  return readHelper(await run(program, server, timeoutMs), program, server);
};

/** What a helper came to. @throws {OutsideError} CREDENTIALS_FAILED */
export function readHelper({ exitCode, stdout, stderr }: Ended, program: string, server: string): Credentials | null {
  if (exitCode !== 0) {
    if (/credentials not found/i.test(stdout)) return null;
    throw failed(program, `exit code ${exitCode} for ${server}${wordsOf(stdout, stderr)}`);
  }
  const body = parseJsonObject(stdout);
  if (body === null) throw failed(program, 'its answer has no credentials');
  const { Username: username = '', Secret: secret = '' } = body;
  if (typeof username !== 'string' || typeof secret !== 'string')
    throw failed(program, 'its answer has no credentials');
  if (secret === '') return null;
  return username === '<token>'
    ? { kind: 'identity-token', token: secret }
    : { kind: 'password', username, password: secret };
}

export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(program: string, input: string, timeoutMs: number): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const env = childEnvironment(process.env);
    const child = spawn(program, ['get'], { env, stdio: ['pipe', 'pipe', 'pipe'], detached: true });
    let sizeBytes = 0;
    const kill = (reason: string): void => {
      clearTimeout(timer);
      child.stdout.destroy();
      child.stderr.destroy();
      if (child.pid !== undefined) killGroup(child.pid);
      reject(failed(program, reason));
    };
    const collect = (stream: Readable): Buffer[] => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => {
        sizeBytes += chunk.byteLength;
        if (sizeBytes > maxOutputBytes) kill('its answer is too long');
        else chunks.push(chunk);
      });
      return chunks;
    };
    const timer = setTimeout(() => kill(`no answer within ${timeoutMs / 1000} s`), timeoutMs);
    child.once('error', (error) => {
      clearTimeout(timer);
      reject(failed(program, 'cannot be run; install it, or remove it from config.json', error));
    });
    const stdout = collect(child.stdout);
    const stderr = collect(child.stderr);
    child.once('close', (exitCode) => {
      clearTimeout(timer);
      const text = (chunks: readonly Buffer[]): string => Buffer.concat(chunks).toString('utf8');
      resolve({ exitCode, stdout: text(stdout), stderr: text(stderr) });
    });
    // A helper that does not read its input is found out by its answer.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

/**
 * The helper's own words on why it failed: on stdout by the protocol, on stderr by custom. Only what reads as a
 * sentence is shown, for a secret is one word, and nothing that begins like an answer.
 */
function wordsOf(stdout: string, stderr: string): string {
  const said = [stdout, stderr].map((text) => text.trim()).find((text) => text !== '' && !text.startsWith('{'));
  const line = said?.split('\n').find((text) => /\S\s+\S/.test(text));
  if (line === undefined) return '';
  const shown = redact(line).replaceAll(
    /(?<name>\b(?:secret|password|token)\b(?:\s+is|\s*[:=])\s*)\S+/gi,
    '$<name>***',
  );
  return `: ${quote(shown)}`;
}

/** The helper leads a process group of its own, so that what it started goes with it. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    const isGone = error instanceof Error && 'code' in error && error.code === 'ESRCH';
    if (!isGone) throw error;
  }
}

function failed(program: string, reason: string, cause?: unknown): OutsideError {
  const options = cause === undefined ? undefined : { cause };
  return new OutsideError('CREDENTIALS_FAILED', `${program}: ${reason}`, { program }, options);
}
