import { describe, expect, test } from 'vitest';
import { githubRunners, jobMatrix, maxJobs, type Job, type MatrixWishes } from '../../src/build/job-matrix.ts';
import type { Cell } from '../../src/plan/cell.ts';
import { fact, planned, revisionOf, smallConfig } from '../support/history.ts';

const none: ReadonlyMap<string, string> = new Map();

function cellsOf(platforms: string[], pythons: string[]): readonly Cell[] {
  const flavors = { standard: { dockerfile: 'Dockerfile' } };
  return planned({ ...smallConfig, platforms, pythons, flavors }, [fact('1.0.0', '2024-01-01')]).tags.cells;
}

function jobsOf(cells: readonly Cell[], wishes: Partial<MatrixWishes>): readonly Job[] {
  const result = jobMatrix(cells, { split: 'platform', runners: none, service: githubRunners, ...wishes });
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join('\n'));
  return result.value.include;
}

/** 3.20, 3.21, … */
function many(count: number): string[] {
  return Array.from({ length: count }, (_, minor) => `3.${minor + 20}`);
}

const job: Job = {
  id: '1-0-0_python-3-9_flavor-standard_linux-amd64',
  name: 'python 3.9, flavor standard, linux/amd64',
  version: '1.0.0',
  revision: revisionOf('1.0.0'),
  only: '1-0-0_python-3-9_flavor-standard',
  platform: 'linux/amd64',
  runner: 'ubuntu-24.04',
  emulate: '',
  axes: { python: '3.9', flavor: 'standard' },
};

describe('one job a platform', () => {
  test('on a runner that has it', () => {
    expect(jobsOf(cellsOf(['linux/amd64', 'linux/arm64'], ['3.9']), {})).toEqual([
      job,
      {
        ...job,
        id: '1-0-0_python-3-9_flavor-standard_linux-arm64',
        name: 'python 3.9, flavor standard, linux/arm64',
        platform: 'linux/arm64',
        runner: 'ubuntu-24.04-arm',
      },
    ]);
  });

  test('emulated where no runner has it, or on the one that is named', () => {
    const cells = cellsOf(['linux/amd64', 'linux/s390x', 'linux/arm/v7'], ['3.9']);
    const runners = new Map([['linux/s390x', 'self-s390x']]);
    expect(jobsOf(cells, { runners }).map(({ id, runner, emulate }) => ({ id, runner, emulate }))).toEqual([
      { id: '1-0-0_python-3-9_flavor-standard_linux-amd64', runner: 'ubuntu-24.04', emulate: '' },
      { id: '1-0-0_python-3-9_flavor-standard_linux-s390x', runner: 'self-s390x', emulate: '' },
      { id: '1-0-0_python-3-9_flavor-standard_linux-arm-v7', runner: 'ubuntu-24.04', emulate: 'linux/arm/v7' },
    ]);
  });
});

test('one job a cell emulates what its runner has not', () => {
  expect(jobsOf(cellsOf(['linux/amd64', 'linux/arm64'], ['3.9']), { split: 'cell' })).toEqual([
    {
      ...job,
      id: '1-0-0_python-3-9_flavor-standard_linux-amd64_linux-arm64',
      name: 'python 3.9, flavor standard, linux/amd64 and linux/arm64',
      platform: 'linux/amd64,linux/arm64',
      emulate: 'linux/arm64',
    },
  ]);
});

describe('more builds than a matrix holds jobs', () => {
  test('share jobs, each of one runner, none lost', () => {
    const cells = cellsOf(['linux/amd64', 'linux/arm64'], many(200));
    const jobs = jobsOf(cells, {});
    expect(jobs.length).toBeLessThanOrEqual(maxJobs);
    expect(new Set(jobs.map(({ id }) => id)).size).toBe(jobs.length);
    const built = jobs.flatMap(({ only, platform }) => only.split(',').map((id) => `${id} ${platform}`));
    expect(built.toSorted()).toEqual(
      cells
        .flatMap((cell) =>
          cell.platforms.map(
            (platform) => `1-0-0_python-${cell.shape.axes['python']?.replace('.', '-')}_flavor-standard ${platform}`,
          ),
        )
        .toSorted(),
    );
    expect(jobs[0]).toEqual({
      ...job,
      id: '1-0-0_python-3-20_flavor-standard_linux-amd64',
      name: 'python 3.20, flavor standard and 1 more, linux/amd64',
      only: '1-0-0_python-3-20_flavor-standard,1-0-0_python-3-21_flavor-standard',
      axes: {},
    });
  });

  test('at the limit are not put together', () => {
    const jobs = jobsOf(cellsOf(['linux/amd64'], many(maxJobs)), {});
    expect([jobs.length, jobs.every(({ only }) => !only.includes(','))]).toEqual([maxJobs, true]);
  });

  test('over what jobs can share are refused', () => {
    const cells = cellsOf(['linux/amd64', 'linux/arm64'], many(2100));
    expect(jobMatrix(cells, { split: 'platform', runners: none, service: githubRunners })).toEqual({
      ok: false,
      problems: [
        {
          code: 'MATRIX_TOO_LARGE',
          where: '1.0.0',
          message: '4200 builds do not fit into 256 jobs of 16, which is what GitHub runs in one matrix',
          fix: 'say --split cell, narrow the axes, or give each job its own part with --only',
        },
      ],
    });
  });
});
