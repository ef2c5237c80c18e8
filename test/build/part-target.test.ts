import { describe, expect, test } from 'vitest';
import { partTarget, stagingTagOf } from '../../src/build/part-target.ts';
import { allPlatforms, selectPlatforms } from '../../src/build/select-platforms.ts';
import { rootsAt } from '../../src/build/source.ts';
import { buildTarget } from '../../src/build/targets.ts';
import type { Cell } from '../../src/plan/cell.ts';
import { daily, planned, smallConfig } from '../support/history.ts';

const platforms = ['linux/amd64', 'linux/arm64'];
const repository = ['ghcr.io/acme/app', 'docker.io/acme/app'];
const { image, tags } = planned({ ...smallConfig, platforms, repository }, daily('1.0.0'));
const { cells } = tags;

function firstCell(): Cell {
  const [cell] = cells;
  if (cell === undefined) throw new Error('the small config has no cell');
  return cell;
}

describe('a part of a cell', () => {
  test('is pushed by digest to every repository, without a tag', () => {
    const target = partTarget(firstCell(), ['linux/arm64'], { image, cells }, null, rootsAt('.'));
    expect(target).toEqual({
      ...buildTarget(firstCell(), image, repository, rootsAt('.')),
      platforms: ['linux/arm64'],
      cache: { own: '1-0-0_python-3-9_flavor-standard_linux-arm64', previous: null },
      part: 'digest',
    });
  });

  test('or under a tag that is the same for the same job of a run', () => {
    const tag = stagingTagOf(firstCell(), ['linux/arm64'], { kind: 'staging', run: '4711' });
    expect(tag).toEqual({ ok: true, value: 'staging-4711-1.0.0-python3.9-linux-arm64' });
    const target = partTarget(firstCell(), ['linux/arm64'], { image, cells }, tag.ok ? tag.value : null, rootsAt('.'));
    expect([target.part, target.references]).toEqual([
      'staging',
      repository.map((name) => `${name}:staging-4711-1.0.0-python3.9-linux-arm64`),
    ]);
  });

  test('has no tag that would be too long', () => {
    const long = 'linux/'.padEnd(90, 'x');
    expect(stagingTagOf(firstCell(), [long], { kind: 'staging', run: '4'.repeat(20) })).toEqual({
      ok: false,
      problems: [
        {
          code: 'TAG_INVALID',
          where: '--staging',
          message: 'the staging tag of 1.0.0 (python 3.9, flavor standard) would have 135 characters; a tag holds 128',
          fix: 'push by digest, or split by platform',
        },
      ],
    });
  });
});

describe('platforms', () => {
  const chosen: { name: string; texts: string[]; expected: string[] }[] = [
    { name: 'none: all of them', texts: [], expected: platforms },
    { name: 'one', texts: ['linux/arm64'], expected: ['linux/arm64'] },
    { name: 'several in one text, in the order of the cell', texts: ['linux/arm64, linux/amd64'], expected: platforms },
    { name: 'several one by one', texts: ['linux/arm64', 'linux/amd64'], expected: platforms },
  ];
  test.each(chosen)('$name', ({ texts, expected }) => {
    expect(selectPlatforms([firstCell()], texts)).toEqual({ ok: true, value: new Map([[firstCell(), expected]]) });
  });

  test('that no cell has', () => {
    expect(selectPlatforms(cells, ['linux/s390x,linux/amd64'])).toEqual({
      ok: false,
      problems: [
        {
          code: 'USAGE',
          where: '--platform',
          message: 'no cell is built for "linux/s390x"',
          fix: 'expected one of linux/amd64, linux/arm64',
        },
      ],
    });
  });

  test('that one of the cells does not have', () => {
    const narrow = { ...firstCell(), platforms: ['linux/amd64'] };
    expect(selectPlatforms([narrow, ...cells.slice(1, 2)], ['linux/arm64'])).toEqual({
      ok: false,
      problems: [
        {
          code: 'USAGE',
          where: '--platform',
          message: '1.0.0 (python 3.9, flavor standard) is not built for linux/arm64',
          fix: 'it is for linux/amd64',
        },
      ],
    });
  });

  test('of a full tag are all of them', () => {
    expect([
      allPlatforms(new Map([[firstCell(), platforms]])),
      allPlatforms(new Map([[firstCell(), ['linux/arm64']]])),
    ]).toEqual([
      { ok: true, value: [firstCell()] },
      {
        ok: false,
        problems: [
          {
            code: 'USAGE',
            where: '--platform',
            message:
              'the full tag of 1.0.0 (python 3.9, flavor standard) has every platform, and this leaves out linux/amd64',
            fix: 'build a part with --push-by-digest or --staging and --record FILE',
          },
        ],
      },
    ]);
  });
});
