/** Why a workflow is not imported, each with what to do instead. */
import { InputError } from '../domain/errors.ts';
import { inputsOfVersion1 } from './builds.ts';
import { splitList } from './tag-line.ts';
import type { Job, Step } from './workflow.ts';
import { asWritten, type WholeWorkflow } from './workflow-files.ts';

/** Whose tags are read. */
export const action = 'docker/metadata-action';

/** What to do where a workflow says nothing of releases. */
export const elsewhere =
  'start from what is there: `tagwright init` reads the repository, `tagwright init --from-registry IMAGE` its tags';

export function noStep(workflow: WholeWorkflow): InputError {
  const old = workflow.jobs.flatMap(({ steps }) => steps).find((step) => inputsOfVersion1(step).length > 0);
  if (old !== undefined) return ofVersion1(old);
  const [unread] = workflow.unread;
  if (unread !== undefined) {
    const fix = 'import a copy of the workflow with their steps written out';
    const all = workflow.unread.map(asWritten).join(', ');
    const which = workflow.unread.length === 1 ? 'which is not read here' : 'which are not read here';
    return invalid(workflow.file, `no step of it uses ${action}, and ${all}, ${which}`, fix);
  }
  const fix = `name the workflow whose tags come from ${action}, or leave --from-workflow out`;
  return invalid(workflow.file, `no step of it uses ${action}`, fix);
}

function ofVersion1(step: Step): InputError {
  const inputs = inputsOfVersion1(step).join(', ');
  const message = `only docker/build-push-action@v1 has the inputs ${inputs}, and makes the tags of them itself; they are not read here`;
  const upgrade = `replace it with ${action} and a later version (https://github.com/docker/build-push-action/blob/v2/UPGRADE.md)`;
  return invalid(step.where, message, `${upgrade}, or ${elsewhere}`);
}

export function notStarted({ file, triggers, otherCallers }: WholeWorkflow): InputError {
  if (otherCallers.length > 0) {
    const message = `no release and no git tag ever starts this workflow: only ${otherCallers.join(', ')} ${otherCallers.length === 1 ? 'calls' : 'call'} it`;
    return invalid(file, message, `name the workflow that a release starts, or ${elsewhere}`);
  }
  const told =
    triggers.told === ''
      ? 'nothing does'
      : `only ${triggers.told} ${triggers.told.includes(',') || triggers.told.startsWith('pushes') ? 'do' : 'does'}`;
  const fix = `name the workflow that a release starts, or ${elsewhere}`;
  return invalid(file, `no release and no git tag ever starts this workflow; ${told}`, fix);
}

export function notRun(all: readonly { job: Job; step: Step }[], workflow: WholeWorkflow, ran: boolean): InputError {
  const fix = `there is nothing here to import: ${elsewhere}`;
  if (ran) return invalid(workflow.file, 'no build of it pushes the tags of a release', fix);
  const [only] = all;
  const condition = [...(only?.job.conditions ?? []), ...(only?.step.conditions ?? [])].map(asWritten).join(' && ');
  const message = `no step of ${action} runs for a final release: if: ${condition}`;
  return invalid(only?.step.where ?? workflow.file, message, fix);
}

export function labelsAlone(build: Step): InputError {
  const tags = splitList(build.inputs.get('tags')?.value ?? '').lines.map(({ text }) => asWritten(text));
  const message = `${action} gives its build labels alone; its tags are ${tags.join(', ')}, which only a run knows`;
  return invalid(build.where, message, elsewhere);
}

export function invalid(where: string, message: string, fix: string): InputError {
  return new InputError([{ code: 'WORKFLOW_INVALID', where, message, fix }]);
}
