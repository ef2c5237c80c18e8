/** `docs` as a step: the release of the event, and nothing for code that the repository does not trust. */
import { expect, onTestFinished, test } from 'vitest';
import { startMemoryRegistry } from '../../src/adapters/memory-registry/memory-registry.ts';
import { githubServer } from '../support/github-server.ts';
import { daily, smallConfig } from '../support/history.ts';
import { runStep } from '../support/run-action.ts';
import { tempFolder } from '../support/temp-folder.ts';

const token = 'ghs_0123456789abcdef';

async function folderOf(repository: string): Promise<string> {
  return tempFolder({
    'matrix.config.json': JSON.stringify({ ...smallConfig, repository, source: { file: 'releases.json' } }),
    'releases.json': JSON.stringify(daily('1.0.0', '1.1.0')),
  });
}

const event = { event: 'release', payload: { release: { tag_name: '1.0.0' } }, ref: 'refs/tags/1.0.0' };

test('release: true writes into the release of the event, after a publish of it in the same job', async () => {
  const registry = await startMemoryRegistry();
  onTestFinished(() => registry.close());
  const folder = await folderOf(`${registry.host}/acme/app`);
  const github = await githubServer(
    { name: 'acme/app', releases: [{ tag: '1.0.0' }, { tag: '1.1.0' }], tags: [] },
    { token },
  );
  const given = { config: `${folder}/matrix.config.json`, journal: `${folder}/journals` };
  const env = { GITHUB_API_URL: github.url };
  const made = { ...given, command: 'publish', builder: 'stand-in', version: '1.0.0' };
  expect((await runStep({ ...event, inputs: made, env })).code).toBe(0);
  const inputs = { ...given, command: 'docs', release: 'true', 'github-token': token };
  const run = await runStep({ ...event, inputs, env });
  expect([run.code, run.log]).toEqual([0, expect.stringContaining('the release 1.0.0 of ')]);
  expect(github.releaseText('1.0.0')).toContain('### Images of 1.0.0');
  // The publish and the docs are one job: its journal says where tags came from.
  expect(github.releaseText('1.0.0')).toMatch(/convenience tags moved<\/summary>/);
  expect([github.releaseText('1.1.0'), run.log.includes(token)]).toEqual([null, true]);
  expect(run.log.split(token)).toHaveLength(2); // the line that tells the runner to mask it
});

test('without a token the step is green and says that it wrote nothing; false is as if it were left out', async () => {
  const folder = await folderOf('registry.example/acme/app');
  const inputs = { command: 'docs', config: `${folder}/matrix.config.json`, release: 'true' };
  const run = await runStep({ ...event, inputs });
  expect([run.code, run.log]).toEqual([0, expect.stringContaining('not written: there is no token')]);
  const off = await runStep({ ...event, inputs: { ...inputs, release: 'false' } });
  expect([off.code, off.log]).toEqual([2, expect.stringContaining('README.md')]);
});

const fork = { number: 7, head: { repo: { full_name: 'mallory/app' } }, base: { repo: { full_name: 'acme/app' } } };

test.each([
  ['pull_request', { release: 'true' }],
  ['pull_request_target', { release: '1.0.0' }],
  ['pull_request_target', { push: 'true' }],
])('%s of a fork with %o writes no page', async (name, asked) => {
  const folder = await folderOf('registry.example/acme/app');
  const inputs = { command: 'docs', config: `${folder}/matrix.config.json`, 'github-token': token, ...asked };
  const payload = { pull_request: fork, repository: { full_name: 'acme/app' } };
  const run = await runStep({ event: name, payload, inputs });
  expect([run.code, run.log]).toEqual([2, expect.stringContaining('docs writes to pages that people read')]);
});
