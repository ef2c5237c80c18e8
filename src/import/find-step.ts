/** The step whose tags a release pushes. */
import { InputError } from '../domain/errors.ts';
import { conditionTruth, scopeOf, type Run } from './scope.ts';
import { stepName, type Job, type Step, type Workflow } from './workflow.ts';
import type { Combination } from './matrix.ts';

export interface FoundStep {
  readonly job: Job;
  readonly step: Step;
  readonly run: Run;
  /** Those of the job's matrix in which the step runs. */
  readonly jobs: readonly Combination[];
  /** Steps of the action that a release does not run. */
  readonly others: readonly Step[];
}

const action = 'docker/metadata-action';

/** @throws {InputError} WORKFLOW_INVALID where there is none, where no release runs it, or where there are several */
export function findStep(workflow: Workflow, known: Pick<Run, 'repository' | 'tagPrefix'>): FoundStep {
  const all = workflow.jobs.flatMap((job) =>
    job.steps.filter(({ uses }) => uses?.toLowerCase() === action).map((step) => ({ job, step })),
  );
  if (all.length === 0) {
    const fix = `name the workflow whose tags come from ${action}, or leave --from-workflow out`;
    throw invalid(workflow.file, `no step of it uses ${action}`, fix);
  }
  for (const event of eventsOf(workflow)) {
    const running = all.flatMap(({ job, step }): FoundStep[] => {
      const env = new Map([...workflow.env, ...job.env, ...step.env]);
      const run: Run = { event, prerelease: false, env, ...known };
      const jobs = runningJobs(job, step, run);
      const others = all.map((other) => other.step).filter((other) => other !== step);
      return jobs.length === 0 ? [] : [{ job, step, run, jobs, others }];
    });
    const [found, ...more] = running;
    if (found === undefined) continue;
    if (more.length === 0) return found;
    throw severalSteps(running, workflow);
  }
  const [only] = all;
  const condition = only?.step.condition ?? only?.job.condition ?? '';
  throw invalid(
    only?.step.where ?? workflow.file,
    `no step of ${action} runs for a final release: if: ${condition}`,
    'a config says what releases push; there is nothing here to import',
  );
}

function eventsOf({ triggers }: Workflow): readonly Run['event'][] {
  const events: Run['event'][] = [];
  if (triggers.release) events.push('release');
  if (triggers.pushedTags !== null) events.push('push');
  return events.length === 0 ? ['other'] : events;
}

function runningJobs({ condition, matrix }: Job, step: Step, run: Run): readonly Combination[] {
  const jobs = matrix?.jobs ?? [new Map()];
  return jobs.filter((job) => {
    const scope = scopeOf(run, job);
    return conditionTruth(condition, scope).is !== false && conditionTruth(step.condition, scope).is !== false;
  });
}

function severalSteps(steps: readonly FoundStep[], workflow: Workflow): InputError {
  const names = steps.map(({ job, step }) => `${stepName(step)} in job ${job.id} (${step.where})`);
  const message = `${names.length} steps of ${action} run for a release: ${names.join(', ')}`;
  return invalid(workflow.file, message, 'import a copy of the workflow with one of them left in');
}

function invalid(where: string, message: string, fix: string): InputError {
  return new InputError([{ code: 'WORKFLOW_INVALID', where, message, fix }]);
}
