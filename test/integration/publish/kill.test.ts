/**
 * A publish of eleven cells, killed. `npm test` kills ten times, `npm run test:kill` a hundred times and at every entry
 * of the journal besides. After each kill the repository is copied: one copy is gone on with by the journal, the other
 * without one, every second time by builds that differ from the first, as real ones do. `KILLS_FROM` and `KILLS_TO` run a
 * slice.
 */
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { daily, planned } from '../../support/history.ts';
import { bundleChild, runChild } from '../../support/child-process.ts';
import { unconverged, violations, type Tags, type Undisturbed } from '../../support/cut-off.ts';
import { elevenCells } from '../../support/eleven-cells.ts';
import type { Kill } from '../../support/kill.ts';
import { publish, publishOptions, publishWorld, type Published } from '../../support/publish-world.ts';
import { readTags } from '../../support/read-tags.ts';
import { startRegistry, type RegistryProcess } from '../../support/registry-process.ts';
import { seeded } from '../../support/seeded.ts';

const kills = Number(process.env['KILLS'] ?? 10);
const everyEntry = process.env['KILLS'] !== undefined;
const releases = ['1.0.0', '1.0.1'];

let registry: RegistryProcess;
let child = '';
let undisturbed: Undisturbed;
let entries = 0;
let requests = 0;

beforeAll(async () => {
  registry = await startRegistry();
  child = await bundleChild();
  await publishHere('base', '1.0.0', ['1.0.0']);
  const before = await readTags(registry.host, 'base');
  await copyRepository('base', 'undisturbed');
  const published = await publishHere('undisturbed', '1.0.1', releases);
  ({ entries, requests } = published);
  const after = await readTags(registry.host, 'undisturbed');
  // From the plan, and not from what was told: a run that moves in the wrong order tells so too.
  const { convenience } = planned(elevenCells, daily(...releases)).tags;
  const moves = convenience.map(({ tag, owner }) => ({ tag, pinned: (owner?.pinned ?? []).map((own) => own.tag) }));
  undisturbed = { before, after, moves };
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
  reproducible = true,
): Promise<Published & { entries: number; requests: number }> {
  let sent = 0;
  let written = 0;
  const world = publishWorld({
    config: elevenCells,
    facts: daily(...known),
    standIn: { reproducible },
    registries: { onRequest: () => (sent += 1) },
  });
  const published = await publish(publishOptions(version, `${registry.host}/${path}`, journalOf(path)), world);
  const file = published.report.repositories[0]?.journal ?? null;
  if (file !== null) written = (await world.journals(journalOf(path)).read(file)).entries.length;
  return { ...published, entries: written, requests: sent };
}

/** The registry keeps a repository as a folder of links; the blobs are everybody's. */
async function copyRepository(from: string, to: string): Promise<void> {
  const folder = join(registry.storage, 'docker/registry/v2/repositories');
  await cp(join(folder, from), join(folder, to), { recursive: true });
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

/** What is not as it should be after the publish was gone on with in a repository that was cut off so. */
async function goOn(path: string, cutOff: Tags, reproducible: boolean): Promise<string[]> {
  const { result, report } = await publishHere(path, '1.0.1', releases, reproducible);
  const tags = await readTags(registry.host, path);
  const { after } = undisturbed;
  const all = Object.keys({ ...tags, ...after });
  return [
    ...(result === 'as-planned' ? [] : [`${result} ${report.repositories[0]?.lags.join('; ') ?? ''}`]),
    ...(reproducible ? all.flatMap((tag) => (tags[tag] === after[tag] ? [] : [`${tag} is ${tags[tag]}`])) : []),
    ...unconverged(undisturbed, cutOff, tags),
  ].map((text) => `${path}: ${text}`);
}

test(
  'killed anywhere, no convenience tag is ahead of its release, and the next run ends as an undisturbed one',
  { retry: 0, timeout: 3_600_000 },
  async () => {
    const wrong: string[] = [];
    const stuck: string[] = [];
    let killed = 0;
    const slice = [...plannedKills().entries()].slice(
      Number(process.env['KILLS_FROM'] ?? 0),
      Number(process.env['KILLS_TO'] ?? Infinity),
    );
    for (const [index, kill] of slice) {
      const path = `kill-${index}`;
      await copyRepository('base', path);
      const repository = `${registry.host}/${path}`;
      const journal = journalOf(path);
      const end = await runChild(child, { version: '1.0.1', repository, journal, releases, kill, reproducible: true });
      if (end.signal === 'SIGKILL') killed += 1;
      // The registry may still be at the last request that it got.
      await sleep(100);
      const cutOff = await readTags(registry.host, path);
      wrong.push(...violations(undisturbed, cutOff).map((text) => `${path} ${JSON.stringify(kill)}: ${text}`));
      await copyRepository(path, `${path}-without`);
      stuck.push(...(await goOn(path, cutOff, true)), ...(await goOn(`${path}-without`, cutOff, index % 2 === 0)));
    }
    const reruns = new Set(stuck.map((text) => text.split(':')[0])).size;
    process.stderr.write(
      `kills: ${killed}, each gone on with by its journal and without it; violations: ${wrong.length}; re-runs that did not converge: ${reruns}\n`,
    );
    expect({ wrong, stuck, killed }).toEqual({ wrong: [], stuck: [], killed: slice.length });
  },
);
