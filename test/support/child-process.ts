import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { build } from 'tsdown';
import type { ChildResult, ChildTask } from './publish-child.ts';
import type { YankTask } from './yank-child.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Bundles the child, for Node itself does not read our TypeScript everywhere. @returns the file to run */
export async function bundleChild(name = 'publish-child'): Promise<string> {
  const folder = `.cache/${name}-${process.pid}`;
  await build({
    cwd: root,
    config: false,
    entry: { child: `test/support/${name}.ts` },
    outDir: folder,
    format: 'esm',
    platform: 'node',
    fixedExtension: false,
    dts: false,
    clean: false,
    logLevel: 'error',
    deps: { skipNodeModulesBundle: true },
  });
  return `${root}${folder}/child.js`;
}

export interface ChildEnd {
  /** `null` where it was killed. */
  readonly result: ChildResult | null;
  readonly signal: string | null;
}

/** @throws {Error} where it ends in any other way than with a result or by SIGKILL */
export async function runChild(file: string, task: ChildTask | YankTask): Promise<ChildEnd> {
  const child = spawn(process.execPath, [file, JSON.stringify(task)], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  await once(child, 'close');
  if (child.signalCode === 'SIGKILL') return { result: null, signal: 'SIGKILL' };
  if (child.exitCode !== 0) throw new Error(`the child ended with ${child.exitCode ?? child.signalCode}: ${errors}`);
  const result: ChildResult = JSON.parse(output);
  return { result, signal: null };
}
