/** `build --explain`: the graph, what is made once for several cells, and what the builder may have of it. */
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { startMemoryRegistry, type MemoryRegistry } from '../../src/adapters/memory-registry/memory-registry.ts';
import { parseUsage } from '../../src/adapters/buildx/builder-cache.ts';
import { fakeDocker } from '../support/fake-docker.ts';
import { daily, smallConfig } from '../support/history.ts';
import { runCli, type CliRun } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp-folder.ts';

let registry: MemoryRegistry;
beforeAll(async () => {
  registry = await startMemoryRegistry();
});
afterAll(() => registry.close());
afterEach(() => {
  vi.unstubAllEnvs();
});

const usage = `ID:           abc
Size:         3.54MB
Description:  mount / from exec /bin/sh -c apt-get install     a     && true
Usage count:  1
Type:         regular

ID:           def
Description:  mount / from exec /bin/sh -c set -e
touch /b
Usage count:  1
`;

const system = 'ARG PYTHON\nFROM python:$PYTHON\nRUN apt-get install \\\n    a \\\n    && true\n';

async function explain(...more: readonly string[]): Promise<CliRun & { readonly calls: readonly string[] }> {
  const docker = await fakeDocker(`[[ "$1 $2" == 'buildx du' ]] && printf '%s' '${usage}'`);
  const config = {
    ...smallConfig,
    repository: `${registry.host}/acme/app`,
    source: { file: 'releases.json' },
    contexts: { wheel: 'target:wheel' },
    shared: { wheel: { dockerfile: 'wheel.Dockerfile', args: { VERSION: '{{version}}' } } },
  };
  const folder = await tempFolder({
    'matrix.config.json': JSON.stringify(config),
    'releases.json': JSON.stringify(daily('1.0.0')),
    Dockerfile: `${system}ARG VERSION\nRUN one\n`,
    'conda.Dockerfile': `${system}ARG VERSION\nRUN two\n`,
    'wheel.Dockerfile': 'FROM scratch\nARG VERSION\nCOPY . /\n',
  });
  const run = await runCli(['build', '1.0.0', '--explain', '--config', `${folder}/matrix.config.json`, ...more]);
  return { ...run, calls: await docker.calls() };
}

test('names targets, what they are made from, what is built once, and what is cached as far as buildx says', async () => {
  const { code, stdout, calls } = await explain('--only', 'python=3.9', '--json');
  const ids = ['1-0-0_python-3-9_flavor-standard', '1-0-0_python-3-9_flavor-conda'];
  const shared = 'shared-wheel_version-1-0-0';
  const platforms = ['linux/amd64'];
  const of = { stage: null, base: null, platforms };
  expect([code, JSON.parse(stdout)]).toEqual([
    0,
    {
      schema: 1,
      release: '1.0.0',
      targets: [
        { id: ids[0], dockerfile: 'Dockerfile', ...of, contexts: { wheel: `target:${shared}` } },
        { id: ids[1], dockerfile: 'conda.Dockerfile', ...of, contexts: { wheel: `target:${shared}` } },
      ],
      shared: [{ id: shared, dockerfile: 'wheel.Dockerfile', ...of, contexts: {}, for: ids }],
      steps: [
        { dockerfile: 'Dockerfile', line: 3, text: 'RUN apt-get install \\', for: ids, cached: 'maybe' },
        { dockerfile: 'Dockerfile', line: 7, text: 'RUN one', for: [ids[0]], cached: 'no' },
        { dockerfile: 'conda.Dockerfile', line: 7, text: 'RUN two', for: [ids[1]], cached: 'no' },
      ],
      cache: { layers: 2, because: null, from: [] },
    },
  ]);
  // It asked what is cached, and nothing else.
  expect(calls.filter((word) => ['bake', 'build', 'du'].includes(word))).toEqual(['du']);
  expect(registry.tags('acme/app').size).toBe(0);
});

test('another Python is another step; the text has both, and says what is not known', async () => {
  const { stdout } = await explain();
  expect(stdout).toContain('1.0.0: 4 targets in one bake');
  expect(stdout.match(/RUN apt-get install/g)).toHaveLength(2);
  expect(stdout).toContain('built once for 1-0-0_python-3-9_flavor-standard, ');
  expect(stdout).toContain('Whether a step is taken from there is known only when it is built');
});

test('refuses flags of a build by name', async () => {
  const { code, stderr } = await explain('--dry-run', '--record', 'x.json');
  expect([code, stderr.match(/build --explain does not use it/g)?.length]).toEqual([2, 2]);
});

test('the commands of a listing, over several lines too', () => {
  expect(parseUsage(usage.split('\n'))).toEqual({
    kind: 'known',
    layers: 2,
    commands: new Set(['apt-get install a && true', 'set -e touch /b']),
  });
});
