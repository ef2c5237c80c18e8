/** A release in several jobs, as the steps of docs/action.md: what each leaves to the next, and to people. */
import { onTestFinished, expect, test } from 'vitest';
import { z } from 'zod';
import { startMemoryRegistry } from '../../src/adapters/memory-registry/memory-registry.ts';
import { expectGolden } from '../support/action-golden.ts';
import { daily, revisionOf, smallConfig } from '../support/history.ts';
import { runStep, type ActionRun } from '../support/run-action.ts';
import { tempFolder } from '../support/temp-folder.ts';

const matrixShape = z.object({
  include: z.array(z.object({ id: z.string(), only: z.string(), platform: z.string(), revision: z.string() })),
});

const event = { event: 'workflow_dispatch', payload: { inputs: { version: '1.1.0' } } };

test('plan, build, publish; a job that failed is run again', async () => {
  const registry = await startMemoryRegistry();
  onTestFinished(() => registry.close());
  const flavors = { standard: { dockerfile: 'Dockerfile' } };
  const folder = await tempFolder({
    'matrix.config.json': JSON.stringify({
      ...smallConfig,
      flavors,
      platforms: ['linux/amd64', 'linux/arm64'],
      source: { file: 'releases.json' },
    }),
    'releases.json': JSON.stringify(daily('1.0.0', '1.1.0')),
  });
  const config = `${folder}/matrix.config.json`;
  const repository = `${registry.host}/acme/app`;
  const step = (inputs: Record<string, string>): Promise<ActionRun> =>
    runStep({ ...event, inputs: { config, repository, ...inputs } });

  const plan = await runStep({ ...event, inputs: { config, command: 'matrix', split: 'platform' } });
  const { include } = matrixShape.parse(JSON.parse(plan.outputs['matrix'] ?? ''));
  expect([plan.code, include.length, plan.outputs['revision']]).toEqual([0, 4, revisionOf('1.1.0')]);

  const build = ({ id, only, platform, revision }: (typeof include)[number], more = {}): Promise<ActionRun> =>
    step({
      command: 'build',
      builder: 'stand-in',
      'push-by-digest': 'true',
      record: `${folder}/records/${id}.json`,
      only,
      platform,
      revision,
      ...more,
    });
  const [failing, ...others] = include.toReversed();
  for (const job of others) expect((await build(job)).code).toBe(0);
  if (failing === undefined) throw new Error('the matrix is empty');
  // The registry of this one is not there.
  const failed = await build(failing, { repository: '127.0.0.1:9/acme/app' });
  expect([failed.code, failed.outputs['result'], failed.log.match(/^::error title=(?:[^:]*)/gm)]).toEqual([
    3,
    'outside-failed',
    ['::error title=1.1.0 lags'],
  ]);

  const publish = { command: 'publish', 'from-records': `${folder}/records`, journal: `${folder}/journals` };
  const lagging = await step(publish);
  expect([lagging.code, lagging.log.match(/^::error .*$/gm)?.[0]]).toEqual([
    3,
    '::error title=127.0.0.1%3A<port>/acme/app lags::RECORD_MISSING  1.1.0 (python 3.10, flavor standard): no record of linux/arm64',
  ]);
  await expectGolden('fan-out-lags', lagging);

  const again = await build(failing);
  expect(again.code).toBe(0);
  await expectGolden('fan-out-build', again);
  const published = await step(publish);
  expect(published.code).toBe(0);
  await expectGolden('fan-out-publish', published);
});

test('a fork builds nothing, and a git tag that was moved since the plan is refused', async () => {
  const folder = await tempFolder({
    'matrix.config.json': JSON.stringify({ ...smallConfig, source: { file: 'releases.json' } }),
    'releases.json': JSON.stringify(daily('1.1.0')),
  });
  const inputs = { command: 'build', 'push-by-digest': 'true', config: `${folder}/matrix.config.json` };
  const payload = {
    pull_request: {
      number: 7,
      head: { repo: { full_name: 'stranger/app' } },
      base: { repo: { full_name: 'acme/app' } },
    },
  };
  const fork = await runStep({ event: 'pull_request', payload, inputs: { ...inputs, version: '1.1.0' } });
  expect([fork.code, fork.log.match(/^::error .*$/gm)?.[0]]).toEqual([
    2,
    '::error title=EVENT_INVALID::the event: stranger/app is a fork: build writes to a registry%0Arun it on release, push or dispatch',
  ]);
  const moved = await runStep({ ...event, inputs: { ...inputs, revision: 'b'.repeat(40) } });
  expect([moved.code, moved.log.includes('REVISION_DIFFERS')]).toEqual([2, true]);
});
