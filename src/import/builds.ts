/** Which steps build and push the images that a step names the tags of. */
import { runOf } from './outputs.ts';
import type { Scope } from './evaluate.ts';
import { putIn } from './put-in.ts';
import { conditionsTruth, evaluateText, scopeOf, type Run } from './scope.ts';
import { parseImages, splitList } from './tag-line.ts';
import { writtenReferences } from './written-references.ts';
import { asText, type Combination, type Matrix } from './matrix.ts';
import type { Job, Step, Workflow } from './workflow.ts';

/** A step that builds, in the jobs of its matrix. */
export interface BuildSite {
  readonly job: Job;
  readonly step: Step;
  readonly run: Run;
  readonly jobs: readonly Combination[];
  /** The input `bake-target` of the step that names the tags. */
  readonly bakeTarget: string | null;
  /** Its matrix is made while the workflow runs. */
  readonly isUnknown: boolean;
}

interface Asking {
  readonly job: Job;
  readonly step: Step;
  readonly run: Run;
  readonly jobs: readonly Combination[];
}

interface Site extends Asking {
  readonly images: string;
  readonly isWritten: boolean;
  readonly matrix: Matrix | null;
}

export function isBuild({ uses }: Step): boolean {
  return uses !== null && /(?:^|\/)(?:build-push-action|bake-action|buildah-build)$/i.test(uses);
}

/** Of those that version 1 had, and no later one has, what the tags are made of. */
const version1Inputs = ['registry', 'repository', 'tag_with_ref', 'tag_with_sha'] as const;

/**
 * Inputs of a step that is written for docker/build-push-action@v1; none for any other step.
 *
 * @see https://github.com/docker/build-push-action/blob/v2/UPGRADE.md#v1-to-v2
 */
export function inputsOfVersion1({ uses, inputs }: Step): readonly string[] {
  if (uses === null || !/(?:^|\/)build-push-action$/i.test(uses)) return [];
  return version1Inputs.filter((name) => inputs.has(name));
}

export function isBake({ uses }: Step): boolean {
  return uses !== null && /bake-action$/i.test(uses);
}

/** `docker build` and `docker buildx build` of a script. */
export function isScriptedBuild({ run }: Step): boolean {
  return /\bdocker\s+(?:buildx\s+)?(?:build|bake)\b/.test(run);
}

interface Consumers {
  readonly steps: readonly Step[];
  readonly jobs: readonly Job[];
}

/** Steps that use the tags, through outputs of steps and jobs and inputs of what is called. */
export function consumersOf({ job, step }: Pick<Asking, 'job' | 'step'>, workflow: Workflow): Consumers {
  const after = job.steps.slice(job.steps.indexOf(step) + 1);
  const found = new Map<Step, Job>();
  for (const later of after) if (/\bDOCKER_METADATA_OUTPUT_(?:JSON|TAGS)\b/.test(later.run)) found.set(later, job);
  if (step.id !== null) {
    const inJob = namesThrough(`steps.${step.id}.outputs.`, tagOutputs, job, workflow);
    for (const other of workflow.jobs) {
      for (const user of other.steps) {
        if (user !== step && mentions(textsOf(user), inJob, other === job)) found.set(user, other);
      }
    }
  }
  return { steps: [...found.keys()], jobs: [...new Set(found.values())] };
}

interface Names {
  readonly inJob: readonly RegExp[];
  readonly anywhere: readonly RegExp[];
}

const tagOutputs = '(?:tags|json|tag-names|bake-file(?:-tags)?)';

/** Whether texts of a job name an output of a step of any job, or what is made of one. */
export function namesOutputOf(
  { job, step }: Pick<Asking, 'job' | 'step'>,
  { texts, of }: { readonly texts: readonly string[]; readonly of: Job },
  workflow: Workflow,
): boolean {
  if (step.id === null) return false;
  return mentions(texts, namesThrough(`steps.${step.id}.outputs.`, String.raw`[\w-]+`, job, workflow), of === job);
}

function namesThrough(start: string, outputs: string, job: Job, workflow: Workflow): Names {
  const inJob = [namePattern(start, outputs)];
  const anywhere: RegExp[] = [];
  const isNamed = (text: string, own: boolean): boolean => mentions([text], { inJob, anywhere }, own);
  for (let before = -1; before !== inJob.length + anywhere.length;) {
    before = inJob.length + anywhere.length;
    const add = (list: RegExp[], pattern: RegExp): void => {
      if (!list.some(({ source }) => source === pattern.source)) list.push(pattern);
    };
    for (const { id, outputs } of job.steps) {
      for (const [name, text] of outputs)
        if (isNamed(text, true)) add(inJob, namePattern(`steps.${id ?? ''}.outputs.`, escape(name)));
    }
    for (const other of workflow.jobs) {
      for (const [name, text] of other.outputs) {
        if (isNamed(text, other === job)) add(anywhere, namePattern(`needs.${other.id}.outputs.`, escape(name)));
      }
    }
    for (const [name, text] of workflow.inputs)
      if (isNamed(text, true)) add(anywhere, namePattern('inputs.', escape(name)));
  }
  return { inJob, anywhere };
}

function namePattern(start: string, end: string): RegExp {
  return new RegExp(String.raw`\b${escape(start)}${end}(?![\w-])`, 'i');
}

function escape(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
}

function mentions(texts: readonly string[], { inJob, anywhere }: Names, isOwn: boolean): boolean {
  const patterns = isOwn ? [...inJob, ...anywhere] : anywhere;
  return texts.some((text) => patterns.some((pattern) => pattern.test(text)));
}

function textsOf({ inputs, run, env }: Step): string[] {
  return [...[...inputs.values()].map(({ value }) => value), run, ...env.values()];
}

/** False where every build that takes the tags is known not to push, and nothing else that takes them does. */
export function pushes(source: Asking, steps: readonly Step[], workflow: Workflow): boolean {
  const builds = steps.filter(isBuild);
  if (builds.length === 0 || steps.some((step) => !isBuild(step) && isPushing(step))) return true;
  return builds.some((step) => {
    const owner = workflow.jobs.find((job) => job.steps.includes(step)) ?? source.job;
    const run: Run = { ...source.run, env: new Map([...owner.env, ...step.env]) };
    return source.jobs.some((job) => {
      const scope = scopeOf(run, job);
      const isIn = source.job.steps.includes(step) ? conditionsTruth(step.conditions, scope).is !== false : true;
      return isIn && (buildPushes(step, scope) || isPushedLater(step, owner));
    });
  });
}

/** A build near a step whose tags nothing takes: it has tags of its own, and at most the labels are from there. */
export function taggedElsewhere({ job, run, jobs }: Asking, workflow: Workflow): Step | null {
  const near = job.steps.filter((step) => isBuild(step) && (step.inputs.get('tags')?.value.trim() ?? '') !== '');
  return near.find((step) => pushes({ job, step, run, jobs }, [step], workflow)) ?? null;
}

/** Whether a step that is not a build pushes what a build made: a scan or an attestation takes the tags too. */
function isPushing({ run, uses }: Step): boolean {
  if (uses !== null) return uses.startsWith('./') || /push|publish|release|deploy|copy|mirror|promote/i.test(uses);
  return /\bpush\b|publish|imagetools|skopeo|crane|regctl|oras/i.test(run);
}

/** Whether the build itself pushes: by `push` or `outputs`, or as far as nothing here says that it does not. */
function buildPushes(step: Step, scope: Scope): boolean {
  const input = (name: string): string => {
    const value = evaluateText(step.inputs.get(name)?.value ?? '', scope);
    return value.kind === 'known' ? value.data.coerceString().trim() : unknownText;
  };
  const [push, load, outputs] = [input('push'), input('load'), input('outputs')];
  if (/push=true|type=registry/.test(outputs) || outputs === unknownText) return true;
  if (push === '') return load !== 'true' && outputs === '' && !isLocalName(step);
  return push !== 'false';
}

const unknownText = '\u0000';

/** An image without an owner (`app:test`) is one for this run alone. */
function isLocalName({ inputs }: Step): boolean {
  const lines = (inputs.get('tags')?.value ?? '').split(/[\n,]/).filter((line) => line.trim() !== '');
  return lines.length > 0 && lines.every((line) => !/[/$]/.test(line));
}

/** A later step pushes what was built and loaded: with a command, or with an action for that. */
function isPushedLater(step: Step, { steps }: Job): boolean {
  return steps
    .slice(steps.indexOf(step) + 1)
    .some(
      ({ run, uses }) =>
        /\b(?:docker|podman|buildah|nerdctl)\s+(?:image\s+|manifest\s+|compose\s+)?push\b|\b(?:skopeo|crane|regctl)\s+(?:image\s+)?(?:copy|push)\b/.test(
          run,
        ) || /push-to-registry/.test(uses ?? ''),
    );
}

/** Whether a step that takes the tags builds or pushes, as far as its name or its script tells. */
export function isPushSeen(source: Site, workflow: Workflow): boolean {
  if (source.isWritten) return true;
  const { steps } = consumersOf(source, workflow);
  return steps.some((step) => isBuild(step) || isScriptedBuild(step) || isPushing(step));
}

/** The steps that build what these tags name; none where nothing here says it. */
export function sitesOf(source: Site, workflow: Workflow): BuildSite[] {
  const { steps, jobs } = source.isWritten
    ? { steps: [source.step], jobs: [source.job] }
    : consumersOf(source, workflow);
  const site = (job: Job, step: Step): BuildSite[] => siteOf(source, job, step, workflow);
  const within = (all: readonly Job[], fits: (step: Step) => boolean): BuildSite[] =>
    all.flatMap((job) => job.steps.filter(fits).flatMap((step) => site(job, step)));
  const builds = (step: Step): boolean => isBuild(step) || isScriptedBuild(step);
  const used = within(workflow.jobs, (step) => steps.includes(step) && builds(step));
  const pushing = used.filter((one) => pushes(one, [one.step], workflow));
  if (pushing.length > 0) return pushing;
  const needed = neededBy([source.job, ...jobs], workflow);
  const byDigest = within([source.job, ...needed], (step) => /push-by-digest/.test(textsOf(step).join('\n')));
  if (byDigest.length > 0) return namedSo(byDigest, source) ?? byDigest;
  const near = within([source.job], builds);
  const last = (namedSo(near, source) ?? near).at(-1);
  if (used.length > 0) return used;
  return last === undefined ? within(needed, builds) : [last];
}

/** Those of several builds that push to one of these names; `null` where none is seen to. */
function namedSo(sites: readonly BuildSite[], { images }: Site): BuildSite[] | null {
  const plain = (name: string): string => name.replaceAll(/\s+/g, '').toLowerCase();
  const names = new Set(parseImages(splitList(images).lines.map(({ text }) => text)).map(({ name }) => plain(name)));
  const found = sites.filter(({ step, run, jobs }) => {
    const put = (text: string): string => putIn(text, run, jobs[0] ?? new Map(), true);
    const outputs = put(step.inputs.get('outputs')?.value ?? '').matchAll(/\bname=(?<name>[^,"\n]+)/g);
    const pushed = [
      ...writtenReferences(put(step.inputs.get('tags')?.value ?? '')).map(({ name }) => name),
      ...[...outputs].map(({ groups }) => groups?.['name'] ?? ''),
    ];
    return pushed.some((name) => names.has(plain(name)));
  });
  return found.length === 0 ? null : found;
}

/** The steps that take the tags themselves. */
export function buildersOf(source: Site, workflow: Workflow): readonly Step[] {
  return source.isWritten ? [source.step] : consumersOf(source, workflow).steps.filter((step) => isBuild(step));
}

function neededBy(jobs: readonly Job[], workflow: Workflow): Job[] {
  const found = new Set<Job>();
  const queue = [...jobs];
  for (let job = queue.pop(); job !== undefined; job = queue.pop()) {
    for (const id of job.needs) {
      // A job that calls a workflow stands for all jobs of it.
      for (const needed of workflow.jobs.filter((other) => other.id === id || other.id.startsWith(`${id}__`))) {
        if (!found.has(needed)) queue.push(needed);
        found.add(needed);
      }
    }
  }
  return [...found];
}

function siteOf(source: Site, job: Job, step: Step, workflow: Workflow): BuildSite[] {
  const run = runOf(workflow, job, step, source.run.event, source.run);
  const bakeTarget = source.step.inputs.get('bake-target')?.value.trim() ?? null;
  if (job === source.job)
    return runs(step, run, source.jobs)
      ? [{ job, step, run, bakeTarget, jobs: source.jobs, isUnknown: (source.matrix?.problem ?? null) !== null }]
      : [];
  const matrix = job.matrix((text) => evaluateText(text, scopeOf(run, new Map())));
  const jobs = (matrix?.jobs ?? [new Map()]).filter((combination) => runs(step, run, [combination], job));
  return jobs.length === 0 ? [] : [{ job, step, run, bakeTarget, jobs, isUnknown: (matrix?.problem ?? null) !== null }];
}

function runs(step: Step, run: Run, jobs: readonly Combination[], job: Job | null = null): boolean {
  return jobs.some(
    (combination) =>
      conditionsTruth([...(job?.conditions ?? []), ...step.conditions], scopeOf(run, combination)).is !== false,
  );
}

/** Jobs of a site that have the same values as one of these. */
export function jobsAt({ jobs }: BuildSite, wanted: readonly Combination[]): readonly Combination[] {
  const fitting = jobs.filter((job) =>
    wanted.some((other) =>
      [...job].every(([key, value]) => !other.has(key) || asText(other.get(key) ?? null) === asText(value)),
    ),
  );
  return fitting;
}
