import { describe, expect, test } from 'vitest';
import type { MatrixConfig } from '../../src/config/matrix-config.ts';
import type { Digest } from '../../src/domain/digest.ts';
import type { PartialSource, ReleaseFact } from '../../src/domain/release.ts';
import type { Seen } from '../../src/domain/snapshot.ts';
import { fullTag, type Cell } from '../../src/plan/cell.ts';
import { planMoves, type PlannedMoves } from '../../src/moves/plan-moves.ts';
import { digestNamed } from '../support/digests.ts';
import { absent } from '../../src/domain/snapshot.ts';
import { mediaTypes } from '../../src/domain/media-types.ts';
import { noPastPushes, type Content } from '../../src/sight/input.ts';
import { createSight } from '../../src/sight/sight.ts';
import { auditCase, on } from '../support/audit-case.ts';
import { daily, smallConfig } from '../support/history.ts';

/** One cell a release, so that a test shows every tag: `1.2-python3.10`, `1-python3.10`, `1-latest`. */
const oneCell: MatrixConfig = {
  ...smallConfig,
  pythons: ['3.10'],
  flavors: { standard: { dockerfile: 'Dockerfile' } },
};
const minor = '1.2-python3.10';
const major = '1-python3.10';
const latest = '1-latest';

interface Scene {
  readonly config?: Partial<MatrixConfig>;
  readonly facts?: readonly ReleaseFact[];
  /** Convenience tag to the version it points to, to a digest nobody knows, or to what the registry did not answer. */
  readonly at: Readonly<Record<string, string | { readonly odd: string; readonly says: string | null } | null>>;
  /** Versions that are not in the registry. */
  readonly unbuilt?: readonly string[];
  readonly allowBackward?: boolean;
  readonly partial?: readonly PartialSource[];
  /** Tags that the plan does not have, each with the digest it points to. */
  readonly strays?: Readonly<Record<string, string>>;
}

const digestOf = (cell: Cell): Digest => digestNamed(fullTag(cell));

/** Moves as the planner sees them: every tag of the scene's releases, in the registry as the scene says. */
function movesOf({
  config,
  facts = daily('1.2.0', '1.2.1'),
  at,
  unbuilt = [],
  allowBackward = false,
  partial = [],
  strays = {},
}: Scene): PlannedMoves {
  const made = auditCase({ ...oneCell, ...config }, facts);
  const cells = [...made.tags.cells, ...made.expected.leftOutCells.keys()];
  const byVersion = new Map(cells.map((cell) => [cell.release.version.text, cell]));
  const seen = new Map<string, Seen>();
  const contents = new Map<Digest, Content>();
  for (const cell of cells) {
    const isBuilt = !unbuilt.includes(cell.release.version.text);
    for (const { tag } of cell.pinned) seen.set(tag, isBuilt ? on(digestOf(cell)) : absent);
  }
  for (const { tag } of made.tags.convenience) {
    const stands = at[tag] ?? null;
    if (stands === 'unknown') seen.set(tag, { kind: 'unknown', reason: 'REGISTRY_THROTTLED 429' });
    else if (stands === null) seen.set(tag, absent);
    else if (typeof stands === 'string') seen.set(tag, on(digestOf(byVersion.get(stands)!)));
    else {
      const digest = digestNamed(stands.odd);
      seen.set(tag, on(digest));
      const labels = stands.says === null ? {} : { 'org.opencontainers.image.version': stands.says };
      contents.set(digest, labelled(digest, labels));
    }
  }
  for (const [tag, name] of Object.entries(strays)) seen.set(tag, on(digestNamed(name)));
  const sight = createSight({ expected: made.expected, seen, listing: null, contents, lock: null, past: noPastPushes });
  const tags = [...made.expected.tags.values()].filter((tag) => tag.kind === 'convenience');
  return planMoves(tags, sight, { partial, allowBackward });
}

function labelled(digest: Digest, labels: Readonly<Record<string, string>>): Content {
  const config = { platform: 'linux/amd64', digest, labels, pythonVersion: null, created: null };
  const whole = {
    kind: 'index',
    platforms: ['linux/amd64'],
    configs: [config],
    attestations: 0,
    children: [],
  } as const;
  return { kind: 'read', image: { digest, mediaType: mediaTypes.ociIndex, ...whole, reason: null } };
}

/** `1-latest 1.2.0 → 1.2.1`, and why. */
function lines({ states }: PlannedMoves): string[] {
  const wanted = [...states.values()].flatMap((state) =>
    state.kind === 'move' || state.kind === 'held' ? [state.move] : [],
  );
  return wanted.map(({ tag, from, to, because }) => {
    const start = from === null ? 'nothing' : (from.owner?.version ?? 'something');
    return `${tag} ${start} → ${to.owner?.version ?? ''}${to.digest === null ? ' (not built)' : ''}: ${because}`;
  });
}

const all = (stands: Scene['at'][string]): Scene['at'] => ({ [minor]: stands, [major]: stands, [latest]: stands });

describe('what moves', () => {
  const cases: { name: string; scene: Scene; expected: string[]; settled?: string[] }[] = [
    {
      name: 'absent tags are created, the most specific first and the default’s last',
      scene: { at: all(null) },
      expected: [
        '1.2-python3.10 nothing → 1.2.1: 1.2.1 is the first release of the minor tag 1.2-python3.10',
        '1-python3.10 nothing → 1.2.1: 1.2.1 is the first release of the major tag 1-python3.10',
        '1-latest nothing → 1.2.1: 1.2.1 is the first release of the latest tag 1-latest',
      ],
    },
    {
      name: 'tags of the release before move on',
      scene: { at: all('1.2.0') },
      expected: [minor, major, latest].map(
        (tag) => `${tag} 1.2.0 → 1.2.1: 1.2.1 is the highest final with python 3.10, flavor standard, after 1.2.0`,
      ),
    },
    { name: 'what is right stays', scene: { at: all('1.2.1') }, expected: [], settled: [minor, major, latest] },
    {
      name: 'an owner that is not in the registry is told by a move without a digest',
      scene: { at: all('1.2.0'), unbuilt: ['1.2.1'] },
      expected: [minor, major, latest].map(
        (tag) =>
          `${tag} 1.2.0 → 1.2.1 (not built): 1.2.1 is the highest final with python 3.10, flavor standard, after 1.2.0`,
      ),
    },
    {
      name: 'a digest that nothing explains is moved like any other, and told',
      scene: { at: { ...all('1.2.1'), [latest]: { odd: 'mystery', says: null } } },
      expected: ['1-latest something → 1.2.1: it points to a digest that no pinned tag explains; 1.2.1 owns it'],
      settled: [minor, major],
    },
    {
      name: 'another build of the owner, by labels of somebody else, moves to the one its pinned tags point to',
      scene: { at: { ...all('1.2.1'), [latest]: { odd: 'rebuild', says: '1.2.1' } } },
      expected: [
        '1-latest something → 1.2.1: it points to a digest that no pinned tag explains, and says that it is 1.2.1; 1.2.1 owns it',
      ],
      settled: [minor, major],
    },
    {
      name: 'a yanked release gives its tags back',
      scene: { config: { yanked: [{ version: '1.2.1', reason: 'broken' }] }, at: all('1.2.1') },
      expected: [minor, major, latest].map(
        (tag) => `${tag} 1.2.1 → 1.2.0: 1.2.1 is yanked (broken), so ${tag} goes back to 1.2.0`,
      ),
    },
  ];
  test.each(cases)('$name', ({ scene, expected, settled = [] }) => {
    const found = movesOf(scene);
    expect([lines(found), [...found.settled.keys()].toSorted(), found.unknown]).toEqual([
      expected,
      settled.toSorted(),
      [],
    ]);
  });

  test('kinds, ends and digests of a move are whole', () => {
    const owner = (version: string) => ({ version, axes: { python: '3.10', flavor: 'standard' } });
    const to = { owner: owner('1.2.1'), digest: digestNamed('1.2.1-python3.10') };
    const { moves } = movesOf({ at: { [minor]: null, [major]: '1.2.0', [latest]: '1.2.1' } });
    expect(moves).toEqual([
      {
        kind: 'create',
        tag: minor,
        from: null,
        to,
        because: '1.2.1 is the first release of the minor tag 1.2-python3.10',
      },
      {
        kind: 'move',
        tag: major,
        from: { owner: owner('1.2.0'), digest: digestNamed('1.2.0-python3.10') },
        to,
        because: '1.2.1 is the highest final with python 3.10, flavor standard, after 1.2.0',
      },
    ]);
  });
});

describe('what the registry would not tell', () => {
  test('is unknown, tag by tag, and no other waits for it', () => {
    const { unknown, moves } = movesOf({ at: { [minor]: '1.2.1', [major]: '1.2.1', [latest]: 'unknown' } });
    expect([unknown, moves]).toEqual([[{ tag: latest, reason: 'REGISTRY_THROTTLED 429' }], []]);
  });
});

describe('steps back', () => {
  const rows: { name: string; scene: Scene; expected: string[] }[] = [
    {
      name: 'the facts know the higher release, a pre-release that owns nothing: that explains it',
      scene: { facts: daily('1.2.0', '1.2.1', '1.3.0a1'), at: { ...all('1.2.1'), [latest]: '1.3.0a1' } },
      expected: [],
    },
    {
      name: 'the facts know the higher release, which may own such a tag: nothing explains it',
      scene: { facts: daily('1.2.1', '2.0.0'), at: { ...all('1.2.1'), [major]: '2.0.0' } },
      expected: ['1-python3.10 points to 2.0.0'],
    },
    {
      name: 'labels of somebody else that hold a whole tag are read like a tag',
      scene: { at: { ...all('1.2.1'), [major]: { odd: 'newer', says: '1.4.0-python3.10' } } },
      expected: ['1-python3.10 points to 1.4.0-python3.10'],
    },
    {
      name: 'the facts do not know the higher release: only its labels tell',
      scene: { at: { ...all('1.2.1'), [major]: { odd: 'newer', says: '1.4.0' } } },
      expected: ['1-python3.10 points to 1.4.0'],
    },
    {
      name: 'labels that tell a lower release, or none that can be read, are no step back',
      scene: { at: { [minor]: { odd: 'x', says: '1.1.9' }, [major]: { odd: 'y', says: 'v?' }, [latest]: '1.2.1' } },
      expected: [],
    },
    {
      name: 'a yank explains it',
      scene: { config: { yanked: [{ version: '1.2.1', reason: 'broken' }] }, at: all('1.2.1') },
      expected: [],
    },
    {
      name: 'an exclusion of the newest release does not, of itself',
      scene: { config: { exclude: [{ version: '1.2.1', reason: 'broken' }] }, at: all('1.2.1') },
      expected: [minor, major, latest].map((tag) => `${tag} points to 1.2.1`),
    },
    {
      name: 'nor one of a range, of each release that was above all others',
      scene: {
        facts: daily('1.2.0', '1.2.1', '1.2.2'),
        config: { exclude: [{ range: '>1.2.0', reason: 'broken' }] },
        at: { ...all('1.2.2'), [latest]: '1.2.1' },
      },
      expected: [`${minor} points to 1.2.2`, `${major} points to 1.2.2`, `${latest} points to 1.2.1`],
    },
    {
      name: 'one that was accepted does',
      scene: {
        config: {
          exclude: [{ version: '1.2.1', reason: 'never was' }],
          accept: [{ code: 'EXCLUDES_NEWEST', version: '1.2.1', reason: 'a test' }],
        },
        at: all('1.2.1'),
      },
      expected: [],
    },
    {
      name: 'one of a version that lower releases came out after does',
      scene: {
        facts: daily('1.2.0', '1.82.0', '1.2.1'),
        config: { exclude: [{ version: '1.82.0', reason: 'a typo' }] },
        at: { ...all('1.82.0'), [minor]: '1.2.1' },
      },
      expected: [],
    },
    {
      name: 'an exclusion explains it, of a range, for an image that only its labels tell',
      scene: {
        facts: daily('1.2.0', '1.2.1', '1.5.1'),
        config: { exclude: [{ range: '>=1.5', reason: 'never was' }] },
        at: { ...all('1.2.1'), [latest]: { odd: 'typo', says: '1.5.0' } },
      },
      expected: [],
    },
  ];
  test.each(rows)('$name', ({ scene, expected }) => {
    const { held, moves } = movesOf(scene);
    const backward = held.flatMap(({ move, holds: [hold] }) =>
      hold.kind === 'backward' ? [`${move.tag} points to ${hold.stands}`] : [],
    );
    expect(backward).toEqual(expected);
    const allowed = movesOf({ ...scene, allowBackward: true });
    expect([allowed.held, allowed.moves.length]).toEqual([[], held.length + moves.length]);
  });
});

describe('a source that may not know every release', () => {
  const partial = [{ source: 'git', reason: 'the clone is shallow', fix: 'git fetch --tags --unshallow' }];

  test.each([
    { name: 'a pinned tag of a release that no source knows', strays: { '2.0.0-python3.10': 'newer' } },
    { name: 'nothing', strays: {} },
  ])('no flag takes a tag from an image that $name explains', ({ strays }) => {
    const at = { ...all('1.2.1'), [major]: { odd: 'newer', says: null } };
    for (const allowBackward of [false, true]) {
      const { held, moves } = movesOf({ at, strays, partial, allowBackward });
      expect(moves).toEqual([]);
      expect(held.map(({ move, holds: [hold] }) => [move.tag, hold.kind])).toEqual([[major, 'partial']]);
    }
  });

  test('a tag of a release that is known moves on', () => {
    expect(movesOf({ at: all('1.2.0'), partial }).moves.map(({ tag }) => tag)).toEqual([minor, major, latest]);
  });
});
