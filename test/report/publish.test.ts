import { expect, test } from 'vitest';
import { publishTable, type RepositoryReport } from '../../src/report/publish.ts';

const report: RepositoryReport = {
  repository: 'ghcr.io/acme/app',
  cells: [],
  moves: [],
  verifyMs: 0,
  settleMs: 0,
  journal: null,
  lags: [],
};

function headOf(more: Partial<RepositoryReport>, dryRun = false): string {
  const repositories = [{ ...report, ...more }];
  return publishTable({ schema: 1, release: '2.11.5', dryRun, repositories, warnings: [] });
}

test('the headline stands on one line where that fits into a terminal, else on two', () => {
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
      '  lags:',
      '    BUILD_FAILED  1.0.0: no',
      '  run the same command again to go on from here',
      '',
    ].join('\n'),
  );
});
