/**
 * A release built by jobs on machines of their own: every job of the matrix a process, in an order of chance, one of them
 * failing. Nothing is shared but the registry and the records, as artifacts carry them.
 */
import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pMap from 'p-map';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { runBuiltCli } from '../support/cli-process.ts';
import { readIndex } from '../support/merged-index.ts';
import { readTags } from '../support/read-tags.ts';
import {
  engineNode,
  processWith,
  remoteBuilder,
  removeBuilder,
  secondNode,
  type BuildNode,
  type SecondNode,
} from '../support/remote-buildkit.ts';
import type { CliRun } from '../support/run-cli.ts';
import { seeded } from '../support/seeded.ts';
import { tinyBases } from '../support/tiny-bases.ts';

const host = inject('registryHost');
const matrixShape = z.object({
  include: z.array(
    z.object({ id: z.string(), only: z.string(), platform: z.string(), runner: z.string(), revision: z.string() }),
  ),
});
type Job = z.output<typeof matrixShape>['include'][number];
const reportShape = z.object({
  repositories: z.tuple([
    z.object({
      cells: z.array(z.object({ state: z.string() })),
      moves: z.array(z.object({ tag: z.string(), state: z.string() })),
      staging: z.object({ deleted: z.array(z.string()), left: z.array(z.string()) }).optional(),
      lags: z.array(z.string()),
    }),
  ]),
});

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tagwright-fan-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** The same for the same seed. */
function shuffled<T>(items: readonly T[], seed: string): T[] {
  const left = [...items];
  return items.flatMap((_, index) => left.splice(seeded(`${seed} ${index}`, left.length), 1));
}

/** The releases that these tests are about: a job reads each tag that a release it knows may own. */
async function releasesAround(): Promise<string> {
  const all = z
    .array(z.looseObject({ version: z.string() }))
    .parse(JSON.parse(await readFile('examples/prefect/releases.json', 'utf8')));
  const file = join(folder, 'releases.json');
  const known = all.filter((fact) => /^2\.(?:10\.(?:19|2\d)|11\.\d+|20\.2[45])$/.test(fact.version));
  await writeFile(file, JSON.stringify(known));
  return file;
}

async function jobsOf(version: string, flags: readonly string[]): Promise<Job[]> {
  const made = await runBuiltCli(['matrix', version, '--split=platform', ...flags]);
  return matrixShape.parse(JSON.parse(made.stdout)).include;
}

function buildArgs(version: string, { id, only, platform, revision }: Job, records: string): string[] {
  const record = `--record=${join(records, `${id}.json`)}`;
  return ['build', version, `--only=${only}`, `--platform=${platform}`, `--revision=${revision}`, record];
}

function read({ stdout }: CliRun): z.output<typeof reportShape>['repositories'][0] {
  return reportShape.parse(JSON.parse(stdout)).repositories[0];
}

const statesOf = (states: readonly string[]): Record<string, number> =>
  Object.fromEntries([...new Set(states)].map((state) => [state, states.filter((one) => one === state).length]));

const merged = ['linux/amd64', 'linux/arm64', 'attestation of linux/amd64', 'attestation of linux/arm64'];

describe('Prefect 2.11.5: eleven cells on two platforms', { timeout: 300_000 }, () => {
  const path = 'fan-out/prefect';
  const version = '2.11.5';
  let facts = '';
  let common: string[] = [];
  let then: string[] = [];
  let records = '';
  let jobs: Job[] = [];
  let failing: Job | undefined;

  const publish = (more: readonly string[] = [], env: Record<string, string> = {}): Promise<CliRun> =>
    runBuiltCli(
      ['publish', version, ...then, `--journal=${folder}/journals`, `--from-records=${records}`, ...more],
      env,
    );

  beforeAll(async () => {
    facts = `--releases=${await releasesAround()}`;
    common = [facts, `--repository=${host}/${path}`];
    then = [...common, `--at=${version}`];
  });

  test('every job but one leaves its record, in whatever order they run', async () => {
    records = join(folder, 'records');
    await runBuiltCli([
      'publish',
      '2.11.4',
      ...common,
      '--at=2.11.4',
      '--builder=stand-in',
      `--journal=${folder}/journals`,
    ]);
    // Git is there, and Docker is not.
    const withoutDocker = join(folder, 'bin');
    await mkdir(withoutDocker);
    await symlink(
      execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim(),
      join(withoutDocker, 'git'),
    );
    jobs = await jobsOf(version, [facts, `--at=${version}`]);
    expect([jobs.length, statesOf(jobs.map(({ runner }) => runner))]).toEqual([
      22,
      { 'ubuntu-24.04': 11, 'ubuntu-24.04-arm': 11 },
    ]);
    const order = shuffled(jobs, 'fan-out');
    failing = order[seeded('which job fails', order.length)];
    const before = await readTags(host, path);
    const ended = await pMap(
      order.entries(),
      async ([index, job]) => {
        const args = [...buildArgs(version, job, records), ...then];
        // A runner without Docker.
        if (job === failing)
          return runBuiltCli([...args, '--staging', '--builder=buildx', '--from-working-tree'], {
            PATH: withoutDocker,
          });
        return runBuiltCli([...args, index % 2 === 0 ? '--push-by-digest' : '--staging', '--builder=stand-in']);
      },
      { concurrency: 3 },
    );
    const failed = ended.filter(({ code }) => code !== 0);
    expect(failed.map(({ code, stderr }) => [code, stderr.trim().split('\n').at(-1)])).toEqual([
      [3, 'PROCESS_FAILED  docker is not on the PATH; install Docker Engine with buildx, or use another builder'],
    ]);
    const after = await readTags(host, path);
    const staged = Object.keys(after).filter((tag) => !(tag in before));
    expect(staged.every((tag) => tag.startsWith('staging-local-2.11.5-python3.'))).toBe(true);
    expect(Object.entries(before).filter(([tag, digest]) => after[tag] !== digest)).toEqual([]);
  });

  test('with one missing nothing moves, and what lags is named with the command that goes on', async () => {
    const before = await readTags(host, path);
    const ran = await publish([], { GITHUB_RUN_ID: '4711' });
    const after = await readTags(host, path);
    const moved = Object.keys(before).filter((tag) => after[tag] !== before[tag]);
    const lags = ran.stdout.slice(ran.stdout.indexOf('  problems:')).split('\n');
    expect({ code: ran.code, moved, lags: lags.slice(0, 4) }).toEqual({
      code: 3,
      moved: [],
      lags: [
        '  problems:',
        expect.stringMatching(
          new RegExp(String.raw`^ {4}RECORD_MISSING {2}2\.11\.5 \(python .*\): no record of ${failing?.platform}$`),
        ),
        '    MOVE_WAITING  25 convenience tags were not moved',
        '  gh run rerun 4711 --failed goes on from here',
      ],
    });
    const pinned = Object.keys(after).filter((tag) => tag.startsWith('2.11.5-python'));
    expect(pinned).toHaveLength(10);
  });

  test('jobs that run again leave their records in place of the old ones; what is published is not built', async () => {
    const other = jobs.find(({ only }) => only !== failing?.only);
    const again = [failing, other].flatMap((job) => job ?? []);
    const tags = await readTags(host, path);
    for (const job of again) {
      const ran = await runBuiltCli([
        ...buildArgs(version, job, records),
        ...then,
        '--push-by-digest',
        '--builder=stand-in',
        '--json',
      ]);
      const { parts } = z.object({ parts: z.array(z.object({ state: z.string() })) }).parse(JSON.parse(ran.stdout));
      expect([ran.code, parts.map(({ state }) => state)]).toEqual([0, [job === failing ? 'built' : 'published']]);
    }
    expect(await readTags(host, path)).toEqual(tags);
  });

  test('then it is published: every index has both platforms and what attests them', async () => {
    const ran = await publish(['--json']);
    const { cells, moves, lags } = read(ran);
    expect({ code: ran.code, states: statesOf(cells.map(({ state }) => state)), lags }).toEqual({
      code: 0,
      states: { there: 10, merged: 1 },
      lags: [],
    });
    expect(statesOf(moves.map(({ state }) => state))).toEqual({ moved: 25 });
    const tags = await readTags(host, path);
    const full = Object.keys(tags).filter((tag) => tag.startsWith('2.11.5-python'));
    const seen = await pMap(full, async (tag) => (await readIndex(host, path, tag)).entries, { concurrency: 4 });
    expect([full.length, seen]).toEqual([11, full.map(() => merged)]);
    expect(tags['2-latest']).toBe(tags['2.11.5-python3.10']);
  });

  test('a second time there is nothing to do, and staging tags that the registry keeps are told', async () => {
    const before = await readTags(host, path);
    const ran = await publish(['--json']);
    const { cells, moves, staging } = read(ran);
    expect([ran.code, statesOf(cells.map(({ state }) => state)), moves]).toEqual([0, { there: 11 }, []]);
    const left = Object.keys(before).filter((tag) => tag.startsWith('staging-'));
    expect([staging?.deleted, staging?.left.every((tag) => left.includes(tag))]).toEqual([[], true]);
    expect(await readTags(host, path)).toEqual(before);
    const audited = await runBuiltCli(['audit', ...then, '--content=none', '--json']);
    const { findings } = z
      .object({ findings: z.array(z.object({ kind: z.string(), tag: z.string() })) })
      .parse(JSON.parse(audited.stdout));
    const staged = findings.filter(({ tag }) => tag.startsWith('staging-'));
    expect(new Set(staged.map(({ kind }) => kind))).toEqual(new Set(['unmanaged']));
    expect(findings.filter(({ tag }) => tag.startsWith('2.11.5-'))).toEqual([]);
  });

  test('run again after a newer release, it moves no tag of that one', async () => {
    const newer = [
      'publish',
      '2.11.5',
      ...common,
      `--from-records=${records}`,
      `--journal=${folder}/journals`,
      '--json',
    ];
    const before = await readTags(host, path);
    const ran = await runBuiltCli(newer);
    expect([ran.code, read(ran).moves]).toEqual([0, []]);
    const older = join(folder, 'older');
    const build = [
      'build',
      '2.10.21',
      ...common,
      '--push-by-digest',
      '--builder=stand-in',
      `--record=${older}/all.json`,
    ];
    expect((await runBuiltCli(build)).code).toBe(0);
    const at = [...common, `--at=${version}`, `--journal=${folder}/journals`, '--json'];
    const backport = await runBuiltCli(['publish', '2.10.21', ...at, `--from-records=${older}`]);
    const { moves } = read(backport);
    expect([backport.code, moves.every(({ tag }) => tag.startsWith('2.10-python'))]).toEqual([0, true]);
    const after = await readTags(host, path);
    expect(Object.entries(before).filter(([tag, digest]) => after[tag] !== digest)).toEqual([]);
  });

  test('records that were edited, doubled, or are of another commit stop it with 2', async () => {
    const name = `${jobs[0]?.id}.json`;
    const cases: { name: string; change: (at: string) => Promise<void>; line: RegExp }[] = [
      {
        name: 'edited',
        change: async (at) => {
          const text = await readFile(join(at, name), 'utf8');
          await writeFile(join(at, name), text.replace(/"attestations": \d/, '"attestations": 0'));
        },
        line: /^RECORD_INVALID {2}\S+: was changed since its job wrote it: its sum does not fit;/,
      },
      {
        name: 'doubled',
        change: (at) => cp(join(at, name), join(at, 'again.json')),
        line: /^RECORD_INVALID {2}\S+: records \S+ for linux\/\S+, and so does \S+\.json;/,
      },
      {
        name: 'halved',
        change: (at) => writeFile(join(at, 'half.json'), '{"schema":'),
        line: /^RECORD_INVALID {2}\S+half\.json:1:11: /,
      },
    ];
    const before = await readTags(host, path);
    for (const { name: which, change, line } of cases) {
      const at = join(folder, which);
      await cp(records, at, { recursive: true });
      await change(at);
      const ran = await runBuiltCli(['publish', version, ...then, `--from-records=${at}`]);
      expect([which, ran.code, ran.stderr.trim()]).toEqual([which, 2, expect.stringMatching(line)]);
    }
    const missing = await runBuiltCli(['publish', version, ...then, '--from-records=no/such/folder']);
    expect([missing.code, missing.stderr.trim()]).toEqual([
      2,
      'RECORD_INVALID  no/such/folder: there is no such folder; name the folder that holds the records',
    ]);
    expect(await readTags(host, path)).toEqual(before);
  });
});

describe('two cells built by buildx, under staging tags', () => {
  const path = 'fan-out/buildx';
  const pythons = ['3.10', '3.11'];
  let flags: string[] = [];

  beforeAll(async () => {
    const contexts = await tinyBases(
      host,
      pythons.map((python) => `python:${python}-slim`),
    );
    const project = join(folder, 'project');
    const files: Record<string, string> = {
      'matrix.config.json': JSON.stringify({
        repository: `${host}/${path}`,
        source: { file: 'releases.json' },
        pythons,
        flavors: { standard: { dockerfile: 'Dockerfile', base: 'python:{{python}}-slim', contexts, network: 'none' } },
        platforms: ['linux/amd64', 'linux/arm64'],
        defaults: { python: 'highest' },
        rules: { latest: { template: '{{major}}-latest{{suffix}}' } },
      }),
      'releases.json': JSON.stringify([
        { version: '1.0.0', revision: 'a'.repeat(40), committedAt: '2026-01-01T00:00:00Z' },
      ]),
      Dockerfile: 'ARG PYTHON\nFROM python:${PYTHON}-slim\nARG VERSION\nRUN echo "$VERSION" > /version\n',
    };
    await cp('examples/prefect/README.md', join(project, 'README.md'));
    for (const [name, text] of Object.entries(files)) await writeFile(join(project, name), text);
    flags = [`--config=${join(project, 'matrix.config.json')}`];
  });

  /** Both platforms of every cell, what attests them, and each the image that its job recorded. */
  async function expectMerged(at: string, records: string, jobs: readonly Job[]): Promise<void> {
    const parts = z.object({ builds: z.array(z.object({ platforms: z.array(z.string()), digest: z.string() })) });
    for (const python of pythons) {
      const { entries, images } = await readIndex(host, at, `1.0.0-python${python}`);
      const of = async (platform: string): Promise<string | undefined> => {
        const job = jobs.find((one) => one.platform === platform && one.only.includes(python.replace('.', '-')));
        const { builds } = parts.parse(JSON.parse(await readFile(join(records, `${job?.id}.json`), 'utf8')));
        return (await readIndex(host, at, builds[0]?.digest ?? '')).images[0];
      };
      expect([entries, images]).toEqual([merged, [await of('linux/amd64'), await of('linux/arm64')]]);
    }
  }

  test('are merged with the provenance that BuildKit made', async () => {
    const records = join(folder, 'buildx');
    const jobs = shuffled(await jobsOf('1.0.0', flags), 'buildx');
    const ended = await pMap(jobs, (job) => runBuiltCli([...buildArgs('1.0.0', job, records), ...flags, '--staging']), {
      concurrency: 2,
    });
    expect(ended.map(({ code, stderr }) => (code === 0 ? 0 : stderr))).toEqual([0, 0, 0, 0]);
    const args = [...flags, `--journal=${folder}/journals`, `--from-records=${records}`, '--json'];
    const ran = await runBuiltCli(['publish', '1.0.0', ...args]);
    const { cells, lags, staging } = read(ran);
    expect([ran.code, cells.map(({ state }) => state), lags]).toEqual([0, ['merged', 'merged'], []]);
    expect(staging).toEqual({
      deleted: [],
      left: pythons.flatMap((python) =>
        ['amd64', 'arm64'].map((machine) => `staging-local-1.0.0-python${python}-linux-${machine}`),
      ),
    });
    await expectMerged(path, records, jobs);
    expect(read(await runBuiltCli(['publish', '1.0.0', ...args])).moves).toEqual([]);
  });

  describe('on two remote machines, each for its platform', { timeout: 300_000 }, () => {
    let amd64: BuildNode;
    let arm64: SecondNode;
    const builders: string[] = [];

    const builderOf = async (name: string, nodes: Parameters<typeof remoteBuilder>[1]): Promise<string> => {
      const builder = await remoteBuilder(`tagwright-${name}-${process.pid}`, nodes);
      builders.push(builder);
      return builder;
    };

    beforeAll(async () => {
      amd64 = await engineNode();
      arm64 = await secondNode();
    });

    afterAll(async () => {
      await pMap(builders, removeBuilder);
      await pMap([amd64, arm64], (node) => node.close());
    });

    test('jobs push by digest, in an order of chance, and one that was killed runs again', async () => {
      const at = `${path}-by-digest`;
      const records = join(folder, 'by-digest');
      const names = new Map<string, string>();
      for (const [platform, node] of Object.entries({ 'linux/amd64': amd64, 'linux/arm64': arm64 }))
        names.set(platform, await builderOf(platform.replace('/', '-'), [{ node, platform }]));
      const there = [...flags, `--repository=${host}/${at}`];
      const jobs = shuffled(await jobsOf('1.0.0', flags), 'by digest');
      const [killed, ...others] = jobs;
      if (killed === undefined) throw new Error('there is no job');
      const build = (job: Job, killAt?: RegExp): Promise<CliRun> => {
        const env = { BUILDX_BUILDER: names.get(job.platform) ?? '' };
        return runBuiltCli([...buildArgs('1.0.0', job, records), ...there, '--push-by-digest'], env, killAt);
      };
      // Its first step has ended, and its push has not.
      expect((await build(killed, /: (?:cached|\d+\.\ds)$/m)).code).toBe(-1);
      const built = await pMap(others, (job) => build(job), { concurrency: 2 });
      expect(built.map(({ code, stderr }) => (code === 0 ? 0 : stderr))).toEqual(others.map(() => 0));
      expect(await readTags(host, at)).toEqual({});
      const args = [...there, `--journal=${folder}/journals`, `--from-records=${records}`, '--json'];
      const early = await runBuiltCli(['publish', '1.0.0', ...args]);
      expect([early.code, read(early).moves.filter(({ state }) => state === 'moved')]).toEqual([3, []]);
      expect(await build(killed)).toMatchObject({ code: 0 });
      const ran = await runBuiltCli(['publish', '1.0.0', ...args]);
      expect([ran.code, read(ran).lags]).toEqual([0, []]);
      await expectMerged(at, records, jobs);
    });

    test('one builder of both builds each platform on its own; one killed in the middle leaves no tag', async () => {
      const at = `${path}-two-nodes`;
      const builder = await builderOf('both', [
        { node: amd64, platform: 'linux/amd64' },
        { node: arm64, platform: 'linux/arm64' },
      ]);
      const seconds = `${600 + (process.pid % 97)}.5`;
      const dockerfile = join(folder, 'project/Dockerfile');
      const text = await readFile(dockerfile, 'utf8');
      onTestFinished(() => writeFile(dockerfile, text));
      await writeFile(dockerfile, `${text}ARG TARGETARCH\nRUN [ "$TARGETARCH" != arm64 ] || sleep ${seconds}\n`);
      const there = [...flags, `--repository=${host}/${at}`, `--journal=${folder}/two-nodes`, '--json'];
      const env = { BUILDX_BUILDER: builder };
      const running = runBuiltCli(['publish', '1.0.0', ...there], env);
      await processWith(`sleep ${seconds}`);
      await arm64.kill();
      const ran = await running;
      expect([ran.code, ran.stderr, await readTags(host, at)]).toEqual([
        3,
        expect.stringMatching(/^BUILD_FAILED {2}nothing was built: the builder cannot be reached: /m),
        {},
      ]);
      // The machine comes back, and what it builds ends.
      await arm64.close();
      arm64 = await secondNode();
      await writeFile(dockerfile, text);
      await removeBuilder(builders.pop() ?? '');
      await builderOf('both', [
        { node: amd64, platform: 'linux/amd64' },
        { node: arm64, platform: 'linux/arm64' },
      ]);
      const again = await runBuiltCli(['publish', '1.0.0', ...there], env);
      expect([again.code, read(again).lags]).toEqual([0, []]);
      // buildx merges the indexes of the two as they are.
      expect((await readIndex(host, at, '1-latest')).entries.toSorted()).toEqual(merged.toSorted());
    });
  });

  test('cannot be pushed by digest with the driver of Docker, which is told with what to do', async () => {
    const [job] = await jobsOf('1.0.0', flags);
    if (job === undefined) throw new Error('there is no job');
    const elsewhere = [...flags, `--repository=${host}/fan-out/elsewhere`, '--push-by-digest'];
    const ran = await runBuiltCli([...buildArgs('1.0.0', job, join(folder, 'elsewhere')), ...elsewhere]);
    expect([ran.code, ran.stderr.trim().split('\n').at(-1)]).toEqual([
      2,
      expect.stringMatching(/^BUILDER_UNFIT {2}--push-by-digest: .* cannot push by digest; push parts with --staging/),
    ]);
  });
});
