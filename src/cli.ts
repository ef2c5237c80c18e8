#!/usr/bin/env node
/** argv → command → exit code. stdout is the result, stderr the talk. */
import { readFileSync } from 'node:fs';
import { CommanderError } from 'commander';
import { createProgram } from './cli/program.ts';
import { exitCodeOf, exitCodes, failureOf } from './entry/exit.ts';
import { realWorld } from './entry/world.ts';

async function main(argv: readonly string[]): Promise<number> {
  const abort = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => abort.abort());
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  let code: number = exitCodes.asPlanned;
  const program = createProgram(packageVersion(), async (command) => {
    const outcome = await command(realWorld({ env: process.env, say, signal: abort.signal }));
    await print(outcome.stdout);
    code = exitCodeOf(outcome);
  });
  for (const command of [program, ...program.commands]) command.exitOverride();
  try {
    await program.parseAsync(argv);
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.asPlanned : exitCodes.badInput;
    const failure = failureOf(error, process.env['TAGWRIGHT_DEBUG'] !== undefined);
    say(failure.text);
    return failure.code;
  }
}

function packageVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return /"version": "(?<version>[^"]+)"/.exec(text)?.groups?.['version'] ?? 'unknown';
}

/** Waits until a pipe has taken everything, so that long JSON is not cut off at the end of the process. */
function print(text: string): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.write(text, () => resolve());
  });
}

process.exitCode = await main(process.argv);
