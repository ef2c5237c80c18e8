/** Following what audit prints, each choice in turn, leaves no failing finding: in generated states and every incident. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadConfigModule } from '../../src/adapters/files/load-config-module.ts';
import { readFactsFile } from '../../src/adapters/files/facts-file.ts';
import { defineConfig } from '../../src/config/define-config.ts';
import { readConfig } from '../../src/config/normalize.ts';
import { isJsonObject } from '../../src/domain/json.ts';
import { formatRepository } from '../../src/domain/reference.ts';
import { follow } from '../support/laws/follow.ts';
import { emptyHeld, registriesOf, type Content } from '../support/laws/held.ts';
import { copyScene, type Scene } from '../support/laws/scene.ts';
import { situationOf } from '../support/laws/situation.ts';
import { inOne, inSeveral, runs, type State } from '../support/laws/state.ts';
import { loadState, type RegistryState } from '../support/registry-state.ts';

const gallery = fileURLToPath(new URL('../../examples/incidents/', import.meta.url));

/** Tries each choice on a copy. @returns what is wrong */
async function everyChoice(scene: Scene): Promise<string[]> {
  const wrong: string[] = [];
  for (let choice = 0, choices = 1; choice < choices; choice += 1) {
    const followed = await follow(copyScene(scene), choice);
    choices = Math.max(choices, followed.choices);
    if (followed.left.length === 0) continue;
    const ran = followed.ran.map(({ command, exit, error }) => `  ${command}: ${exit} ${error ?? ''}`);
    wrong.push(`with choice ${choice + 1} of each, this was run:`, ...ran, 'and this is left:', ...followed.left);
  }
  return wrong;
}

/** Without what nobody can fix from here: silence, and a source that is behind. */
function fixable(state: State): State {
  const places = state.places.map((place) => ({
    ...place,
    damages: place.damages.filter((damage) => damage.do !== 'silence'),
  }));
  return { ...state, behind: false, partial: false, places };
}

const place = (
  damages: State['places'][number]['damages'],
  more: Partial<State['places'][number]> = {},
): State['places'][number] => ({ damages, journal: null, collected: false, ...more });
const short = { do: 'point', of: 0, at: 'short of a platform' } as const;
const overwrite = { do: 'overwrite', what: 'full', of: 0, by: 'another cell', other: 0 } as const;
const relabel = { do: 'relabel', of: 0, as: 'rebuilt without labels' } as const;

/** States whose printed fixes once did not end well. */
const found: readonly { readonly name: string; readonly state: Partial<State> & Pick<State, 'places'> }[] = [
  {
    name: 'an incomplete image is all that a cell has',
    state: { places: [place([{ ...short, other: 0, stranded: true }])] },
  },
  {
    name: 'an incomplete image is all that another cell of the release has',
    state: { places: [place([{ ...short, other: 1, stranded: true }])] },
  },
  {
    name: 'an incomplete image without pinned tags is under a tag of another release',
    state: { places: [place([{ ...short, other: 2, stranded: true }])] },
  },
  {
    name: 'an incomplete image is all that a cell has, and the lock names one that is gone',
    state: { lock: 'right', places: [place([{ ...short, other: 0, stranded: true }], { collected: true })] },
  },
  {
    name: 'the pinned tags are on an incomplete image, and a convenience tag is on the whole one',
    state: {
      places: [place([{ ...overwrite, what: 'pinned', of: 10, by: 'short of a platform' }])],
    },
  },
  {
    name: 'the locked image is gone, and a convenience tag is on a higher release',
    state: {
      project: 5,
      lock: 'right',
      places: [place([{ do: 'point', of: 0, at: 'another cell', other: 7, stranded: false }, relabel])],
    },
  },
  {
    name: 'the locked image is gone, and a tag of another release is on what was built again',
    state: {
      lock: 'right',
      places: [place([{ do: 'point', of: 0, at: 'rebuilt', other: 8, stranded: true }], { collected: true })],
    },
  },
  {
    name: 'the locked image is gone in one of several repositories, and another has two images of the cell',
    state: {
      lock: 'right',
      places: [
        place([{ ...overwrite, of: 37 }], { collected: true }),
        place([]),
        place([{ do: 'point', of: 0, at: 'rebuilt', other: 37, stranded: false }]),
      ],
    },
  },
  {
    name: 'the locked image is gone, and two images without labels are under its tags',
    state: {
      lock: 'older',
      places: [
        place([]),
        place([
          { ...overwrite, of: 3, by: 'foreign' },
          { ...relabel, of: 3 },
        ]),
      ],
    },
  },
  {
    name: 'the locked image is gone, and a pinned tag is on another cell',
    state: {
      lock: 'right',
      places: [
        place([]),
        place([
          { ...overwrite, of: 39 },
          { ...relabel, of: 39 },
        ]),
      ],
    },
  },
  {
    name: 'a journal names an image that is gone, and the full tag is on another cell',
    state: {
      project: 5,
      places: [place([{ ...overwrite, of: 32 }], { journal: { of: 27, cut: 'pushed' }, collected: true })],
    },
  },
  {
    name: 'two images are in question, and one of the pinned tags is absent',
    state: {
      project: 5,
      places: [
        place([
          { ...overwrite, what: 'pinned', by: 'foreign' },
          { do: 'remove', what: 'full', of: 0 },
        ]),
      ],
    },
  },
  {
    name: 'two images of one cell are in question, and another cell lacks its full tag',
    state: {
      project: 5,
      places: [
        place([
          { ...overwrite, what: 'pinned', of: 21, by: 'foreign' },
          { do: 'remove', what: 'full', of: 0 },
        ]),
      ],
    },
  },
  {
    name: 'two images are in question, and a tag is on what labels of somebody else call a higher version',
    state: {
      project: 13,
      places: [
        place([
          { do: 'point', of: 33, at: 'labels of its base', other: 0, stranded: false },
          { ...overwrite, of: 5, by: 'short of a platform' },
        ]),
      ],
    },
  },
  {
    name: 'one image without labels has the tags of two cells',
    state: {
      places: [
        place([]),
        place([
          { ...overwrite, of: 9, other: 3 },
          { ...relabel, of: 17 },
        ]),
      ],
    },
  },
];

const counts = [
  {
    repositories: 'one repository',
    made: inOne,
    share: 5,
  },
  { repositories: 'two and three repositories', made: inSeveral, share: 10 },
];

describe('following the printed fixes', () => {
  test.each(counts)('in generated states of $repositories', { timeout: 3_600_000 }, async ({ made, share }) => {
    await fc.assert(
      fc.asyncProperty(made.map(fixable), async (state) => {
        const { scene, told } = await situationOf(state);
        const wrong = await everyChoice(scene);
        if (wrong.length > 0) throw new Error(`\n${wrong.join('\n')}\nwhere\n${told.join('\n')}`);
      }),
      { ...runs, numRuns: Math.ceil(runs.numRuns / share), includeErrorInReport: true },
    );
  });

  test.each(found)('where $name', async ({ state }) => {
    const { scene } = await situationOf({ project: 0, lock: 'none', behind: false, partial: false, ...state });
    expect(await everyChoice(scene)).toEqual([]);
  });

  test.each(readdirSync(gallery))('of the incident %s', async (name) => {
    expect(await everyChoice(await incident(name))).toEqual([]);
  });
});

async function incident(name: string): Promise<Scene> {
  const folder = `${gallery}${name}/`;
  const config = await loadConfigModule(`${folder}matrix.config.ts`, {
    virtualModules: { tagwright: { defineConfig } },
  });
  const { facts } = await readFactsFile(`${folder}releases.json`).list();
  const state: RegistryState = JSON.parse(readFileSync(`${folder}registry.json`, 'utf8'));
  const read = readConfig(config, name);
  const repository = read.ok ? read.value.images[0]?.repositories[0] : undefined;
  if (repository === undefined || !isJsonObject(config)) throw new Error(`the config of ${name} is wrong`);
  const content: Content = { manifests: new Map(), blobs: new Map() };
  const places = new Map([[formatRepository(repository), emptyHeld()]]);
  await loadState(registriesOf(places, content).open(repository), state);
  const files = templatesOf(folder);
  return { config, facts, partial: null, places, content, files, journals: new Map(), built: [], nonce: 'again' };
}

/** The incident's own files, beside its config. */
function templatesOf(folder: string): Map<string, string> {
  return new Map(readdirSync(folder).map((file) => [file, readFileSync(`${folder}${file}`, 'utf8')]));
}
