/** What `publish` and `build` share: a run for every repository, opened, the pinned phases, and the journals closed. */
import { OutsideError } from '../../domain/errors.ts';
import { formatInstant } from '../../domain/instant.ts';
import type { Repository } from '../../domain/reference.ts';
import type { Registries } from '../../ports.ts';
import { count } from '../../report/words.ts';
import { expectedOf } from '../look/expected-of.ts';
import { openRepository, type OpenInput } from '../move/open-repository.ts';
import type { RunEvidence } from '../move/record-moves.ts';
import type { CommonOptions } from '../options.ts';
import type { Project } from '../read-project.ts';
import type { World } from '../world.ts';
import { copyBetween, copyWithin, noteLeftOut } from './copy.ts';
import { isComplete, lackingCells, repositoryRun, type Failure, type RepositoryRun } from './repository-run.ts';
import { verifyPinned } from './verify.ts';

export type RunOptions = CommonOptions &
  Pick<OpenInput, 'command' | 'version' | 'dryRun'> & {
    /** Where journals are kept. */
    readonly journal: string;
    /** Left out by a run that moves no tags. */
    readonly evidenceOf?: (repository: Repository) => RunEvidence;
    readonly settleMs: number;
  };

/** A run for every repository of the image, with what earlier runs left on record. */
export async function openRuns(
  options: RunOptions,
  project: Project,
  registries: Registries,
  world: World,
): Promise<RepositoryRun[]> {
  const { command, version, dryRun, settleMs: waitMs } = options;
  const common = { command, version, dryRun, waitMs, journals: world.journals(options.journal) };
  const { evidenceOf } = options;
  const kept = (repository: Repository): Pick<OpenInput, 'evidence'> =>
    evidenceOf === undefined ? {} : { evidence: evidenceOf(repository) };
  const opened = await Promise.all(
    project.image.repositories.map((repository) =>
      openRepository({ ...common, ...kept(repository), registry: registries.open(repository) }, world),
    ),
  );
  const plan = { project, expected: await expectedOf(project, options, world), options };
  return opened.map((open) => repositoryRun(open, plan, world));
}

/** What is about to be done, for the person who watches: a run that continues an earlier one has less to do than the plan. */
export function intentText({ name, survey, progress }: RepositoryRun): string {
  const of = (kind: string): number => survey.filter(({ decision }) => decision.kind === kind).length;
  const parts = [
    `${count(of('present'), 'cell')} there`,
    `${of('copy')} to complete`,
    `${of('build')} to build or copy`,
  ];
  return `${name}: ${parts.join(', ')}; ${count(progress.moves.length, 'convenience tag')} to move`;
}

/**
 * Phases one and two: pushed, copied, read back.
 *
 * @param make brings the cells that no repository has under their full tags: built, or merged from recorded parts
 */
export async function pushPinned(runs: readonly RepositoryRun[], make: () => Promise<void>): Promise<void> {
  await copyBetween(runs);
  await make();
  await copyWithin(runs);
  noteLeftOut(runs);
  await verifyPinned(runs);
}

/** Runs the work, and closes every journal after it; one that ends early gets a last entry that says why. */
export async function withRuns(runs: readonly RepositoryRun[], work: () => Promise<void>): Promise<void> {
  try {
    await work();
    for (const run of runs) if (!isComplete(run)) await noteStop(run, stopOf(run));
  } catch (error) {
    const stop = error instanceof OutsideError ? { code: error.code, reason: error.message } : null;
    for (const run of runs) {
      if (stop !== null) await noteStop(run, stop);
      if (run.journal.isBegun()) run.world.say(`${run.name}: ${run.journal.leftText()}`);
    }
    throw error;
  } finally {
    await Promise.all(runs.map((run) => run.journal.close()));
  }
}

function stopOf(run: RepositoryRun): Failure {
  const lacking = lackingCells(run);
  const { code = 'BUILD_FAILED', reason = '' } = lacking[0]?.[1] ?? {};
  return run.progress.failure ?? { code, reason: `${count(lacking.length, 'cell')} lacking: ${reason}` };
}

/** Only in a journal that this run has begun. If it cannot be written, that was reported already. */
async function noteStop({ journal, world }: RepositoryRun, { code, reason }: Failure): Promise<void> {
  if (!journal.isBegun()) return;
  try {
    await journal.write({ step: 'stopped', code, reason, at: formatInstant(world.clock.nowMs()) });
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
  }
}
