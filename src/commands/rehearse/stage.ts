/** Puts a history into an empty registry, as undisturbed publishes would have left it, without going through them. */
import pMap from 'p-map';
import { rootsAt } from '../../build/source.ts';
import { buildTarget } from '../../build/targets.ts';
import { OutsideError } from '../../domain/errors.ts';
import { formatReference } from '../../domain/reference.ts';
import type { Release } from '../../domain/release.ts';
import { fullTag } from '../../plan/cell.ts';
import type { TagMap } from '../../plan/tag-map.ts';
import type { Registry } from '../../ports.ts';
import { resolve, type Project } from '../read-project.ts';
import type { World } from '../world.ts';

/** @returns how many cells it put there: those of every release but this one */
export async function stageHistory(project: Project, release: Release, world: World): Promise<number> {
  const [repository] = project.image.repositories;
  const others = project.known.releases.filter((other) => other !== release);
  const { tags } = resolve(project.config, project.image, others, project.factsFrom);
  const registries = await world.registries([]);
  try {
    const builder = world.builder('stand-in', project.config.build, project.root, registries);
    const targets = tags.cells.map((cell) => {
      return buildTarget(cell, project.image, [formatReference(repository, fullTag(cell))], rootsAt(project.root));
    });
    await builder.build(targets, { onProgress: () => undefined, signal: world.signal });
    await copyTags(registries.open(repository), tags, world);
    return tags.cells.length;
  } finally {
    await registries.close();
  }
}

/** The other pinned tags of each cell, and every convenience tag on its owner. */
async function copyTags(registry: Registry, tags: TagMap, world: World): Promise<void> {
  const wanted = new Map(tags.cells.map((cell) => [cell, cell.pinned.slice(1).map((text) => text.tag)]));
  for (const { owner, tag } of tags.convenience) if (owner !== null) wanted.get(owner)?.push(tag);
  await pMap(
    wanted,
    async ([cell, names]) => {
      const manifest = await registry.manifest(fullTag(cell), world.signal);
      if (manifest === null) throw new OutsideError('VERIFY_FAILED', `${fullTag(cell)} was staged and is not there`);
      for (const name of names) await registry.putManifest(name, manifest, world.signal);
    },
    { concurrency: 16 },
  );
}
