/** `docs --push`: the table of tags in an overview, against a server that answers as Docker Hub does. */
import { expect, test } from 'vitest';
import { hubOverviewPage } from '../../../src/adapters/docker-hub/overview-page.ts';
import { createHttp } from '../../../src/adapters/http/http.ts';
import { docsCommand } from '../../../src/commands/docs.ts';
import type { PushDocsRequest } from '../../../src/commands/docs/push-docs.ts';
import type { MatrixConfig } from '../../../src/config/matrix-config.ts';
import { InputError, OutsideError } from '../../../src/domain/errors.ts';
import { failureOf } from '../../../src/entry/exit.ts';
import type { PageAccess } from '../../../src/ports.ts';
import { hubServer, type HubServer, type HubServerOptions } from '../../support/hub-server.ts';
import { daily, smallConfig, type DatedFact } from '../../support/history.ts';
import { publishWorld } from '../../support/publish-world.ts';

const login = { user: 'somebody', secret: 'correct horse battery staple' };
const begin = '<!-- tagwright:tags -->';
const end = '<!-- /tagwright:tags -->';
const markers = `${begin}\n${end}\n`;
const onHub: MatrixConfig = { ...smallConfig, repository: 'docker.io/acme/app' };

interface Place {
  readonly hub: HubServer;
  push(more?: Partial<PushDocsRequest>, facts?: readonly DatedFact[]): Promise<string>;
  patches(): readonly unknown[];
}

interface PlaceOptions extends Partial<HubServerOptions> {
  readonly config?: MatrixConfig;
  readonly secret?: string;
}

async function place(
  overview: string,
  { config = onHub, secret = login.secret, ...server }: PlaceOptions = {},
): Promise<Place> {
  const hub = await hubServer({ overviews: { 'acme/app': overview, 'acme/copy': overview }, login, ...server });
  const overviewPage = ({ path }: { readonly path: string }): Promise<PageAccess> => {
    const page = hubOverviewPage({
      path,
      login: { ...login, secret },
      http: createHttp(),
      baseUrl: hub.url,
      backoffMs: 1,
    });
    return Promise.resolve({ kind: 'open', page });
  };
  return {
    hub,
    push: async (more = {}, facts = daily('1.0.0', '2.0.0')) => {
      const common = { config: 'matrix.config.ts', releases: null, repository: [], image: null, at: null };
      const request: PushDocsRequest = {
        kind: 'push',
        layout: 'table',
        range: null,
        dryRun: false,
        ...common,
        ...more,
      };
      return (await docsCommand(request, { ...publishWorld({ config, facts }), overviewPage })).stdout;
    },
    patches: () => hub.requests.filter(({ method }) => method === 'PATCH').map(({ body }) => body),
  };
}

test('the table stands between its markers, in place on every run, and nothing else of the repository is sent', async () => {
  const at = await place(`# App\r\n${begin}\r\n${end}\r\nBelow`);
  expect(await at.push()).toBe('the overview of docker.io/acme/app written\n');
  const written = at.hub.overview('acme/app');
  expect(written).toMatch(/^# App\r\n<!-- tagwright:tags -->\r\n\r\n\*\*flavor standard\*\*\r\n/);
  expect(written.endsWith(`\r\n\r\n${end}\r\nBelow`)).toBe(true);
  expect(written).toContain('| `2-latest`, `2-python3.10`, `2.0-python3.10`, `2.0.0-python3.10` | 2.0.0 | 3.10 |');
  expect(at.patches()).toEqual([{ full_description: written }]);

  expect(await at.push()).toBe('the overview of docker.io/acme/app unchanged\n');
  expect(at.patches()).toHaveLength(1);

  await at.push({ layout: 'list' }, daily('1.0.0', '2.0.0', '2.0.1'));
  const later = at.hub.overview('acme/app');
  expect(later).toContain('\r\n- `2.0.1-python3.10`, ');
  expect([later.split(begin).length, later.startsWith('# App\r\n'), later.endsWith('\r\nBelow')]).toEqual([
    2,
    true,
    true,
  ]);
});

test('an overview that somebody edits meanwhile keeps the edit', async () => {
  const at = await place(`Old\n${markers}`, {
    answer: ({ method }, earlier) => {
      if (method === 'GET' && earlier === 1) at.hub.edit('acme/app', `New\n${markers}`);
      return null;
    },
  });
  await at.push();
  expect(at.hub.overview('acme/app').startsWith(`New\n${begin}\n\n**flavor`)).toBe(true);
});

test('an empty overview becomes the table; one without markers is left as it is', async () => {
  const empty = await place('');
  await empty.push();
  expect(empty.hub.overview('acme/app')).toMatch(/^<!-- tagwright:tags -->\n\n\*\*flavor standard/);
  const at = await place('# App\n');
  await expect(at.push()).rejects.toThrow(
    /DOCS_MARKERS {2}the overview of docker\.io\/acme\/app: the markers are not there/,
  );
  expect([at.patches(), at.hub.overview('acme/app')]).toEqual([[], '# App\n']);
});

test.each([
  ['the begin alone', begin],
  ['two pairs', `${markers}${markers}`],
  ['one pair in another', `${begin}\n${markers}${end}\n`],
])('%s: refused', async (_, overview) => {
  const at = await place(overview);
  await expect(at.push()).rejects.toThrow(/DOCS_MARKERS/);
  expect(at.patches()).toEqual([]);
});

const long = Array.from({ length: 400 }, (_, index) => `${Math.floor(index / 20)}.${index % 20}.0`);

test.each(['table', 'tags', 'list'] as const)(
  'as a %s, what the Hub does not take is cut at a row, with a link to every tag',
  async (layout) => {
    // Three bytes a character: what counts is bytes, which are never fewer than characters.
    const above = '标'.repeat(1000);
    const at = await place(`${above}\n${markers}Below`);
    await at.push({ layout }, daily(...long));
    const overview = at.hub.overview('acme/app');
    expect(Buffer.byteLength(overview)).toBeLessThan(25_000);
    expect(Buffer.byteLength(overview)).toBeGreaterThan(24_000);
    expect(overview.startsWith(`${above}\n${begin}\n`)).toBe(true);
    expect(overview.endsWith(`${end}\nBelow`)).toBe(true);
    expect(overview).toMatch(
      /\nAnd \d[\d,]* older images: \[every tag\]\(https:\/\/hub\.docker\.com\/r\/acme\/app\/tags\)\.\n\n<!-- \/tagwright/,
    );
    expect(overview).toContain('`19-latest`');
    // A row is whole, or not there.
    for (const line of overview.split('\n').filter((row) => row.startsWith('| `'))) expect(line).toMatch(/ \|$/);
  },
);

test('an overview that leaves no room is refused', async () => {
  const at = await place(`${'x'.repeat(24_800)}\n${markers}`);
  await expect(at.push()).rejects.toThrow(/DOCS_TOO_LONG {2}the overview of docker\.io\/acme\/app: the text outside/);
});

test('every repository on Docker Hub has its own; none of the others is asked', async () => {
  const repository = ['ghcr.io/acme/app', 'docker.io/acme/app', 'docker.io/acme/copy'];
  const at = await place(markers, { config: { ...smallConfig, repository } });
  expect(await at.push()).toBe(
    'the overview of docker.io/acme/app written\nthe overview of docker.io/acme/copy written\n',
  );
  const elsewhere = await place(markers, { config: { ...smallConfig, repository: 'ghcr.io/acme/app' } });
  await expect(elsewhere.push()).rejects.toThrow(/USAGE {2}--push: ghcr\.io\/acme\/app: none is on Docker Hub/);
});

test('without a login nothing is done and nothing fails, and it says so; a dry run prints the table', async () => {
  const common = { config: 'matrix.config.ts', releases: null, repository: [], image: null, at: null };
  const request: PushDocsRequest = { kind: 'push', layout: 'table', range: null, dryRun: false, ...common };
  const world = publishWorld({ config: onHub, env: { DOCKERHUB_USERNAME: 'somebody', DOCKERHUB_TOKEN: '' } });
  expect(await docsCommand(request, world)).toEqual({
    stdout:
      'the overview of docker.io/acme/app not written: there is no login; set DOCKERHUB_TOKEN (the token is a personal access token that may read, write and delete)\n',
    result: 'as-planned',
  });
  expect((await docsCommand({ ...request, dryRun: true }, world)).stdout).toMatch(/^\*\*flavor standard\*\*\n/);
});

/** What a person would see of the failure. */
async function shown(run: Promise<unknown>): Promise<string> {
  const error = await run.catch((fault: unknown) => fault);
  expect(error instanceof OutsideError || error instanceof InputError).toBe(true);
  return failureOf(error, true).text;
}

test('a login that is wrong, a token that may not write, a server that quotes them: told, and never shown', async () => {
  const wrong = await place(markers, { secret: 'wrong horse' });
  expect(await shown(wrong.push())).toContain('401 Unauthorized');
  expect(await shown(wrong.push())).toContain('is DOCKERHUB_TOKEN a token of DOCKERHUB_USERNAME?');
  // What a message quotes of an answer ends in the middle of the secret.
  const quoting = await place(markers, {
    answer: ({ method, body, authorization }) =>
      method === 'POST' && authorization === null ? { status: 400, body: { detail: 'x'.repeat(88), body } } : null,
  });
  const text = await shown(quoting.push());
  expect(text).toContain('400 Bad Request');
  expect(text).not.toContain('horse');
  const denied = await place(markers, {
    answer: ({ method, authorization }) =>
      method === 'PATCH' ? { status: 403, body: { detail: `no: ${authorization ?? ''}` } } : null,
  });
  const refused = await shown(denied.push());
  expect(refused).toContain('a personal access token with the permissions read, write and delete');
  expect(refused).not.toContain('eyJ');
});

test('a 503 passes, and a repository that is not there is named', async () => {
  const at = await place(markers, {
    answer: (_, earlier) => (earlier === 0 ? { status: 503, body: {} } : null),
  });
  await at.push();
  expect(at.hub.overview('acme/app')).toContain('`2-latest`');
  const other = await place(markers, { config: { ...smallConfig, repository: 'docker.io/acme/other' } });
  await expect(other.push()).rejects.toThrow(
    /DOCS_PAGE_MISSING {2}the overview of docker\.io\/acme\/other: it is not there/,
  );
});
