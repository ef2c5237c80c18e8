#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { main } from './cli/main.ts';
import { abortOnInterrupt } from './entry/interrupt.ts';
import { keepHeapSmall } from './entry/small-heap.ts';
import { standardStreams } from './entry/standard-streams.ts';

keepHeapSmall(process.versions.node);
keepCompiled();

const signal = abortOnInterrupt();

// Not awaited here: chunks that `main` loads wait for this module to be evaluated. Until it ends, an exit is a failure.
process.exitCode = 70;
void main(process.argv.slice(2), {
  version: packageVersion(),
  env: process.env,
  signal,
  color: process.stdout.isTTY && (process.env['NO_COLOR'] ?? '') === '',
  ...standardStreams(process.stdout, process.stderr, signal),
}).then((code) => {
  process.exitCode = code;
});

function packageVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return /"version": "(?<version>[^"]+)"/.exec(text)?.groups?.['version'] ?? 'unknown';
}

/** From Node 22 on, files that a command loads are compiled once, and kept for this user alone. */
function keepCompiled(): void {
  if (!('enableCompileCache' in nodeModule) || typeof nodeModule.enableCompileCache !== 'function') return;
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  nodeModule.enableCompileCache(join(cache, 'tagwright', 'compiled'));
}
