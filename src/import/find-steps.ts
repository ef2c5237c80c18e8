/** The steps whose tags a release pushes, each with what its inputs are once variables and inputs are put in. */
import { InputError } from '../domain/errors.ts';
import { consumersOf, inputsOfVersion1, isBuild, namesOutputOf, pushes, taggedElsewhere } from './builds.ts';
import { asText, type Combination, type Matrix } from './matrix.ts';
import { makerOf } from './made-releases.ts';
import { runOf, type Known } from './outputs.ts';
import { action, labelsAlone, noStep, notRun, notStarted } from './refusals.ts';
import { putIn } from './put-in.ts';
import { conditionsTruth, evaluateText, scopeOf, type Run } from './scope.ts';
import { stepName, type Job, type Step } from './workflow.ts';
import { asWritten, type WholeWorkflow } from './workflow-files.ts';
import { endsWithArchitecture, isOfOneRun, putsTogether, writtenReferences } from './written-references.ts';
import { splitList } from './tag-line.ts';

/** One step in jobs where its inputs are the same texts. */
export interface Source {
  readonly job: Job;
  readonly step: Step;
  readonly run: Run;
  /** Those of the job's matrix in which the step runs. */
  readonly jobs: readonly Combination[];
  readonly matrix: Matrix | null;
  readonly tags: string;
  readonly flavor: string;
  readonly images: string;
  /** Tags that a step of a build names itself. */
  readonly isWritten: boolean;
}

export interface Found {
  readonly sources: readonly Source[];
  /** Steps of the action that a release does not run. */
  readonly others: readonly Step[];
  /** Conditions that only a run could have said. */
  readonly because: readonly string[];
}

/** @throws {InputError} WORKFLOW_INVALID where there is none, or where no release runs it */
export function findSteps(workflow: WholeWorkflow, known: Known): Found {
  const all = workflow.jobs.flatMap((job) =>
    job.steps.filter((step) => step.uses?.toLowerCase() === action || namesTags(step)).map((step) => ({ job, step })),
  );
  const isAction = ({ step }: { readonly step: Step }): boolean => step.uses?.toLowerCase() === action;
  if (all.length === 0) throw noStep(workflow);
  const events = eventsOf(workflow);
  const isGiven = all.some(({ step }) => takesVersion(step));
  const waits = (one: { readonly job: Job; readonly step: Step }): boolean =>
    events[0] !== 'branch' || isOfRelease(one.job, one.step, workflow);
  if (!all.some(waits)) throw notStarted(workflow);
  const isByHand = events.length === 0 && isGiven && workflow.triggers.byHand;
  if (events.length === 0 && !isByHand) throw notStarted(workflow);
  if (workflow.otherCallers.length > 0 && !isGiven) throw notStarted(workflow);
  const running = all.filter(waits).flatMap(({ job, step }) => {
    for (const event of isByHand ? (['other'] as const) : events) {
      const sources = sourcesOf(job, step, runOf(workflow, job, step, event, known));
      if (sources !== null) return [{ step, sources: sources.sources, because: sources.because }];
    }
    return [];
  });
  const { pushed, instead } = tagged(running, workflow);
  const ran = new Set(running.map(({ step }) => step));
  const others = all.filter((one) => isAction(one) && !ran.has(one.step)).map(({ step }) => step);
  if (pushed.length > 0) {
    return { sources: pushed.flatMap(({ sources }) => sources), others, because: pushed.flatMap((one) => one.because) };
  }
  throw instead === null ? notRun(all, workflow, running.length > 0) : labelsAlone(instead);
}

/** Not one that pushes by digest, which gives no tag, nor version 1, whose input `tags` holds no names of images. */
function namesTags(step: Step): boolean {
  const isByDigest = /push-by-digest=true/.test(step.inputs.get('outputs')?.value ?? '');
  return isBuild(step) && step.inputs.has('tags') && !isByDigest && inputsOfVersion1(step).length === 0;
}

interface Running {
  readonly step: Step;
  readonly sources: readonly Source[];
  readonly because: readonly string[];
}

interface Tagged {
  readonly pushed: readonly Running[];
  /** A build that takes the labels of the action, and tags from elsewhere. */
  readonly instead: Step | null;
}

/** Without steps that only name labels, and those whose images are built and not pushed. */
function tagged(running: readonly Running[], workflow: WholeWorkflow): Tagged {
  const asked = running.map((one) => {
    const [source] = one.sources;
    const isWritten = source?.isWritten === true;
    const uses = source === undefined ? [] : isWritten ? [one.step] : consumersOf(source, workflow).steps;
    return {
      one,
      isWritten,
      isUsed: uses.length > 0,
      isPushed: source !== undefined && pushes(source, uses, workflow),
      instead: source === undefined || uses.length > 0 ? null : taggedElsewhere(source, workflow),
    };
  });
  const isMerged = workflow.jobs.some(({ steps }) => steps.some(putsTogether));
  const isPart = (source: Source): boolean => isOfOneRun(source.tags) || (isMerged && isOfOnePlatform(source));
  const isSomeUsed = asked.some(({ isUsed }) => isUsed);
  const isPromoted = asked.some(({ isUsed, isWritten, isPushed }) => isUsed && !isWritten && isPushed);
  return {
    pushed: asked
      .filter(({ isUsed, isPushed, instead, one }) => {
        const isMeant = isUsed || (!isSomeUsed && instead === null);
        return isPushed && isMeant && one.sources.length > 0;
      })
      .filter(({ isWritten, one }) => !(isPromoted && isWritten && one.sources.every((source) => isPart(source))))
      .map(({ one }) => one),
    instead: asked.find(({ instead }) => instead !== null)?.instead ?? null,
  };
}

/** Each of its tags ends with an architecture, in every job. */
function isOfOnePlatform({ tags, jobs }: Source): boolean {
  const lines = splitList(tags).lines.map(({ text }) => text);
  const ofJob = (text: string, job: Combination): string =>
    text.replaceAll(/\$\{\{\s*matrix\.(?<key>[\w-]+)\s*\}\}/g, (_, key: string) => asText(job.get(key) ?? null));
  return lines.length > 0 && lines.every((text) => jobs.every((job) => endsWithArchitecture(ofJob(text, job))));
}

function eventsOf(workflow: WholeWorkflow): readonly Run['event'][] {
  const { triggers } = workflow;
  const events: Run['event'][] = [];
  if (triggers.release) events.push('release');
  if (triggers.pushedTags !== null) events.push('push');
  if (triggers.created) events.push('create');
  if (events.length > 0) return events;
  if (makerOf(workflow) !== null) return ['branch'];
  return triggers.called ? ['other'] : [];
}

/** It waits for the release that its workflow makes, or is given that one's version; other steps are for every push. */
function isOfRelease(job: Job, step: Step, workflow: WholeWorkflow): boolean {
  const maker = makerOf(workflow);
  const inputs = [...step.inputs.values()].map(({ value }) => value);
  const texts = [...job.conditions, ...step.conditions, ...inputs, ...job.env.values(), ...step.env.values()];
  return maker !== null && namesOutputOf(maker, { texts, of: job }, workflow);
}

/** Of those: it has no condition on the release, so it is run for every push of the branch. */
export function isForEveryPush({ job, step, run }: Source, workflow: WholeWorkflow): boolean {
  const maker = run.event === 'branch' ? makerOf(workflow) : null;
  const texts = [...job.conditions, ...step.conditions];
  return maker !== null && !namesOutputOf(maker, { texts, of: job }, workflow);
}

/** A person, or another workflow, gives it the version, and the action reads it as one. */
function takesVersion(step: Step): boolean {
  return /^type=(?:semver|pep440|match),.*value=\$\{\{\s*(?:github\.event\.)?inputs\./m.test(
    step.inputs.get('tags')?.value ?? '',
  );
}

/** `null` where no job runs the step. */
function sourcesOf(job: Job, step: Step, run: Run): { sources: readonly Source[]; because: readonly string[] } | null {
  const matrix = job.matrix((text) => evaluateText(text, scopeOf(run, new Map())));
  const because = new Set<string>();
  const jobs = (matrix?.jobs ?? [new Map()]).filter((combination) => {
    const truth = conditionsTruth([...job.conditions, ...step.conditions], scopeOf(run, combination));
    for (const name of truth.because) because.add(name);
    return truth.is !== false;
  });
  if (jobs.length === 0) return null;
  const input = (name: string): string => step.inputs.get(name)?.value ?? '';
  const isWritten = step.uses?.toLowerCase() !== action;
  const names = isWritten ? ['tags'] : ['tags', 'flavor', 'images'];
  const texts = new Map<string, { readonly values: readonly string[]; readonly jobs: Combination[] }>();
  for (const combination of jobs) {
    const values = names.map((name) => putIn(input(name), run, combination, isWritten));
    const key = JSON.stringify(values);
    texts.set(key, { values, jobs: [...(texts.get(key)?.jobs ?? []), combination] });
  }
  const sources = [...texts.values()].flatMap(({ values, jobs: own }): Source[] => {
    const [tags = '', flavor = '', images = ''] = values;
    const base = { job, step, run, jobs: own, matrix, isWritten };
    return isWritten ? writtenTags(tags, base) : [{ ...base, tags, flavor, images }];
  });
  const told = sources.some((source) => [source.tags, source.flavor, source.images].join('').includes('matrix.'));
  if (told && matrix?.problem !== null && matrix !== null) throw new InputError([matrix.problem]);
  return { sources, because: [...because] };
}

/** `acme/app:{{version}}` of a build step, as lines and images of the action; names with the same tags together. */
function writtenTags(text: string, base: Omit<Source, 'tags' | 'flavor' | 'images'>): Source[] {
  const byName = new Map<string, string[]>();
  for (const { name, tag } of writtenReferences(text)) byName.set(name, [...(byName.get(name) ?? []), tag]);
  const byTags = new Map<string, string[]>();
  for (const [name, tags] of byName) {
    const lines = tags.map((tag) => `type=raw,prefix=,suffix=,value=${tag}`).join('\n');
    byTags.set(lines, [...(byTags.get(lines) ?? []), name]);
  }
  return [...byTags].map(([tags, names]) => ({ ...base, tags, flavor: 'latest=false', images: names.join('\n') }));
}

export function describeSteps(steps: readonly Step[]): string {
  return [...new Set(steps.map(stepName).map(asWritten))].join(', ');
}
