/** What keeps a release from being published before any registry is asked. */
import { literal } from '../../domain/text.ts';
import { noRuleForRebuilds, tellsRebuilds } from '../../config/rules.ts';
import { InputError, type Problem } from '../../domain/errors.ts';
import { formatInstant, type Instant } from '../../domain/instant.ts';
import type { Release } from '../../domain/release.ts';
import type { Cell } from '../../plan/cell.ts';
import { unsettledLeaps } from '../../releases/leaps.ts';
import { isRebuildOf } from '../../releases/rebuilds.ts';
import type { Project } from '../read-project.ts';

export function cellsOf(project: Project, release: Release): Cell[] {
  return project.tags.cells.filter((cell) => cell.release === release);
}

/** @throws {InputError} VERSION_NOT_PUBLISHABLE, MATRIX_EMPTY or LEAP_UNSETTLED */
export function refuseUnpublishable(project: Project, release: Release): void {
  const problem = unpublishable(project, release);
  if (problem !== null) throw new InputError([problem]);
}

export function unpublishable(project: Project, release: Release): Problem | null {
  return yankedProblem(release) ?? emptyProblem(project, release) ?? leapProblem(project, release);
}

/**
 * The rebuild of a release that the config has, the last of several. What is to be built is in the config and never only
 * in a flag: the plan, an audit and a later publish have to know it too.
 *
 * @param now for the day in the line to write
 * @throws {InputError} REBUILD_WITHOUT_RULE, REBUILD_UNKNOWN
 */
export function newestRebuild(project: Project, release: Release, now: Instant): Release {
  const { image, config, known } = project;
  if (release.rebuild !== undefined) return release;
  const found = known.releases.findLast((other) => isRebuildOf(other, release));
  if (found !== undefined) return found;
  const version = release.version.text;
  if (!tellsRebuilds(image.rules)) throw new InputError([noRuleForRebuilds(`${config.file} rules`, image)]);
  const line = `rebuilds: [{ version: ${literal(version)}, build: 2, on: '${formatInstant(now).slice(0, 10)}', reason: '…' }]`;
  const message = `the config has no rebuild of ${version}`;
  throw new InputError([{ code: 'REBUILD_UNKNOWN', where: config.file, message, fix: line }]);
}

function yankedProblem({ version, yanked }: Release): Problem | null {
  if (yanked === null) return null;
  return {
    code: 'VERSION_NOT_PUBLISHABLE',
    where: yanked.from,
    message: `${version.text} is yanked: ${yanked.reason}`,
    fix: 'a yanked release is not published; its tags go back with tagwright apply',
  };
}

function emptyProblem(project: Project, release: Release): Problem | null {
  if (cellsOf(project, release).length > 0) return null;
  const message = `${release.version.text} has no cells: no Python and flavor of the config is for it`;
  return { code: 'MATRIX_EMPTY', where: project.config.file, message, fix: 'widen a range' };
}

function leapProblem(project: Project, release: Release): Problem | null {
  const leap = unsettledLeaps(project.known, project.image).find((entry) => entry.releases.includes(release));
  if (leap === undefined) return null;
  const version = release.version.text;
  const message = `${version} leaps from ${leap.series === '' ? '' : `${leap.series}.`}${leap.from} and would own convenience tags`;
  const fix = `accept: [{ code: 'VERSION_LEAP', version: ${literal(version)}, reason: '…' }], or exclude it`;
  return { code: 'LEAP_UNSETTLED', where: project.factsFrom, message, fix };
}
