import { spawn } from 'node:child_process';
import { childEnvironment } from '../../domain/child-environment.ts';
import { OutsideError } from '../../domain/errors.ts';
import { parseJsonObject } from '../../domain/json.ts';
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
 * Runs `docker-credential-<name> get` with the server on stdin. What it prints is the secret, so no output ever goes
 * into an error. One that hangs is killed, with everything it started, after 10 s.
 *
 * @see https://github.com/docker/docker-credential-helpers#development
 */
export const runCredentialHelper: HelperRun = async (name, server, { timeoutMs = defaultTimeoutMs } = {}) => {
  const program = `docker-credential-${name}`;
  const { exitCode, stdout } = await run(program, server, timeoutMs);
  if (exitCode !== 0) {
    if (/credentials not found/i.test(stdout)) return null;
    throw failed(program, `exit code ${exitCode} for ${server}`);
  }
  const body = parseJsonObject(stdout);
  const username = body?.['Username'];
  const secret = body?.['Secret'];
  if (typeof username !== 'string' || typeof secret !== 'string')
    throw failed(program, 'its answer has no credentials');
  if (secret === '') return null;
  return username === '<token>'
    ? { kind: 'identity-token', token: secret }
    : { kind: 'password', username, password: secret };
};

function run(program: string, input: string, timeoutMs: number): Promise<{ exitCode: number | null; stdout: string }> {
  return new Promise((resolve, reject) => {
    const env = childEnvironment(process.env);
    const child = spawn(program, ['get'], { env, stdio: ['pipe', 'pipe', 'ignore'], detached: true });
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    const kill = (reason: string): void => {
      clearTimeout(timer);
      child.stdout.destroy();
      if (child.pid !== undefined) killGroup(child.pid);
      reject(failed(program, reason));
    };
    const timer = setTimeout(() => kill(`no answer within ${timeoutMs / 1000} s`), timeoutMs);
    child.once('error', (error) => {
      clearTimeout(timer);
      reject(failed(program, 'cannot be run; install it, or remove it from config.json', error));
    });
    child.stdout.on('data', (chunk: Buffer) => {
      sizeBytes += chunk.byteLength;
      if (sizeBytes > maxOutputBytes) kill('its answer is too long');
      else chunks.push(chunk);
    });
    child.once('close', (exitCode) => {
      clearTimeout(timer);
      resolve({ exitCode, stdout: Buffer.concat(chunks).toString('utf8') });
    });
    // A helper that does not read its input is found out by its answer.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
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
