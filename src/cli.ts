#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { main } from './cli/main.ts';
import { abortOnInterrupt } from './entry/interrupt.ts';
import { keepHeapSmall } from './entry/small-heap.ts';
import { standardStreams } from './entry/standard-streams.ts';

keepHeapSmall(process.versions.node);

const signal = abortOnInterrupt();

process.exitCode = await main(process.argv.slice(2), {
  version: packageVersion(),
  env: process.env,
  signal,
  color: process.stdout.isTTY && (process.env['NO_COLOR'] ?? '') === '',
  ...standardStreams(process.stdout, process.stderr, signal),
});

function packageVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return /"version": "(?<version>[^"]+)"/.exec(text)?.groups?.['version'] ?? 'unknown';
}
