/**
 * `tagwright publish VERSION`: a release as a transaction, in two phases.
 *
 * Pinned tags first, all of them verified; only then do convenience tags move, most specific first. A repository that
 * fails is left as it is and told; the others go on.
 */
import { InputError, OutsideError } from '../../domain/errors.ts';
import { formatInstant } from '../../domain/instant.ts';
import type { Release } from '../../domain/release.ts';
import type { Cell } from '../../plan/cell.ts';
import type { Builder } from '../../ports.ts';
import type { PinnedPolicy } from '../../publish/pinned-state.ts';
import { planMoves } from '../../publish/moves.ts';
import { unsettledLeaps } from '../../releases/leaps.ts';
import type { ReleaseOptions } from '../options.ts';
import { namedRelease, readProject, type Project } from '../read-project.ts';
import { refuseDrift } from '../render.ts';
import type { Outcome, World } from '../world.ts';
import { openLane, type LaneInput } from './lane.ts';
import { inEach, laneRun, type LaneRun } from './lane-run.ts';
import { finishJournal, moveTags, settleMoves } from './move-tags.ts';
import { adoptSurvey, buildPinned, copyBetween, copyWithin, targetsOf } from './pinned-phase.ts';
import { publishOutcome } from './publish-outcome.ts';
import { surveyCells, surveyTags } from './survey.ts';
import { refuseRacedCells, verifyPinned } from './verify.ts';

export interface PublishOptions extends ReleaseOptions {
  readonly version: string;
  readonly dryRun: boolean;
  readonly json: boolean;
  readonly builder: Builder['name'];
  /** Take over images without our labels. */
  readonly adopt: boolean;
  readonly replacePartial: boolean;
  /** Let a convenience tag move to a lower release. */
  readonly allowBackward: boolean;
  /** Where journals are kept. */
  readonly journal: string;
  /** How long a registry may answer with yesterday's news, in ms. */
  readonly settleMs: number;
}

export async function publishCommand(options: PublishOptions, world: World): Promise<Outcome> {
  const project = await readProject(options, world);
  const release = namedRelease(project, options.version, options.revision);
  refuseUnpublishable(project, release);
  await refuseDrift(project.image, world.files(project.root));
  const registries = world.registries(project.config.insecureRegistries);
  try {
    const runs = await openRuns('publish', project, release, registries, options.journal, world);
    await survey(runs, project, release, options, world);
    if (!options.dryRun) {
      await pushPinned(
        runs,
        project,
        world.builder(options.builder, project.config.build, project.root, registries),
        options.settleMs,
        world,
      );
      await moveConvenience(runs, project, release, options, world);
    }
    await Promise.all(runs.map((run) => run.lane.journal.close()));
    return publishOutcome(runs, project, release, options);
  } finally {
    await registries.close();
  }
}

/** A lane for every repository of the image, with what earlier runs left on record. */
export async function openRuns(
  command: LaneInput['command'],
  project: Project,
  release: Release,
  registries: ReturnType<World['registries']>,
  directory: string,
  world: World,
): Promise<LaneRun[]> {
  const journals = world.journals(directory);
  const lanes = project.image.repositories.map((repository) =>
    openLane({
      registry: registries.open(repository),
      version: release.version.text,
      command,
      journals,
      now: () => formatInstant(world.clock.nowMs()),
      say: world.say,
      signal: world.signal,
    }),
  );
  return (await Promise.all(lanes)).map(laneRun);
}

/** Reads everything there is to read before anything is done; pinned tags that are wrong end it here. */
export async function survey(
  runs: readonly LaneRun[],
  project: Project,
  release: Release,
  policy: SurveyPolicy,
  world: World,
): Promise<void> {
  const cells = cellsOf(project, release);
  await inEach(runs, async (run) => {
    run.survey = await surveyCells(run.lane, cells, project, policy, world);
    adoptSurvey(run);
  });
  refusePinned(runs);
  await inEach(runs, (run) => planRunMoves(run, project, release, policy.allowBackward, world));
}

export interface SurveyPolicy extends PinnedPolicy {
  readonly allowBackward: boolean;
}

/** Phase one and two: pushed, copied, read back. */
export async function pushPinned(
  runs: readonly LaneRun[],
  project: Project,
  builder: Builder,
  settleMs: number,
  world: World,
): Promise<void> {
  await copyBetween(runs, world);
  await buildPinned(runs, targetsOf(runs, project), builder, project, world);
  await copyWithin(runs, world);
  await verifyPinned(runs, project, settleMs, world);
}

async function moveConvenience(
  runs: readonly LaneRun[],
  project: Project,
  release: Release,
  { settleMs, allowBackward }: Pick<PublishOptions, 'settleMs' | 'allowBackward'>,
  world: World,
): Promise<void> {
  const complete = runs.filter((run) => run.failure === null && run.lacking.size === 0);
  await inEach(complete, async (run) => {
    await refuseRacedCells(run, world);
    await planRunMoves(run, project, release, allowBackward, world);
    const results = await moveTags(
      run.lane,
      run.moves.map((result) => result.move),
      settleMs,
      world,
    );
    const settled = await settleMoves(run.lane, results, settleMs, world);
    run.moves = settled.results;
    run.settleMs = settled.waitedMs;
    await finishJournal(run.lane, run.moves, run.settleMs, world);
  });
}

async function planRunMoves(
  run: LaneRun,
  project: Project,
  release: Release,
  allowBackward: boolean,
  world: World,
): Promise<void> {
  const owned = project.tags.convenience.filter((tag) => tag.owner?.release === release);
  const where = await surveyTags(run.lane.registry, owned, project, world);
  const planned = planMoves(
    { tags: owned, seen: where.seen, digestOf: (cell) => run.digests.get(cell) ?? null, standsOn: where },
    project.image,
  );
  const unknown = planned.unknown[0];
  if (unknown !== undefined)
    throw new OutsideError('REGISTRY_ANSWER', `${run.lane.name}:${unknown.tag}: ${unknown.reason}`, {
      tag: unknown.tag,
    });
  const back = planned.backward[0];
  if (back !== undefined && !allowBackward) {
    const message = `${run.lane.name}:${back.tag} stands on ${back.from?.owner?.version ?? ''} and would go back to ${back.to.owner?.version ?? ''}`;
    throw new InputError([
      {
        code: 'MOVE_BACKWARD',
        where: project.factsFrom,
        message,
        mend: 'are the facts complete? yank or exclude the higher release in the config, or say --allow-backward',
      },
    ]);
  }
  run.moves = planned.moves.map((move) => ({ move, state: 'planned', detail: null }));
}

export function cellsOf(project: Project, release: Release): Cell[] {
  return project.tags.cells.filter((cell) => cell.release === release);
}

/** @throws {InputError} for a release that is yanked, has no cells, or leaps */
export function refuseUnpublishable(project: Project, release: Release): void {
  const version = release.version.text;
  if (release.yanked !== null) {
    const message = `${version} is yanked: ${release.yanked.reason}`;
    throw new InputError([
      {
        code: 'VERSION_NOT_PUBLISHABLE',
        where: release.yanked.from,
        message,
        mend: 'a yanked release is not published; its tags go back with tagwright apply',
      },
    ]);
  }
  if (cellsOf(project, release).length === 0) {
    const message = `${version} has no cells: no Python and flavor of the config is for it`;
    throw new InputError([{ code: 'MATRIX_EMPTY', where: project.config.file, message, mend: 'widen a range' }]);
  }
  const leap = unsettledLeaps(project.known, project.image).find((entry) => entry.releases.includes(release));
  if (leap === undefined) return;
  const message = `${version} leaps from ${leap.series === '' ? '' : `${leap.series}.`}${leap.from} and would own convenience tags`;
  throw new InputError([
    {
      code: 'LEAP_UNSETTLED',
      where: project.factsFrom,
      message,
      mend: `accept: [{ code: 'VERSION_LEAP', version: '${version}', reason: '…' }], or exclude it`,
    },
  ]);
}

function refusePinned(runs: readonly LaneRun[]): void {
  const problems = runs.flatMap((run) =>
    run.survey.flatMap(({ decision }) =>
      decision.kind === 'refused'
        ? [{ code: decision.code, where: run.lane.name, message: decision.reason, mend: decision.mend }]
        : [],
    ),
  );
  if (problems.length > 0) throw new InputError(problems);
}
