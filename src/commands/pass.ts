/**
 * `tagwright pass NAME --record FILE`: the answer of a check, for exactly the digests that a job recorded. It needs no
 * config, no facts and no registry, so that it runs on a machine that has nothing but the image.
 */
import { passFile, passOf } from '../build/pass.ts';
import { readRecord } from '../build/record.ts';
import type { Digest } from '../domain/digest.ts';
import { parseJsonObject } from '../domain/json.ts';
import { required } from './read-project.ts';
import type { Outcome, World } from './world.ts';

export interface PassOptions {
  /** The name of the check in the config. */
  readonly check: string;
  readonly record: string;
  readonly failed: boolean;
  /** Where to write it; `null`: beside the record. */
  readonly out: string | null;
}

/** @throws {InputError} RECORD_INVALID */
export async function passCommand({ check, record, failed, out }: PassOptions, world: World): Promise<Outcome> {
  const sumOf = (text: string): Digest => world.digestOf(new TextEncoder().encode(text));
  const read = required(readRecord(parseJsonObject(await world.readText(record)), record, sumOf));
  const path = out ?? `${record.replace(/\.json$/, '')}.${check}.pass.json`;
  const pass = passOf(read, check, failed);
  const lines = pass.answers.map(({ cell, platforms, digest }) =>
    [check, failed ? 'failed' : 'passed', cell, platforms.join(' '), digest].join('  '),
  );
  return {
    stdout: `${[...lines, `written to ${path}`].join('\n')}\n`,
    files: [{ path, text: passFile(pass, sumOf) }],
    result: 'as-planned',
  };
}
