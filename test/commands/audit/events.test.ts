/** Tags of builds that are not releases, in an audit: what is behind, overdue or of a closed pull request, and what is not known. */
import { rename, rm, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startMemoryRegistry, type MemoryRegistry } from '../../../src/adapters/memory-registry/memory-registry.ts';
import { git, gitRepository } from '../../support/git-repository.ts';
import { githubServer, type GithubAnswer, type GithubServer } from '../../support/github-server.ts';
import { daily } from '../../support/history.ts';
import { readTags } from '../../support/read-tags.ts';
import { runCli, type CliRun } from '../../support/run-cli.ts';
import { tempFolder } from '../../support/temp-folder.ts';

let memory: MemoryRegistry;
let count = 0;
beforeAll(async () => {
  memory = await startMemoryRegistry();
});
afterAll(() => memory.close());

const hourMs = 3_600_000;
const hoursAgo = (hours: number): string => new Date(Date.now() - hours * hourMs).toISOString();

const events = {
  branch: '{{branch}}-python{{python}}',
  edge: { only: { python: 'default' } },
  pullRequest: 'pr-{{number}}-python{{python}}',
  schedule: { template: 'nightly-python{{python}}', every: '1d' },
};

interface Report {
  readonly repository: string;
  readonly notes: readonly string[];
  readonly findings: readonly {
    readonly kind: string;
    readonly tag: string;
    readonly because: string;
    readonly fix: string | null;
    readonly excused: string | null;
    readonly choices: readonly { readonly command: string }[];
  }[];
}

interface Audit extends CliRun {
  readonly reports: readonly Report[];
  /** `behind edge`, of all repositories; without what only informs of tags that are not in the plan. */
  readonly brief: readonly string[];
  readonly notes: readonly string[];
}

interface Scene {
  readonly path: string;
  readonly repository: string;
  /** A clone of it is what the audit runs in. */
  readonly origin: string;
  readonly clone: string;
  /** Oldest first. */
  readonly commits: readonly string[];
  readonly publish: (event: object) => Promise<void>;
  readonly audit: (env?: Record<string, string>, ...flags: readonly string[]) => Promise<Audit>;
}

/** @param hours how old the commits of main are, oldest first */
async function scene(hours: readonly number[], rules: object = events): Promise<Scene> {
  const path = `acme/events-${(count += 1)}`;
  const repository = `${memory.host}/${path}`;
  const seconds = (age: number): number => Math.floor(Date.now() / 1000) - age * 3600;
  const origin = await gitRepository(hours.map((age) => ({ date: `${seconds(age)} +0000` })));
  const clone = await tempFolder();
  git(clone, 'clone', '--quiet', origin, '.');
  const config = JSON.stringify({
    repository,
    dockerfile: 'Dockerfile',
    source: { file: 'releases.json' },
    pythons: ['3.11', '3.12'],
    defaults: { python: 'highest' },
    events: rules,
  }).replaceAll('REPOSITORY', repository);
  const files = {
    Dockerfile: 'FROM scratch\nARG PYTHON\n',
    'releases.json': JSON.stringify(daily('1.0.0')),
    'matrix.config.json': config,
  };
  const builds = await tempFolder(files);
  for (const [name, text] of Object.entries(files)) await writeFile(`${clone}/${name}`, text);
  const given = (folder: string): string[] => ['--config', `${folder}/matrix.config.json`];
  const released = await runCli([
    'publish',
    '1.0.0',
    ...given(builds),
    '--builder',
    'stand-in',
    '--journal',
    `${builds}/j`,
  ]);
  expect([released.code, released.stderr]).toEqual([0, expect.any(String)]);
  return {
    path,
    repository,
    origin,
    clone,
    commits: git(origin, 'rev-list', '--reverse', 'main').split('\n'),
    publish: async (event) => {
      await writeFile(`${builds}/event.json`, JSON.stringify({ defaultBranch: 'main', ...event }));
      const flags = ['--event', `${builds}/event.json`, '--builder', 'stand-in', '--journal', `${builds}/j`];
      const run = await runCli(['publish', ...given(builds), ...flags]);
      expect([run.code, run.stderr]).toEqual([0, expect.any(String)]);
    },
    audit: async (env = {}, ...flags) => {
      const format = flags.includes('--format') ? [] : ['--json'];
      const run = await runCli(['audit', ...given(clone), ...format, ...flags], env);
      const json = run.stdout.startsWith('{') ? JSON.parse(run.stdout) : { repositories: [] };
      const reports: readonly Report[] = json.repositories ?? [json];
      const findings = reports.flatMap((report) => report.findings);
      return {
        ...run,
        reports,
        brief: findings
          .filter(({ kind }) => kind !== 'event' && kind !== 'unmanaged')
          .map(({ kind, tag }) => `${kind} ${tag}`)
          .toSorted(),
        notes: reports.flatMap((report) => report.notes),
      };
    },
  };
}

const push = (branch: string, revision: string | undefined, hours: number): object => ({
  kind: 'branch',
  branch,
  revision,
  at: hoursAgo(hours),
});
const nightly = (revision: string | undefined, hours: number): object => ({
  kind: 'schedule',
  branch: 'main',
  revision,
  at: hoursAgo(hours),
});

describe('tags of branches', () => {
  test('what was just published is right; a tag that was put back is behind, and its fix brings the newest build', async () => {
    const { commits, publish, audit, path, repository } = await scene([50, 30]);
    const [a, b] = commits;
    await publish(push('main', a, 49));
    const before = await readTags(memory.host, path);
    await publish(push('main', b, 29));
    expect((await audit()).brief).toEqual([]);

    // Somebody puts the older image back under both kinds of tags.
    const after = await readTags(memory.host, path);
    await put(path, 'edge', before['edge']);
    await put(path, 'main-python3.11', before['main-python3.11']);
    const found = await audit();
    expect([found.code, found.brief]).toEqual([1, ['behind edge', 'behind main-python3.11']]);
    const edge = found.reports[0]?.findings.find(({ tag }) => tag === 'edge');
    expect(edge).toMatchObject({
      because: `the newest build of branch "main" is of commit ${b?.slice(0, 12)} (commit-${b}-python3.12); this one is of commit ${a?.slice(0, 12)}`,
      fix: `crane tag ${repository}@${after['edge']} edge`,
      excused: null,
    });
    await put(path, 'edge', after['edge']);
    await put(path, 'main-python3.11', after['main-python3.11']);
    expect((await audit()).brief).toEqual([]);
  });

  test('a build that is on its way is excused by --grace, and a commit that has no image makes nothing behind', async () => {
    const { commits, publish, audit, path } = await scene([50, 30, 1]);
    await publish(push('main', commits[0], 49));
    const before = await readTags(memory.host, path);
    await publish(push('main', commits[1], 2));
    // The third commit was never built: nothing says that it should have been.
    expect((await audit()).brief).toEqual([]);
    await put(path, 'edge', before['edge']);
    const { code, reports } = await audit({}, '--grace', '3h');
    expect([code, reports[0]?.findings[0]?.excused]).toEqual([0, expect.stringMatching(/was built 1\d\d min ago/)]);
  });

  test('nothing is said of what the clone does not know', async () => {
    const { commits, publish, audit, path, origin } = await scene([50, 30]);
    const [a, b] = commits;
    await publish(push('main', a, 49));
    await publish(push('main', b, 29));
    const newest = await readTags(memory.host, path);
    // An image of a commit that the clone has not got, built by another program without a word on its branch.
    git(origin, 'commit', '--quiet', '--allow-empty', '-m', 'newer');
    const c = git(origin, 'rev-parse', 'HEAD');
    await publish(push('main', c, 1));
    const later = await audit();
    expect(later.brief).toEqual([]);
    // A branch of somebody else has a tag that nobody here can judge.
    await publish(push('other', 'f'.repeat(40), 1));
    expect((await audit()).brief).toEqual([]);
    // With --content none no image says which commit it is of.
    await put(path, 'edge', newest['main-python3.11']);
    expect((await audit({}, '--content', 'none')).brief).toEqual([]);
  });

  test('without a checkout it is a note, and no finding', async () => {
    const { commits, publish, audit, clone } = await scene([50, 30]);
    await publish(push('main', commits[0], 49));
    await rm(`${clone}/.git`, { recursive: true });
    const { code, brief, notes } = await audit();
    expect([code, brief]).toEqual([0, []]);
    expect(notes).toContainEqual(
      'whether tags of branches are their newest builds is not known: the config is in no git checkout',
    );
  });

  test('two branches that give one tag: whose it is is not known', async () => {
    const { commits, publish, audit, origin, clone, path } = await scene([50, 30]);
    git(origin, 'branch', 'a/b', commits[1] ?? '');
    git(origin, 'branch', 'a-b', commits[0] ?? '');
    git(clone, 'fetch', '--quiet');
    await publish(push('a-b', commits[0], 49));
    const before = await readTags(memory.host, path);
    await publish(push('main', commits[1], 29));
    await put(path, 'a-b-python3.11', before['a-b-python3.11']);
    const { brief, notes } = await audit();
    expect([brief, notes]).toEqual([
      [],
      expect.arrayContaining(['which branch a-b-python3.11 is of is not known: a-b and a/b both give it']),
    ]);
  });
});

describe('what the clone does not say', () => {
  /** An audit in which edge is behind, if the clone shows it. */
  async function behind(): Promise<Scene> {
    const made = await scene([90, 50, 30]);
    const { commits, publish, path } = made;
    await publish(push('main', commits[0], 89));
    const before = await readTags(memory.host, path);
    await publish(push('main', commits[2], 29));
    await put(path, 'edge', before['edge']);
    return made;
  }

  test('a remote of any name counts, if it is the only one, the branch tracks it, or it is upstream', async () => {
    const { audit, clone } = await behind();
    git(clone, 'remote', 'rename', 'origin', 'upstream');
    git(clone, 'branch', '--unset-upstream');
    expect((await audit()).brief).toEqual(['behind edge']);
    git(clone, 'remote', 'add', 'fork', clone);
    git(clone, 'branch', '--set-upstream-to=upstream/main');
    expect((await audit()).brief).toEqual(['behind edge']);
    git(clone, 'branch', '--unset-upstream');
    expect((await audit()).brief).toEqual(['behind edge']);
    git(clone, 'remote', 'rename', 'upstream', 'theirs');
    const { brief, notes } = await audit({ CI_DEFAULT_BRANCH: 'main' });
    expect([brief, notes]).toEqual([
      [],
      expect.arrayContaining([
        'whether edge is the newest build of branch "main" is not known: this clone has the remotes theirs, fork, and nothing says which of them counts; rename it: `git remote rename NAME origin`, or let the branch track it: `git branch --set-upstream-to=NAME/BRANCH`',
      ]),
    ]);
  });

  test('a branch that was not fetched is a note with the command that fetches it', async () => {
    const { audit, clone } = await behind();
    git(clone, 'update-ref', '-d', 'refs/remotes/origin/main');
    const { brief, notes } = await audit({ CI_DEFAULT_BRANCH: 'main' });
    expect([brief, notes]).toEqual([
      [],
      expect.arrayContaining([
        expect.stringContaining(
          'whether edge is the newest build of branch "main" is not known: this clone does not have that branch of origin; run `git fetch origin main:refs/remotes/origin/main`',
        ),
      ]),
    ]);
  });

  test('a shallow clone without a commit that has an image is a note with what brings the others', async () => {
    const { audit, clone, origin } = await behind();
    git(origin, 'commit', '--quiet', '--allow-empty', '-m', 'newer');
    git(clone, 'fetch', '--quiet');
    const whole = await audit();
    expect([whole.brief, whole.notes]).toEqual([['behind edge'], []]);
    await rm(`${clone}/.git`, { recursive: true });
    const shallow = await tempFolder();
    git(shallow, 'clone', '--quiet', '--depth=1', `file://${origin}`, '.');
    await rename(`${shallow}/.git`, `${clone}/.git`);
    const { brief, notes } = await audit();
    expect([brief, notes]).toEqual([
      [],
      [
        expect.stringMatching(
          /^whether edge, main-python3\.11, main-python3\.12 are up to date is not known: this is a shallow clone, which has the last commits of a branch alone; run `git fetch --tags --unshallow`/,
        ),
      ],
    ]);
  });
});

test('with --at tags of builds that are not releases are not judged, and a note says so', async () => {
  const { audit, publish, commits, path } = await scene([50, 30]);
  await publish(push('main', commits[0], 49));
  const before = await readTags(memory.host, path);
  await publish(push('main', commits[1], 29));
  await put(path, 'edge', before['edge']);
  expect((await audit()).brief).toEqual(['behind edge']);
  const { code, brief, notes } = await audit({}, '--at', '1.0.0');
  expect([code, brief]).toEqual([0, []]);
  expect(notes).toContainEqual(
    expect.stringMatching(/^tags of builds that are not releases are not judged with --at: /),
  );
});

test('tags of events count as what they are: right, of a build that nobody knows, or of no rule', async () => {
  const { audit, publish, commits, path } = await scene([50]);
  const before = await counts();
  await publish(push('main', commits[0], 49));
  await publish(push('gone', 'f'.repeat(40), 48));
  await put(path, 'by hand'.replace(' ', '-'), (await readTags(memory.host, path))['edge']);
  async function counts(): Promise<Readonly<Record<string, number>>> {
    return JSON.parse((await audit()).stdout).summary;
  }
  const after = await counts();
  // main-python3.11, main-python3.12 and edge are right; a branch that is gone and the four pinned tags are not known.
  expect([after['ok'], after['event'], after['unmanaged']]).toEqual([(before['ok'] ?? 0) + 3, 6, 1]);
  const listed = (await audit({}, '--format', 'table')).stdout;
  expect(listed).toContain('event 6  of builds that are not releases; --unmanaged lists them\nunmanaged 1  ');
});

/** Puts a tag onto an image that is there, as `crane tag` does. */
async function put(path: string, tag: string, digest: string | undefined): Promise<void> {
  const url = `http://${memory.host}/v2/${path}/manifests`;
  const found = await fetch(`${url}/${digest}`, { headers: { accept: '*/*' } });
  const type = found.headers.get('content-type') ?? '';
  const { status } = await fetch(`${url}/${tag}`, {
    method: 'PUT',
    headers: { 'content-type': type },
    body: await found.arrayBuffer(),
  });
  expect(status).toBe(201);
}

describe('tags of schedules', () => {
  test('older than its schedule while there was a commit to build: overdue; of the newest commit: right', async () => {
    const { commits, publish, audit } = await scene([200, 100]);
    const [a, b] = commits;
    await publish(nightly(b, 99));
    expect((await audit()).brief).toEqual([]);
    const late = await scene([400, 300]);
    await late.publish(nightly(late.commits[0], 350));
    const { code, brief, reports } = await late.audit();
    expect([code, brief]).toEqual([1, ['overdue nightly-python3.11', 'overdue nightly-python3.12']]);
    expect(reports[0]?.findings[0]?.because).toMatch(
      /^it is of .*, and branch "main" has commit [0-9a-f]{12}, which its committer dated .*: if it was pushed within 7d, a schedule that runs every 1d should have built it$/,
    );
    expect(a).not.toBe(b);
  });

  test('a build of the branch shows that a commit was there; a date alone, of some days ago, is a note', async () => {
    const { commits, publish, audit } = await scene([200, 100]);
    await publish(nightly(commits[0], 150));
    const { code, brief, notes } = await audit();
    expect([code, brief]).toEqual([0, []]);
    expect(notes).toContainEqual(
      expect.stringMatching(
        /^whether nightly-python3\.11 is overdue is not known: nothing but the dates of commits says/,
      ),
    );
    await publish(push('main', commits[1], 60));
    const shown = await audit();
    expect(shown.brief).toEqual(['overdue nightly-python3.11', 'overdue nightly-python3.12']);
    expect(shown.reports[0]?.findings[0]?.because).toMatch(/branch "main" was built at commit [0-9a-f]{12} on /);
  });

  test('a commit that is younger than the schedule, and a schedule of which the config says nothing: no finding', async () => {
    const young = await scene([200, 5]);
    await young.publish(nightly(young.commits[0], 150));
    expect((await young.audit()).brief).toEqual([]);
    const silent = await scene([200, 100], { ...events, schedule: 'nightly-python{{python}}' });
    await silent.publish(nightly(silent.commits[0], 150));
    expect((await silent.audit()).brief).toEqual([]);
  });

  test('with a tag for each day the newest is overdue if the last days have none', async () => {
    const rules = { schedule: { template: 'nightly-{{year}}{{month}}{{day}}-python{{python}}', every: '1d' } };
    const { commits, publish, audit } = await scene([200], rules);
    await publish(nightly(commits[0], 120));
    await publish(nightly(commits[0], 96));
    const day = hoursAgo(96).slice(0, 10).replaceAll('-', '');
    expect((await audit()).brief).toEqual([`overdue nightly-${day}-python3.11`, `overdue nightly-${day}-python3.12`]);
    await publish(nightly(commits[0], 20));
    expect((await audit()).brief).toEqual([]);
  });
});

describe('tags of pull requests', () => {
  const pull = (number: number, revision: string): object => ({
    kind: 'pull-request',
    number,
    revision,
    at: hoursAgo(9),
  });

  async function github(states: Readonly<Record<number, object>>): Promise<GithubServer> {
    const answer = (path: string): GithubAnswer | null => {
      const number = /\/pulls\/(?<number>\d+)$/.exec(path)?.groups?.['number'];
      return number === undefined
        ? null
        : { status: Number(number) in states ? 200 : 404, body: states[Number(number)] ?? {} };
    };
    return githubServer({ name: 'acme/app', releases: [], tags: [] }, { answer: ({ path }) => answer(path) });
  }

  const closed = { state: 'closed', merged_at: null, closed_at: '2026-11-20T10:00:00Z' };
  const merged = { state: 'closed', merged_at: '2026-11-21T10:00:00Z', closed_at: '2026-11-21T10:00:00Z' };

  test('of a closed one: listed with what deletes it, its pinned tag too, and no failure; of an open or unknown one: not', async () => {
    const { publish, audit, repository, commits } = await scene([50]);
    await publish(push('main', commits[0], 49));
    await publish(pull(12, 'c'.repeat(40)));
    await publish(pull(13, 'd'.repeat(40)));
    await publish(pull(14, 'e'.repeat(40)));
    // Its commit is main's: the image stays main's.
    await publish(pull(15, commits[0] ?? ''));
    const server = await github({ 12: closed, 13: { state: 'open', merged_at: null, closed_at: null }, 15: merged });
    const env = { GITHUB_API_URL: server.url, GITHUB_REPOSITORY: 'acme/app', GITHUB_TOKEN: 'secret' };
    const { code, brief, reports } = await audit(env);
    const pins = (of: string): string[] => ['3.11', '3.12'].map((python) => `closed ${of}-python${python}`);
    expect([code, brief]).toEqual([0, [...pins(`commit-${'c'.repeat(40)}`), ...pins('pr-12'), ...pins('pr-15')]]);
    const one = reports[0]?.findings.find(({ tag }) => tag === 'pr-12-python3.11');
    expect(one).toMatchObject({
      because: 'pull request 12 was closed on 2026-11-20',
      choices: [{ do: 'run', command: `regctl tag delete ${repository}:pr-12-python3.11` }],
    });
    expect(server.requests.every(({ token }) => token === 'secret')).toBe(true);
    const table = await audit(env, '--format', 'table');
    expect(table.stdout).toContain('closed 6  of a pull request that is closed: pr-12-python3.11,');
    expect(table.stdout).toContain(`\n  regctl tag delete ${repository}:pr-12-python3.11\n`);
  });

  test('without a token nothing is asked and nothing is found; a forge that fails is a note', async () => {
    const { publish, audit } = await scene([50]);
    await publish(pull(12, 'c'.repeat(40)));
    const server = await github({ 12: closed });
    const bare = await audit({ GITHUB_API_URL: server.url, GITHUB_REPOSITORY: 'acme/app' });
    expect([bare.code, bare.brief, server.requests]).toEqual([0, [], []]);
    expect(bare.notes).toContainEqual(
      'whether pull request 12 is closed is not known: there is no token; set GITHUB_TOKEN or GH_TOKEN to one',
    );
    const broken = await githubServer(
      { name: 'acme/app', releases: [], tags: [] },
      { answer: () => ({ status: 403, body: { message: 'Resource not accessible by integration' } }) },
    );
    const env = { GITHUB_API_URL: broken.url, GITHUB_REPOSITORY: 'acme/app', GITHUB_TOKEN: 'secret' };
    const { code, brief, notes } = await audit(env);
    expect([code, brief]).toEqual([0, []]);
    expect(notes).toContainEqual(
      expect.stringMatching(/^whether pull request 12 is closed is not known: .*pull-requests: read/),
    );
    const elsewhere = await audit();
    expect(elsewhere.notes).toContainEqual(expect.stringContaining('nothing says which forge they are of'));
  });
});

test('repositories that only rules of events name are looked at too, and no release is expected there', async () => {
  const { commits, publish, audit, path, repository } = await scene([50, 30], {
    ...events,
    repository: 'REPOSITORY-dev',
  });
  await publish(push('main', commits[0], 49));
  const before = await readTags(memory.host, `${path}-dev`);
  await publish(push('main', commits[1], 29));
  const right = await audit();
  expect([right.code, right.brief, right.reports.map((report) => report.repository)]).toEqual([
    0,
    [],
    [repository, `${repository}-dev`],
  ]);
  await put(`${path}-dev`, 'edge', before['edge']);
  const { code, reports } = await audit();
  expect([code, reports.map(({ findings }) => findings.filter(({ kind }) => kind === 'behind').length)]).toEqual([
    1,
    [0, 1],
  ]);
});
