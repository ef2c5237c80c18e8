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

  test.each([0, 1])(
    'of an incomplete image of a cell of the release, number %s, without pinned tags',
    async (other) => {
      const damages = [{ do: 'point' as const, of: 0, at: 'short of a platform' as const, other, stranded: true }];
      const places = [{ damages, journal: null, collected: false }];
      const { scene } = await situationOf({ project: 0, lock: 'none', behind: false, partial: false, places });
      expect(await everyChoice(scene)).toEqual([]);
    },
  );

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
