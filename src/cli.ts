#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { main } from './cli/main.ts';
import { terminalAsk } from './entry/ask.ts';
import { abortOnInterrupt } from './entry/interrupt.ts';
import { keepHeapSmall } from './entry/small-heap.ts';
import { standardStreams } from './entry/standard-streams.ts';
import { createTalk } from './entry/talk.ts';

keepHeapSmall(process.versions.node);
keepCompiled();

const signal = abortOnInterrupt();
const { stdin, stdout, stderr } = process;
const streams = standardStreams(stdout, stderr, signal);

// Not awaited here: chunks that `main` loads wait for this module to be evaluated. Until it ends, an exit is a failure.
process.exitCode = 70;
void main(process.argv.slice(2), {
  version: packageVersion(),
  env: process.env,
  signal,
  columns: stdout.isTTY ? stdout.columns : null,
  ask: stdin.isTTY && stderr.isTTY ? terminalAsk(stdin, stderr, signal) : null,
  out: streams.out,
  ...createTalk({
    say: streams.say,
    terminal: stderr.isTTY ? { write: (text) => void stderr.write(text), columns: () => stderr.columns } : null,
    nowMs: () => performance.now(),
    every: (ms, callback) => {
      const timer = setInterval(callback, ms).unref();
      return () => clearInterval(timer);
    },
  }),
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
