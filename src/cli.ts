#!/usr/bin/env node
/** Sets the engine up, and only then loads the program: compiled code that was kept is of the same flags. */
import { readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { keepCompiled, kindOfRun } from './entry/compile-cache.ts';
import { keepHeapSmall } from './entry/small-heap.ts';

const args = process.argv.slice(2);
// Until the command ends, an exit is a failure.
process.exitCode = 70;
if (args.length === 1 && args[0] === '--version' && isPrinted(`${packageVersion()}\n`)) process.exitCode = 0;
else run();

function run(): void {
  const flags = keepHeapSmall(process.versions.node, args);
  keepCompiled({ own: dirname(fileURLToPath(import.meta.url)), flags, run: kindOfRun(args) }, process.env);
  void import('./cli/start.ts').then(({ start }) => start(packageVersion()));
}

/** @returns false if it was not taken: the whole program knows what that means, and says it */
function isPrinted(text: string): boolean {
  try {
    return writeSync(1, text) === text.length;
  } catch {
    return false;
  }
}

/** Here, because this file is in a folder of the package, bundled or not. */
function packageVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return /"version": "(?<version>[^"]+)"/.exec(text)?.groups?.['version'] ?? 'unknown';
}
