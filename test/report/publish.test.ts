import { expect, test } from 'vitest';
import { publishMarkdown } from '../../src/report/publish-markdown.ts';
import {
  publishJson,
  publishTable,
  type GoOn,
  type ReportedCell,
  type RepositoryReport,
} from '../../src/report/publish.ts';

const report: RepositoryReport = {
  repository: 'ghcr.io/acme/app',
  cells: [],
  moves: [],
  verifyMs: 0,
  settleMs: 0,
  journal: null,
  staging: null,
  attached: { copied: [], left: [] },
  lags: [],
};

const cell = {
  version: '2.11.5',
  axes: {},
  tags: ['2.11.5'],
  digest: null,
  work: null,
  pushedBytes: null,
  sizes: [],
  log: [],
};

const again: GoOn = { command: 'tagwright publish 2.11.5', isSame: true };

function headOf(more: Partial<RepositoryReport>, dryRun = false, goOn = again): string {
  const repositories = [{ ...report, ...more }];
  return publishTable({
    schema: 1,
    release: '2.11.5',
    dryRun,
    goOn,
    plan: null,
    repositories,
    warnings: [],
    rules: new Map(),
  });
}

test('the headline points to one line where that fits into a terminal, else on two', () => {
  const rows = [
    {
      repository: 'ghcr.io/acme/app',
      text: 'ghcr.io/acme/app 2.11.5 complete: 0 cells built, 0 convenience tags moved\n',
    },
    {
      repository: 'registry.example:5000/acme/application',
      text: 'registry.example:5000/acme/application 2.11.5 complete:\n  0 cells built, 0 convenience tags moved\n',
    },
  ];
  for (const { repository, text } of rows) expect(headOf({ repository })).toBe(text);
  expect(headOf({}, true)).toBe('ghcr.io/acme/app 2.11.5: 0 cells to build, 0 convenience tags to move\n');
  expect(headOf({ lags: ['BUILD_FAILED  1.0.0: no'] })).toBe(
    [
      'ghcr.io/acme/app 2.11.5 INCOMPLETE: 0 cells built, 0 convenience tags moved',
      '',
      '  problems:',
      '    BUILD_FAILED  1.0.0: no',
      '  run the same command again to go on from here',
      '',
    ].join('\n'),
  );
});

test('what other jobs have to do is told by their command, and staging tags that are left by the one that deletes them', () => {
  const goOn = { command: 'gh run rerun 4711 --failed', isSame: false };
  const staging = { deleted: ['staging-1-a'], left: ['staging-1-b'] };
  expect(headOf({ lags: ['RECORD_MISSING  1.0.0: no record of linux/arm64'], staging }, false, goOn)).toBe(
    [
      'ghcr.io/acme/app 2.11.5 INCOMPLETE: 0 cells built, 0 convenience tags moved',
      '',
      '  problems:',
      '    RECORD_MISSING  1.0.0: no record of linux/arm64',
      '  gh run rerun 4711 --failed goes on from here',
      '',
      '  1 staging tag deleted',
      '  1 staging tag left, for this registry deletes no tag alone; by hand:',
      '    regctl tag delete ghcr.io/acme/app:staging-1-b',
      '  regctl, from regclient/regclient on GitHub, deletes a tag and leaves its image',
      '',
    ].join('\n'),
  );
});

test('cells are told by what was done, and what hangs on them by whether it went along', () => {
  const states = ['built', 'copied', 'copied', 'merged', 'there'] as const;
  const cells = states.map((state) => ({ ...cell, state }));
  const left = [{ what: 'sha256-0.sig', reason: 'PUT: 415' }];
  const text = headOf({ cells, attached: { copied: ['application/x.sbom sha256:1'], left } });
  expect(text).toContain('1 cell built, 1 merged, 2 copied, 0 convenience tags moved\n');
  expect(text).toContain(
    [
      '  copied with the images: 1 signature and the like',
      '  not copied with the images:',
      '    sha256-0.sig: PUT: 415',
    ].join('\n'),
  );
  const planned = cells.map((one) => ({ ...one, state: 'to copy' as const }));
  expect(headOf({ cells: planned }, true)).toContain('5 cells to copy, ');
});

test('the end of a build: each cell and platform beside the release whose tags it takes, and each log once', () => {
  const before = { version: '2.11.4', bytes: 100_000_000 };
  const sizes = [
    { platform: 'linux/amd64', bytes: 151_000_000, before },
    { platform: 'linux/arm64', bytes: 99_000_000, before },
  ];
  const log = ['make: *** [all] Error 2'];
  const of = (python: string, more: object): ReportedCell => ({
    ...cell,
    axes: { python },
    tags: [`2.11.5-python${python}`],
    state: 'built',
    ...more,
  });
  const cells = [
    of('3.8', { work: { ms: 12_340, cached: false }, pushedBytes: 1_234_567, sizes }),
    of('3.9', { work: { ms: 800, cached: true }, pushedBytes: 0, sizes: [{ ...sizes[0], before: null }] }),
    of('3.10', { state: 'there', sizes: [{ ...sizes[0], bytes: 0, before: null }] }),
    of('3.11', { state: 'lacking', log }),
    of('3.12', { state: 'lacking', log }),
  ];
  const repositories = ['ghcr.io/acme/app', 'docker.io/acme/app'].map((repository) => ({
    ...report,
    repository,
    cells,
  }));
  const whole = {
    schema: 1,
    release: '2.11.5',
    dryRun: false,
    goOn: again,
    plan: null,
    repositories,
    warnings: [],
    rules: new Map<string, string>(),
  } as const;
  const text = publishTable(whole);
  expect(text).toContain(
    [
      '  python  platform     result    time   pushed     size  before',
      '  3.8     linux/amd64  built   12.3 s  1.23 MB   151 MB  100 MB in 2.11.4, +51 %',
      '          linux/arm64                           99.0 MB  100 MB in 2.11.4, -1 %',
      '  3.9     linux/amd64  cached   0.8 s      0 B   151 MB',
      '  3.10    linux/amd64  reused                       0 B',
      '  3.11                 failed',
      '  3.12                 failed',
    ].join('\n'),
  );
  const logText = [
    '  the step that failed for 2.11.5-python3.11, 2.11.5-python3.12 last printed:',
    `    ${log[0]}`,
  ].join('\n');
  expect(text.split(logText)).toHaveLength(2);
  expect(publishMarkdown(whole)).toContain(
    '| 3.8 | linux/amd64 | built | 12.3 s | 1.23 MB | 151 MB | 100 MB in 2.11.4, +51 % |',
  );
  const [one, , , failed] = JSON.parse(publishJson(whole)).repositories[0].cells;
  expect([one, failed]).toMatchObject([{ cached: false, seconds: 12.3, pushedBytes: 1_234_567, sizes }, { log }]);
  expect(publishTable({ ...whole, dryRun: true })).not.toContain('pushed');
});
