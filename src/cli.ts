#!/usr/bin/env node
/** Sets the engine up, and only then loads the program: compiled code that was kept is of the same flags. */
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { keepCompiled } from './entry/compile-cache.ts';
import { keepHeapSmall } from './entry/small-heap.ts';

const flags = keepHeapSmall(process.versions.node, process.argv.slice(2));
keepCompiled(dirname(fileURLToPath(import.meta.url)), flags, process.env);

// Until the command ends, an exit is a failure.
process.exitCode = 70;
void import('./cli/start.ts').then(({ start }) => start(packageVersion()));

/** Here, because this file is in a folder of the package, bundled or not. */
function packageVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return /"version": "(?<version>[^"]+)"/.exec(text)?.groups?.['version'] ?? 'unknown';
}
