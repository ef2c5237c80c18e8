/** The incidents of the gallery and healthy images, looked at with no config: names, digests and what images hold. */
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startMemoryRegistry } from '../../src/adapters/memory-registry/memory-registry.ts';
import { createRegistries } from '../../src/adapters/registry/registries.ts';
import { lookCommand, type LookOptions } from '../../src/commands/look-without-config.ts';
import type { World } from '../../src/commands/world.ts';
import type { ReleaseFact } from '../../src/domain/release.ts';
import { inferFindings } from '../../src/infer/inferred-findings.ts';
import { readKnownVersions } from '../../src/infer/known-versions.ts';
import { readTagNames } from '../../src/infer/tag-names.ts';
import { publishWorld } from '../support/publish-world.ts';
import { loadState, type RegistryState } from '../support/registry-state.ts';
import { problemsOf } from '../support/problems.ts';
import { processorMs } from '../support/processor-time.ts';

const gallery = fileURLToPath(new URL('../../examples/incidents/', import.meta.url));

interface Said {
  readonly result: string;
  readonly findings: readonly string[];
  readonly differences: readonly string[];
}

async function look(...states: readonly RegistryState[]): Promise<Said> {
  return lookWith({}, publishWorld(), ...states);
}

async function lookWith(
  flags: Pick<LookOptions, 'git' | 'github'>,
  world: World,
  ...states: readonly RegistryState[]
): Promise<Said> {
  const registry = await startMemoryRegistry();
  onTestFinished(() => registry.close());
  const registries = createRegistries();
  onTestFinished(() => registries.close());
  const repositories: string[] = [];
  for (const [index, state] of states.entries()) {
    await loadState(registries.open({ registry: registry.host, path: `acme/app${index}` }), state);
    repositories.push(`${registry.host}/acme/app${index}`);
  }
  const { stdout, result } = await lookCommand({ repositories, json: true, ...flags }, world);
  const report: {
    repositories: { findings: { tag: string; message: string }[] }[];
    differences: string[];
  } = JSON.parse(stdout);
  const findings = report.repositories.flatMap((one) => one.findings.map(({ tag, message }) => `${tag} ${message}`));
  return { result, findings, differences: report.differences.map((line) => line.replaceAll(registry.host, 'host')) };
}

function incident(name: string): RegistryState {
  return JSON.parse(readFileSync(`${gallery}${name}/registry.json`, 'utf8'));
}

const incidents: readonly { readonly name: string; readonly findings: readonly string[] }[] = [
  {
    name: 'backport-took-latest',
    findings: ['latest points to 4.63.1, and 4.64.0 is out', 'v4 points to 4.63.1, and 4.64.0 is out'],
  },
  {
    name: 'latest-left-behind',
    findings: [
      '2-latest points to 2.20.18, and 2.20.24 is out',
      '2-latest-conda points to 2.20.18, and 2.20.24 is out',
    ],
  },
  { name: 'latest-moved-alone', findings: ['2-python3.10 points to 2.20.24, and 2.20.25 is out'] },
  { name: 'platform-lost', findings: ['2.20.21-python3.10 has no linux/amd64'] },
  { name: 'retag-changed-digest', findings: ['latest points to an image that no version tag has'] },
  { name: 'v-in-the-tag', findings: ['v2.14.6-python3.11 has a v, and 2.14.6-python3.11 is missing'] },
  { name: 'wrong-python', findings: ['2.1.2-python3.9 holds Python 3.8.10'] },
];

describe('without a config', () => {
  test.each(incidents)('$name is named', async ({ name, findings }) => {
    expect(await look(incident(name))).toMatchObject({ findings, result: 'findings' });
  });

  test('half-published is named, with the tags that wait for it', async () => {
    const { findings } = await look(incident('half-published'));
    expect(findings).toEqual(
      expect.arrayContaining(['2.6.5-python3.10 is missing: the newest release may be half published']),
    );
  });

  test('two repositories that differ', async () => {
    const state = incident('backport-took-latest');
    const { tags } = state;
    const other = { ...state, tags: { ...tags, latest: 'v4.64.0' } };
    const { differences } = await look(state, other);
    expect(differences).toEqual(['host/acme/app0 and host/acme/app1 differ in 1 tag: latest']);
  });
});

test('the gallery has no incident that is left out here but the one that needs to know of a withdrawal', () => {
  const named = [...incidents.map(({ name }) => name), 'half-published', 'withdrawn-release'];
  expect(
    readdirSync(gallery)
      .filter((name) => !name.includes('.'))
      .toSorted(),
  ).toEqual(named.toSorted());
});

/** A world whose GitHub or git says this; what it was asked for is kept. */
function worldOf(facts: readonly ReleaseFact[]): { readonly world: World; readonly asked: unknown[] } {
  const asked: unknown[] = [];
  const world: World = {
    ...publishWorld(),
    sources: (config) => {
      asked.push(config);
      return [{ name: 'GitHub', list: () => Promise.resolve({ kind: 'github', facts, partial: null, notes: [] }) }];
    },
  };
  return { world, asked };
}

const withdrawnFacts: readonly ReleaseFact[] = [
  { version: 'v1.31.0', publishedAt: '2021-04-06T12:00:00Z' },
  { version: 'v1.32.0', publishedAt: '2021-04-20T12:00:00Z', yanked: true },
];

describe('with what GitHub or git says', () => {
  test('withdrawn-release: names and digests alone are those of a healthy image', async () => {
    expect(await look(incident('withdrawn-release'))).toMatchObject({ findings: [], result: 'as-planned' });
  });

  test.each([
    { name: 'withdrawn', fact: { yanked: true }, message: 'latest points to 1.32.0, which is withdrawn' },
    { name: 'a pre-release', fact: { prerelease: true }, message: 'latest points to 1.32.0, which is a pre-release' },
  ])('latest on a release that is $name there is named', async ({ fact, message }) => {
    const [first] = withdrawnFacts;
    const { world, asked } = worldOf([...(first === undefined ? [] : [first]), { version: 'v1.32.0', ...fact }]);
    const said = await lookWith({ github: 'acme/app' }, world, incident('withdrawn-release'));
    expect(said).toMatchObject({ findings: [message], result: 'findings' });
    expect(asked).toMatchObject([{ git: null, github: 'acme/app', githubUrl: null, file: null }]);
  });

  test('a withdrawn release that no moving tag is on is no finding', async () => {
    const state = incident('withdrawn-release');
    const { world, asked } = worldOf(withdrawnFacts);
    const healthyState = { ...state, tags: { ...state.tags, latest: 'v1.31.0' } };
    expect(await lookWith({ git: true }, world, healthyState)).toMatchObject({ findings: [], result: 'as-planned' });
    expect(asked).toMatchObject([{ git: '.', github: null }]);
  });

  test('evidence has the days on which both came out', () => {
    const known = readKnownVersions([
      { version: 'v4.64.0', publishedAt: '2025-02-27T10:00:00Z' },
      { version: 'v4.63.1', committedAt: '2025-03-04T10:00:00+01:00' },
    ]);
    const digests = new Map([
      ['4.64.0', 'a'],
      ['4.63.1', 'b'],
      ['4', 'b'],
    ]);
    const [found] = inferFindings({ names: readTagNames([...digests.keys()]), digests, images: new Map(), known });
    expect(found?.evidence).toContain('4.63.1 came out on 2025-03-04, 4.64.0 on 2025-02-27');
  });

  test('a final counts where a candidate has its numbers', () => {
    const known = readKnownVersions([
      { version: '2.0.0' },
      { version: '2.0.0-rc.1', prerelease: true },
      { version: 'nightly' },
    ]);
    expect([...known]).toEqual([['2.0.0', { text: '2.0.0', isPre: false, isYanked: false, day: null }]]);
  });

  test.each(['acme', 'https://github.com/acme/app', 'acme/app/more', '../x'])(
    '--github %s is refused',
    async (github) => {
      await expect(lookWith({ github }, publishWorld(), incident('withdrawn-release'))).rejects.toThrow(
        /is not OWNER\/NAME/,
      );
    },
  );
});

/** Tags of one image, each row on one digest. */
function seen(rows: readonly (readonly string[])[]): ReturnType<typeof inferFindings> {
  const digests = new Map(rows.flatMap((row, index) => row.map((tag): [string, string] => [tag, `sha256:${index}`])));
  return inferFindings({ names: readTagNames([...digests.keys()]), digests, images: new Map() });
}

const healthy: readonly { readonly name: string; readonly rows: readonly (readonly string[])[] }[] = [
  {
    name: 'a database with bases and a beta',
    rows: [
      ['19beta3', '19beta3-trixie'],
      ['18.6', '18', 'latest', '18.6-trixie', '18-trixie', 'trixie'],
      ['18.6-alpine', '18-alpine', 'alpine'],
      ['17.11', '17', '17-trixie', '17.11-trixie'],
      ['17.11-alpine', '17-alpine'],
    ],
  },
  {
    name: 'lines with names',
    rows: [
      ['24.1.0', '24.1', '24', 'current', 'latest'],
      ['22.20.0', '22.20', '22', 'lts', 'jod'],
      ['22.20.0-slim', '22.20-slim', '22-slim'],
      ['24.1.0-slim', '24.1-slim', '24-slim', 'slim'],
    ],
  },
  {
    name: 'a Python that was dropped in a series',
    rows: [
      ['2.9.0-python3.7', '2.9-python3.7', '2-python3.7'],
      ['2.9.0-python3.8'],
      ['2.10.0-python3.8', '2.10-python3.8', '2-python3.8', '2-latest'],
    ],
  },
  {
    name: 'a backport that moves its own series',
    rows: [['2.7.0', '2.7', '2', 'latest'], ['1.4.1', '1.4', '1'], ['1.4.0']],
  },
  { name: 'a candidate above the newest', rows: [['3.0.0-rc.1'], ['2.7.0', '2.7', '2', 'latest']] },
  { name: 'by date', rows: [['2026.07.2', 'latest'], ['2026.05.0'], ['2025.11.1']] },
  { name: 'one tag', rows: [['latest']] },
  {
    name: 'a candidate behind its base',
    rows: [['13.0.1-ubi10-rc'], ['12.3.2-ubi10', '12-ubi10'], ['12.3.2', '12.3', '12', 'latest']],
  },
  {
    name: 'previews of the next version, by the number of their build',
    rows: [
      ['12.1.1', '12.1', '12', 'latest'],
      ['12.1.1-ubuntu', '12.1-ubuntu', 'latest-ubuntu'],
      ['12.2.0-17567790421'],
      ['12.2.0-17142998006'],
      ['12.0.4', '12.0'],
    ],
  },
  { name: 'no version at all', rows: [['main', 'nightly'], ['sha-0123456']] },
];

test.each(healthy)('nothing is said of $name', ({ rows }) => {
  expect(seen(rows)).toEqual([]);
});

const schemes = fileURLToPath(new URL('../schemes/', import.meta.url));

/** Each line is one image with all of its tags. */
test.each(readdirSync(schemes).filter((name) => !name.includes('.')))('no alarm on the tags of %s', (image) => {
  const lines = readFileSync(`${schemes}${image}/tags.txt`, 'utf8').replaceAll(/#.*/g, '').trim().split('\n');
  const found = seen(lines.map((line) => line.trim().split(/\s+/)).filter(([first]) => first !== ''));
  expect(found.filter(({ certainty }) => certainty !== 'unsure')).toEqual([]);
});

test('a file of tags is not a registry, and the command for it is named', async () => {
  const options = { repositories: ['./tags.txt'], json: false, git: false, github: null };
  const problems = await problemsOf(() => lookCommand(options, publishWorld()));
  expect(problems.map(({ code, fix }) => [code, fix])).toEqual([
    ['REFERENCE_INVALID', 'look asks registries; for a file of tags: tagwright init --from-registry ./tags.txt'],
  ]);
});

test('of a newest version with a build number of its own, the number before is not missed', () => {
  const rows = [['4.0.12-ls270'], ['4.0.14-ls278', 'latest'], ['4.1.0-ls280', '4.1', '4']];
  expect(seen(rows).map(({ tag, message }) => `${tag} ${message}`)).toEqual([
    'latest points to 4.0.14, and 4.1.0 is out',
  ]);
});

test('a series tag that every older series has is missed', () => {
  const rows = [
    ['1.0.0', '1.0'],
    ['1.1.0', '1.1'],
    ['1.2.0', '1.2'],
    ['1.3.0', '1', 'latest'],
  ];
  expect(seen(rows).map(({ tag, message }) => `${tag} ${message}`)).toEqual(['1.3 is missing']);
});

test.each([
  { name: 'long-term support', rows: [['26', '26-jdk'], ['25', '25-jdk', 'latest'], ['21']] },
  { name: 'a line of its own', rows: [['2.1.0', '2.1', '2'], ['1.9.4', '1.9', '1', 'latest'], ['1.9.3']] },
])('latest on the newest of an older line, as for $name, is told and is no alarm', ({ rows }) => {
  expect(seen(rows)).toMatchObject([{ tag: 'latest', certainty: 'unsure' }]);
});

test('100,000 tags are read in seconds', () => {
  const tags = Array.from({ length: 100_000 }, (_, index) => `${Math.floor(index / 100)}.${index % 100}.0`);
  expect(processorMs(() => expect(readTagNames(tags).full).toHaveLength(100_000))).toBeLessThan(5000);
});
