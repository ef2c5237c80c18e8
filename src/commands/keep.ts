/** `tagwright audit --keep FORMAT`: every digest that a cleanup must leave alone. Reads only. */
import { eachInTurn } from '../domain/several.ts';
import { keepText, type KeepFormat } from '../report/keep-list.ts';
import { readHolders, readHoldings, type Holders } from './keep/holdings.ts';
import type { CommonOptions } from './options.ts';
import type { Outcome, World } from './world.ts';

export interface KeepOptions extends CommonOptions {
  readonly keep: KeepFormat;
}

/** @throws {OutsideError} if a repository cannot be read in full: a list that lacks a digest is worse than none */
export async function keepCommand(options: KeepOptions, world: World): Promise<Outcome> {
  return keepWith(await readHolders(options, world), options, world);
}

/** @param holders what the config and the facts hold */
export async function keepWith(holders: Holders, options: KeepOptions, world: World): Promise<Outcome> {
  const { config, image } = holders.project;
  const registries = await world.registries(config.insecureRegistries);
  try {
    const found = await eachInTurn(image.repositories, (repository) =>
      readHoldings(registries.open(repository), holders, options, world),
    );
    const lists = found.map(({ registry, name, kept, keptTags, looseTags }) => ({
      name,
      path: registry.repository.path,
      digests: [...kept.keys()].toSorted(),
      tags: keptTags,
      looseTags: looseTags.map(({ tag }) => tag),
    }));
    return { stdout: keepText(lists, options.keep), result: 'as-planned' };
  } finally {
    await registries.close();
  }
}
