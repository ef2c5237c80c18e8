/** Records of many jobs against the release that is to be published: which parts each cell has, and in which repository. */
import type { Problem, ProblemCode } from '../domain/errors.ts';
import { failed, ok, type Result } from '../domain/result.ts';
import { quote } from '../domain/tag.ts';
import { type Cell, describeCell, targetId } from '../plan/cell.ts';
import type { BuildRecord, RecordedBuild, RecordedRelease } from './record.ts';

export interface RecordFile {
  readonly path: string;
  readonly record: BuildRecord;
}

/** One recorded build, with the file that names it. */
export interface RecordedPart extends RecordedBuild {
  readonly path: string;
}

/** Repository to cell to its parts, in the order of the cell's platforms. */
export type CollectedParts = ReadonlyMap<string, ReadonlyMap<Cell, readonly RecordedPart[]>>;

/**
 * The order of the files does not matter. A cell that was published when its job ran needs no part.
 *
 * @param cells of the release
 * @param repositories `registry/path` of the image
 * @returns REVISION_DIFFERS for a record of another commit; RECORD_INVALID for one of another release, repository, cell
 *   or platform, and for two that record the same
 */
export function collectRecords(
  files: readonly RecordFile[],
  release: RecordedRelease,
  cells: readonly Cell[],
  repositories: readonly string[],
): Result<CollectedParts> {
  const byId = new Map(cells.map((cell) => [targetId(cell), cell]));
  const problems: Problem[] = [];
  const found = new Map<string, Map<Cell, RecordedPart[]>>();
  const taken = new Map<string, string>();
  for (const { path, record } of files.toSorted((a, b) => (a.path < b.path ? -1 : Number(a.path > b.path)))) {
    const other = releaseProblem(record.release, release, path);
    if (other !== null) {
      problems.push(other);
      continue;
    }
    for (const build of record.builds) {
      const cell = byId.get(build.cell);
      const problem = buildProblem(build, cell, release, repositories, path) ?? twiceProblem(build, path, taken);
      if (problem !== null) problems.push(problem);
      else if (cell !== undefined && build.state === 'built') addPart(found, cell, { ...build, path });
    }
  }
  if (problems.length > 0) return failed(...problems);
  for (const parts of found.values())
    for (const [cell, ofCell] of parts) ofCell.sort((a, b) => placeOf(cell, a) - placeOf(cell, b));
  return ok(found);
}

/** Platforms of a cell that no part has. */
export function lackingPlatforms(cell: Cell, parts: readonly RecordedPart[]): string[] {
  return cell.platforms.filter((platform) => !parts.some((part) => part.platforms.includes(platform)));
}

function addPart(found: Map<string, Map<Cell, RecordedPart[]>>, cell: Cell, part: RecordedPart): void {
  const ofRepository = found.get(part.repository) ?? new Map<Cell, RecordedPart[]>();
  ofRepository.set(cell, [...(ofRepository.get(cell) ?? []), part]);
  found.set(part.repository, ofRepository);
}

function placeOf(cell: Cell, { platforms }: RecordedPart): number {
  return cell.platforms.indexOf(platforms[0] ?? '');
}

function releaseProblem(recorded: RecordedRelease, release: RecordedRelease, path: string): Problem | null {
  if (recorded.version !== release.version) {
    const message = `records ${quote(recorded.version)}, and this publish is of ${release.version}`;
    return invalid(path, message, 'give the folder with the records of this release alone');
  }
  if (recorded.revision === release.revision) return null;
  const message = `was built from commit ${recorded.revision ?? 'unknown'}, and ${release.version} is on ${release.revision ?? 'an unknown one'} now`;
  const fix =
    'the git tag was moved since the run began, or the record is of an earlier run: build anew; nothing was moved';
  return problemOf('REVISION_DIFFERS', path, message, fix);
}

function buildProblem(
  build: RecordedBuild,
  cell: Cell | undefined,
  { version }: RecordedRelease,
  repositories: readonly string[],
  path: string,
): Problem | null {
  if (!repositories.includes(build.repository)) {
    const message = `records a build in ${quote(build.repository)}, and the image is published to ${repositories.join(', ')}`;
    return invalid(path, message, 'give the same --repository to every job, or another folder');
  }
  if (cell === undefined) {
    const message = `records the cell ${quote(build.cell)}, which ${version} does not have`;
    return invalid(path, message, 'build with the config that is published');
  }
  const stranger = build.platforms.find((platform) => !cell.platforms.includes(platform));
  if (stranger === undefined) return null;
  const message = `records ${quote(stranger)} of ${describeCell(cell)}, which is for ${cell.platforms.join(', ')}`;
  return invalid(path, message, 'build with the config that is published');
}

function twiceProblem(build: RecordedBuild, path: string, taken: Map<string, string>): Problem | null {
  for (const platform of build.platforms) {
    const key = [build.repository, build.cell, platform].join(' ');
    const before = taken.get(key);
    taken.set(key, path);
    if (before === undefined) continue;
    const message = `records ${build.cell} for ${platform}, and so does ${before}`;
    return invalid(path, message, 'keep the record of the job that ran last');
  }
  return null;
}

function invalid(where: string, message: string, fix: string): Problem {
  return problemOf('RECORD_INVALID', where, message, fix);
}

function problemOf(code: ProblemCode, where: string, message: string, fix: string): Problem {
  return { code, where, message, fix };
}
