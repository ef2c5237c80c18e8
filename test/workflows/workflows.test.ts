import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { inputsOf, lintAction, lintWorkflow, workflowsIn } from '../support/lint-workflow.ts';
import { pinnedActions } from '../tables/pinned-actions.ts';

const root = new URL('../../', import.meta.url);
const textOf = (path: string): string => readFileSync(new URL(path, root), 'utf8');
const filesOf = (folder: string, ending: string): string[] =>
  readdirSync(new URL(folder, root))
    .filter((name) => name.endsWith(ending))
    .toSorted()
    .map((name) => `${folder}${name}`);

const own = inputsOf(textOf('action.yml'));
const workflows = filesOf('.github/workflows/', '.yml');
const documents = ['README.md', 'CONTRIBUTING.md', ...filesOf('docs/', '.md'), ...filesOf('docs/guides/', '.md')];

test('action.yml is what GitHub takes', async () => {
  expect(await lintAction(textOf('action.yml'))).toEqual([]);
});

test.each(workflows)('%s passes actionlint and the schema', async (path) => {
  expect(await lintWorkflow(textOf(path), own)).toEqual([]);
});

test.each(documents)('the workflows in %s pass too', async (path) => {
  const faults: string[] = [];
  for (const { line, text } of workflowsIn(textOf(path))) {
    for (const fault of await lintWorkflow(text, own)) faults.push(`${path}, block of line ${line}, ${fault}`);
  }
  expect(faults).toEqual([]);
});

test('README and docs/action.md show workflows, which were looked at', () => {
  const counts = ['README.md', 'docs/action.md'].map((path) => workflowsIn(textOf(path)).length > 0);
  expect(counts).toEqual([true, true]);
});

/** What follows `uses:`, with the comment of its line. */
function actionsIn(text: string): readonly string[] {
  return [...text.matchAll(/\buses: *(?<action>[^\s,}]+)[^#\n]*(?<comment>#.*)?$/gm)].map(({ groups }) =>
    `${groups?.['action']} ${groups?.['comment'] ?? ''}`.trim(),
  );
}

const pinned = new Set(pinnedActions.map(({ name, commit, version }) => `${name}@${commit} # ${version}`));

test.each(examplesOfActions())('%s shows the actions of others by the commit of a known version', (path) => {
  // Ours is pinned by whoever copies the example: a document cannot name the commit of a release to come.
  const ours = 'tagwright/tagwright@v0 # pin by commit';
  const loose = actionsIn(textOf(path)).filter((action) => action !== ours && !pinned.has(action));
  expect(loose).toEqual([]);
});

/** Every document and example in which an action is used. */
function examplesOfActions(): readonly string[] {
  const examples = readdirSync(new URL('examples/', root), { recursive: true, encoding: 'utf8' });
  const below = readdirSync(new URL('docs/', root), { recursive: true, encoding: 'utf8' });
  const paths = [...below.map((name) => `docs/${name}`), ...examples.map((name) => `examples/${name}`)];
  const texts = ['README.md', 'CONTRIBUTING.md', ...paths].filter((path) => /\.(?:md|ya?ml)$/.test(path));
  return texts.filter((path) => actionsIn(textOf(path)).length > 0).toSorted();
}

/** A `source: { git }` of the reader's config needs every git tag. */
test('every workflow that README and docs show checks out all git tags', () => {
  const shown = documents.flatMap((path) => workflowsIn(textOf(path)).map(({ line, text }) => ({ path, line, text })));
  const shallow = shown.flatMap(({ path, line, text }) => {
    const { jobs = {} } = shownFile.parse(parse(text));
    const checkouts = Object.values(jobs).flatMap(({ steps = [] }) =>
      steps.filter(({ uses = '' }) => uses.startsWith('actions/checkout@')),
    );
    return checkouts.filter((step) => step.with?.['fetch-depth'] !== 0).map(() => `${path}:${line}`);
  });
  expect(shallow).toEqual([]);
});

const shownFile = z.object({
  jobs: z
    .record(
      z.string(),
      z.object({
        steps: z
          .array(z.object({ uses: z.string().optional(), with: z.record(z.string(), z.unknown()).optional() }))
          .optional(),
      }),
    )
    .optional(),
});

const workflowFile = z.object({
  permissions: z.record(z.string(), z.enum(['read', 'none'])),
  jobs: z.record(
    z.string(),
    z.object({
      'timeout-minutes': z.number(),
      steps: z.array(z.object({ uses: z.string().optional(), run: z.string().optional() })),
    }),
  ),
});

describe.each(workflows)('%s', (path) => {
  test('may write nothing but where a job says so, and every job has a time limit', () => {
    const read = workflowFile.safeParse(parse(textOf(path)));
    expect(read.error?.issues ?? []).toEqual([]);
  });

  test('uses the actions of others by the commit of a known version', () => {
    const lines = textOf(path)
      .split('\n')
      .flatMap((line) => /\buses: *(?<used>.+)$/.exec(line)?.groups?.['used'] ?? []);
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.filter((used) => used !== './' && !used.startsWith('./.github/') && !pinned.has(used))).toEqual([]);
  });

  test('pastes no expression into a script: what a stranger names would be run', () => {
    const { jobs } = workflowFile.parse(parse(textOf(path)));
    const scripts = Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []));
    expect(scripts.filter((script) => script.includes('${{'))).toEqual([]);
  });
});

describe('what the check finds', () => {
  const lint = (text: string): Promise<string[]> => lintWorkflow(text, own);
  const step = (text: string): string =>
    `on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n${text.replaceAll(/^(?=.)/gm, '      ')}\n`;

  test.each([
    {
      name: 'an output of a step that is not there',
      text: step('- run: echo "$A"\n  env: { A: "${{ steps.none.outputs.b }}" }'),
      says: ['7: property "none" is not defined in object type {}'],
    },
    {
      name: 'an event that is none',
      text: step('- run: "true"').replace('on: push', 'on: pushed'),
      says: [expect.stringMatching(/^1: unknown Webhook event "pushed"/), "1: Unexpected value 'pushed'"],
    },
    {
      name: 'an input that our action does not have, however it is named',
      text: step('- uses: ./\n  with: { comand: audit }\n- uses: tagwright/tagwright@v0\n  with: { comand: audit }'),
      says: ["7: Invalid action input 'comand'", "9: Invalid action input 'comand'"],
    },
    {
      name: 'an input that the action of others does not have',
      text: step('- uses: docker/login-action@v4\n  with: { user: me }'),
      says: ["7: Invalid action input 'user'"],
    },
    {
      name: 'an action that nobody put into the table',
      text: step('- uses: mallory/action@v1'),
      says: ['6: Unable to resolve action `mallory/action@v1`, repository or version not found'],
    },
  ])('$name', async ({ text, says }) => {
    const found = await lint(text);
    expect(found).toEqual(says);
  });

  test('in action.yml a runtime that GitHub does not have, and no main file', async () => {
    expect(await lintAction(textOf('action.yml').replace('node24', 'node21'))).toEqual([
      expect.stringMatching(/^\d+: Unexpected value 'node21'$/),
    ]);
    expect(await lintAction(textOf('action.yml').replace('  main:', '  mein:'))).toEqual([
      expect.stringMatching(/^\d+: 'main' is required for Node\.js actions/),
      expect.stringMatching(/^\d+: Unexpected value 'mein'$/),
    ]);
  });
});
