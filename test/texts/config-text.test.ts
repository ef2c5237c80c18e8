import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readConfigText } from '../../src/texts/config-text.ts';
import { problemsOf } from '../support/problems.ts';

const root = new URL('../../', import.meta.url);
const code = {
  code: 'CONFIG_INVALID',
  where: 'standard input',
  message: 'it is TypeScript or JavaScript, and only JSON or YAML is read here',
  fix: 'write the same keys as JSON or YAML, without imports and defineConfig',
};

test.each([
  ['JSON', ' {"repository": "acme/app"}'],
  ['YAML', '# ours\nrepository: acme/app\n'],
])('is read as %s by what it is', async (_name, text) => {
  expect(await readConfigText(text, 'standard input')).toEqual({ repository: 'acme/app' });
});

const configs = readdirSync(root, { recursive: false, encoding: 'utf8' }).filter((name) => name === 'matrix.config.ts');
const examples = readdirSync(new URL('examples/', root), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('matrix.config.ts'))
  .map((name) => `examples/${name}`);

test.each([...configs, ...examples])('%s is code, which is said in one message', async (name) => {
  const text = readFileSync(new URL(name, root), 'utf8');
  expect(await problemsOf(() => readConfigText(text, 'standard input'))).toEqual([code]);
});

test('a text in YAML that quotes code is not code', async () => {
  const text = 'repository: acme/app\nsmoke: |\n  import sys\n  // export const a = 1;\n';
  expect(await readConfigText(text, 'x')).toEqual({
    repository: 'acme/app',
    smoke: 'import sys\n// export const a = 1;\n',
  });
});
