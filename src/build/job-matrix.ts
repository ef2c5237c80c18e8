/**
 * The builds of one release as jobs of a CI service: cells, and platforms onto machines that run them natively.
 *
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstrategymatrix
 */
import type { Problem } from '../domain/errors.ts';
import { groupBy } from '../domain/group-by.ts';
import { failed, ok, type Result } from '../domain/result.ts';
import { type Cell, describeAxes, targetId } from '../plan/cell.ts';

/** What `strategy.matrix` takes; `include` is one entry a job. */
export interface JobMatrix {
  readonly include: readonly Job[];
}

export interface Job {
  /** Unique in the matrix, of `[A-Za-z0-9_-]`: names the job's record and artifact. */
  readonly id: string;
  /** For people: `python 3.10, flavor conda, linux/arm64`. */
  readonly name: string;
  readonly version: string;
  /** The commit the release was on when the matrix was made. */
  readonly revision: string;
  /** Ids of its cells, separated by commas: what `build --only` takes. */
  readonly only: string;
  /** Platforms to build, separated by commas: what `build --platform` takes. */
  readonly platform: string;
  readonly runner: string;
  /** Those of them that the runner's processor cannot run; empty where it runs all. */
  readonly emulate: string;
  /** What its cell is, where it has one alone. */
  readonly axes: Readonly<Record<string, string>>;
}

export interface MatrixWishes {
  /** One job a cell, or one for each platform of a cell. */
  readonly split: 'cell' | 'platform';
  /** Platform to the label of its runner; the others have their defaults. */
  readonly runners: ReadonlyMap<string, string>;
  /** Whose jobs they are. */
  readonly service: RunnerService;
}

/** What a service runs jobs on that name no runner of their own. */
export interface RunnerService {
  /** Platform to the label of the runner that has its processor; an empty label is left out of the job. */
  readonly native: Readonly<Record<string, string>>;
  /** Of every other platform, which is emulated there. */
  readonly other: string;
  /** What bounds the number of jobs, for messages. */
  readonly limit: string;
}

/** GitHub's limit on the jobs of one matrix; less than the 500 active jobs of GitLab's free tier. */
export const maxJobs = 256;
/** Builds in one job, at most: a job ends after six hours. */
export const maxBuildsPerJob = 16;

/** @see https://docs.github.com/en/actions/reference/runners/github-hosted-runners */
export const githubRunners: RunnerService = {
  native: { 'linux/amd64': 'ubuntu-24.04', 'linux/arm64': 'ubuntu-24.04-arm' },
  other: 'ubuntu-24.04',
  limit: 'which is what GitHub runs in one matrix',
};

/**
 * Which tags the runners of an instance have is its own matter; a job without one runs on amd64 at gitlab.com.
 *
 * @see https://docs.gitlab.com/ci/runners/hosted_runners/linux/
 */
export const gitlabRunners: RunnerService = {
  native: { 'linux/amd64': '' },
  other: '',
  limit: 'which is the most for one pipeline',
};

interface Build {
  readonly cell: Cell;
  readonly platforms: readonly string[];
}

/**
 * Jobs in the order of cells, then platforms. Where there are more builds than a matrix holds jobs, several of one
 * runner share a job.
 *
 * @returns MATRIX_TOO_LARGE where even that is not enough
 */
export function jobMatrix(cells: readonly Cell[], wishes: MatrixWishes): Result<JobMatrix> {
  const builds = cells.flatMap((cell): Build[] =>
    wishes.split === 'cell'
      ? [{ cell, platforms: cell.platforms }]
      : cell.platforms.map((platform) => ({ cell, platforms: [platform] })),
  );
  const kinds = [...groupBy(builds, ({ platforms }) => platforms.join(',')).values()];
  let size = 1;
  while (jobCount(kinds, size) > maxJobs) size += 1;
  if (size > maxBuildsPerJob) return failed(tooLarge(cells, builds.length, wishes));
  const place = new Map(builds.map((build, index) => [build, index]));
  const placeOf = (group: readonly Build[]): number => (group[0] && place.get(group[0])) ?? 0;
  const groups = kinds.flatMap((kind) => chunks(kind, size)).toSorted((a, b) => placeOf(a) - placeOf(b));
  return ok({ include: groups.map((group) => jobOf(group, wishes)) });
}

function jobOf(group: readonly Build[], wishes: MatrixWishes): Job {
  const [first] = group;
  const platforms = first?.platforms ?? [];
  const runner = runnerOf(platforms, wishes);
  const more = group.length > 1 ? ` and ${group.length - 1} more` : '';
  const cell = first?.cell;
  return {
    id: [cell === undefined ? '' : targetId(cell), ...platforms.map((text) => text.replaceAll('/', '-'))].join('_'),
    name: `${cell === undefined ? '' : describeAxes(cell.shape.axes) || cell.release.version.text}${more}, ${platforms.join(' and ')}`,
    version: cell?.release.version.text ?? '',
    revision: cell?.release.revision ?? '',
    only: group.map((build) => targetId(build.cell)).join(','),
    platform: platforms.join(','),
    runner,
    emulate: platforms.filter((platform) => labelOf(platform, wishes) !== runner).join(','),
    axes: group.length === 1 ? (cell?.shape.axes ?? {}) : {},
  };
}

/** The runner of the first platform that has one: the others of its cell are emulated there. */
function runnerOf(platforms: readonly string[], wishes: MatrixWishes): string {
  for (const platform of platforms) {
    const label = labelOf(platform, wishes);
    if (label !== null) return label;
  }
  return wishes.service.other;
}

/** The runner that runs a platform natively; `null` where there is none. */
function labelOf(platform: string, { runners, service }: MatrixWishes): string | null {
  return runners.get(platform) ?? service.native[platform] ?? null;
}

function jobCount(kinds: readonly (readonly Build[])[], size: number): number {
  return kinds.reduce((sum, kind) => sum + Math.ceil(kind.length / size), 0);
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}

function tooLarge(cells: readonly Cell[], builds: number, { split, service }: MatrixWishes): Problem {
  const version = cells[0]?.release.version.text ?? '';
  const fewer = split === 'platform' ? 'say --split cell, narrow' : 'narrow';
  return {
    code: 'MATRIX_TOO_LARGE',
    where: version,
    message: `${builds} builds do not fit into ${maxJobs} jobs of ${maxBuildsPerJob}, ${service.limit}`,
    fix: `${fewer} the axes, or give each job its own part with --only`,
  };
}
