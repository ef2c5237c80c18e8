/** Tags of builds that are not releases: given a config and an event, what each cell is called, and what is refused. */
import { describe, expect, test } from 'vitest';
import type { MatrixConfig } from '../../src/config/matrix-config.ts';
import type { BuildEvent, EventKind } from '../../src/domain/build-event.ts';
import { formatReference } from '../../src/domain/reference.ts';
import { checkEvents, takenTags } from '../../src/plan/check-events.ts';
import { eventLanes, tagsOfCell } from '../../src/plan/event-lanes.ts';
import { expectedLabels } from '../../src/plan/expected-image.ts';
import { daily, imageOf, planned, problemsOf } from '../support/history.ts';

const revision = '0123456789abcdef0123456789abcdef01234567';
const limits = { jobs: 256, tags: 1_000_000 };
const context = { file: 'matrix.config.ts', limits };
const at = Date.UTC(2026, 10, 29, 23, 59);

const event = (kind: EventKind, more: Partial<BuildEvent> = {}): BuildEvent => ({
  revision,
  at,
  defaultBranch: 'main',
  fork: false,
  ...kind,
  ...(more as object),
});
const branch = (name: string): BuildEvent => event({ kind: 'branch', branch: name });
const pull = event({ kind: 'pull-request', number: 12 });
const nightly = event({ kind: 'schedule', branch: 'main' });
const lost = event({ kind: 'schedule', branch: null });

const one: MatrixConfig = { repository: 'registry.example/acme/app', dockerfile: 'Dockerfile' };
const asked: MatrixConfig['events'] = {
  branch: '{{branch}}',
  pullRequest: 'pr-{{number}}',
  schedule: 'nightly',
  edge: { branch: 'main' },
};

/** Every reference of an event, in the order in which it is handed over; or the codes and places of what is wrong. */
function referencesOf(config: MatrixConfig, build: BuildEvent): string[] {
  const image = imageOf(config);
  const lanes = eventLanes(image, build, context);
  if (!lanes.ok) return lanes.problems.map(({ code, where }) => `${code} ${where}`);
  const taken = lanes.value.flatMap((lane) => takenTags(lane, image, build, null));
  if (taken.length > 0) return taken.map(({ code, where }) => `${code} ${where}`);
  return lanes.value.flatMap((lane) =>
    lane.image.repositories.flatMap((repository) =>
      lane.tags.cells.flatMap((cell) => tagsOfCell(cell, lane.tags).map((tag) => formatReference(repository, tag))),
    ),
  );
}

const tagsOf = (config: MatrixConfig, build: BuildEvent): string[] =>
  referencesOf(config, build).map((text) => text.replace('registry.example/acme/app:', ''));

describe('an image of one cell, with the rules of the documentation', () => {
  test.each([
    { name: 'a push to another branch', build: branch('feature/login'), tags: ['feature-login'] },
    { name: 'a push to the branch that edge follows', build: branch('main'), tags: ['edge', 'main'] },
    { name: 'a pull request', build: pull, tags: ['pr-12'] },
    { name: 'a schedule, which builds the head of a branch', build: nightly, tags: ['nightly', 'edge', 'main'] },
    { name: 'a schedule without a branch', build: lost, tags: ['nightly'] },
    { name: 'a branch of emoji', build: branch('fix/🚀🎉'), tags: ['fix-'] },
    { name: 'a branch that is almost a version', build: branch('2.x'), tags: ['2.x'] },
    { name: 'a git tag name with v, which no rule writes', build: branch('v2.3'), tags: ['v2.3'] },
  ])('$name', ({ build, tags }) => {
    expect(tagsOf({ ...one, events: asked }, build)).toEqual([...tags, `commit-${revision}`]);
  });
});

describe('the language of the rules', () => {
  const matrix: MatrixConfig = {
    repository: 'registry.example/acme/app',
    dockerfile: 'Dockerfile',
    pythons: { '3.9': '<2', '3.10': '*', '3.11': '>=1.5' },
    flavors: { standard: {}, conda: { suffix: '-conda' } },
    defaults: { python: { '1': '3.10', '2': '3.11' } },
    exclude: [{ range: '>=2', python: '3.10', flavor: 'conda', reason: 'no package' }],
  };
  test('cells are those of the next release, each with its axes and suffix', () => {
    const events = { branch: '{{branch}}-python{{python}}{{suffix}}' };
    expect(tagsOf({ ...matrix, events }, branch('main'))).toEqual(
      ['3.10', '3.11', '3.11-conda'].flatMap((cell) => [`main-python${cell}`, `commit-${revision}-python${cell}`]),
    );
  });

  test('only: default is the default of the highest series; aliases are other names', () => {
    const events = { edge: { branch: 'main', template: 'edge{{suffix}}', only: { python: 'default' as const } } };
    const pinned = (cell: string): string => `commit-${revision}-python${cell}`;
    expect(tagsOf({ ...matrix, events }, branch('main'))).toEqual([
      pinned('3.10'),
      'edge',
      pinned('3.11'),
      'edge-conda',
      pinned('3.11-conda'),
    ]);
    const axes = { os: { trixie: { aliases: [''] }, alpine: {} } };
    const nameless: MatrixConfig = {
      ...one,
      axes,
      rules: { full: { template: '{{version}}-{{os}}' }, sha: false, minor: false, major: false, latest: false },
      events: { branch: '{{branch}}-{{os}}', revision: 'git-{{revision}}-{{os}}' },
    };
    expect(tagsOf(nameless, branch('dev'))).toEqual([
      'dev-trixie',
      'dev',
      `git-${revision}-trixie`,
      `git-${revision}`,
      'dev-alpine',
      `git-${revision}-alpine`,
    ]);
  });

  test('dates are of the run, in UTC; a revision may be short', () => {
    const events = {
      schedule: ['nightly', 'nightly-{{year}}{{month}}{{day}}', { template: '{{date}}-{{revision}}', length: 7 }],
      revision: { template: 'git-{{revision}}', length: 12 },
    };
    expect(tagsOf({ ...one, events }, nightly)).toEqual([
      'nightly',
      'nightly-20261129',
      '2026-11-29-0123456',
      'git-0123456789ab',
    ]);
  });

  test('repositories of their own: of all events, or of one', () => {
    const events = {
      ...asked,
      repository: 'registry.example/acme/app-dev',
      schedule: { template: 'nightly', repository: ['registry.example/acme/night', 'ghcr.io/acme/night'] },
    };
    expect(referencesOf({ ...one, events }, nightly)).toEqual([
      'registry.example/acme/night:nightly',
      `registry.example/acme/night:commit-${revision}`,
      'ghcr.io/acme/night:nightly',
      `ghcr.io/acme/night:commit-${revision}`,
      'registry.example/acme/app-dev:edge',
      'registry.example/acme/app-dev:main',
      `registry.example/acme/app-dev:commit-${revision}`,
    ]);
  });

  test('images are labelled by their first tag, by the commit and by when the run began', () => {
    const image = imageOf({ ...one, events: asked });
    const lanes = eventLanes(image, branch('feature/login'), context);
    if (!lanes.ok) throw new Error('refused');
    const [{ tags, image: lane }] = lanes.value;
    expect(expectedLabels(tags.cells[0]!, lane)).toEqual({
      'org.opencontainers.image.version': 'feature-login',
      'org.opencontainers.image.revision': revision,
      'org.opencontainers.image.created': '2026-11-29T23:59:00Z',
    });
  });
});

describe('what is refused', () => {
  test.each([
    {
      name: 'a branch named like a release',
      build: branch('2.3.4'),
      says: 'EVENT_COLLISION matrix.config.ts events.branch',
    },
    {
      name: 'a branch named like a series',
      build: branch('2'),
      says: 'EVENT_COLLISION matrix.config.ts events.branch',
    },
    { name: 'a branch named latest', build: branch('latest'), says: 'EVENT_COLLISION matrix.config.ts events.branch' },
    {
      name: 'a branch named like the schedule',
      build: branch('nightly'),
      says: 'EVENT_COLLISION matrix.config.ts events.branch',
    },
    {
      name: 'a branch named like a pull request',
      build: branch('pr/12'),
      says: 'EVENT_COLLISION matrix.config.ts events.branch',
    },
    {
      name: 'a branch named like a pinned tag',
      build: branch(`commit-${'a'.repeat(40)}`),
      says: 'EVENT_COLLISION matrix.config.ts events.branch',
    },
    {
      name: 'a branch of 200 characters',
      build: branch('x'.repeat(200)),
      says: 'TAG_INVALID matrix.config.ts events.branch',
    },
    { name: 'a branch of emoji alone', build: branch('🚀'), says: 'TAG_INVALID matrix.config.ts events.branch' },
  ])('$name', ({ build, says }) => {
    expect(tagsOf({ ...one, events: asked }, build)).toEqual([says]);
  });

  test('in a repository of their own, branches may be named like releases', () => {
    const events = { ...asked, repository: 'registry.example/acme/dev' };
    expect(referencesOf({ ...one, events }, branch('2.3.4'))[0]).toBe('registry.example/acme/dev:2.3.4');
  });

  test('a tag that a release has, by a rule that reads like any text', () => {
    const config: MatrixConfig = {
      ...one,
      attributes: [{ range: '>=1', codename: 'jod' }],
      rules: { name: { kind: 'convenience', template: '{{codename}}' } },
      events: asked,
    };
    const { image, tags } = planned(config, daily('1.0.0'));
    const taken = (name: string): string[] => {
      const lanes = eventLanes(image, branch(name), context);
      if (!lanes.ok) throw new Error('refused');
      return lanes.value.flatMap((lane) => takenTags(lane, image, branch(name), tags)).map(({ message }) => message);
    };
    expect(taken('jod')).toEqual(['the tag "jod" of branch "jod" is that of a release that is out']);
    expect(taken('iron')).toEqual([]);
  });

  test.each([
    {
      name: 'no rule for the event',
      events: { branch: '{{branch}}' },
      build: pull,
      says: 'EVENT_INVALID matrix.config.ts events',
    },
    { name: 'no rules at all', events: undefined, build: pull, says: 'EVENT_INVALID matrix.config.ts events' },
    {
      name: 'a schedule without a branch, and a template that names it',
      events: { schedule: 'nightly-{{branch}}' },
      build: lost,
      says: 'EVENT_INVALID matrix.config.ts events.schedule',
    },
    {
      name: 'the default branch, which nobody names',
      events: { edge: {} },
      build: { ...branch('main'), defaultBranch: null },
      says: 'EVENT_INVALID matrix.config.ts events.edge',
    },
  ])('$name', ({ events, build, says }) => {
    expect(tagsOf({ ...one, ...(events === undefined ? {} : { events }) }, build)).toEqual([says]);
  });

  test.each([
    {
      name: 'a schedule named like latest',
      events: { schedule: 'latest' },
      says: 'EVENT_COLLISION matrix.config.ts events.schedule',
    },
    {
      name: 'a number that reads like a series',
      events: { pullRequest: '{{number}}' },
      says: 'EVENT_COLLISION matrix.config.ts events.pullRequest',
    },
    {
      name: "the commit under the releases' own sha tag",
      events: { branch: '{{branch}}', revision: 'sha-{{revision}}' },
      says: 'EVENT_COLLISION matrix.config.ts events.revision',
    },
    {
      name: 'a day that reads like a version',
      events: { schedule: '{{year}}.{{month}}' },
      says: 'EVENT_COLLISION matrix.config.ts events.schedule',
    },
    {
      name: 'two rules with one text',
      events: { edge: { template: 'nightly' }, schedule: 'nightly' },
      says: 'CONVENIENCE_COLLISION matrix.config.ts events.schedule and events.edge',
    },
    {
      name: 'a pinned tag without a commit',
      events: { branch: '{{branch}}', revision: 'build-{{date}}' },
      says: 'CONFIG_INVALID matrix.config.ts events.revision',
    },
    {
      name: 'an unknown name',
      events: { branch: '{{number}}' },
      says: 'TEMPLATE_UNKNOWN_NAME matrix.config.ts events.branch',
    },
    {
      name: 'a branch that cannot be one',
      events: { edge: { branch: 'a..b' } },
      says: 'CONFIG_INVALID matrix.config.ts events.edge.branch',
    },
    {
      name: 'a span that is none',
      events: { schedule: { template: 'nightly', every: 'daily' } },
      says: 'CONFIG_INVALID matrix.config.ts events.schedule.every',
    },
    {
      name: 'a repository with a tag in it',
      events: { repository: 'a/b:c', branch: '{{branch}}' },
      says: 'REFERENCE_INVALID matrix.config.ts events.repository',
    },
  ])('by check: $name', ({ events, says }) => {
    const found = problemsOf({ ...one, events }, []);
    const problems =
      found.length > 0
        ? found
        : checkEvents(imageOf({ ...one, events }), context).map(({ code, where }) => `${code} ${where}: `);
    expect(problems.map((line) => line.split(': ')[0])).toEqual([says]);
  });

  test('by check: cells that a template does not tell apart, and names that no branch has', () => {
    const config: MatrixConfig = {
      ...one,
      axes: { os: ['a', 'b'] },
      args: { SERIES: '{{major}}' },
      rules: { full: { template: '{{version}}-{{os}}' }, sha: false, minor: false, major: false, latest: false },
      events: { branch: '{{branch}}' },
    };
    expect(
      checkEvents(imageOf(config), context).map(({ code, where, message }) => `${code} ${where} ${message}`),
    ).toEqual([
      'CONFIG_INVALID matrix.config.ts events a build is given {{major}}, which a branch, a pull request or a schedule does not have',
      `PINNED_COLLISION matrix.config.ts events.revision commit-{{revision}}{{suffix}} gives os a and os b of some-branch the same text: commit-c0ffee0123456789c0ffee0123456789c0ffee01`,
      'CONVENIENCE_COLLISION matrix.config.ts events.branch {{branch}} gives os a and os b of some-branch the same text: some-branch',
    ]);
  });
});
