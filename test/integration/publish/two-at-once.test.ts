/**
 * Two publishes at once, each a process of its own with a journal of its own, as two jobs on two machines are. Seeded:
 * when the second begins, and how far the registry is. `SEEDS=100` runs more of them.
 */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import type { MatrixConfig } from '../../../src/config/matrix-config.ts';
import { bundleChild, runChild } from '../../support/child-process.ts';
import { startFaultProxy, type ProxiedPut } from '../../support/fault-proxy.ts';
import { daily, planned } from '../../support/history.ts';
import { place } from '../../support/publish-place.ts';
import type { ChildResult } from '../../support/publish-child.ts';
import { fourCells, tally, type Published } from '../../support/publish-world.ts';
import { seeded } from '../../support/seeded.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const host = inject('registryHost');
const seedsOf = (usual: number): number[] => Array.from({ length: Number(process.env['SEEDS'] ?? usual) }, (_, i) => i);
/** One tag more, which every series reaches for and the newest release has. */
const config: MatrixConfig = {
  ...fourCells,
  rules: { majors: { kind: 'convenience', template: '{{major}}-latest{{suffix}}', only: { python: 'default' } } },
};

let child = '';
beforeAll(async () => {
  child = await bundleChild();
});
afterAll(() => rm(join(child, '..'), { recursive: true, force: true }));

interface Pair {
  readonly published: readonly string[];
  readonly releases: readonly string[];
  readonly versions: readonly [string, string];
}

interface Ended {
  readonly results: readonly ChildResult[];
  readonly tags: Readonly<Record<string, string>>;
  readonly puts: readonly ProxiedPut[];
  /** One more run, after both. */
  readonly again: Published;
  readonly tagsAfter: Readonly<Record<string, string>>;
}

async function run({ published, releases, versions }: Pair, seed: number): Promise<Ended> {
  const at = await place(host);
  const facts = daily(...releases);
  for (const version of published)
    await at.publish(version, { config, facts: facts.slice(0, releases.indexOf(version) + 1) });
  const proxy = await startFaultProxy({ upstream: host, latencyMs: seeded(`latency ${seed}`, 12) });
  try {
    const waits = [0, seeded(`wait ${seed}`, 900)];
    const results = await Promise.all(
      versions.map(async (version, index) => {
        await sleep(waits[index]);
        return publishBy(`${proxy.host}/${at.path}`, version, releases, await tempFolder());
      }),
    );
    const tags = await at.tags();
    const again = await at.publish(versions[0], { config, facts, standIn: { reproducible: false } });
    return { results, tags, puts: proxy.puts, again, tagsAfter: await at.tags() };
  } finally {
    await proxy.close();
  }
}

/** By a process of its own. */
async function publishBy(
  repository: string,
  version: string,
  releases: readonly string[],
  journal: string,
): Promise<ChildResult> {
  const task = { version, repository, journal, releases, config, kill: null, reproducible: false };
  const { result } = await runChild(child, task);
  if (result === null) throw new Error('nobody kills it here');
  return result;
}

const isDone = (result: ChildResult): boolean => result.kind === 'ended' && result.result === 'as-planned';
const textOf = (result: ChildResult): string => (result.kind === 'ended' ? result.lags.join('\n') : result.message);

/** Convenience tags that are not on every pinned tag of their owner. */
function misplaced(releases: readonly string[], tags: Readonly<Record<string, string>>): string[] {
  return planned(config, daily(...releases)).tags.convenience.flatMap(({ tag, owner }) =>
    (owner?.pinned ?? [])
      .filter((pinned) => tags[tag] === undefined || tags[pinned.tag] !== tags[tag])
      .map((pinned) => `${tag} is ${tags[tag]}, ${pinned.tag} is ${tags[pinned.tag]}`),
  );
}

/** Pinned tags that were put on another image once a convenience tag had moved to theirs. */
function changedAfterMove(releases: readonly string[], puts: readonly ProxiedPut[]): string[] {
  return planned(config, daily(...releases)).tags.convenience.flatMap(({ tag, owner }) => {
    const moves = puts.filter(({ reference }) => reference === tag);
    return puts
      .filter(({ reference }) => owner?.pinned.some((pinned) => pinned.tag === reference))
      .filter((put) => moves.some((move) => move.doneAt < put.begunAt && move.digest !== put.digest))
      .map((put) => `${put.reference} was put on ${put.digest} after ${tag} had moved`);
  });
}

test('of two series: every tag is on its owner, and neither run is in the way of the other', async () => {
  const releases = ['2.0.0', '3.0.0', '2.0.1', '3.0.1'];
  for (const seed of seedsOf(4)) {
    const pair: Pair = { published: ['2.0.0', '3.0.0'], releases, versions: ['2.0.1', '3.0.1'] };
    const { results, tags, puts, again, tagsAfter } = await run(pair, seed);
    expect({ seed, results }).toEqual({
      seed,
      results: [
        { kind: 'ended', result: 'as-planned', lags: [] },
        { kind: 'ended', result: 'as-planned', lags: [] },
      ],
    });
    expect({ seed, misplaced: misplaced(releases, tags) }).toEqual({ seed, misplaced: [] });
    expect({ seed, changed: changedAfterMove(releases, puts) }).toEqual({ seed, changed: [] });
    expect({ seed, again: tally(again), tagsAfter }).toEqual({
      seed,
      again: { cells: { there: 4 }, moves: {} },
      tagsAfter: tags,
    });
  }
});

describe('of one release', () => {
  const releases = ['1.0.0', '1.0.1'];
  const pair: Pair = { published: ['1.0.0'], releases, versions: ['1.0.1', '1.0.1'] };

  test('every tag is on its owner, or a run that stopped has said which tag moved under it', async () => {
    const ends: string[] = [];
    for (const seed of seedsOf(6)) {
      const { results, tags, puts, again, tagsAfter } = await run(pair, seed);
      ends.push(results.map((result) => (isDone(result) ? 'done' : 'stopped')).join(' and '));
      for (const stopped of results.filter((result) => !isDone(result)))
        expect({ seed, text: textOf(stopped) }).toEqual({ seed, text: expect.stringMatching(/\b(?:1|sha)[\w.-]+/) });
      const wrong = results.some(isDone) ? misplaced(releases, tags) : [];
      expect({ seed, wrong }).toEqual({ seed, wrong: [] });
      expect({ seed, changed: changedAfterMove(releases, puts) }).toEqual({ seed, changed: [] });
      // What is left is one run's work, and it finds no pinned tag to change.
      expect({ seed, result: again.result }).toEqual({ seed, result: 'as-planned' });
      expect({ seed, misplaced: misplaced(releases, tagsAfter) }).toEqual({ seed, misplaced: [] });
      const changed = Object.keys(tags).filter((tag) => /^(?:1\.0\.1-|sha-)/.test(tag) && tagsAfter[tag] !== tags[tag]);
      expect({ seed, changed }).toEqual({ seed, changed: [] });
    }
    const counts = [...new Set(ends)].map((end) => `${ends.filter((other) => other === end).length} ${end}`);
    process.stderr.write(`two publishes of one release: ${counts.join(', ')}\n`);
  });

  test('on one machine, the second does nothing and names the journal of the first', async () => {
    const at = await place(host);
    await at.publish('1.0.0', { config, facts: daily('1.0.0') });
    const proxy = await startFaultProxy({ upstream: host, latencyMs: 50 });
    onTestFinished(() => proxy.close());
    const repository = `${proxy.host}/${at.path}`;
    const journal = await tempFolder();
    const first = publishBy(repository, '1.0.1', releases, journal);
    await expect
      .poll(() => readdir(journal, { recursive: true }), { timeout: 30_000 })
      .toContainEqual(expect.stringMatching(/\.jsonl$/));
    const second = await publishBy(repository, '1.0.1', releases, journal);
    expect(second).toEqual({
      kind: 'refused',
      codes: ['RUN_IN_PROGRESS'],
      message: expect.stringMatching(/another run on .* \(1\.0\.1\) is at work and writes .*\.jsonl; nothing was done/),
    });
    expect(await first).toEqual({ kind: 'ended', result: 'as-planned', lags: [] });
    expect(misplaced(releases, await at.tags())).toEqual([]);
  });
});
