/** Carries out what is wished in each repository, several at once, and says what came of it. */
import { formatRepository, type Repository } from '../../domain/reference.ts';
import { isDone, plannedResult } from '../../moves/move-result.ts';
import type { ApplyReport } from '../../report/apply.ts';
import { failureText, type Wish } from '../look/wishes.ts';
import type { Outcome, World } from '../world.ts';
import { carryOut } from './carry-out.ts';
import { openRepository } from './open-repository.ts';
import type { RunEvidence } from './record-moves.ts';

export interface CarryOptions {
  readonly dryRun: boolean;
  /** Where journals are kept. */
  readonly journal: string;
  readonly settleMs: number;
  /** Of each repository. */
  readonly evidence: (repository: Repository) => RunEvidence;
}

/** Those in which something is to move. */
export function registriesMoving(wishes: readonly Wish[]): readonly Wish['registry'][] {
  return wishes.filter(({ moves }) => moves.length > 0).map(({ registry }) => registry);
}

/** @returns one report a repository, in their order */
export async function carryWishes(
  wishes: readonly Wish[],
  options: CarryOptions,
  world: World,
): Promise<readonly ApplyReport[]> {
  return Promise.all(wishes.map((wish) => carryWish(wish, options, world)));
}

async function carryWish(wish: Wish, options: CarryOptions, world: World): Promise<ApplyReport> {
  const { registry, moves, waiting, failure } = wish;
  const report = {
    repository: formatRepository(registry.repository),
    dryRun: options.dryRun,
    waiting,
    moves: moves.map(plannedResult),
    journal: null,
    failure,
  };
  if (moves.length === 0 && options.dryRun) return report;
  try {
    const open = await openRepository(
      {
        registry,
        version: 'apply',
        command: 'apply',
        dryRun: options.dryRun,
        journals: world.journals(options.journal),
        evidence: options.evidence(registry.repository),
        waitMs: options.settleMs,
      },
      world,
    );
    // With nothing to move, an earlier run may have left moves without a statement.
    if (options.dryRun || (moves.length === 0 && open.journal.path() === null)) return report;
    const done = await carryOut(open, moves);
    return { ...report, ...done, failure: done.failure ?? failure };
  } catch (error) {
    return { ...report, failure: failureText(error) };
  }
}

/** Tags that cannot move yet end with exit code 1. */
export function resultOfReports(reports: readonly ApplyReport[]): Outcome['result'] {
  const isApplied = ({ dryRun, moves, failure }: ApplyReport): boolean =>
    failure === null && (dryRun || moves.every(isDone));
  if (!reports.every(isApplied)) return 'outside-failed';
  return reports.some(({ waiting }) => waiting.length > 0) ? 'findings' : 'as-planned';
}
