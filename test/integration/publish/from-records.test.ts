/** `build` and `publish --from-records` in this process: several repositories, and what may have happened in between. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import { z } from 'zod';
import { createRegistries } from '../../../src/adapters/registry/registries.ts';
import { createStandInBuilder } from '../../../src/adapters/stand-in/stand-in-builder.ts';
import { buildCommand, type BuildOptions } from '../../../src/commands/build.ts';
import type { Outcome, World } from '../../../src/commands/world.ts';
import type { MatrixConfig } from '../../../src/config/matrix-config.ts';
import { daily, fact, smallConfig } from '../../support/history.ts';
import { readIndex } from '../../support/merged-index.ts';
import { conveniences, place, problemsOf, type Place } from '../../support/publish-place.ts';
import { publish, publishOptions, publishWorld, tally, type Published } from '../../support/publish-world.ts';
import { readTags } from '../../support/read-tags.ts';
import { loadState } from '../../support/registry-state.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const host = inject('registryHost');
const platforms = ['linux/amd64', 'linux/arm64'];
/** Two cells, each on two platforms. */
const config: MatrixConfig = { ...smallConfig, flavors: { standard: { dockerfile: 'Dockerfile' } }, platforms };
const facts = daily('1.0.0');
const merged = ['linux/amd64', 'linux/arm64', 'attestation of linux/amd64', 'attestation of linux/arm64'];

async function build(
  at: Place,
  more: Partial<BuildOptions> = {},
  world: World = publishWorld({ config, facts }),
): Promise<Outcome> {
  const {
    fromRecords: _records,
    allowBackward: _backward,

    ...common
  } = publishOptions('1.0.0', at.repository, at.journal);
  const options = {
    ...common,
    only: [],
    platform: [],
    pushByDigest: false,
    staging: false,
    record: null,
    explain: false,
    ...more,
  };
  const outcome = await buildCommand(options, world);
  for (const { path, text } of outcome.files ?? []) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
  return outcome;
}

/** A job a platform, for every cell. */
async function buildAll(at: Place, records: string, more: Partial<BuildOptions> = {}): Promise<void> {
  for (const platform of platforms) {
    const record = join(records, `${platform.replace('/', '-')}.json`);
    const built = await build(at, { platform: [platform], pushByDigest: more.staging !== true, record, ...more });
    expect(built.result).toBe('as-planned');
  }
}

function publishFrom(
  at: Place,
  records: string,
  repositories: readonly string[],
  more: object = {},
): Promise<Published> {
  const options = publishOptions('1.0.0', repositories, at.journal, { fromRecords: records, ...more });
  return publish(options, publishWorld({ config, facts }));
}

async function another(at: Place): Promise<Place> {
  const path = `${at.path}-other`;
  return { ...at, path, repository: `${host}/${path}`, tags: () => readTags(host, path) };
}

describe('build', () => {
  test('of whole cells pushes their pinned tags and moves nothing; what is there is not built again', async () => {
    const at = await place(host);
    const first = await build(at, { only: ['python=3.9'] });
    const tags = await at.tags();
    expect([first.result, Object.keys(tags).length, conveniences(tags)]).toEqual(['as-planned', 2, {}]);
    const second = await build(at);
    const states: { repositories: [{ cells: { state: string }[] }] } = JSON.parse(second.stdout);
    expect(states.repositories[0].cells.map(({ state }) => state)).toEqual(['there', 'built']);
    const ended = await publish(publishOptions('1.0.0', at.repository, at.journal), publishWorld({ config, facts }));
    expect([ended.result, tally(ended)]).toEqual(['as-planned', { cells: { there: 2 }, moves: { moved: 5 } }]);
  });

  test('by digest touches no tag, and a dry run nothing at all', async () => {
    const at = await place(host);
    const records = await tempFolder();
    const dry = await build(at, { pushByDigest: true, dryRun: true, record: join(records, 'a.json') });
    expect([dry.result, dry.files, await at.tags()]).toEqual(['as-planned', [], {}]);
    await build(at, { pushByDigest: true, record: join(records, 'a.json') });
    expect(await at.tags()).toEqual({});
  });

  test('of a platform alone has no full tag to push', async () => {
    const at = await place(host);
    expect(await problemsOf(build(at, { platform: ['linux/arm64'] }))).toEqual([
      {
        code: 'USAGE',
        where: '--platform',
        message:
          'the full tag of 1.0.0 (python 3.9, flavor standard) has every platform, and this leaves out linux/amd64',
        fix: 'build a part with --push-by-digest or --staging and --record FILE',
      },
    ]);
    const both = await problemsOf(build(at, { pushByDigest: true, staging: true }));
    expect(both.map(({ code, where }) => [code, where])).toEqual([['USAGE', '--staging']]);
  });

  test('of several parts of which one fails records the others', async () => {
    const at = await place(host);
    const records = await tempFolder();
    const failing = new Set(['1-0-0_python-3-9_flavor-standard']);
    const world = publishWorld({ config, facts, standIn: { failing } });
    const built = await build(at, { pushByDigest: true, record: join(records, 'a.json'), json: false }, world);
    expect([built.result, built.stdout.split('\n').slice(-4)]).toEqual([
      'outside-failed',
      [
        '  problems:',
        `    BUILD_FAILED  1-0-0_python-3-9_flavor-standard for linux/amd64, linux/arm64: ${at.repository}: its build was set to fail`,
        '  run the same command again to go on from here',
        '',
      ],
    ]);
    const ended = await publishFrom(at, records, [at.repository]);
    expect([tally(ended), ended.report.repositories[0]?.lags]).toEqual([
      { cells: { lacking: 1, merged: 1 }, moves: { planned: 5 } },
      [
        'RECORD_MISSING  1.0.0 (python 3.9, flavor standard): no record of linux/amd64, linux/arm64',
        'MOVE_WAITING  5 convenience tags were not moved',
      ],
    ]);
    expect(conveniences(await at.tags())).toEqual({});
  });
});

test('parts of one bake that another one stopped are built again without it', async () => {
  const at = await place(host);
  const rounds: string[][] = [];
  const world = publishWorld({
    config,
    facts,
    builder: (registries) => {
      const standIn = createStandInBuilder(registries);
      return {
        name: 'buildx',
        build: async (targets, how) => {
          rounds.push(targets.map(({ id }) => id));
          if (targets.length === 1) return standIn.build(targets, how);
          const [first, ...others] = targets.map(({ id }) => id);
          const reason = `bake stopped when ${first} failed`;
          const rest = others.map((id) => ({ id, kind: 'unreported' as const, reason }));
          return { targets: [{ id: first ?? '', kind: 'failed', reason: 'no room left' }, ...rest] };
        },
      };
    },
  });
  const built = await build(at, { pushByDigest: true }, world);
  const { parts }: { parts: { state: string; reason: string | null }[] } = JSON.parse(built.stdout);
  const [first = '', second = ''] = ['3-9', '3-10'].map((python) => `1-0-0_python-${python}_flavor-standard`);
  expect([built.result, rounds, parts.map(({ state, reason }) => [state, reason])]).toEqual([
    'outside-failed',
    [[first, second], [second]],
    [
      ['failed', `${at.repository}: no room left`],
      ['built', null],
    ],
  ]);
});

describe('publishing from records', () => {
  test('a dry run tells what would be merged, and writes nothing', async () => {
    const at = await place(host);
    const records = await tempFolder();
    await buildAll(at, records);
    const dry = await publishFrom(at, records, [at.repository], { dryRun: true });
    expect([dry.result, tally(dry), await at.tags()]).toEqual([
      'as-planned',
      { cells: { 'to merge': 2 }, moves: { planned: 5 } },
      {},
    ]);
  });

  test('a repository without parts of its own gets the index of the one that has them, by copy', async () => {
    const at = await place(host);
    const other = await another(at);
    const records = await tempFolder();
    await buildAll(at, records);
    const ended = await publishFrom(at, records, [at.repository, other.repository]);
    expect([ended.result, tally(ended, 0), tally(ended, 1)]).toEqual([
      'as-planned',
      { cells: { merged: 2 }, moves: { moved: 5 } },
      { cells: { copied: 2 }, moves: { moved: 5 } },
    ]);
    expect(await other.tags()).toEqual(await at.tags());
    expect((await readIndex(host, other.path, '1.0.0-python3.10')).entries).toEqual(merged);
  });

  test('parts pushed to two repositories become one digest in both', async () => {
    const at = await place(host);
    const other = await another(at);
    const records = await tempFolder();
    const repository = [at.repository, other.repository];
    await buildAll(at, records, { repository, staging: true });
    const ended = await publishFrom(at, records, repository);
    expect([tally(ended, 0), tally(ended, 1)]).toEqual([
      { cells: { merged: 2 }, moves: { moved: 5 } },
      { cells: { merged: 2 }, moves: { moved: 5 } },
    ]);
    expect(await other.tags()).toEqual(await at.tags());
  });

  test('a part that the registry does not have any more lags, and nothing moves', async () => {
    const at = await place(host);
    const records = await tempFolder();
    await buildAll(at, records);
    const { builds }: { builds: { digest: string }[] } = JSON.parse(
      (await build(at, { pushByDigest: true, platform: ['linux/arm64'] })).stdout,
    );
    await fetch(`http://${host}/v2/${at.path}/manifests/${builds[0]?.digest}`, { method: 'DELETE' });
    const ended = await publishFrom(at, records, [at.repository], { settleMs: 0 });
    expect([ended.result, ended.report.repositories[0]?.lags]).toEqual([
      'outside-failed',
      [
        `RECORD_MISSING  1.0.0 (python 3.9, flavor standard): ${builds[0]?.digest} of ${join(records, 'linux-arm64.json')} is not in ${at.repository}: its job has to run again`,
        'MOVE_WAITING  5 convenience tags were not moved',
      ],
    ]);
    expect(conveniences(await at.tags())).toEqual({});
  });

  test('a release whose git tag was moved since the jobs ran is refused', async () => {
    const at = await place(host);
    const records = await tempFolder();
    await buildAll(at, records);
    const moved = publishWorld({ config, facts: [fact('1.0.0', '2024-01-01', { revision: 'b'.repeat(40) })] });
    const options = publishOptions('1.0.0', at.repository, at.journal, { fromRecords: records });
    expect((await problemsOf(publish(options, moved))).map(({ code }) => code)).toEqual([
      'REVISION_DIFFERS',
      'REVISION_DIFFERS',
    ]);
    expect(await at.tags()).toEqual({});
  });

  test('a platform that an interrupted push left under the full tag is not dropped', async () => {
    const at = await place(host);
    const records = await tempFolder();
    await buildAll(at, records);
    const registries = createRegistries({ env: {}, insecureHosts: [] });
    const left = { platforms: ['linux/amd64', 'linux/s390x'] };
    await loadState(registries.open({ registry: host, path: at.path }), {
      images: { left },
      tags: { '1.0.0-python3.9': 'left' },
    });
    await registries.close();
    const before = await at.tags();
    expect(await problemsOf(publishFrom(at, records, [at.repository], { replacePartial: true }))).toEqual([
      {
        code: 'PINNED_CONFLICT',
        where: at.repository,
        message: '1.0.0-python3.9 has linux/s390x, which linux/amd64, linux/arm64 would drop',
        fix: 'give the platform back to the config, or delete the tag by hand',
      },
    ]);
    expect(await at.tags()).toEqual(before);
  });

  test('each full tag is in the journal before it is put, and a run that was cut off goes on', async () => {
    const at = await place(host);
    const records = await tempFolder();
    await buildAll(at, records);
    let puts = 0;
    const signal = new AbortController();
    const cut = publishWorld({
      config,
      facts,
      signal: signal.signal,
      registries: {
        onRequest: ({ method, url }) => {
          if (method === 'PUT' && url.includes('/manifests/1.0.0-') && (puts += 1) === 2) signal.abort();
        },
      },
    });
    const options = publishOptions('1.0.0', at.repository, at.journal, { fromRecords: records });
    await expect(publish(options, cut)).rejects.toMatchObject({ code: 'ABORTED' });
    expect(conveniences(await at.tags())).toEqual({});
    const [journal] = await cut.journals(at.journal).find({ registry: host, path: at.path }, '1.0.0');
    const steps = z
      .array(z.object({ step: z.string(), state: z.string().optional(), tag: z.string().optional() }))
      .parse(journal?.entries);
    expect(steps.flatMap(({ step, state, tag }) => (step === 'push' ? `${state} ${tag}` : []))).toEqual([
      'begin 1.0.0-python3.9',
      'done 1.0.0-python3.9',
      'begin 1.0.0-python3.10',
    ]);
    const ended = await publishFrom(at, records, [at.repository]);
    expect([ended.result, tally(ended).moves]).toEqual(['as-planned', { moved: 5 }]);
    expect((await readIndex(host, at.path, '1.0.0-python3.9')).entries).toEqual(merged);
  });
});
