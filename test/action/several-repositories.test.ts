import { expect, onTestFinished, test } from 'vitest';
import { startMemoryRegistry } from '../../src/adapters/memory-registry/memory-registry.ts';
import { daily, smallConfig } from '../support/history.ts';
import { runStep, type ActionInput, type ActionRun } from '../support/run-action.ts';
import { tempFolder } from '../support/temp-folder.ts';

async function step(inputs: Readonly<Record<string, string>>, event: Partial<ActionInput> = {}): Promise<ActionRun> {
  const registry = await startMemoryRegistry();
  onTestFinished(() => registry.close());
  const folder = await tempFolder({
    'matrix.config.json': JSON.stringify({ ...smallConfig, source: { file: 'releases.json' } }),
    'releases.json': JSON.stringify(daily('1.0.0', '1.1.0')),
    'other.json': JSON.stringify({ ...smallConfig, pythons: ['3.10'], source: { file: 'releases.json' } }),
  });
  const repository = ['one', 'two'].map((name) => `${registry.host}/acme/${name}`).join('\n');
  const { diff, ...others } = inputs;
  const given = { ...others, ...(diff === undefined ? {} : { diff: `${folder}/${diff}` }) };
  return runStep({
    event: 'schedule',
    ...event,
    inputs: { config: `${folder}/matrix.config.json`, repository, ...given },
  });
}

const both = ['acme/one', 'acme/two'];

function repositoriesIn(text: string): string[] {
  return [...new Set(text.match(/(?<=127\.0\.0\.1:(?:\d+|<port>)\/)acme\/\w+/g))];
}

test('the summary and the output of a plan have the moves of both repositories', async () => {
  const run = await step({ command: 'plan', version: '1.1.0' });
  expect([run.code, repositoriesIn(run.summary)]).toEqual([0, both]);
  const { repositories }: { repositories: { repository: string; moves: object[] }[] } = JSON.parse(
    run.outputs['plan'] ?? '',
  );
  expect(repositories.map(({ repository, moves }) => [repositoriesIn(repository), moves.length > 0])).toEqual(
    both.map((name) => [[name], true]),
  );
});

test('the summary and the findings of an audit have both repositories', async () => {
  const run = await step({ command: 'audit' });
  expect([run.code, repositoriesIn(run.summary)]).toEqual([1, both]);
  const findings: { repository: string }[] = JSON.parse(run.outputs['findings'] ?? '');
  expect(repositoriesIn(findings.map(({ repository }) => repository).join('\n'))).toEqual(both);
});

test('the SARIF report of an audit has a run for each repository', async () => {
  const run = await step({ command: 'audit', format: 'sarif' });
  expect(repositoriesIn(run.outputs['report-file']?.match(/"id": "tagwright\/[^"]+"/g)?.join('\n') ?? '')).toEqual(
    both,
  );
});

test('a difference of configs does not take the version of the event', async () => {
  const run = await step({ command: 'plan', diff: 'other.json' }, { event: 'push', ref: 'refs/tags/1.1.0' });
  expect([run.code, run.outputs['changed']]).toEqual([0, 'true']);
});
