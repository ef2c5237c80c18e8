/** `tagwright check`: the config alone. Asks no source of releases and no registry. */
import { readConfig } from '../config/normalize.ts';
import { checkJson, checkText } from '../report/check.ts';
import { required } from './read-project.ts';
import type { Outcome, World } from './world.ts';

export interface CheckOptions {
  readonly config: string;
  readonly json: boolean;
}

/** @throws {InputError} with every mistake in the config */
export async function checkCommand({ config: path, json }: CheckOptions, world: World): Promise<Outcome> {
  const { raw, file, above } = await world.loadConfig(path);
  const config = required(readConfig(raw, file, above));
  return { stdout: json ? checkJson(config) : checkText(config), result: 'as-planned' };
}
