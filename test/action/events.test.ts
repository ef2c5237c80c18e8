/** Each event that starts a workflow, in this process and against a registry in memory: outputs and summary are files. */
import { onTestFinished, expect, test } from 'vitest';
import { startMemoryRegistry } from '../../src/adapters/memory-registry/memory-registry.ts';
import { daily, revisionOf, smallConfig } from '../support/history.ts';
import { expectGolden } from '../support/action-golden.ts';
import { runStep, type ActionInput } from '../support/run-action.ts';
import { tempFolder } from '../support/temp-folder.ts';

interface Project {
  readonly config: string;
  readonly repository: string;
  readonly journal: string;
}

async function project(): Promise<Project> {
  const registry = await startMemoryRegistry();
  onTestFinished(() => registry.close());
  const config = { ...smallConfig, platforms: ['linux/amd64', 'linux/arm64'], source: { file: 'releases.json' } };
  const folder = await tempFolder({
    'matrix.config.json': JSON.stringify(config),
    'releases.json': JSON.stringify(daily('1.0.0', '1.1.0', '2.0.0')),
  });
  return {
    config: `${folder}/matrix.config.json`,
    repository: `${registry.host}/acme/app`,
    journal: `${folder}/journals`,
  };
}

const released = (tag: string, more: object = {}): Pick<ActionInput, 'event' | 'payload' | 'ref' | 'sha'> => ({
  event: 'release',
  payload: {
    action: 'published',
    release: { tag_name: tag, name: '"; echo pwned; #', draft: false, prerelease: false },
    repository: { full_name: 'acme/app', description: 'An app', license: { spdx_id: 'MIT' } },
    ...more,
  },
  ref: `refs/tags/${tag}`,
  sha: revisionOf(tag),
});

test('release: publishes what it names', async () => {
  const { config, repository, journal } = await project();
  const inputs = { command: 'publish', builder: 'stand-in', config, repository, journal };
  for (const tag of ['1.0.0', '2.0.0']) {
    expect((await runStep({ ...released(tag), inputs })).code).toBe(0);
  }
  const run = await runStep({ ...released('1.1.0'), inputs });
  expect(run.code).toBe(0);
  await expectGolden('release-publish', run);
});

test('release: one cell of it, in the shapes of docker/metadata-action', async () => {
  const { config } = await project();
  const inputs = { command: 'plan', offline: 'true', only: 'python=3.10\nflavor=conda', tags: 'all', config };
  const run = await runStep({ ...released('1.1.0'), inputs });
  expect(run.code).toBe(0);
  await expectGolden('release-metadata', run);
  const names = Object.keys(run.variables);
  expect(names).toEqual([
    'DOCKER_METADATA_OUTPUT_VERSION',
    'DOCKER_METADATA_OUTPUT_TAGS',
    'DOCKER_METADATA_OUTPUT_TAG_NAMES',
    'DOCKER_METADATA_OUTPUT_LABELS',
    'DOCKER_METADATA_OUTPUT_ANNOTATIONS',
    'DOCKER_METADATA_OUTPUT_JSON',
    'DOCKER_METADATA_OUTPUT_BAKE_FILE',
    'DOCKER_METADATA_OUTPUT_BAKE_FILE_TAGS',
    'DOCKER_METADATA_OUTPUT_BAKE_FILE_LABELS',
    'DOCKER_METADATA_OUTPUT_BAKE_FILE_ANNOTATIONS',
  ]);
  expect(run.variables['DOCKER_METADATA_OUTPUT_TAGS']).toBe(run.outputs['tags']);
});

test('push of a git tag: the plan of its release, a bake file with every cell', async () => {
  const { config } = await project();
  const event = { event: 'push', ref: 'refs/tags/1.0.0', sha: revisionOf('1.0.0'), payload: { deleted: false } };
  const run = await runStep({ ...event, inputs: { command: 'plan', offline: 'true', config } });
  expect(run.code).toBe(0);
  await expectGolden('push-plan', run);
});

test.each([
  { event: 'workflow_dispatch', payload: { inputs: null, ref: 'refs/tags/1.0.0' } },
  { event: 'create', payload: { ref: '1.0.0', ref_type: 'tag' } },
  { event: 'schedule', payload: {} },
  { event: 'repository_dispatch', payload: { action: 'again' } },
])('$event on a git tag: the version is what a push of it gives', async ({ event, payload }) => {
  const { config, repository, journal } = await project();
  const at = { ref: 'refs/tags/1.0.0', sha: revisionOf('1.0.0') };
  const inputs = { command: 'plan', offline: 'true', only: 'python=3.10\nflavor=conda', config };
  const pushed = await runStep({ event: 'push', payload: {}, ...at, inputs });
  expect((await runStep({ event, payload, ...at, inputs })).outputs).toEqual(pushed.outputs);
  const publish = { command: 'publish', builder: 'stand-in', config, repository, journal };
  const moved = await runStep({ event, payload, ref: at.ref, sha: 'ab'.repeat(20), inputs: publish });
  expect([moved.code, moved.log.includes('REVISION_DIFFERS')]).toEqual([2, true]);
  expect((await runStep({ event, payload, ...at, inputs: publish })).outputs['release']).toBe('1.0.0');
});

test('workflow_dispatch on a git tag: what was typed comes first', async () => {
  const { config } = await project();
  const event = { event: 'workflow_dispatch', payload: { inputs: { version: '2.0.0' } }, ref: 'refs/tags/1.0.0' };
  const run = await runStep({ ...event, inputs: { command: 'plan', offline: 'true', config } });
  expect(run.outputs['release']).toBe('2.0.0');
});

test('workflow_dispatch: jobs for the version that was typed', async () => {
  const { config } = await project();
  const event = { event: 'workflow_dispatch', payload: { inputs: { version: '2.0.0' } } };
  const run = await runStep({ ...event, inputs: { command: 'matrix', only: 'flavor=standard', config } });
  expect(run.code).toBe(0);
  await expectGolden('dispatch-matrix', run);
});

test('schedule: an audit, whose findings fail the step and are told', async () => {
  const { config, repository, journal } = await project();
  const publish = { command: 'publish', builder: 'stand-in', config, repository, journal };
  expect((await runStep({ ...released('2.0.0'), inputs: publish })).code).toBe(0);
  const inputs = { command: 'audit', config, repository, only: 'series=2', 'fail-on': 'missing\nstale' };
  const right = await runStep({ event: 'schedule', payload: { schedule: '0 3 * * *' }, inputs });
  expect([right.code, right.outputs['result'], right.outputs['findings']]).toEqual([0, 'as-planned', '[]']);

  const wrong = await runStep({ event: 'schedule', payload: {}, inputs: { ...inputs, only: 'series=1' } });
  expect([wrong.code, wrong.outputs['result']]).toEqual([1, 'findings']);
  const annotations = wrong.log.split('\n').filter((line) => line.startsWith('::error'));
  expect(annotations.map((line) => line.replace(/ the first is .*/, ''))).toEqual([
    '::error title=audit of 127.0.0.1%3A<port>/acme/app::30 missing; of 30 findings',
  ]);
});

test('docker/metadata-action can be told to leave the environment alone, and so can this', async () => {
  const { config } = await project();
  const inputs = { command: 'plan', offline: 'true', only: 'python=3.10\nflavor=conda', config };
  const run = await runStep({
    ...released('1.1.0'),
    inputs,
    env: { DOCKER_METADATA_SET_OUTPUT_ENV: 'false', DOCKER_METADATA_ANNOTATIONS_LEVELS: 'manifest,index' },
  });
  expect([run.code, run.variables]).toEqual([0, {}]);
  const levels = (run.outputs['annotations'] ?? '').split('\n').map((line) => line.split(':')[0]);
  expect(new Set(levels)).toEqual(new Set(['manifest', 'index']));
});
