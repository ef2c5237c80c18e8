import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { configJsonSchema } from '../src/config/json-schema.ts';
import { troubleshooting } from './support/error-codes.ts';
import { actionYml } from './support/action-yml.ts';
import { brokenLinks, documents, linkedDirectly, linkedFrom } from './support/links.ts';
import { gitlabInitOutput, initOutput, lookOutput, npxOutputs, withOwnParts } from './support/shown-outputs.ts';
import {
  cliReference,
  configReference,
  refusedCommands,
  shownCommands,
  withKinds,
  withOutputs,
} from './support/generated-docs.ts';

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

/** What people read, but for docs/cli.md, which is the output of `--help`, and the changelog. */
const shown = documents(root.pathname).filter((name) => name !== 'docs/cli.md' && name !== 'CHANGELOG.md');

test.each(shown)('every output that %s shows is what the tool prints', async (name) => {
  const path = new URL(name, root).pathname;
  const text = await withOwnParts(name, readFileSync(path, 'utf8'));
  await expect(await withOutputs(text)).toMatchFileSnapshot(path);
});

test.each(shown)('every command that %s names is one, with flags that it has', async (name) => {
  const commands = shownCommands(readFileSync(new URL(name, root), 'utf8'));
  expect(await refusedCommands(commands)).toEqual([]);
});

describe('docs/first-look.md', () => {
  const text = readFileSync(new URL('docs/first-look.md', root), 'utf8');
  const outputs = npxOutputs(text);

  test('shows what look prints of a registry that a backport went through', async () => {
    expect(outputs.get('look ghcr.io/acme/app')).toBe(await lookOutput('backport-took-latest', 'ghcr.io/acme/app'));
  });

  test('shows what init prints of a list of tags, and the config that it writes', async () => {
    const { stdout, config } = await initOutput('redis');
    expect(outputs.get('init --from-registry tags.txt')).toBe(stdout);
    expect(/```ts\n(?<config>[^]*?)```/.exec(text)?.groups?.['config']).toBe(config);
  });
});

test('docs/guides/other-ci.md shows what init prints in a clone from gitlab.com, and its pipeline', async () => {
  const text = readFileSync(new URL('docs/guides/other-ci.md', root), 'utf8');
  const { stdout, pipeline } = await gitlabInitOutput();
  expect(npxOutputs(text).get('init')).toBe(stdout);
  expect(text.split('```yaml\n').some((block) => block.startsWith(pipeline))).toBe(true);
});

test('no document shows an output of npx tagwright that no test compares', () => {
  const unseen = shown.flatMap((name) => [...npxOutputs(readFileSync(new URL(name, root), 'utf8')).keys()]);
  expect(unseen.toSorted()).toEqual(['init', 'init --from-registry tags.txt', 'look ghcr.io/acme/app']);
});

test('docs/guides/troubleshooting.md has a row for each error code', async () => {
  await expect(troubleshooting()).toMatchFileSnapshot(new URL('docs/guides/troubleshooting.md', root).pathname);
});

test.each(documents(root.pathname))('every link of %s to a file or a heading leads there', (document) => {
  expect(brokenLinks(root.pathname, document)).toEqual([]);
});

test('every document is reached from README', () => {
  const linked = linkedFrom(root.pathname, 'README.md');
  expect(documents(root.pathname).filter((file) => file.startsWith('docs/') && !linked.has(file))).toEqual([]);
});

test('the index of guides names every guide and every page of the reference itself', () => {
  const index = 'docs/guides/README.md';
  const linked = linkedDirectly(root.pathname, index);
  const pages = documents(root.pathname).filter((file) => /^docs\/(?:guides\/)?[^/]+$/.test(file) && file !== index);
  expect(pages.filter((file) => !linked.has(file))).toEqual([]);
});
