/** `tagwright check`: the config, and the Dockerfiles it names where they are at hand. Asks no source of releases and no registry. */
import { readConfig } from '../config/normalize.ts';
import { checkJson, checkText } from '../report/check.ts';
import { InputError } from '../domain/errors.ts';
import { required } from './read-project.ts';
import { contractOfImage } from './release/contract.ts';
import type { Outcome, World } from './world.ts';

export interface CheckOptions {
  readonly config: string;
  readonly json: boolean;
}

/** @throws {InputError} with every mistake in the config */
export async function checkCommand({ config: path, json }: CheckOptions, world: World): Promise<Outcome> {
  const { raw, file, above, root } = await world.loadConfig(path);
  const config = required(readConfig(raw, file, above));
  const broken = await Promise.all(config.images.map((image) => contractOfImage(image, world.files(root))));
  if (broken.flat().length > 0) throw new InputError(broken.flat());
  return { stdout: json ? checkJson(config) : checkText(config), result: 'as-planned' };
}
