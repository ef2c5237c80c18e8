/** Events of every kind with each command that is about one release: outputs, or a failed step with the reason. */
import { onTestFinished, expect, test } from 'vitest';
import { startMemoryRegistry } from '../../src/adapters/memory-registry/memory-registry.ts';
import { daily, revisionOf, smallConfig } from '../support/history.ts';
import { runStep, type ActionInput } from '../support/run-action.ts';
import { tempFolder } from '../support/temp-folder.ts';

type Event = Required<Pick<ActionInput, 'event' | 'payload' | 'ref' | 'sha'>>;

const onBranch = { ref: 'refs/heads/main', sha: 'ab'.repeat(20) };
const onTag = { ref: 'refs/tags/1.1.0', sha: revisionOf('1.1.0') };

/** `isRelease`: the event names a release of this config. */
const events: readonly (Event & { readonly name: string; readonly isRelease: boolean })[] = [
  { name: 'a push to a branch', event: 'push', payload: {}, ...onBranch, isRelease: false },
  { name: 'a branch that is deleted', event: 'push', payload: { deleted: true }, ...onBranch, isRelease: false },
  {
    name: 'a pull request',
    event: 'pull_request',
    payload: { pull_request: { number: 7, head: { repo: { full_name: 'acme/app' } } } },
    ref: 'refs/pull/7/merge',
    sha: onBranch.sha,
    isRelease: false,
  },
  { name: 'a schedule', event: 'schedule', payload: { schedule: '0 3 * * *' }, ...onBranch, isRelease: false },
  { name: 'a run by hand', event: 'workflow_dispatch', payload: { inputs: null }, ...onBranch, isRelease: false },
  {
    name: 'a run by hand with an empty version',
    event: 'workflow_dispatch',
    payload: { inputs: { version: '' } },
    ...onBranch,
    isRelease: false,
  },
  { name: 'a merge queue', event: 'merge_group', payload: {}, ...onBranch, isRelease: false },
  { name: 'another workflow', event: 'repository_dispatch', payload: {}, ...onBranch, isRelease: false },
  {
    name: 'a git tag of something else',
    event: 'push',
    payload: {},
    ...onTag,
    ref: 'refs/tags/docs',
    isRelease: false,
  },
  {
    name: 'a git tag that is deleted',
    event: 'push',
    payload: { deleted: true },
    ...onTag,
    isRelease: false,
  },
  {
    name: 'a draft',
    event: 'release',
    payload: { action: 'created', release: { tag_name: '1.1.0', draft: true } },
    ...onTag,
    isRelease: false,
  },
  { name: 'a release without a name', event: 'release', payload: { release: {} }, ...onTag, isRelease: false },
  { name: 'a git tag', event: 'push', payload: {}, ...onTag, isRelease: true },
  {
    name: 'a release',
    event: 'release',
    payload: { action: 'published', release: { tag_name: '1.1.0', draft: false } },
    ...onTag,
    isRelease: true,
  },
];

/** `wants`: an output that the next step reads. */
const commands: readonly { readonly inputs: Readonly<Record<string, string>>; readonly wants: string }[] = [
  { inputs: { command: 'matrix' }, wants: 'matrix' },
  { inputs: { command: 'plan', offline: 'true', only: 'python=3.10\nflavor=conda' }, wants: 'tags' },
  { inputs: { command: 'plan', offline: 'true', tags: 'all' }, wants: 'bake-file' },
  { inputs: { command: 'plan', offline: 'true', 'bake-target': 'app' }, wants: 'bake-file' },
  { inputs: { command: 'publish', builder: 'stand-in' }, wants: 'digests' },
];

const rows = events.flatMap((event) =>
  commands.map(({ inputs, wants }) => ({
    ...event,
    inputs,
    wants,
    title: `${event.name}: ${Object.entries(inputs)
      .map((pair) => pair.join('=').replaceAll('\n', ' '))
      .join(' ')}`,
  })),
);

/** Of this config every event has a tag, and a build of a fork is not pushed. */
const everyEvent = {
  branch: '{{branch}}',
  pullRequest: 'pr-{{number}}',
  schedule: 'nightly',
  edge: { branch: 'main' },
};

const builds = events.filter(({ isRelease }) => !isRelease);

test.each(builds)('with events in the config, $name gives outputs or fails with the reason', async (event) => {
  const folder = await tempFolder({
    'matrix.config.json': JSON.stringify({
      repository: 'registry.example/acme/app',
      dockerfile: 'Dockerfile',
      source: { file: 'releases.json' },
      events: everyEvent,
    }),
    'releases.json': JSON.stringify(daily('1.0.0', '1.1.0')),
    Dockerfile: 'FROM scratch\n',
  });
  const config = `${folder}/matrix.config.json`;
  const deleted = 'deleted' in Object(event.payload);
  const refused = deleted || event.event === 'release' || event.ref === 'refs/tags/docs';
  const wanted = refused
    ? { code: 2, tags: false, push: undefined, says: true }
    : { code: 0, tags: true, push: String(event.event !== 'pull_request'), says: false };
  for (const more of [{}, { tags: 'pinned' }, { 'bake-target': 'app' }] as const) {
    const { code, outputs, log } = await runStep({ ...event, inputs: { command: 'plan', config, ...more } });
    const says = /::error title=\w+/.test(log);
    expect({ code, tags: outputs['tags'] !== undefined, push: outputs['push'], says }).toEqual(wanted);
  }
});

test('nobody asked which tags: of a release the pinned ones, of another build all', async () => {
  const folder = await tempFolder({
    'matrix.config.json': JSON.stringify({
      repository: 'registry.example/acme/app',
      dockerfile: 'Dockerfile',
      source: { file: 'releases.json' },
      events: everyEvent,
    }),
    'releases.json': JSON.stringify(daily('1.0.0', '1.1.0')),
    Dockerfile: 'FROM scratch\n',
  });
  const inputs = { command: 'plan', config: `${folder}/matrix.config.json`, offline: 'true' };
  const names = async (event: Event, more: object = {}): Promise<string[]> =>
    (await runStep({ ...event, inputs: { ...inputs, ...more } })).outputs['tag-names']?.split('\n') ?? [];
  const push = { event: 'push', payload: {}, ...onBranch };
  const pinned = `commit-${onBranch.sha}`;
  expect(await names(push)).toEqual(['edge', 'main', pinned]);
  expect(await names(push, { tags: 'pinned' })).toEqual([pinned]);
  expect(await names(push, { tags: 'none' })).toEqual(['']);
  expect(await names({ event: 'push', payload: {}, ...onTag })).toEqual(['1.1.0', `sha-${onTag.sha}`]);
});

test('event: false is the plan of every tag, event: true refuses a release', async () => {
  const folder = await tempFolder({
    'matrix.config.json': JSON.stringify({
      ...smallConfig,
      source: { file: 'releases.json' },
      events: { edge: { only: { python: 'default' } } },
    }),
    'releases.json': JSON.stringify(daily('1.0.0', '1.1.0')),
  });
  const given = { command: 'plan', config: `${folder}/matrix.config.json`, offline: 'true' };
  const push = { event: 'push', payload: { repository: { default_branch: 'main' } }, ...onBranch };
  const whole = await runStep({ ...push, inputs: { ...given, event: 'false' } });
  expect([whole.code, whole.outputs['plan']]).toEqual([0, expect.stringContaining('"release":null')]);
  const tagged = await runStep({ event: 'push', payload: {}, ...onTag, inputs: { ...given, event: 'true' } });
  expect([tagged.code, tagged.log]).toEqual([2, expect.stringContaining('write the version or --event, not both')]);
});

test.each(rows)('$title', async ({ isRelease, inputs, wants, event, payload, ref, sha }) => {
  const registry = await startMemoryRegistry();
  onTestFinished(() => registry.close());
  const folder = await tempFolder({
    'matrix.config.json': JSON.stringify({ ...smallConfig, source: { file: 'releases.json' } }),
    'releases.json': JSON.stringify(daily('1.0.0', '1.1.0', '2.0.0')),
  });
  const config = { config: `${folder}/matrix.config.json` };
  const own = inputs['command'] === 'matrix' ? config : { ...config, repository: `${registry.host}/acme/app` };
  const journal = inputs['command'] === 'publish' ? { journal: `${folder}/journals` } : {};
  const run = await runStep({ event, payload, ref, sha, inputs: { ...own, ...journal, ...inputs } });
  const came = { code: run.code, has: (run.outputs[wants] ?? '') !== '', says: /::error title=\w+/.test(run.log) };
  expect(came).toEqual(isRelease ? { code: 0, has: true, says: false } : { code: 2, has: false, says: true });
});
