/** The action as a runner runs it: its one file, in a process of its own, with nothing but what a runner gives a step. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { readCommandFiles, stepEnv, type ActionInput, type ActionRun } from './run-action.ts';
import { tempFolder } from './temp-folder.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Bundles the sources as they are now, in a folder where no package is near. Whether the committed bundle is this one is
 * what `npm run bundle:check` says.
 *
 * @returns the file that action.yml calls `main`
 */
export async function bundleAction(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tagwright-bundle-'));
  const tsdown = join(root, 'node_modules/tsdown/dist/run.mjs');
  await promisify(execFile)(
    process.execPath,
    [tsdown, '--filter', 'action', '--out-dir', folder, '--logLevel', 'error'],
    { cwd: root },
  );
  return join(folder, 'index.js');
}

export interface BundleRun extends ActionRun {
  readonly stderr: string;
  /** What it left in the files that the action has no use for: state for a post step, folders for PATH. */
  readonly state: string;
  readonly path: string;
}

/** @param workspace the checkout, which is the working directory of a step */
export async function runBundle(main: string, workspace: string, input: ActionInput): Promise<BundleRun> {
  const folder = await tempFolder({ output: '', env: '', summary: '', state: '', path: '' });
  await writeFile(join(folder, 'event.json'), JSON.stringify(input.payload ?? {}));
  await mkdir(join(folder, 'temp'));
  const env = {
    ...stepEnv(input, folder),
    CI: 'true',
    GITHUB_STATE: join(folder, 'state'),
    GITHUB_PATH: join(folder, 'path'),
    GITHUB_WORKSPACE: workspace,
    GITHUB_ACTION_PATH: join(main, '../..'),
    GITHUB_ACTOR: 'octavia',
    GITHUB_JOB: 'publish',
    GITHUB_WORKFLOW: 'release',
    RUNNER_OS: 'Linux',
    RUNNER_ARCH: 'X64',
  };
  const child = spawn(process.execPath, [main], { cwd: workspace, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (log += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  await once(child, 'close');
  if (child.exitCode === null) throw new Error(`the action ended by ${child.signalCode}: ${log}${stderr}`);
  return {
    code: child.exitCode,
    log,
    stderr,
    ...(await readCommandFiles(folder)),
    state: await readFile(join(folder, 'state'), 'utf8'),
    path: await readFile(join(folder, 'path'), 'utf8'),
  };
}
