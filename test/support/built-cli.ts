/** The command line as it ships, built from the sources as they are now: once for each process of tests that asks. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = join(root, `.cache/cli-${process.pid}`);
let isBuilt = false;

/** @returns the file to run with Node */
export function builtCli(): string {
  const file = join(folder, 'dist/cli.js');
  if (isBuilt) return file;
  removeLeftovers();
  mkdirSync(folder, { recursive: true });
  const tsdown = join(root, 'node_modules/tsdown/dist/run.mjs');
  const args = ['--filter', 'cli', '--out-dir', join(folder, 'dist'), '--logLevel', 'error'];
  execFileSync(process.execPath, [tsdown, ...args], { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] });
  // It reads its version beside the folder it is in.
  copyFileSync(join(root, 'package.json'), join(folder, 'package.json'));
  isBuilt = true;
  return file;
}

/** Of processes that have ended: a worker of vitest is stopped without a word, and cannot clean up itself. */
function removeLeftovers(): void {
  mkdirSync(join(root, '.cache'), { recursive: true });
  for (const name of readdirSync(join(root, '.cache'))) {
    const pid = Number(/^cli-(?<pid>\d+)$/.exec(name)?.groups?.['pid']);
    if (pid > 0 && !isRunning(pid)) rmSync(join(root, '.cache', name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
