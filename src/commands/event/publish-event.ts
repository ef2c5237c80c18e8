/**
 * `tagwright publish --event` and `build --event`: a build that is not a release. The pinned tag by revision first, then
 * the tags that move, each verified, in every repository that its rules name.
 */
import { InputError, type Problem } from '../../domain/errors.ts';
import type { EventLane } from '../../plan/event-lanes.ts';
import { isPushed, tagsOfCell } from '../../plan/event-lanes.ts';
import type { PublishReport } from '../../report/publish.ts';
import { buildOne, type BuildOptions } from '../build.ts';
import { publishBuild, publishOutcome, type PublishOptions } from '../publish/index.ts';
import type { Outcome, World } from '../world.ts';
import { buildUnpushed } from './build-unpushed.ts';
import { refuseOvertakenBy, withoutHeld } from './guard.ts';
import { laneProject, type EventBuild } from './read-event.ts';

const command = 'tagwright publish --event';

/**
 * @throws {InputError} EVENT_COLLISION for a tag of another branch, and whatever a publish of a release throws
 */
export async function publishEvent(options: PublishOptions, build: EventBuild, world: World): Promise<Outcome> {
  if (!isPushed(build.event, build.lanes)) return buildUnpushed({ ...options, only: [] }, build, world);
  const { fromRecords } = options;
  if (fromRecords !== null && build.lanes.length > 1) throw new InputError([severalLanes('--from-records')]);
  const registries = await world.registries(build.config.insecureRegistries);
  const lanes: EventLane[] = [];
  try {
    for (const lane of build.lanes) lanes.push(await withoutHeld(lane, build.event, registries, world));
  } finally {
    await registries.close();
  }
  const reports: PublishReport[] = [];
  for (const lane of lanes) {
    const { release } = lane;
    const project = laneProject(build, lane);
    const beforeMoves: Guard = (run) => refuseOvertakenBy(lane, build.event, run);
    const about = { project, release, command, event: { beforeMoves } };
    // Nobody owns these tags but the newest build: whatever they point to, they move.
    reports.push(await publishBuild(about, { ...options, allowBackward: true }, world));
  }
  const [first, ...others] = reports;
  if (first === undefined) throw new InputError([severalLanes('--event')]);
  return publishOutcome({ ...joined(first, others), version: versionOf(build) }, options.json);
}

/** The first tag of the first cell, which is what docker/metadata-action calls the version of a build. */
function versionOf({ lanes: [{ tags }] }: EventBuild): string {
  const [cell] = tags.cells;
  return cell === undefined ? '' : (tagsOfCell(cell, tags)[0] ?? '');
}

type Guard = NonNullable<Parameters<typeof publishBuild>[0]['event']>['beforeMoves'];

/** One report of the repositories of all rules. */
function joined(first: PublishReport, others: readonly PublishReport[]): PublishReport {
  return {
    ...first,
    repositories: [first, ...others].flatMap(({ repositories }) => repositories),
    rules: new Map([first, ...others].flatMap(({ rules }) => [...rules])),
  };
}

/** Pinned tags alone, or parts of them for `publish --event --from-records`. */
export async function buildEvent(options: BuildOptions, build: EventBuild, world: World): Promise<Outcome> {
  if (!isPushed(build.event, build.lanes)) return buildUnpushed(options, build, world);
  const [lane, ...others] = build.lanes;
  if (others.length > 0) throw new InputError([severalLanes('build --event')]);
  return buildOne({ project: laneProject(build, lane), release: lane.release }, options, world);
}

function severalLanes(where: string): Problem {
  return {
    code: 'USAGE',
    where,
    message: 'rules of this event name repositories of their own, and this builds for one set of them',
    fix: 'write tagwright publish --event, which builds for each; or name the same repositories in every rule',
  };
}
