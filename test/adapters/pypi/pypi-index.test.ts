import { createServer } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { pypiIndex, type PypiOptions } from '../../../src/adapters/pypi/pypi-index.ts';
import { outsideError } from '../../support/errors.ts';
import { listenOnLoopback } from '../../support/loopback.ts';
import { problemsOf } from '../../support/problems.ts';

interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly cutOff?: boolean;
}

interface Started {
  readonly index: ReturnType<typeof pypiIndex>;
  readonly url: string;
  readonly host: string;
  readonly requests: readonly string[];
}

/** An index that answers with these, one after the other, the last for ever; 404 for another path. */
async function start(path: string, answers: readonly Answer[], options: Partial<PypiOptions> = {}): Promise<Started> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const answer = answers[Math.min(requests.length, answers.length - 1)] ?? {};
    requests.push(request.url ?? '');
    const { status = 200, headers = {}, body = '', cutOff = false } = request.url === path ? answer : { status: 404 };
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    response.writeHead(status, { 'content-length': Buffer.byteLength(text), ...headers });
    if (cutOff) response.write(text.slice(0, 5), () => response.destroy());
    else response.end(text);
  });
  const { url, ...listening } = await listenOnLoopback(server);
  onTestFinished(() => listening.close());
  const index = pypiIndex({ project: 'prefect', baseUrl: url, retryBaseMs: 1, ...options });
  return { index, url, host: new URL(url).host, requests };
}

const kept = { filename: 'a.whl', yanked: false, yanked_reason: null };
const yanked = { filename: 'a.whl', yanked: true, yanked_reason: 'broken metadata' };
const releases = {
  '2.11.4': [yanked, { ...yanked, yanked_reason: null }],
  '2.11.5': [kept, kept],
  '2.11.6': [yanked, kept],
  '2.11.7': [{ ...yanked, yanked_reason: null }],
  '2.11.8': [{ yanked: true }],
  '2.11.9': [],
};

describe('the versions of a package', () => {
  test('are yanked where all their files are', async () => {
    const { index, host, requests } = await start('/pypi/prefect/json', [{ body: { info: {}, releases } }]);
    expect(index.name).toBe(`${host} prefect`);
    expect(await index.list()).toEqual({
      kind: 'index',
      facts: [],
      indexed: [
        { version: '2.11.4', yanked: true, reason: 'broken metadata' },
        { version: '2.11.5', yanked: false, reason: null },
        { version: '2.11.6', yanked: false, reason: null },
        { version: '2.11.7', yanked: true, reason: null },
        { version: '2.11.8', yanked: true, reason: null },
        { version: '2.11.9', yanked: false, reason: null },
      ],
      partial: null,
      notes: [],
    });
    expect(requests).toEqual(['/pypi/prefect/json']);
  });

  test('of PyPI itself are named so', () => {
    expect(pypiIndex({ project: 'prefect' }).name).toBe('PyPI prefect');
  });

  test('are looked up below a path too', async () => {
    const { url } = await start('/root/pypi/prefect/json', [{ body: { releases } }]);
    const index = pypiIndex({ project: 'prefect', baseUrl: `${url}/root/` });
    expect((await index.list()).indexed).toHaveLength(6);
  });
});

describe('one version', () => {
  test.each([
    { why: 'is there with a file', answer: { body: { urls: [kept] } }, is: true },
    { why: 'is there without a file yet', answer: { body: { urls: [] } }, is: false },
    { why: 'is not there', answer: { status: 404, body: { message: 'Not Found' } }, is: false },
  ])('$why', async ({ answer, is }) => {
    const { index, requests } = await start('/pypi/prefect/2.11.5/json', [answer]);
    expect(await index.hasVersion('2.11.5')).toBe(is);
    expect(requests).toHaveLength(1);
  });

  test('may have a part that needs escaping', async () => {
    const { index, requests } = await start('/', [{}]);
    expect(await index.hasVersion('1!2.0+cu118')).toBe(false);
    expect(requests).toEqual(['/pypi/prefect/1!2.0%2Bcu118/json']);
  });

  test.each(['', '..', '2/../..', 'latest'])('is not a version: %j', async (version) => {
    const { index, requests } = await start('/', [{}]);
    expect(await problemsOf(() => index.hasVersion(version))).toMatchObject([
      { code: 'CONFIG_INVALID', message: `${JSON.stringify(version)} is not a version of a package` },
    ]);
    expect(requests).toEqual([]);
  });

  test('is not said to be absent by an answer without sense', async () => {
    const { index } = await start('/pypi/prefect/2.11.5/json', [{ body: 'null' }]);
    expect((await outsideError(index.hasVersion('2.11.5'))).code).toBe('SOURCE_FAILED');
  });
});

describe('trouble', () => {
  test.each<{ why: string; answers: readonly Answer[]; requests: number }>([
    { why: '503 twice', answers: [{ status: 503 }, { status: 503 }, { body: { releases } }], requests: 3 },
    {
      why: '429 with a wait in seconds',
      answers: [{ status: 429, headers: { 'retry-after': '0' } }, { body: { releases } }],
      requests: 2,
    },
    {
      why: '429 with a date',
      answers: [{ status: 429, headers: { 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' } }, { body: { releases } }],
      requests: 2,
    },
    {
      why: 'a body that is cut off',
      answers: [{ body: { releases }, cutOff: true }, { body: { releases } }],
      requests: 2,
    },
  ])('that passes: $why', async ({ answers, requests: expected }) => {
    const { index, requests } = await start('/pypi/prefect/json', answers);
    expect((await index.list()).indexed).toHaveLength(6);
    expect(requests).toHaveLength(expected);
  });

  test.each<{ why: string; answers: readonly Answer[]; reason: RegExp; requests: number }>([
    {
      why: 'an unknown package',
      answers: [{ status: 404 }],
      reason: /^there is no package prefect, or it is private: no login was sent/,
      requests: 1,
    },
    {
      why: '403',
      answers: [{ status: 403, body: 'go away' }],
      reason: /^GET http:\S+\/pypi\/prefect\/json: 403 Forbidden: "go away"; no login was sent/,
      requests: 1,
    },
    { why: '500 for ever', answers: [{ status: 500 }], reason: /: 500 Internal Server Error: ""$/, requests: 3 },
    {
      why: '429 with too long a wait',
      answers: [{ status: 429, headers: { 'retry-after': '61' } }],
      reason: / asks clients to wait another 61 s; try again after that$/,
      requests: 1,
    },
    { why: 'HTML', answers: [{ body: '<html>' }], reason: /: no JSON but "<html>"$/, requests: 1 },
    { why: 'nothing', answers: [{ body: '' }], reason: /: no JSON but ""$/, requests: 1 },
    {
      why: 'null',
      answers: [{ body: 'null' }],
      reason: /^an answer that is not the JSON API's: /,
      requests: 1,
    },
    {
      why: 'another shape',
      answers: [{ body: { releases: { '2.11.5': [{}] } } }],
      reason: /^an answer that is not the JSON API's: \[releases\.2\.11\.5\.0\.yanked\] /,
      requests: 1,
    },
  ])('that stays: $why', async ({ answers, reason, requests: expected }) => {
    const { index, requests } = await start('/pypi/prefect/json', answers);
    const error = await outsideError(index.list());
    expect(error.code).toBe('SOURCE_FAILED');
    expect(error.message.replace(`${index.name}: `, '')).toMatch(reason);
    expect(requests).toHaveLength(expected);
  });

  test('nobody listens', async () => {
    const closed = await listenOnLoopback(createServer());
    await closed.close();
    const index = pypiIndex({ project: 'prefect', baseUrl: closed.url, retryBaseMs: 1 });
    const error = await outsideError(index.hasVersion('2.11.5'));
    expect(error.message).toBe(
      `${index.name}: GET ${closed.url}/pypi/prefect/2.11.5/json: connection refused (ECONNREFUSED); check the host and the network`,
    );
  });

  test('it was stopped, while it waited too', async () => {
    const stop = new AbortController();
    const { index } = await start('/pypi/prefect/json', [{ status: 503, headers: { 'retry-after': '50' } }]);
    setTimeout(() => stop.abort(), 100);
    expect((await outsideError(index.list(stop.signal))).code).toBe('ABORTED');
    expect((await outsideError(index.list(AbortSignal.abort()))).code).toBe('ABORTED');
  });
});

test.each<{ options: PypiOptions; where: string; message: string }>([
  {
    options: { project: '../x' },
    where: 'the PyPI project',
    message: '"../x" is no name of a package',
  },
  {
    options: { project: 'x', baseUrl: 'pypi' },
    where: 'the URL of the package index',
    message: '"pypi" is not a URL',
  },
  {
    options: { project: 'x', baseUrl: 'http://pypi.example.com' },
    where: 'the URL of the package index',
    message: '"http://pypi.example.com" is not encrypted',
  },
  {
    options: { project: 'x', baseUrl: 'https://me:secret@pypi.example.com' },
    where: 'the URL of the package index',
    message: 'it holds credentials',
  },
])('$message', async ({ options, where, message }) => {
  expect(await problemsOf(() => pypiIndex(options))).toMatchObject([{ code: 'CONFIG_INVALID', where, message }]);
});
