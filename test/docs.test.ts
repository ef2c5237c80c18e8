import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { configJsonSchema } from '../src/config/json-schema.ts';
import { actionYml } from './support/action-yml.ts';
import { brokenLinks, documents, linkedFrom } from './support/links.ts';
import { cliReference, configReference, withKinds, withOutputs } from './support/generated-docs.ts';

/** Rewritten by `npm run generate`; here they are compared. */
const root = new URL('../', import.meta.url);

test('docs/cli.md is what the program says of itself', async () => {
  await expect(cliReference()).toMatchFileSnapshot(new URL('docs/cli.md', root).pathname);
});

test('docs/config.md has every key of the schema', async () => {
  await expect(configReference()).toMatchFileSnapshot(new URL('docs/config.md', root).pathname);
});

test('docs/config.schema.json is the schema', async () => {
  const text = `${JSON.stringify(configJsonSchema(), null, 2)}\n`;
  await expect(text).toMatchFileSnapshot(new URL('docs/config.schema.json', root).pathname);
});

test('action.yml has every flag of the command line as an input', async () => {
  await expect(actionYml()).toMatchFileSnapshot(new URL('action.yml', root).pathname);
});

test('docs/audit.md has a row for each kind of finding', async () => {
  const path = new URL('docs/audit.md', root).pathname;
  await expect(withKinds(readFileSync(path, 'utf8'))).toMatchFileSnapshot(path);
});

test('every output that README shows is what the tool prints', async () => {
  const path = new URL('README.md', root).pathname;
  await expect(await withOutputs(readFileSync(path, 'utf8'))).toMatchFileSnapshot(path);
});

test.each(documents(root.pathname))('every link of %s to a file or a heading leads there', (document) => {
  expect(brokenLinks(root.pathname, document)).toEqual([]);
});

test('every document is reached from README', () => {
  const linked = linkedFrom(root.pathname, 'README.md');
  expect(documents(root.pathname).filter((file) => file.startsWith('docs/') && !linked.has(file))).toEqual([]);
});
