/** `tagwright protect`: the immutability rules that fit the plan, for each kind of registry. Asks no registry. */
import { formatRepository } from '../domain/reference.ts';
import { mapSeveral } from '../domain/several.ts';
import { protections } from '../protect/protect.ts';
import { protectJson, protectText } from '../report/protect.ts';
import type { CommonOptions } from './options.ts';
import { joinImages, worstOf } from './over-images.ts';
import { readProject } from './read-project.ts';
import type { Outcome, World } from './world.ts';

export interface ProtectOptions extends CommonOptions {
  readonly json: boolean;
}

export function protectCommand(options: ProtectOptions, world: World): Promise<Outcome> {
  return joinImages(options, world, { isJson: options.json, resultOf: worstOf }, protectImage);
}

async function protectImage(options: ProtectOptions, world: World): Promise<Outcome> {
  const { image, tags } = await readProject(options, world);
  const pinned = [...tags.pinned.keys()];
  const convenience = tags.convenience.map(({ tag }) => tag);
  const report = {
    repositories: mapSeveral(image.repositories, formatRepository),
    pinned: pinned.length,
    convenience: convenience.length,
    protections: protections({ pinned, convenience }),
  };
  return { stdout: options.json ? protectJson(report) : protectText(report), result: 'as-planned' };
}
