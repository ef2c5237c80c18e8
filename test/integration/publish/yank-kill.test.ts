/**
 * A yank in two registries, killed: before and after its config is written, at requests and at entries of a journal. Run
 * again it ends as one that nobody disturbed. `KILLS` says how many times at random, six by default.
 */
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRegistries } from '../../../src/adapters/registry/registries.ts';
import { bundleChild, runChild, type ChildEnd } from '../../support/child-process.ts';
import { elevenCells } from '../../support/eleven-cells.ts';
import { daily, planned } from '../../support/history.ts';
import { readTags } from '../../support/read-tags.ts';
import { startRegistry, type RegistryProcess } from '../../support/registry-process.ts';
import { loadState, plannedState } from '../../support/registry-state.ts';
import { seeded } from '../../support/seeded.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import type { YankKill } from '../../support/yank-child.ts';

const kills = Number(process.env['KILLS'] ?? 6);
const facts = daily('1.0.0', '1.0.1');
const reason = 'loses state';

let registries: readonly [RegistryProcess, RegistryProcess];
let child = '';

beforeAll(async () => {
  registries = await Promise.all([startRegistry(), startRegistry()]);
  child = await bundleChild('yank-child');
  const opened = createRegistries();
  const state = plannedState(planned(elevenCells, facts));
  for (const { host } of registries) await loadState(opened.open({ registry: host, path: 'base' }), state);
  await opened.close();
}, 300_000);

afterAll(async () => {
  for (const registry of registries) await registry.stop();
  await rm(join(child, '..'), { recursive: true, force: true });
});

interface Place {
  readonly yank: (kill: YankKill | null) => Promise<ChildEnd>;
  readonly tags: () => Promise<readonly Record<string, string>[]>;
  /** The config without the instant of its line. */
  readonly config: () => Promise<string>;
}

async function place(path: string): Promise<Place> {
  for (const { storage } of registries) {
    const folder = join(storage, 'docker/registry/v2/repositories');
    await cp(join(folder, 'base'), join(folder, path), { recursive: true });
  }
  const folder = join(await tempFolder(), path);
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'matrix.config.json');
  const { repository: _own, ...shape } = elevenCells;
  const repository = registries.map(({ host }) => `${host}/${path}`);
  await writeFile(join(folder, 'releases.json'), JSON.stringify(facts));
  await writeFile(file, JSON.stringify({ repository, source: { file: 'releases.json' }, ...shape }, null, 2));
  const journal = join(folder, 'journal');
  return {
    yank: (kill) => runChild(child, { version: '1.0.1', reason, config: file, journal, kill }),
    tags: () => Promise.all(registries.map(({ host }) => readTags(host, path))),
    config: async () =>
      (await readFile(file, 'utf8'))
        .replace(/"since": "[^"]*"/, '"since": "…"')
        .replaceAll(new RegExp(`/${path}"`, 'g'), '/base"'),
  };
}

function killOf(seed: number, requests: number): YankKill {
  if (seed % 3 !== 2) return { at: 'request', number: 1 + seeded(`request ${seed}`, requests - 1) };
  const when = (['before', 'within', 'after'] as const)[seeded(`when ${seed}`, 3)] ?? 'after';
  return { at: 'entry', number: 1 + seeded(`entry ${seed}`, 60), when };
}

test(
  'killed anywhere it moves nothing before the config says so, and the next run ends as an undisturbed one',
  { retry: 0, timeout: 900_000 },
  async () => {
    const before = await (await place('before')).tags();
    const undisturbed = await place('undisturbed');
    const { result } = await undisturbed.yank(null);
    expect(result).toMatchObject({ kind: 'ended', result: 'as-planned' });
    const requests = Number(result?.kind === 'ended' ? result.lags[0] : 0);
    const after = { tags: await undisturbed.tags(), config: await undisturbed.config() };
    expect(after.tags).not.toEqual(before);
    const all: YankKill[] = [
      { at: 'config', when: 'before' },
      { at: 'config', when: 'after' },
      ...Array.from({ length: kills }, (_, seed) => killOf(seed, requests)),
    ];
    let killed = 0;
    const wrong: string[] = [];
    for (const [index, kill] of all.entries()) {
      const at = await place(`kill-${index}`);
      if ((await at.yank(kill)).signal === 'SIGKILL') killed += 1;
      // A registry may still be at the last request that it got.
      await sleep(100);
      const isWritten = (await at.config()) === after.config;
      const cutOff = await at.tags();
      if (!isWritten && JSON.stringify(cutOff) !== JSON.stringify(before))
        wrong.push(`${JSON.stringify(kill)}: tags moved, and the config does not say so`);
      const again = await at.yank(null);
      expect([kill, again.result]).toMatchObject([kill, { kind: 'ended', result: 'as-planned' }]);
      expect([kill, { tags: await at.tags(), config: await at.config() }]).toEqual([kill, after]);
    }
    process.stderr.write(`yanks killed: ${killed} of ${all.length}, over ${requests} requests\n`);
    expect({ wrong, killed }).toEqual({ wrong: [], killed: all.length });
  },
);
