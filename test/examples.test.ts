/** Every example is planned by the program as a user runs it, and gives the plan beside it. */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runCli } from './support/run-cli.ts';

const folder = fileURLToPath(new URL('../examples/', import.meta.url));

interface Example {
  readonly name: string;
  /** Arguments for `plan.json`, where the whole plan is too long to review. */
  readonly json: readonly string[];
  /** Arguments for both plans. */
  readonly args?: readonly string[];
  /** What `rehearse` is given; `null` where another test does. */
  readonly rehearsal: readonly string[] | null;
}

const examples: readonly Example[] = [
  { name: 'prefect', json: ['2.11.5', '--at', '2.11.5'], rehearsal: null },
  { name: 'semver-debian-alpine', json: [], rehearsal: ['--all'] },
  { name: 'cuda', json: [], rehearsal: ['1.2.0', '--at', '1.2.0'] },
  { name: 'database', json: [], rehearsal: ['16.1'] },
  { name: 'language', json: ['23.0.0'], rehearsal: null },
  { name: 'cuda-wheels', json: ['2.0.0'], rehearsal: null },
  { name: 'calver', json: [], rehearsal: ['--all'] },
  { name: 'events', json: [], rehearsal: ['--all'] },
  {
    name: 'monorepo',
    json: [],
    args: ['--image', 'api', '--releases', `${folder}monorepo/api.json`],
    rehearsal: null,
  },
  ...['python-source', 'node-source'].map((name) => ({
    name,
    json: [],
    args: ['--releases', `${folder}${name}/releases.json`],
    rehearsal: ['--all', '--releases', `${folder}${name}/releases.json`],
  })),
];

async function plan(name: string, ...args: readonly string[]): Promise<string> {
  const run = await runCli(['plan', '--offline', '--config', `${folder}${name}/matrix.config.ts`, ...args]);
  expect({ code: run.code, stderr: run.stderr }).toEqual({ code: 0, stderr: '' });
  return run.stdout.replaceAll(folder, 'examples/');
}

test.each(examples)('$name: plan.txt and plan.json', { timeout: 60_000 }, async ({ name, json, args = [] }) => {
  await expect(await plan(name, ...args)).toMatchFileSnapshot(`${folder}${name}/plan.txt`);
  await expect(await plan(name, ...args, ...json, '--json')).toMatchFileSnapshot(`${folder}${name}/plan.json`);
});

test.each(examples.filter((example) => example.rehearsal !== null))(
  '$name: published and audited against a registry of its own',
  { timeout: 120_000 },
  async ({ name, rehearsal }) => {
    const config = `${folder}${name}/matrix.config.ts`;
    const run = await runCli(['rehearse', ...(rehearsal ?? []), '--config', config]);
    expect({ code: run.code, stdout: run.stdout, stderr: run.code === 0 ? '' : run.stderr }).toMatchObject({ code: 0 });
  },
);

test('every folder with a config is one of them', () => {
  const folders = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /^[^/]+\/matrix\.config\.ts$/.test(path))
    .map((path) => path.split('/')[0] ?? '');
  expect(folders.toSorted()).toEqual(examples.map((example) => example.name).toSorted());
});
