/** What the comments of an imported config say about its workflow: what was left out, and what nobody could see. */
import { count } from '../domain/count.ts';
import { isPushSeen } from './builds.ts';
import { describeSteps, isForEveryPush, type Found, type Source } from './find-steps.ts';
import { makerOf } from './made-releases.ts';
import { splitList } from './tag-line.ts';
import { asWritten, type WholeWorkflow } from './workflow-files.ts';
import { stepName, type Step } from './workflow.ts';

export function leftOut({ others, sources, because }: Found, workflow: WholeWorkflow): string[] {
  const steps = others.map((step) => {
    const images = splitList(step.inputs.get('images')?.value ?? '').lines.map(({ text }) => text);
    return `the step ${asWritten(stepName(step))} (${asWritten(images.join(', '))}) is not run for a final release, so its tags are in no plan`;
  });
  const matrices = new Map(sources.map(({ step, matrix }) => [step, matrix?.jobs.length ?? 1]));
  const idle = [...matrices].reduce((sum, [step, all]) => {
    const own = sources.filter((source: Source) => source.step === step);
    return sum + all - own.reduce((jobs, source) => jobs + source.jobs.length, 0);
  }, 0);
  const unread = workflow.unread.map((what) => `${asWritten(what)}, which was not read`);
  const asked =
    because.length === 0
      ? []
      : [`it runs only where ${[...new Set(because.map(asWritten))].join(', ')} is so, which only a run knows`];
  const called =
    workflow.caller === null ? [] : [`${workflow.caller} calls it for a release: its inputs are taken from there`];
  const matrixes = sources
    .flatMap(({ matrix }) => matrix?.problem?.message ?? [])
    .map((message) => `${message}; no tag of it depends on that`);
  return [
    ...called,
    ...madeBy(sources, workflow),
    ...new Set(matrixes),
    ...steps,
    ...unread,
    ...asked,
    ...(idle === 0
      ? []
      : [`${count(idle, 'job of the matrix does', 'jobs of the matrix do')} not run the step for a release`]),
  ];
}

/** Of a workflow that makes its releases itself. */
function madeBy(sources: readonly Source[], workflow: WholeWorkflow): string[] {
  const maker = sources.some(({ run }) => run.event === 'branch') ? makerOf(workflow) : null;
  if (maker === null) return [];
  const every = sources.filter((source) => isForEveryPush(source, workflow)).map(({ step }) => step);
  return [
    `the push of a branch starts it, and its step ${maker.step.uses ?? ''} makes the release: its git tag is meant`,
    ...(every.length === 0
      ? []
      : [`CHECK THIS: ${describeSteps(every)} runs for every push, not for releases alone, and moves tags then too`]),
  ];
}

/** Steps whose tags something takes, and nothing that is known to push. */
export function unseenPushes({ sources }: Found, workflow: WholeWorkflow): string[] {
  const steps = sources.filter((source) => !isPushSeen(source, workflow)).map(({ step }) => step);
  return steps.length === 0
    ? []
    : [`CHECK THIS: nothing here is seen to push the tags of ${describeSteps(steps)}: what does may give others`];
}

/** Inputs that are not about tags. */
export function remarks(steps: readonly Step[]): string[] {
  return ['labels', 'annotations'].flatMap((name) =>
    steps.every((step) => step.uses !== 'docker/metadata-action' || (step.inputs.get(name)?.value.trim() ?? '') === '')
      ? []
      : [
          `the input ${name} is the key labels of the config, which gives annotations too; version, revision, base and source come by themselves`,
        ],
  );
}

export function headOf({ file }: WholeWorkflow, steps: readonly Step[]): string[] {
  const names = describeSteps(steps);
  return [
    `The tags of releases that ${file} pushes, read from its ${names.includes(', ') ? 'steps' : 'step'} ${names}.`,
    '',
    "Comments are the workflow's own, or say what has no counterpart here.",
  ];
}
