/** The command line as it ships, built from the sources as they are now: once for each process of tests that asks. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = join(root, `.cache/cli-${process.pid}`);
let isBuilt = false;

/** @returns the file to run with Node */
export function builtCli(): string {
  const file = join(folder, 'dist/cli.js');
  if (isBuilt) return file;
  mkdirSync(folder, { recursive: true });
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const tsdown = join(root, 'node_modules/tsdown/dist/run.mjs');
  const args = ['--filter', 'cli', '--out-dir', join(folder, 'dist'), '--logLevel', 'error'];
  execFileSync(process.execPath, [tsdown, ...args], { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] });
  // It reads its version beside the folder it is in.
  copyFileSync(join(root, 'package.json'), join(folder, 'package.json'));
  isBuilt = true;
  return file;
}
