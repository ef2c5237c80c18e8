#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { main } from './cli/main.ts';
import { abortOnInterrupt } from './entry/interrupt.ts';
import { keepHeapSmall } from './entry/small-heap.ts';

keepHeapSmall(process.versions.node);

process.exitCode = await main(process.argv.slice(2), {
  version: packageVersion(),
  env: process.env,
  signal: abortOnInterrupt(),
  color: process.stdout.isTTY && (process.env['NO_COLOR'] ?? '') === '',
  // A pipe takes long JSON bit by bit; the process must not end before it has.
  out: (text) => new Promise((resolve) => process.stdout.write(text, () => resolve())),
  say: (line) => void process.stderr.write(`${line}\n`),
});

function packageVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return /"version": "(?<version>[^"]+)"/.exec(text)?.groups?.['version'] ?? 'unknown';
}
