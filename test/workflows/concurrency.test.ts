/**
 * GitHub's rule for a concurrency group, over three releases within a minute: one run at a time, one waits, and a waiting
 * run is cancelled when another one comes.
 *
 * @see https://docs.github.com/en/actions/how-tos/write-workflows/choose-when-workflows-run/control-workflow-concurrency
 */
import { readdirSync, readFileSync } from 'node:fs';
import { data, Evaluator, Lexer, Parser } from '@actions/expressions';
import { parse } from 'yaml';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { releaseWorkflow } from '../../src/commands/init/starting-files.ts';
import { parseRepository } from '../../src/domain/reference.ts';
import { publish, publishOptions, publishWorld } from '../support/publish-world.ts';
import { daily } from '../support/history.ts';
import { workflowsIn } from '../support/lint-workflow.ts';
import { tempFolder } from '../support/temp-folder.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');
const names = (folder: string, ending: string): string[] =>
  readdirSync(new URL(folder, root))
    .filter((name) => name.endsWith(ending))
    .map((name) => `${folder}${name}`);

const shape = z.object({
  on: z.unknown(),
  concurrency: z.union([z.string(), z.object({ group: z.string() })]).optional(),
});

/** Workflows that a release starts: the shipped ones, those that documents show, and the one that `init` writes. */
const shown = [
  ...names('.github/workflows/', '.yml').map((path) => ({ path, text: read(path) })),
  ...['README.md', ...names('docs/', '.md')].flatMap((path) =>
    workflowsIn(read(path)).map(({ line, text }) => ({ path: `${path}:${line}`, text })),
  ),
  { path: 'init', text: releaseWorkflow('ghcr.io/acme/app') },
].filter(({ text }) => /\brelease\b|"tags"/.test(JSON.stringify(shape.parse(parse(text)).on)));

function groupOf(text: string): string | null {
  const { concurrency } = shape.parse(parse(text));
  return concurrency === undefined ? null : typeof concurrency === 'string' ? concurrency : concurrency.group;
}

/** The group of one release's run, as GitHub works it out. */
function groupFor(group: string, tag: string): string {
  const text = (value: string): data.StringData => new data.StringData(value);
  const dictionary = (values: Readonly<Record<string, data.StringData | data.Dictionary>>): data.Dictionary =>
    new data.Dictionary(...Object.entries(values).map(([key, value]) => ({ key, value })));
  const release = dictionary({ tag_name: text(tag) });
  const github = dictionary({ ref: text(`refs/tags/${tag}`), ref_name: text(tag), event: dictionary({ release }) });
  const contexts = dictionary({ github, inputs: dictionary({}) });
  return group.replaceAll(/\$\{\{(.*?)\}\}/g, (_, inner: string) => {
    const expression = new Parser(new Lexer(inner.trim()).lex().tokens, ['github', 'inputs'], []).parse();
    return new Evaluator(expression, contexts).evaluate().coerceString();
  });
}

/** Releases whose run is not cancelled: all come while the first one of a group still runs. */
function survivors(group: string | null, tags: readonly string[]): string[] {
  const running = new Set<string>();
  const waiting = new Map<string, string>();
  const alive = new Set<string>();
  for (const tag of tags) {
    const own = group === null ? tag : groupFor(group, tag);
    alive.add(tag);
    if (!running.has(own)) {
      running.add(own);
      continue;
    }
    const before = waiting.get(own);
    if (before !== undefined) alive.delete(before);
    waiting.set(own, tag);
  }
  return [...alive];
}

const three = ['1.0.0', '1.0.1', '1.1.0'];

test('workflows of releases were found', () => {
  expect(shown.map(({ path }) => path)).toEqual(expect.arrayContaining(['.github/workflows/release.yml', 'init']));
});

test.each(shown)('$path loses none of three releases within a minute', ({ text }) => {
  expect(survivors(groupOf(text), three)).toEqual(three);
});

test('a group that all releases share loses the second', () => {
  expect(survivors('release', three)).toEqual(['1.0.0', '1.1.0']);
});

test('no document advises a constant group', () => {
  const advised = ['README.md', ...names('docs/', '.md')].flatMap((path) =>
    [...read(path).matchAll(/concurrency: (?:\{ group: )?(?<group>[^\s,}`][^,}`\n]*)/g)]
      .map((match) => match.groups?.['group'] ?? '')
      .filter((group) => !group.includes('${{') && !/^(?:audit|group)/.test(group))
      .map((group) => `${path}: ${group}`),
  );
  expect(advised).toEqual([]);
});

test('three at once publish all their tags, each on its owner', { timeout: 60_000 }, async () => {
  const world = publishWorld({ facts: daily(...three) });
  const rehearsal = await world.rehearsal();
  const repository = `${rehearsal.host}/acme/app`;
  const journal = await tempFolder();
  const runs = await Promise.all(
    survivors(groupOf(releaseWorkflow('ghcr.io/acme/app')), three).map((version) =>
      publish(publishOptions(version, repository, `${journal}/${version}`), world),
    ),
  );
  expect(runs.map(({ result }) => result)).toEqual(['as-planned', 'as-planned', 'as-planned']);
  const parsed = parseRepository(repository, '');
  if (!parsed.ok) throw new Error('no repository');
  const registries = await world.registries([]);
  const registry = registries.open(parsed.value);
  const digestOf = async (tag: string): Promise<string> => (await registry.head(tag))?.digest ?? `no ${tag}`;
  for (const [tag, owner] of [
    ['1.0-python3.10', '1.0.1-python3.10'],
    ['1-python3.10', '1.1.0-python3.10'],
  ] as const) {
    expect(await digestOf(tag)).toBe(await digestOf(owner));
  }
  await registries.close();
  await rehearsal.close();
});
