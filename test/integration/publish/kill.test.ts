/**
 * A publish of eleven cells, killed. `npm test` kills ten times, `npm run test:kill` a hundred times and at every entry
 * of the journal besides. After each kill the repository is copied: one copy is gone on with by the journal, the other
 * without one.
 */
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { daily } from '../../support/history.ts';
import { bundleChild, runChild } from '../../support/child-process.ts';
import { elevenCells } from '../../support/eleven-cells.ts';
import type { Kill } from '../../support/publish-child.ts';
import { publish, publishOptions, publishWorld } from '../../support/publish-world.ts';
import { readTags } from '../../support/read-tags.ts';
import { startRegistry, type RegistryProcess } from '../../support/registry-process.ts';
import { seeded } from '../../support/seeded.ts';

type Tags = Readonly<Record<string, string>>;

const kills = Number(process.env['KILLS'] ?? 10);
const everyEntry = process.env['KILLS'] !== undefined;
const releases = ['1.0.0', '1.0.1'];

let registry: RegistryProcess;
let child = '';
/** Every tag before the publish, and after one that nobody disturbed. */
let before: Tags = {};
let after: Tags = {};
let entries = 0;
let requests = 0;

beforeAll(async () => {
  registry = await startRegistry();
  child = await bundleChild();
  await publishHere('base', '1.0.0', ['1.0.0']);
  before = await readTags(registry.host, 'base');
  await copyRepository('base', 'undisturbed');
  const undisturbed = await publishHere('undisturbed', '1.0.1', releases);
  after = await readTags(registry.host, 'undisturbed');
  ({ entries, requests } = undisturbed);
}, 300_000);

afterAll(async () => {
  await registry.stop();
  await rm(join(child, '..'), { recursive: true, force: true });
});

const journalOf = (path: string): string => join(registry.storage, 'journals', path);

async function publishHere(
  path: string,
  version: string,
  known: readonly string[],
): Promise<{ result: string; lags: readonly string[]; entries: number; requests: number }> {
  let sent = 0;
  let written = 0;
  const world = publishWorld({
    config: elevenCells,
    facts: daily(...known),
    registries: { onRequest: () => (sent += 1) },
  });
  const { result, report } = await publish(publishOptions(version, `${registry.host}/${path}`, journalOf(path)), world);
  const file = report.repositories[0]?.journal ?? null;
  if (file !== null) written = (await world.journals(journalOf(path)).read(file)).entries.length;
  return { result, lags: report.repositories[0]?.lags ?? [], entries: written, requests: sent };
}

/** The registry keeps a repository as a folder of links; the blobs are everybody's. */
async function copyRepository(from: string, to: string): Promise<void> {
  const folder = join(registry.storage, 'docker/registry/v2/repositories');
  await cp(join(folder, from), join(folder, to), { recursive: true });
}

const isConvenience = (tag: string): boolean => /^1(?:\.\d+)?-(?:python|latest)/.test(tag);

/** What must not be, whenever a publish is cut off. */
function violations(tags: Tags): string[] {
  const pinned = Object.keys(after).filter((tag) => !isConvenience(tag));
  const lacking = pinned.filter((tag) => tags[tag] !== after[tag]);
  return Object.entries(tags).flatMap(([tag, digest]) => {
    if (!isConvenience(tag)) return digest === after[tag] ? [] : [`${tag} is ${digest}`];
    if (digest === before[tag]) return [];
    if (digest !== after[tag]) return [`${tag} is ${digest}, neither old nor new`];
    return lacking.length === 0 ? [] : [`${tag} is on the new release, which lacks ${lacking.join(', ')}`];
  });
}

/** Seeded: two at requests for one at an entry, spread over the whole run. */
function killOf(seed: number): Kill {
  if (seed % 3 !== 2) return { at: 'request', number: 1 + seeded(`request ${seed}`, requests - 1) };
  const when = (['before', 'within', 'after'] as const)[seeded(`when ${seed}`, 3)] ?? 'after';
  return { at: 'entry', number: 1 + seeded(`entry ${seed}`, entries - 1), when };
}

function plannedKills(): Kill[] {
  const random = Array.from({ length: kills }, (_, seed) => killOf(seed));
  if (!everyEntry) return random;
  const whens = ['before', 'within', 'after'] as const;
  const steps = Array.from({ length: entries - 1 }, (_, index): Kill => {
    return { at: 'entry', number: index + 1, when: whens[index % whens.length] ?? 'after' };
  });
  return [...random, ...steps];
}

test(
  'killed anywhere, no convenience tag is ahead of its release, and the next run ends as an undisturbed one',
  { retry: 0, timeout: 3_600_000 },
  async () => {
    const wrong: string[] = [];
    const stuck: string[] = [];
    let killed = 0;
    for (const [index, kill] of plannedKills().entries()) {
      const path = `kill-${index}`;
      await copyRepository('base', path);
      const repository = `${registry.host}/${path}`;
      const journal = journalOf(path);
      const end = await runChild(child, { version: '1.0.1', repository, journal, releases, kill, reproducible: true });
      if (end.signal === 'SIGKILL') killed += 1;
      // The registry may still be at the last request that it got.
      await sleep(100);
      const name = `kill ${index} ${JSON.stringify(kill)}`;
      wrong.push(...violations(await readTags(registry.host, path)).map((text) => `${name}: ${text}`));
      await copyRepository(path, `${path}-without`);
      for (const at of [path, `${path}-without`]) {
        const again = await publishHere(at, '1.0.1', releases);
        const tags = await readTags(registry.host, at);
        const same = Object.keys({ ...tags, ...after }).every((tag) => tags[tag] === after[tag]);
        if (again.result !== 'as-planned' || !same)
          stuck.push(`${name}, ${at}: ${again.result} ${again.lags.join('; ')}`);
      }
    }
    process.stderr.write(
      `kills: ${killed}, with and without the journal; violations: ${wrong.length}; re-runs that did not converge: ${stuck.length}\n`,
    );
    expect({ wrong, stuck, killed }).toEqual({ wrong: [], stuck: [], killed: plannedKills().length });
  },
);
