import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createAnswers } from '../../src/playground/answer.ts';
import type { Answer, Question } from '../../src/playground/question.ts';

const config = JSON.stringify({
  repository: 'registry.example/acme/app',
  pythons: ['3.11', '3.12'],
  dockerfile: 'Dockerfile',
  defaults: { python: { '1': '3.11' } },
  rules: { sha: false },
});
const empty = { image: null, release: null, tag: null, wantsJson: false };

function ask(question: Partial<Question>): Promise<Answer> {
  return createAnswers()({ config, releases: '1.0.0\n1.1.0', ...empty, ...question });
}

async function problemsOf(question: Partial<Question>): Promise<readonly string[]> {
  const answer = await ask(question);
  if (answer.kind !== 'problems') throw new Error('expected problems');
  return answer.problems.map(({ code, where, message, fix }) => `${code} ${where}: ${message}; ${fix ?? ''}`);
}

test('versions, one a line, are releases', async () => {
  expect(await ask({})).toMatchObject({
    kind: 'plan',
    configFile: 'matrix.config.json',
    images: ['app'],
    image: 'app',
    releases: ['1.1.0', '1.0.0'],
    json: null,
    plan: {
      repository: 'registry.example/acme/app',
      summary: '2 releases, 4 cells, 4 pinned tags, 7 convenience tags',
      axes: ['python'],
      moves: [],
    },
  });
});

test('of a release, what publishing it moves', async () => {
  const answer = await ask({ release: '1.1.0' });
  expect(answer).toMatchObject({
    plan: {
      summary: '2 cells, 2 pinned tags, 5 convenience tags to move',
      moves: [
        { tag: '1.1-python3.11', from: 'new', to: '1.1.0' },
        { tag: '1.1-python3.12', from: 'new', to: '1.1.0' },
        { tag: '1-python3.11', from: '1.0.0', to: '1.1.0' },
        { tag: '1-python3.12', from: '1.0.0', to: '1.1.0' },
        { tag: 'latest', from: '1.0.0', to: '1.1.0' },
      ],
    },
  });
});

test('of a tag, why it points there, in the words of explain', async () => {
  const answer = await ask({ tag: 'latest' });
  expect(answer).toMatchObject({
    explanation: {
      tag: 'latest',
      headline: 'registry.example/acme/app:latest belongs to 1.1.0 python 3.11.',
      candidates: [
        { versions: '1.1.0', verdict: 'owner' },
        { versions: '1.0.0', verdict: 'lower', because: 'lower than 1.1.0' },
      ],
    },
  });
});

test('of a tag that is in no plan, why it is not', async () => {
  const answer = await ask({ tag: '2-latest' });
  expect(answer).toMatchObject({
    explanation: { headline: 'registry.example/acme/app:2-latest is not a tag of this image.' },
  });
});

test('of several images, one is planned and all are named', async () => {
  const images = { api: { repository: 'r.example/api' }, worker: { repository: 'r.example/worker' } };
  const several = JSON.stringify({ dockerfile: 'Dockerfile', rules: { sha: false }, images });
  expect(await ask({ config: several })).toMatchObject({ images: ['api', 'worker'], image: 'api' });
  expect(await ask({ config: several, image: 'worker' })).toMatchObject({
    image: 'worker',
    plan: { repository: 'r.example/worker' },
  });
});

/** Each is one clear message. */
const bad: readonly { readonly name: string; readonly given: Partial<Question>; readonly expected: RegExp }[] = [
  {
    name: 'a config of 5 MB',
    given: { config: `repository: "${'a'.repeat(5_000_000)}"` },
    expected:
      /^CONFIG_INVALID matrix\.config\.yaml: the file has 4\.8 MiB; at most 1\.0 MiB are read; check that it is the right file$/,
  },
  {
    name: 'releases of 5 MB',
    given: { releases: '1.0.0\n'.repeat(900_000) },
    expected: /^FACTS_INVALID releases\.json: the file has 5\.1 MiB; at most 4\.0 MiB are read; /,
  },
  {
    name: 'a config that is a script',
    given: { config: readFileSync(new URL('../../matrix.config.ts', import.meta.url), 'utf8') },
    expected:
      /^CONFIG_INVALID matrix\.config\.yaml: it is TypeScript or JavaScript, and only JSON or YAML is read here; /,
  },
  {
    name: 'aliases that stand for gigabytes',
    given: {
      config: Array.from(
        { length: 12 },
        (_, at) =>
          `a${at}: &a${at} [${Array(9)
            .fill(at === 0 ? 'lol' : `*a${at - 1}`)
            .join(', ')}]`,
      ).join('\n'),
    },
    expected:
      /^CONFIG_INVALID matrix\.config\.yaml: its aliases stand for more than a config can need; write the values out$/,
  },
  {
    name: 'an alias that holds itself',
    given: { config: 'repository: r.example/app\nrules: &r\n  sha: *r\n' },
    expected: /^CONFIG_UNKNOWN_KEY matrix\.config\.yaml rules\.sha\.sha: unknown key 'sha'; /,
  },
  {
    name: 'no config',
    given: { config: ' \n' },
    expected: /^CONFIG_INVALID matrix\.config\.yaml: it is empty; /,
  },
  {
    name: 'no releases',
    given: { releases: '' },
    expected:
      /^FACTS_INVALID releases\.json: it is empty; write versions, one a line, or the rows of a releases\.json$/,
  },
  {
    name: 'releases that are cut JSON',
    given: { releases: '[{"version": "1.0.0"' },
    expected: /^FACTS_INVALID releases\.json:1:\d+: /,
  },
  {
    name: 'a letter that nobody sees',
    given: {
      config: JSON.stringify({ repository: 'r.example/app', dockerfile: 'Dockerfile', 'pyth\u202eons': ['3.11'] }),
    },
    expected: /^CONFIG_UNKNOWN_KEY [^\u202e]*$/,
  },
];

test.each(bad)('$name', async ({ given, expected }) => {
  const problems = await problemsOf(given);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(expected);
});
