/** `publish --wait-for-package` against a server that answers as PyPI's JSON API does, and a registry of the test's own. */
import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { startMemoryRegistry } from '../../../src/adapters/memory-registry/memory-registry.ts';
import { publishCommand } from '../../../src/commands/publish/index.ts';
import { realWorld } from '../../../src/entry/world.ts';
import type { Clock } from '../../../src/ports.ts';
import { outsideError } from '../../support/errors.ts';
import { daily, smallConfig } from '../../support/history.ts';
import { listenOnLoopback } from '../../support/loopback.ts';
import { problemsOf } from '../../support/problems.ts';
import { publishOptions } from '../../support/publish-world.ts';
import { readTags } from '../../support/read-tags.ts';
import { runCli } from '../../support/run-cli.ts';
import { tempFolder } from '../../support/temp-folder.ts';

interface PypiDouble {
  readonly url: string;
  /** How many tags the registry had at each question about the version. */
  readonly tagsWhenAsked: number[];
}

interface PypiOptions {
  /** How often 1.0.1 is not there yet. */
  readonly absent: number;
  readonly yanked?: boolean;
  readonly status?: number;
}

/** Knows 1.0.0, and 1.0.1 after it was asked for it often enough. */
async function startPypi(options: PypiOptions, tagCount: () => Promise<number>): Promise<PypiDouble> {
  const tagsWhenAsked: number[] = [];
  const file = { filename: 'app-1.0.1.tar.gz', yanked: options.yanked ?? false, yanked_reason: 'lost a file' };
  const has = (): boolean => tagsWhenAsked.length > options.absent;
  const server = createServer((request, response) => {
    void (async () => {
      const send = (status: number, body: unknown): void => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      };
      if (request.url === '/pypi/app/json')
        return send(200, { releases: { '1.0.0': [], ...(has() ? { '1.0.1': [file] } : {}) } });
      if (request.url !== '/pypi/app/1.0.1/json') return send(404, { message: 'Not Found' });
      tagsWhenAsked.push(await tagCount());
      if (options.status !== undefined) return send(options.status, { message: 'down' });
      return has() ? send(200, { urls: [file] }) : send(404, { message: 'Not Found' });
    })();
  });
  const listening = await listenOnLoopback(server);
  onTestFinished(() => listening.close());
  return { url: listening.url, tagsWhenAsked };
}

/** A second takes 5 ms, so that back-off is not waited out; real requests take as long as they take. */
const hurried: Clock = {
  nowMs: () => Date.now() * 200,
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, ms / 200);
      signal?.addEventListener('abort', () => reject(new Error(`stopped ${clearTimeout(timer) ?? ''}`)));
    }),
};

interface Scene {
  readonly pypi: PypiDouble;
  readonly said: readonly string[];
  readonly tags: () => Promise<string[]>;
  readonly publish: (waitMs: number, more?: object) => ReturnType<typeof publishCommand>;
}

async function scene(options: PypiOptions): Promise<Scene> {
  const registry = await startMemoryRegistry();
  onTestFinished(() => registry.close());
  const tags = async (): Promise<string[]> => Object.keys(await readTags(registry.host, 'acme/app'));
  const pypi = await startPypi(options, async () => (await tags()).length);
  const folder = await project({ pypi: 'app', pypiUrl: pypi.url });
  const said: string[] = [];
  const say = (line: string): void => void said.push(line);
  const world = { ...realWorld({ env: {}, say, signal: new AbortController().signal }), clock: hurried };
  const given = { config: `${folder}/matrix.config.json` };
  return {
    pypi,
    said,
    tags,
    publish: (waitForPackageMs, more = {}) =>
      publishCommand(
        publishOptions('1.0.1', `${registry.host}/acme/app`, `${folder}/journal`, {
          ...given,
          waitForPackageMs,
          ...more,
        }),
        world,
      ),
  };
}

/** A config with two releases in a facts file. */
function project(source: object): Promise<string> {
  return tempFolder({
    'matrix.config.json': JSON.stringify({ ...smallConfig, source: { file: 'releases.json', ...source } }),
    'releases.json': JSON.stringify(daily('1.0.0', '1.0.1')),
  });
}

const minuteMs = 60_000;

test('nothing is pushed before the index has the version, and then all of it', async () => {
  const at = await scene({ absent: 3 });
  const outcome = await at.publish(20 * minuteMs);
  expect(outcome.result).toBe('as-planned');
  expect(at.pypi.tagsWhenAsked).toEqual([0, 0, 0, 0]);
  expect(await at.tags()).toContain('1.0.1-python3.10-conda');
  expect(at.said.filter((line) => line.includes('does not have 1.0.1 yet'))).toHaveLength(3);
});

test('a dry run asks once and does not wait', async () => {
  const at = await scene({ absent: 3 });
  const error = await outsideError(at.publish(20 * minuteMs, { dryRun: true }));
  expect(error.code).toBe('PACKAGE_NOT_THERE');
  expect(at.pypi.tagsWhenAsked).toEqual([0]);
});

test('a version whose files were yanked while it waited is refused', async () => {
  const at = await scene({ absent: 1, yanked: true });
  const problems = await problemsOf(() => at.publish(20 * minuteMs));
  expect(problems).toMatchObject([{ code: 'VERSION_NOT_PUBLISHABLE', message: '1.0.1 is yanked: lost a file' }]);
  expect(await at.tags()).toEqual([]);
});

test.each([
  { why: 'the version never comes', options: { absent: 1_000 }, boundMs: 30_000, code: 'PACKAGE_NOT_THERE' },
  { why: 'the index is down', options: { absent: 0, status: 503 }, boundMs: 600_000, code: 'SOURCE_FAILED' },
])('$why: nothing is pushed', async ({ options, boundMs, code }) => {
  const at = await scene(options);
  const error = await outsideError(at.publish(boundMs));
  expect(error.code).toBe(code);
  expect(at.pypi.tagsWhenAsked.length).toBeGreaterThanOrEqual(3);
  expect(await at.tags()).toEqual([]);
});

test('the command line: what was not there in time is 3, and nothing was pushed', async () => {
  const pypi = await startPypi({ absent: 1_000 }, () => Promise.resolve(0));
  const folder = await project({ pypi: 'app', pypiUrl: pypi.url });
  const args = ['publish', '1.0.1', '--config', `${folder}/matrix.config.json`, '--builder=stand-in'];
  const run = await runCli([...args, '--wait-for-package', '0s', '--repository', '127.0.0.1:1/acme/app']);
  const host = new URL(pypi.url).host;
  expect(run).toEqual({
    code: 3,
    stdout: '',
    stderr: `PACKAGE_NOT_THERE  ${host} app does not have 1.0.1, asked once; nothing was built or moved. Has its upload failed? Run this again once it is there\n`,
  });
});

test('a config that names no package has nothing to wait for', async () => {
  const config = `${await project({})}/matrix.config.json`;
  const run = await runCli(['publish', '1.0.1', '--config', config, '--wait-for-package', '20m']);
  expect(run).toEqual({
    code: 2,
    stdout: '',
    stderr: `USAGE  --wait-for-package: ${config} does not say which package to wait for; write source: { pypi: 'NAME' } beside its sources\n`,
  });
});

test.each(['20', '20x', '-5m', '1.5h', '', 'soon', '25h', '1h30m'])('%j is no span', async (span) => {
  const run = await runCli(['publish', '1.0.1', `--wait-for-package=${span}`]);
  expect(run.code).toBe(2);
  expect(run.stderr).toBe(
    `USAGE  --wait-for-package: "${span}" is not a valid value; expected a span of at most 24h, such as 90s, 20m or 1h\n`,
  );
});
