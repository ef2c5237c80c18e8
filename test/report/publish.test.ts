import { expect, test } from 'vitest';
import { publishTable, type GoOn, type RepositoryReport } from '../../src/report/publish.ts';

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

const again: GoOn = { command: 'tagwright publish 2.11.5', isSame: true };

function headOf(more: Partial<RepositoryReport>, dryRun = false, goOn = again): string {
  const repositories = [{ ...report, ...more }];
  return publishTable({ schema: 1, release: '2.11.5', dryRun, goOn, plan: null, repositories, warnings: [] });
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
      '',
    ].join('\n'),
  );
});

test('cells are told by what was done, and what hangs on them by whether it went along', () => {
  const states = ['built', 'copied', 'copied', 'merged', 'there'] as const;
  const cells = states.map((state) => ({ version: '2.11.5', axes: {}, tags: ['2.11.5'], digest: null, state }));
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
  const planned = cells.map((cell) => ({ ...cell, state: 'to copy' as const }));
  expect(headOf({ cells: planned }, true)).toContain('5 cells to copy, ');
});
