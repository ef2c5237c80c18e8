/** `tagwright apply [PLAN.json]`: only the moves. Repairs what an audit found, and carries out a yank. */
import { InputError, type Problem } from '../domain/errors.ts';
import { formatInstant } from '../domain/instant.ts';
import { formatRepository } from '../domain/reference.ts';
import { readPlanFile } from '../plan/read-plan.ts';
import type { Move, Plan } from '../plan/types.ts';
import type { PlannedMoves } from '../publish/moves.ts';
import { applyJson, applyTable, type ApplyReport } from '../report/apply.ts';
import type { CommonOptions } from './options.ts';
import { onlineMoves } from './plan-online.ts';
import { openLane, type Lane } from './publish/lane.ts';
import { finishJournal, moveTags, settleMoves } from './publish/move-tags.ts';
import { readProject, required, type Project } from './read-project.ts';
import type { Outcome, World } from './world.ts';

export interface ApplyOptions extends CommonOptions {
  /** A plan that `plan --json` or `audit --plan-out` wrote. */
  readonly plan: string | null;
  readonly dryRun: boolean;
  readonly json: boolean;
  readonly allowBackward: boolean;
  readonly journal: string;
  readonly settleMs: number;
}

export async function applyCommand(options: ApplyOptions, world: World): Promise<Outcome> {
  const project = await readProject(options, world);
  const file =
    options.plan === null
      ? null
      : required(
          readPlanFile(
            await world.readText(options.plan),
            options.plan,
            project.image.axes.map((axis) => axis.name),
          ),
        );
  const registries = world.registries(project.config.insecureRegistries);
  try {
    const reports: ApplyReport[] = [];
    for (const repository of chosenRepositories(project, file)) {
      const lane = await openLane({
        registry: registries.open(repository),
        version: 'apply',
        command: 'apply',
        journals: world.journals(options.journal),
        now: () => formatInstant(world.clock.nowMs()),
        say: world.say,
        signal: world.signal,
      });
      reports.push(await applyIn(lane, file, project, options, world));
      await lane.journal.close();
    }
    const failed = reports.some((report) =>
      report.moves.some(({ state }) => !['planned', 'moved', 'already'].includes(state)),
    );
    const unfinished =
      !options.dryRun && reports.some((report) => report.moves.some(({ state }) => state === 'planned'));
    return {
      stdout: options.json ? applyJson(reports) : applyTable(reports),
      result: failed || unfinished ? 'outside-failed' : 'as-planned',
    };
  } finally {
    await registries.close();
  }
}

async function applyIn(
  lane: Lane,
  file: Plan | null,
  project: Project,
  options: ApplyOptions,
  world: World,
): Promise<ApplyReport> {
  const now = await onlineMoves(lane.registry, project.tags.convenience, project, world);
  const wanted = file === null ? now.moves : chosenMoves(file, now, options.plan ?? '');
  const waiting = wanted.filter((move) => move.to.digest === null);
  const possible = wanted.filter((move) => move.to.digest !== null);
  refuseBackward(now, possible, lane.name, options.allowBackward);
  const base = { repository: lane.name, dryRun: options.dryRun, waiting };
  if (options.dryRun)
    return { ...base, moves: possible.map((move) => ({ move, state: 'planned', detail: null })), journal: null };
  const results = await moveTags(lane, possible, options.settleMs, world);
  const settled = await settleMoves(lane, results, options.settleMs, world);
  await finishJournal(lane, settled.results, settled.waitedMs, world);
  return { ...base, moves: settled.results, journal: lane.journal.path() };
}

/** A plan file is of one repository; without one every repository of the image is repaired. */
function chosenRepositories(project: Project, file: Plan | null): Project['image']['repositories'] {
  if (file === null) return project.image.repositories;
  const chosen = project.image.repositories.filter((repository) => formatRepository(repository) === file.repository);
  if (chosen.length > 0) return chosen;
  const ours = project.image.repositories.map(formatRepository).join(', ');
  throw new InputError([
    {
      code: 'PLAN_FILE_INVALID',
      where: file.repository,
      message: `the plan is for ${file.repository}, and the image is published to ${ours}`,
      mend: 'make the plan anew, or give --repository',
    },
  ]);
}

/** The file's moves, provided that facts and registry still say the same of each. */
function chosenMoves(file: Plan, now: PlannedMoves, path: string): Move[] {
  const current = new Map(now.moves.map((move) => [move.tag, move]));
  const problems: Problem[] = [];
  const chosen: Move[] = [];
  for (const move of file.moves) {
    if (now.settled.includes(move.tag)) continue;
    const fresh = current.get(move.tag);
    const fault = fresh === undefined ? 'no rule gives it to an owner now' : staleness(move, fresh);
    if (fault === null && fresh !== undefined) chosen.push(fresh);
    else
      problems.push({
        code: 'PLAN_FILE_STALE',
        where: `${path} ${move.tag}`,
        message: fault ?? '',
        mend: 'make the plan anew: the facts, the config or the registry changed since, or the file was edited',
      });
  }
  if (problems.length > 0) throw new InputError(problems);
  const order = new Map(now.moves.map((move, index) => [move.tag, index]));
  return chosen.toSorted((a, b) => (order.get(a.tag) ?? 0) - (order.get(b.tag) ?? 0));
}

function staleness(planned: Move, fresh: Move): string | null {
  const from = planned.from?.digest ?? null;
  const actual = fresh.from?.digest ?? null;
  if (from !== actual) return `the plan saw it on ${from ?? 'nothing'}; it is on ${actual ?? 'nothing'} now`;
  if (planned.to.digest !== null && planned.to.digest !== fresh.to.digest)
    return `the plan takes it to ${planned.to.digest}; its owner is ${fresh.to.digest ?? 'not in the registry'}`;
  if (planned.to.owner?.version !== fresh.to.owner?.version)
    return `the plan gives it to ${planned.to.owner?.version ?? 'nobody'}; the rule gives it to ${fresh.to.owner?.version ?? 'nobody'}`;
  return null;
}

function refuseBackward(now: PlannedMoves, moves: readonly Move[], repository: string, allowed: boolean): void {
  const back = now.backward.find((move) => moves.includes(move));
  if (back === undefined || allowed) return;
  const message = `${repository}:${back.tag} stands on ${back.from?.owner?.version ?? ''} and would go back to ${back.to.owner?.version ?? ''}`;
  throw new InputError([
    {
      code: 'MOVE_BACKWARD',
      where: back.tag,
      message,
      mend: 'yank or exclude the higher release in the config, or say --allow-backward',
    },
  ]);
}
