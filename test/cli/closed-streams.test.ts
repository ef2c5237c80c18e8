/** Real processes whose stdout or stderr is closed or full: the work goes on, and the exit code is its own. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startMemoryRegistry, type MemoryRegistry } from '../../src/adapters/memory-registry/memory-registry.ts';
import { cliProject, startCli, type CliEnd } from '../support/cli-process.ts';
import { readTags } from '../support/read-tags.ts';
import { runCli } from '../support/run-cli.ts';

// A process takes seconds to start where many tests run at once.
vi.setConfig({ testTimeout: 120_000 });

let registry: MemoryRegistry;
beforeAll(async () => {
  registry = await startMemoryRegistry();
});
afterAll(() => registry.close());

/** @param streams bash that gives the process its stdout and stderr */
async function publish(repository: string, streams: string, ...more: readonly string[]): Promise<CliEnd> {
  const { flags } = await cliProject();
  const to = ['--repository', `${registry.host}/${repository}`, '--builder', 'stand-in'];
  return startCli(['publish', '1.0.1', ...flags, ...to, ...more], {}, streams).ended;
}

const closed = '>(exec true)';
const streams: readonly { readonly name: string; readonly first: string }[] = [
  { name: 'stdout is a pipe that nobody reads', first: `exec > ${closed}` },
  { name: 'stderr is a pipe that ends after a line', first: 'exec 2> >(exec head -n 1 > /dev/null)' },
  { name: 'both are on a full disk', first: 'exec > /dev/full 2>&1' },
];

async function publishUndisturbed(repository: string): Promise<Record<string, string>> {
  const { flags } = await cliProject();
  const to = ['--repository', `${registry.host}/${repository}`, '--builder', 'stand-in'];
  expect(await runCli(['publish', '1.0.1', ...flags, ...to])).toMatchObject({ code: 0 });
  return readTags(registry.host, repository);
}

test.each(streams)('publish goes on to its end and exits with 0 if $name', async ({ name, first }) => {
  const repository = name.replaceAll(/\W+/g, '-');
  const undisturbed = await publishUndisturbed(`${repository}-undisturbed`);
  expect(Object.keys(undisturbed)).toContain('1-latest');
  const { code, signal } = await publish(repository, first);
  expect({ code, signal, tags: await readTags(registry.host, repository) }).toEqual({
    code: 0,
    signal: null,
    tags: undisturbed,
  });
});

const full = 'FILE_FAILED  standard output cannot be written: ENOSPC';

/** What each ends with: a report nobody got is not a report, and neither looks like findings. */
const reports: readonly (readonly [
  name: string,
  args: readonly string[],
  first: string,
  code: number,
  says: string,
])[] = [
  ['a plan nobody reads', ['plan', '--offline'], `exec > ${closed}`, 0, ''],
  ['a plan in JSON nobody reads', ['plan', '--offline', '--json'], `exec > ${closed}`, 0, ''],
  ['a plan in JSON on a full disk', ['plan', '--offline', '--json'], 'exec > /dev/full', 3, full],
  ['findings on a full disk', ['audit'], 'exec > /dev/full', 3, full],
];

test.each(reports)('%s', async (_, [command = '', ...args], first, code, says) => {
  const { flags } = await cliProject();
  const to = ['--repository', `${registry.host}/empty`];
  const end = await startCli([command, ...flags.slice(0, 4), ...args, ...to], {}, first).ended;
  expect({
    code: end.code,
    says: /FILE_FAILED {2}standard output cannot be written: ENOSPC/.exec(end.stderr)?.[0] ?? '',
  }).toEqual({ code, says });
});

test.each(['--help', '--version'])('%s on a full disk ends with 3', async (flag) => {
  const end = await startCli([flag], {}, 'exec > /dev/full').ended;
  expect({ code: end.code, says: end.stderr.includes(full) }).toEqual({ code: 3, says: true });
});

test('--version that nobody reads ends with 0', async () => {
  expect(await startCli(['--version'], {}, `exec > ${closed}`).ended).toMatchObject({ code: 0, stderr: '' });
});

test('a bad flag that nobody can be told of ends with 2', async () => {
  const end = await startCli(['plan', '--nonsense', '--json'], {}, 'exec > /dev/full 2>&1').ended;
  expect(end.code).toBe(2);
});
