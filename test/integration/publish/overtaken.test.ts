import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, inject, test } from 'vitest';
import type { World } from '../../../src/commands/world.ts';
import type { MatrixConfig } from '../../../src/config/matrix-config.ts';
import type { Builder, Registry } from '../../../src/ports.ts';
import { daily, revisionOf } from '../../support/history.ts';
import { place, put, type Place } from '../../support/publish-place.ts';
import {
  fourCells,
  publish,
  publishOptions,
  publishWorld,
  tally,
  type Published,
} from '../../support/publish-world.ts';
import { readTag } from '../../support/read-tags.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const host = inject('registryHost');

/** Each build differs from every other, as real ones do. */
const differing = { standIn: { reproducible: false } };

/** A builder that pushes whatever is there, as buildx does; another publish runs from start to end before its pushes. */
function slowBuilder(world: World, at: Place, meanwhile: () => Promise<void>): World {
  return {
    ...world,
    builder: (name, build, root, registries): Builder => ({
      name: 'stand-in',
      build: async (targets, options) => {
        await meanwhile();
        const aside = targets.map((target) => ({
          ...target,
          references: target.references.map((reference) => reference.replace(/:(?=[^/]*$)/, ':aside-')),
        }));
        const report = await world.builder(name, build, root, registries).build(aside, options);
        for (const target of report.targets) {
          const reference = targets.find(({ id }) => id === target.id)?.references[0] ?? '';
          if (target.kind === 'built') await put(at, reference.split(':').at(-1) ?? '', target.digest);
        }
        return report;
      },
    }),
  };
}

interface Overtaken {
  readonly at: Place;
  readonly config: MatrixConfig;
  /** Every tag as the other publish left it. */
  readonly published: Readonly<Record<string, string>>;
  readonly ours: Published;
  readonly after: Readonly<Record<string, string>>;
}

async function overtaken(config: MatrixConfig): Promise<Overtaken> {
  const at = await place(host);
  await at.publish('1.0.0', { config, facts: daily('1.0.0') });
  const elsewhere = publishOptions('1.0.1', at.repository, join(await tempFolder(), 'journal'));
  let published: Record<string, string> = {};
  const world = slowBuilder(publishWorld({ config, ...differing }), at, async () => {
    await publish(elsewhere, publishWorld({ config, ...differing }));
    published = await at.tags();
  });
  const ours = await publish(publishOptions('1.0.1', at.repository, at.journal), world);
  const tags = Object.entries(await at.tags()).filter(([tag]) => !tag.startsWith('aside-'));
  return { at, config, published, ours, after: Object.fromEntries(tags) };
}

describe('another publish of the release ends while this one builds, and this one pushes over it', () => {
  test('its sha tags tell which image was first: full tags go back to it, and nothing is left to do', async () => {
    const { at, published, ours, after } = await overtaken(fourCells);
    expect(after).toEqual(published);
    expect([ours.result, tally(ours), ours.report.repositories[0]?.lags]).toEqual([
      'as-planned',
      { cells: { copied: 4 }, moves: {} },
      [],
    ]);
    expect(tally(await at.publish('1.0.1', differing))).toEqual({ cells: { there: 4 }, moves: {} });
  });

  test('without sha tags its convenience tags tell: full tags go back to it, and this run stops', async () => {
    const { at, config, published, ours, after } = await overtaken({ ...fourCells, rules: { sha: false } });
    expect(after).toEqual(published);
    const [lag] = ours.report.repositories[0]?.lags ?? [];
    expect([ours.result, lag]).toEqual([
      'outside-failed',
      expect.stringMatching(
        /^PINNED_RACED {2}.* 4 pinned tags that this run had pushed are back on it\. Run this again/,
      ),
    ]);
    expect(tally(await at.publish('1.0.1', { config, ...differing }))).toEqual({ cells: { there: 4 }, moves: {} });
  });
});

describe('pushes of another publish of the release cross with those of this one', () => {
  const [full, sha, moving] = ['1.0.1-python3.9', `sha-${revisionOf('1.0.1')}-python3.9`, '1.0-python3.9'] as const;
  const rows: readonly { name: string; others: readonly string[]; counts: 'ours' | 'theirs' }[] = [
    { name: 'its full tag comes last, our sha tag too: ours counts', others: [full], counts: 'ours' },
    { name: 'its sha tag comes last: theirs counts', others: [sha], counts: 'theirs' },
    { name: 'a convenience tag has moved to theirs: theirs counts', others: [full, moving], counts: 'theirs' },
  ];
  test.each(rows)('$name', async ({ others, counts }) => {
    const at = await place(host);
    await at.publish('1.0.0', { facts: daily('1.0.0') });
    const world = publishWorld(differing);
    const digests = { ours: '', theirs: '' };
    const crossing: World = {
      ...world,
      registries: async (insecure) => {
        const registries = await world.registries(insecure);
        return { ...registries, open: (repository) => afterPut(registries.open(repository), sha, cross) };
      },
    };
    async function cross(): Promise<void> {
      // This tag alone: a registry on a file system answers with 500 for one that is being written.
      digests.ours = (await readTag(host, at.path, full)) ?? '';
      const elsewhere = await place(host);
      await elsewhere.publish('1.0.1', differing);
      digests.theirs = (await elsewhere.tags())[full] ?? '';
      const insecure = ['--src-tls-verify=false', '--dest-tls-verify=false', '--all', '--preserve-digests'];
      for (const tag of others)
        await execa('skopeo', [
          'copy',
          ...insecure,
          `docker://${elsewhere.repository}:${full}`,
          `docker://${at.repository}:${tag}`,
        ]);
    }
    const ours = await publish(publishOptions('1.0.1', at.repository, at.journal), crossing);
    expect([ours.result, ours.report.repositories[0]?.lags]).toEqual(['as-planned', []]);
    const tags = await at.tags();
    const ofCell = [full, sha, moving, '1-python3.9'];
    expect(digests.theirs).not.toBe(digests.ours);
    expect(ofCell.map((tag) => [tag, tags[tag]])).toEqual(ofCell.map((tag) => [tag, digests[counts]]));
    expect(tally(await at.publish('1.0.1', differing))).toEqual({ cells: { there: 4 }, moves: {} });
  });
});

/** Once this tag has been put for the first time, something happens before anybody knows. */
function afterPut(registry: Registry, tag: string, work: () => Promise<void>): Registry {
  let isDone = false;
  return {
    ...registry,
    putManifest: async (reference, manifest, signal) => {
      const digest = await registry.putManifest(reference, manifest, signal);
      if (reference === tag && !isDone) {
        isDone = true;
        await work();
      }
      return digest;
    },
  };
}
