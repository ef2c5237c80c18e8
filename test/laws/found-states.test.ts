/** States that ten thousand generated ones found, and that a few hundred rarely do: each keeps every law now. */
import { expect, test } from 'vitest';
import { audit } from '../support/laws/commands.ts';
import { judge } from '../support/laws/judged.ts';
import { situationOf } from '../support/laws/situation.ts';
import type { State } from '../support/laws/state.ts';

const common = { lock: 'none', behind: false, partial: false } as const;

const rows: readonly { readonly name: string; readonly state: State }[] = [
  {
    name: 'labels alone name an image while a convenience tag is silent: nothing is moved onto it',
    state: {
      ...common,
      project: 0,
      places: [
        { damages: [], journal: null, collected: false },
        {
          damages: [
            { do: 'remove moving', of: 39 },
            { do: 'silence', what: 'moving', of: 0 },
            { do: 'point', of: 0, at: 'labels of its base', other: 35, stranded: true },
          ],
          journal: null,
          collected: false,
        },
      ],
    },
  },
  {
    name: 'two pushes crossed, and one image lacks a platform: explain and audit say one thing',
    state: {
      ...common,
      project: 7,
      places: [
        {
          damages: [{ do: 'overwrite', what: 'other pinned', of: 4, by: 'short of a platform', other: 0 }],
          journal: { of: 3, cut: 'pushed' },
          collected: false,
        },
      ],
    },
  },
  {
    name: 'a partial source, and an index with the image of another cell in it',
    state: {
      ...common,
      project: 0,
      behind: true,
      partial: true,
      places: [
        {
          damages: [{ do: 'point', of: 0, at: 'a platform of another cell in it', other: 6, stranded: false }],
          journal: null,
          collected: false,
        },
      ],
    },
  },
  {
    name: 'an owner’s tag comes back to its image in the same run: the tag that kept it may go',
    state: {
      ...common,
      project: 10,
      places: [
        {
          damages: [
            { do: 'point', of: 1, at: 'rebuilt', other: 0, stranded: true },
            { do: 'relabel', of: 0, as: 'rebuilt without labels' },
          ],
          journal: null,
          collected: false,
        },
      ],
    },
  },
  {
    name: 'an index with an image that is gone is nobody’s',
    state: {
      ...common,
      project: 10,
      places: [
        {
          damages: [
            { do: 'point', of: 0, at: 'short of a platform', other: 1, stranded: true },
            { do: 'relabel', of: 19, as: 'rebuilt without labels' },
          ],
          journal: null,
          collected: false,
        },
      ],
    },
  },
  {
    name: 'a tag on a higher release that could not own it',
    state: {
      ...common,
      project: 10,
      places: [
        {
          damages: [{ do: 'point', of: 2, at: 'another cell', other: 31, stranded: false }],
          journal: null,
          collected: true,
        },
      ],
    },
  },
  {
    name: 'the image of an excluded release under the only pinned tag of another: seen in one repository as in all',
    state: {
      ...common,
      project: 10,
      places: [
        {
          damages: [{ do: 'overwrite', what: 'full', of: 29, by: 'another cell', other: 16 }],
          journal: null,
          collected: false,
        },
        {
          damages: [{ do: 'point', of: 0, at: 'another cell', other: 10, stranded: true }],
          journal: null,
          collected: false,
        },
      ],
    },
  },
  {
    name: 'two tags are all that is left of an image in doubt: both wait',
    state: {
      ...common,
      project: 0,
      places: [
        {
          damages: [
            { do: 'point', of: 1, at: 'rebuilt', other: 17, stranded: false },
            { do: 'point', of: 0, at: 'rebuilt', other: 31, stranded: false },
          ],
          journal: null,
          collected: false,
        },
      ],
    },
  },
  {
    name: 'no answer about the pinned tag of the image that a tag points to: the tag waits',
    state: {
      ...common,
      project: 13,
      places: [
        { damages: [], journal: null, collected: false },
        {
          damages: [
            { do: 'point', of: 17, at: 'one platform of it', other: 30, stranded: false },
            { do: 'silence', what: 'full', of: 30 },
          ],
          journal: null,
          collected: false,
        },
      ],
    },
  },
];

test.each(rows)('$name', { timeout: 120_000 }, async ({ state }) => {
  const { broken } = await judge(state);
  expect([...broken].filter(([, lines]) => lines.length > 0)).toEqual([]);
});

test(
  'explain finds an image that no pinned tag of its cell has any more, as audit does',
  { timeout: 120_000 },
  async () => {
    const { broken } = await judge({
      ...common,
      project: 5,
      places: [
        {
          damages: [
            { do: 'point', of: 0, at: 'another cell', other: 31, stranded: true },
            { do: 'overwrite', what: 'full', of: 0, by: 'another cell', other: 12 },
          ],
          journal: null,
          collected: false,
        },
      ],
    });
    expect([...broken].filter(([, lines]) => lines.length > 0)).toEqual([]);
  },
);

test('a pinned tag on the image of an excluded release is looked into, whatever the audit reads', async () => {
  const damages = [{ do: 'overwrite', what: 'full', of: 29, by: 'another cell', other: 16 }] as const;
  const { scene } = await situationOf({
    ...common,
    project: 10,
    places: [{ damages, journal: null, collected: false }],
  });
  const [report] = (await audit(scene)).reports;
  const found = report?.findings.filter(({ kind }) => kind !== 'excluded').map(({ kind, tag }) => `${kind} ${tag}`);
  expect(found).toEqual(['crossed 2.0.0rc1-python3.9']);
});
