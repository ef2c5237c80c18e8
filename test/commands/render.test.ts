import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { driftProblems, renderAll } from '../../src/commands/render.ts';
import { readConfig } from '../../src/config/normalize.ts';
import type { MatrixConfig } from '../../src/config/matrix-config.ts';
import type { ImageConfig } from '../../src/config/types.ts';
import { InputError, type Problem } from '../../src/domain/errors.ts';
import type { ProjectFiles } from '../../src/ports.ts';
import { prefectConfig } from '../support/prefect.ts';

/** The files of this project, with some of them changed; `null`: gone. */
function files(changed: Readonly<Record<string, string | null>> = {}): ProjectFiles {
  return {
    entry: (path) => Promise.resolve(existsSync(path) ? 'file' : 'nothing'),
    unfit: () => Promise.resolve([]),
    read: async (path) => {
      if (path in changed) return changed[path] ?? null;
      return existsSync(path) ? readFileSync(path, 'utf8') : null;
    },
    write: async (path) => {
      throw new Error(`nothing is to be written, ${path} neither`);
    },
    list: async (folder) => readdirSync(folder).map((name) => `${folder}/${name}`),
  };
}

function image(config: MatrixConfig = prefectConfig): ImageConfig {
  const read = readConfig(config, 'matrix.config.ts');
  const [first] = read.ok ? read.value.images : [];
  if (first === undefined) throw new Error('the config does not read');
  return first;
}

async function problemsOf(work: Promise<unknown>): Promise<readonly Problem[]> {
  const error: unknown = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return error instanceof InputError ? error.problems : [];
}

test('the committed Dockerfiles are what the shipped config and templates render to', async () => {
  const rendered = await renderAll(image(), files());
  expect(rendered.map(({ path, template }) => ({ path, template }))).toEqual(
    ['standard', 'conda', 'kubernetes'].map((flavor) => ({
      path: `dockerfiles/${flavor}.Dockerfile`,
      template: `dockerfiles/${flavor}.Dockerfile.hbs`,
    })),
  );
  for (const { path, text } of rendered) await expect(text).toMatchFileSnapshot(`../../${path}`);
});

test('every file that drifted, or is gone, is a problem', async () => {
  const changed = { 'dockerfiles/standard.Dockerfile': 'FROM scratch\n', 'dockerfiles/conda.Dockerfile': null };
  const fix = 'run tagwright render, look at the difference, and commit it';
  expect(await driftProblems(image(), files(changed))).toEqual([
    {
      code: 'TEMPLATE_DRIFT',
      where: 'dockerfiles/standard.Dockerfile',
      message: 'differs from what dockerfiles/standard.Dockerfile.hbs renders to',
      fix,
    },
    {
      code: 'TEMPLATE_DRIFT',
      where: 'dockerfiles/conda.Dockerfile',
      message: 'is not there; dockerfiles/conda.Dockerfile.hbs renders to it',
      fix,
    },
  ]);
});

test('a mistake in a partial that every flavor has is told once', async () => {
  const changed = { 'dockerfiles/partials/wheels.hbs': 'FROM {{base.form}} AS wheels\n' };
  expect(await problemsOf(renderAll(image(), files(changed)))).toEqual([
    {
      code: 'TEMPLATE_UNKNOWN_NAME',
      where: 'dockerfiles/partials/wheels.hbs:1:8',
      message: '"base.form" is not known here',
      fix: 'did you mean "from"?',
    },
  ]);
});

test('a base named after something no build argument tells', async () => {
  const { standard } = prefectConfig.flavors ?? {};
  if (standard === undefined) throw new Error('the shipped config has no standard flavor');
  const flavors = { ...prefectConfig.flavors, standard: { ...standard, base: 'acme/python:{{python}}-{{year}}' } };
  const config = { ...prefectConfig, flavors };
  expect(await problemsOf(renderAll(image(config), files()))).toEqual([
    {
      code: 'TEMPLATE_UNKNOWN_NAME',
      where: 'the base of dockerfiles/standard.Dockerfile',
      message: 'no build argument tells {{year}}',
      fix: 'a base image can be named after version, revision, python, flavor',
    },
  ]);
});
