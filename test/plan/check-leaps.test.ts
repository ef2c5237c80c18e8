import { expect, test } from 'vitest';
import type { MatrixConfig } from '../../src/config/matrix-config.ts';
import type { Problem } from '../../src/domain/errors.ts';
import { checkLeaps } from '../../src/plan/check-leaps.ts';
import { daily, planned, smallConfig } from '../support/history.ts';

function refused(config: MatrixConfig, ...versions: readonly string[]): Problem[] {
  const { known, tags, image } = planned({ ...config, pythons: ['3.10'] }, daily(...versions));
  return checkLeaps(known, tags, image, 'matrix.config.ts');
}

test('a leap that would own tags is refused, with the tags and the lines that settle it', () => {
  expect(refused(smallConfig, '1.1.0', '1.22.0', '1.3.0')).toEqual([
    {
      code: 'LEAP_UNSETTLED',
      where: 'matrix.config.ts exclude or accept',
      message:
        '1.22.0 would own 1.22-python3.10, 1.22-python3.10-conda, 1-python3.10 and 3 more: 1.22.0 skips 20 numbers after 1.1, and 1 lower final of series 1 came out later (1.3.0); a slip in the version would own the tags of its series for ever',
      fix: "exclude: [{ version: '1.22.0', reason: '…' }] if it is not a release, or accept: [{ code: 'VERSION_LEAP', version: '1.22.0', reason: '…' }]",
    },
  ]);
});

test('one that was looked at, or that was withdrawn and owns nothing, is not', () => {
  const accept = [{ code: 'VERSION_LEAP', version: '1.22.0', reason: 'marketing' }];
  const yanked = [{ version: '1.22.0', reason: 'a slip' }];
  expect(refused({ ...smallConfig, accept }, '1.1.0', '1.22.0', '1.3.0')).toEqual([]);
  expect(refused({ ...smallConfig, yanked }, '1.1.0', '1.22.0', '1.3.0')).toEqual([]);
});
