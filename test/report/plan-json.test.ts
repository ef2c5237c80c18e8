/** The text of a plan is made in pieces: together they are what JSON.stringify makes of the document, byte for byte. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { Plan } from '../../src/plan/types.ts';
import { plansJson, plansJsonPieces } from '../../src/report/plan-json.ts';
import { runCli } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp-folder.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const configs = ['examples', 'examples/incidents', 'test/schemes', 'test/histories'].flatMap((folder) =>
  readdirSync(join(root, folder))
    .map((name) => join(folder, name, 'matrix.config.ts'))
    .filter((path) => existsSync(join(root, path))),
);

function asStringify(text: string): string {
  return `${JSON.stringify(JSON.parse(text), null, 2)}\n`;
}

test.each(configs)('%s', { timeout: 60_000 }, async (config) => {
  const api = ['--image', 'api', '--releases', join(root, 'examples/monorepo/api.json')];
  const more = config.includes('monorepo') ? api : [];
  const { code, stdout } = await runCli(['plan', '--offline', '--json', '--config', join(root, config), ...more]);
  const wanted = asStringify(stdout);
  expect({ code, isSame: stdout === wanted }).toEqual({ code: 0, isSame: true });
});

const owner = { version: '1.0.0', axes: { python: '3.12' } };
const plan: Plan = {
  schema: 1,
  repository: 'registry.example/acme/app',
  release: null,
  cells: Array.from({ length: 1000 }, (_, index) => ({
    version: `1.0.${index}`,
    revision: null,
    axes: { python: '3.12' },
    platforms: ['linux/amd64'],
    tags: [`1.0.${index}`, 'a "quoted"\ntext'],
  })),
  tags: [{ tag: 'latest', kind: 'convenience', rule: 'latest', owner: null, frozen: true, because: 'none' }],
  moves: [
    { kind: 'create', tag: 'latest', from: null, to: { owner, digest: null }, because: 'it is new' },
    { kind: 'move', tag: '1', from: { owner: null, digest: null }, to: { owner, digest: null }, because: 'it is' },
  ],
  warnings: [{ code: 'VERSION_LEAP', message: 'skips', versions: ['1.0.0'], fix: 'exclude it' }],
};
const empty: Plan = { ...plan, release: '1.0.0', cells: [], tags: [], moves: [], warnings: [], notes: [] };
const noted: Plan = { ...empty, notes: [{ kind: 'held', message: 'is held', moves: plan.moves }] };

test.each([
  { name: 'one plan', plans: [plan] as const },
  { name: 'a plan of nothing', plans: [empty] as const },
  { name: 'several repositories', plans: [plan, empty, noted] as const },
])('$name, in pieces of a bounded size', ({ plans }) => {
  const pieces = [...plansJsonPieces(plans)];
  expect(pieces.join('')).toBe(asStringify(plansJson(plans)));
  expect(pieces.join('')).toBe(plansJson(plans));
  // The longest row of these plans has some hundred characters.
  expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThan(65_536 + 1000);
});

test('--output writes the pieces to a file', async () => {
  const folder = await tempFolder({});
  const args = ['plan', '--offline', '--json', '--config', join(root, 'examples/calver/matrix.config.ts')];
  const { stdout } = await runCli(args);
  expect(await runCli([...args, '--output', join(folder, 'plan.json')])).toMatchObject({ code: 0, stdout: '' });
  expect(readFileSync(join(folder, 'plan.json'), 'utf8')).toBe(stdout);
});
