/** `docs --release`: the images of a release in its text on GitHub, against servers that answer as GitHub and a registry do. */
import { expect, onTestFinished, test } from 'vitest';
import { startMemoryRegistry } from '../../../src/adapters/memory-registry/memory-registry.ts';
import { docsCommand } from '../../../src/commands/docs.ts';
import type { ReleaseDocsRequest } from '../../../src/commands/docs/release-docs.ts';
import type { World } from '../../../src/commands/world.ts';
import { InputError, OutsideError } from '../../../src/domain/errors.ts';
import { githubServer, type GithubServer, type GithubServerOptions } from '../../support/github-server.ts';
import { daily } from '../../support/history.ts';
import { fourCells, publish, publishOptions, publishWorld } from '../../support/publish-world.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const token = 'ghs_0123456789abcdef';
const begin = '<!-- tagwright:release -->';
const end = '<!-- /tagwright:release -->';
const facts = daily('1.0.0', '1.0.1', '1.0.2');

interface Place {
  readonly github: GithubServer;
  /** `host/acme/app` and `host/acme/copy`. */
  readonly repositories: readonly string[];
  publish(version: string): Promise<void>;
  digestOf(tag: string): string;
  docs(
    more?: Partial<ReleaseDocsRequest>,
    env?: Readonly<Record<string, string>>,
    world?: Pick<World, 'dataOnly'>,
  ): Promise<string>;
  text(): string;
  patches(): number;
}

async function place(body: string | null, server: GithubServerOptions = {}): Promise<Place> {
  const registry = await startMemoryRegistry();
  onTestFinished(() => registry.close());
  const journal = await tempFolder();
  const repositories = ['app', 'copy'].map((name) => `${registry.host}/acme/${name}`);
  const github = await githubServer(
    {
      name: 'acme/app',
      releases: [
        { tag: '1.0.1', body },
        { tag: '1.0.2', draft: true },
      ],
      tags: [],
    },
    { token, ...server },
  );
  const config = { ...fourCells, repository: repositories };
  const login = { GITHUB_TOKEN: token, GITHUB_API_URL: github.url, GITHUB_REPOSITORY: 'acme/app' };
  const options = publishOptions('', [], journal);
  return {
    github,
    repositories,
    publish: async (version) => {
      const known = facts.slice(0, facts.findIndex((fact) => fact.version === version) + 1);
      const done = await publish({ ...options, version }, publishWorld({ config, facts: known }));
      expect(done.result).toBe('as-planned');
    },
    digestOf: (tag) => registry.tags('acme/app').get(tag) ?? '',
    docs: async (more = {}, env = login, world = {}) => {
      const { config: path, releases, repository, image, at } = options;
      const common = { config: path, releases, repository, image, at, journal, dryRun: false };
      const request: ReleaseDocsRequest = { kind: 'release', version: '1.0.1', ...common, ...more };
      const made = { ...publishWorld({ config, facts: facts.slice(0, 2), env }), ...world };
      return (await docsCommand(request, made)).stdout;
    },
    text: () => github.releaseText('1.0.1') ?? '',
    patches: () => github.requests.filter(({ method }) => method === 'PATCH').length,
  };
}

async function problemsOf(run: Promise<unknown>): Promise<readonly string[]> {
  const error = await run.then(
    () => null,
    (fault: unknown) => fault,
  );
  if (error instanceof InputError) return error.problems.map(({ code }) => code);
  if (error instanceof OutsideError) return [error.code];
  throw error;
}

test('what a release has is written below its text, and in place on every further run', async () => {
  const at = await place('What is new\n\n- a thing');
  await at.publish('1.0.0');
  await at.publish('1.0.1');
  expect(await at.docs()).toBe(
    'the release 1.0.1 of 127.0.0.1/acme/app written\n'.replace('127.0.0.1', host(at.github.url)),
  );
  const written = at.text();
  expect(written.startsWith(`What is new\n\n- a thing\n\n${begin}\n\n### Images of 1.0.1\n\n`)).toBe(true);
  expect(written.endsWith(`\n\n${end}\n`)).toBe(true);
  const pulls = at.repositories.map((repository) => `docker pull ${repository}:1.0.1-python3.10`);
  expect(written).toContain(`\`\`\`sh\n${pulls.join('\n')}\n\`\`\``);
  expect(written).toContain('| Tags | python | flavor | linux/amd64 | linux/arm64 |\n');
  expect(written).toMatch(
    /^\| `1\.0\.1-python3\.10`, `1-latest`, `1-python3\.10`, `1\.0-python3\.10` \| 3\.10 \| standard \| [\d.]+ k?B \| [\d.]+ k?B \|$/m,
  );
  for (const tag of ['1.0.1-python3.9', '1.0.1-python3.10-conda']) {
    expect(written).toContain(`| \`${tag}\` | \`${at.digestOf(tag)}\` |`);
  }
  expect(written).toContain('<details><summary>10 convenience tags moved</summary>');
  expect(written).toContain('| `1-latest` and 1 more | 1.0.0 → 1.0.1 | 1.0.0 → 1.0.1 |');

  expect(await at.docs()).toMatch(/ unchanged\n$/);
  expect([at.patches(), at.text()]).toEqual([1, written]);

  // Its convenience tags go on; what is between the markers follows, and a text around them that somebody wrote stays.
  await at.publish('1.0.2');
  at.github.editRelease('1.0.1', `Edited.\n${at.text()}Below.`);
  expect(await at.docs()).toMatch(/ written\n$/);
  const later = at.text();
  expect(later.startsWith(`Edited.\nWhat is new\n\n- a thing\n\n${begin}\n`)).toBe(true);
  expect(later.endsWith(`\n${end}\nBelow.`)).toBe(true);
  expect([later.split(begin).length, later.split(end).length]).toEqual([2, 2]);
  expect(later).toMatch(/^\| `1\.0\.1-python3\.10` \| 3\.10 \| standard \|/m);
});

function host(url: string): string {
  return new URL(url).host;
}

test('without a journal of its publish it says that nobody knows where tags came from', async () => {
  const at = await place('');
  await at.publish('1.0.1');
  await at.docs({ journal: await tempFolder() });
  expect(at.text()).toMatch(
    /Where its convenience tags pointed before is not known: no journal of its publish to \S+\/acme\/app is in /,
  );
});

test('a release text that somebody edits while the registry is read keeps the edit', async () => {
  const at = await place('First words', {
    answer: ({ method }, earlier) => {
      // The second read is the one right before the write.
      if (method === 'GET' && earlier === 1) at.github.editRelease('1.0.1', 'First words, and second thoughts');
      return null;
    },
  });
  await at.publish('1.0.1');
  await at.docs();
  expect(at.text().startsWith(`First words, and second thoughts\n\n${begin}\n`)).toBe(true);
});

test('line ends of a text that came from a browser stay as they are', async () => {
  const at = await place(`One\r\n${begin}\r\nold\r\n${end}\r\nTwo`);
  await at.publish('1.0.1');
  await at.docs();
  expect(at.text().replaceAll('\r\n', '')).not.toContain('\n');
  expect(at.text()).toMatch(/^One\r\n<!-- tagwright:release -->\r\n\r\n### Images/);
  expect(at.text().endsWith(`\r\n\r\n${end}\r\nTwo`)).toBe(true);
  expect(await at.docs()).toMatch(/ unchanged\n$/);
});

test('images of one config have parts of their own in one release', async () => {
  const registry = await startMemoryRegistry();
  onTestFinished(() => registry.close());
  const journal = await tempFolder();
  const { repository: _none, ...common } = fourCells;
  const images = { web: { repository: `${registry.host}/acme/web` }, api: { repository: `${registry.host}/acme/api` } };
  const github = await githubServer(
    { name: 'acme/app', releases: [{ tag: '1.0.0', body: 'New' }], tags: [] },
    { token },
  );
  const env = { GITHUB_TOKEN: token, GITHUB_API_URL: github.url, GITHUB_REPOSITORY: 'acme/app' };
  const world = publishWorld({ config: { ...common, images }, facts: facts.slice(0, 1), env });
  for (const image of ['web', 'api', 'web']) {
    await publish(publishOptions('1.0.0', [], journal, { image }), world);
    const options = { config: 'matrix.config.ts', releases: null, repository: [], image, at: null, journal };
    await docsCommand({ kind: 'release', version: '1.0.0', dryRun: false, ...options }, world);
  }
  const text = github.releaseText('1.0.0') ?? '';
  expect(text.match(/^<!-- .*$/gm)).toEqual(
    ['web', 'api'].flatMap((name) => [`<!-- tagwright:release ${name} -->`, `<!-- /tagwright:release ${name} -->`]),
  );
  expect(text.match(/^docker pull .*$/gm)).toEqual(
    ['web', 'api'].map((name) => `docker pull ${registry.host}/acme/${name}:1.0.0-python3.10`),
  );
});

test('--dry-run prints the part, and needs no token', async () => {
  const at = await place('What is new');
  await at.publish('1.0.1');
  const printed = await at.docs({ dryRun: true }, {});
  expect(printed).toMatch(/^### Images of 1\.0\.1\n/);
  expect([at.github.requests.length, at.text()]).toEqual([0, 'What is new']);
  await at.docs();
  expect(at.text()).toContain(printed.trimEnd());
});

test('without a version it is the release that came out last', async () => {
  const at = await place('');
  await at.publish('1.0.1');
  expect(await at.docs({ version: null })).toMatch(/^the release 1\.0\.1 of /);
});

test('without a token nothing is asked and nothing fails, and it says so', async () => {
  const at = await place('What is new');
  const done = await at.docs({}, { GITHUB_API_URL: at.github.url, GITHUB_REPOSITORY: 'acme/app', GITHUB_TOKEN: '' });
  expect(done).toMatch(
    /^the release 1\.0\.1 of \S+ not written: there is no token; set GITHUB_TOKEN or GH_TOKEN to one that is allowed contents: write\n$/,
  );
  expect(at.github.requests).toEqual([]);
});

const broken = {
  'one marker missing': `a\n${begin}\nb`,
  'the end alone': `a\n${end}\nb`,
  'two pairs': `${begin}\n${end}\n${begin}\n${end}`,
  'one pair in another': `${begin}\n${begin}\n${end}\n${end}`,
  'the wrong order': `${end}\n${begin}`,
  'a code block that nothing closes': 'a\n```sh\nb',
};

test.each(Object.entries(broken))('%s: refused, and nothing is written', async (_, body) => {
  const at = await place(body);
  await at.publish('1.0.1');
  expect(await problemsOf(at.docs())).toEqual(['DOCS_MARKERS']);
  expect([at.patches(), at.text()]).toEqual([0, body]);
});

test('a text that leaves no room is refused; one that leaves a little is filled up to what GitHub takes', async () => {
  const full = await place('x'.repeat(124_900));
  await full.publish('1.0.1');
  expect(await problemsOf(full.docs())).toEqual(['DOCS_TOO_LONG']);
  const most = 'é'.repeat(62_000);
  const at = await place(most);
  await at.publish('1.0.1');
  await at.docs();
  expect(Buffer.byteLength(at.text())).toBeLessThanOrEqual(125_000);
  expect(at.text().startsWith(`${most}\n\n${begin}\n`)).toBe(true);
  expect(at.text()).toContain('> **Cut here**');
});

test('what cannot be written names the cause, and never the token', async () => {
  const missing = await place('');
  await missing.publish('1.0.1');
  expect(await problemsOf(missing.docs({ version: '1.0.0' }))).toEqual(['DOCS_PAGE_MISSING']);
  const unpublished = await place('');
  expect(await problemsOf(unpublished.docs())).toEqual(['DOCS_UNPUBLISHED']);
  expect(unpublished.patches()).toBe(0);
  const denied = await place('', {
    answer: ({ method, token: sent }) =>
      method === 'PATCH' ? { status: 403, body: { message: `Resource not accessible by ${sent ?? ''}` } } : null,
  });
  await denied.publish('1.0.1');
  const error = await denied.docs().catch((fault: unknown) => fault);
  expect(error).toBeInstanceOf(OutsideError);
  expect(String(error)).toContain('it needs contents: write');
});

test('for code that may be a stranger’s nothing is written, whatever the token may do', async () => {
  const at = await place('What is new');
  await at.publish('1.0.1');
  await expect(at.docs({}, undefined, { dataOnly: true })).rejects.toThrow(
    /EVENT_INVALID {2}the event: docs --release writes with the login of the repository/,
  );
  expect(at.github.requests).toEqual([]);
});

test('while a registry does not answer nothing is written', async () => {
  const at = await place('What is new');
  await at.publish('1.0.1');
  const run = at.docs({ repository: [at.repositories[0] ?? '', '127.0.0.1:1/acme/copy'] });
  expect(await problemsOf(run)).toEqual(['TAG_UNKNOWN']);
  expect(at.text()).toBe('What is new');
});
