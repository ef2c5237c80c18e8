/** A workflow with what it includes: reusable workflows and composite actions of the same git repository. */
import { roughExpression } from './expression.ts';
import { quote } from '../domain/tag.ts';
import { isMaker, makerOf } from './made-releases.ts';
import type { Combination, Matrix } from './matrix.ts';
import { readDefaults, readSteps, readWorkflow, type Job, type Rewrite, type Step, type Workflow } from './workflow.ts';
import { readYamlDocument } from './yaml-reader.ts';

/** Texts of the repository's workflows and actions, by path. */
export type WorkflowFiles = ReadonlyMap<string, string>;

/** How deep GitHub lets workflows call each other; also what ends a circle. */
const maxDepth = 10;

export interface WholeWorkflow extends Workflow {
  /** Includes of other repositories, which are not read. */
  readonly unread: readonly string[];
  /** The workflow that calls it, where no release starts it by itself. */
  readonly caller: string | null;
  /** Workflows that call it and that no release starts either, each with what starts it. */
  readonly otherCallers: readonly string[];
}

/** @throws {InputError} WORKFLOW_INVALID */
export function readWholeWorkflow(
  source: string,
  file: string,
  files: WorkflowFiles,
  repository: string | null = null,
): WholeWorkflow {
  const workflow = readWorkflow(source, file);
  const own = (path: string): string => ownPath(path, repository);
  const starts = ({ triggers }: Workflow): boolean =>
    triggers.release || triggers.pushedTags !== null || triggers.created;
  const begins = (caller: Workflow): boolean => starts(caller) || makerOf(caller) !== null;
  const otherCallers: string[] = [];
  if (!starts(workflow) && workflow.triggers.called) {
    for (const [path, text] of files) {
      if (samePath(path, file) || !text.includes(baseName(file))) continue;
      const caller = readWorkflow(text, path);
      const calls = caller.jobs.filter(({ uses }) => uses !== null && samePath(own(uses), file));
      if (calls.length === 0) continue;
      if (!begins(caller)) {
        otherCallers.push(`${path} (${caller.triggers.told === '' ? 'nothing' : caller.triggers.told})`);
        continue;
      }
      const whole = include(caller, new Map([...files, [localPath(file), source]]), own);
      const called = whole.jobs.filter(({ id }) => calls.some((call) => id.startsWith(`${call.id}__`)));
      const isOwn = (job: Job): boolean => called.includes(job);
      // Other jobs stay for what they hand over, without steps of their own.
      const jobs = whole.jobs.map((job) => (isOwn(job) ? job : { ...job, steps: job.steps.filter(handsOver) }));
      return { ...whole, jobs, comments: workflow.comments, caller: path, otherCallers: [] };
    }
  }
  return { ...include(workflow, files, own), caller: null, otherCallers };
}

function handsOver(step: Step): boolean {
  return step.uses === null || isMaker(step);
}

/** Paths of local workflows and actions that a text names. */
export function includedPaths(source: string): string[] {
  const paths = [...source.matchAll(/^[ \t]*(?:-[ \t]+)?uses:[ \t]*["']?(?<path>\.\/[^\s"'@#]*)/gm)].map((match) =>
    localPath(match.groups?.['path'] ?? ''),
  );
  return [...new Set(paths)].flatMap((path) =>
    /\.ya?ml$/.test(path) ? [path] : [`${path}/action.yml`, `${path}/action.yaml`],
  );
}

/** `acme/app/.github/workflows/build.yml@main`, written in acme/app, is its own file. */
function ownPath(path: string, repository: string | null): string {
  const start = `${repository ?? ''}/.github/`.toLowerCase();
  return repository !== null && path.toLowerCase().startsWith(start) ? path.slice(repository.length + 1) : path;
}

function include(
  workflow: Workflow,
  all: WorkflowFiles,
  own: (path: string) => string,
): Omit<WholeWorkflow, 'caller' | 'otherCallers'> {
  const inputs = new Map(workflow.inputs);
  const unread: string[] = [];
  const frames = { count: 0 };
  const includeJob = (job: Job, depth: number): Job[] => {
    if (job.uses === null) {
      return [{ ...job, steps: job.steps.flatMap((step) => includeStep(step, depth)) }];
    }
    const path = localPath(own(job.uses));
    const text = all.get(path) ?? null;
    if (text === null || depth > maxDepth) {
      unread.push(`job ${job.id} runs ${job.uses}`);
      return [job];
    }
    const called = readWorkflow(text, path, rewriteOf(job.id, ['inputs', 'needs']));
    for (const [name, value] of [...called.inputs, ...job.inputs])
      inputs.set(`${job.id}__${name}`.toLowerCase(), value);
    const jobs = called.jobs.map((inner) => calledJob(inner, job));
    // Jobs of the called workflow are here under names of their own.
    const outputs = [...called.outputs].map(([name, text]): [string, string] => [
      name,
      text.replaceAll(/(?<![\w.-])jobs\.(?=[A-Za-z_])/g, `needs.${job.id}__`),
    ]);
    return [
      { ...job, steps: [], uses: null, outputs: new Map(outputs) },
      ...jobs.flatMap((inner) => includeJob(inner, depth + 1)),
    ];
  };
  const includeStep = (step: Step, depth: number): Step[] => {
    if (step.uses?.startsWith('./') !== true) return [step];
    const path = localPath(step.uses);
    const found = ['action.yml', 'action.yaml'].map((name) => all.get(path === '.' ? name : `${path}/${name}`));
    const text = found.find((given) => given !== undefined);
    if (text === undefined || depth > maxDepth) {
      unread.push(`step ${step.where} runs ${quote(step.uses)}`);
      return [step];
    }
    frames.count += 1;
    const frame = `f${frames.count}`;
    const { steps, outputs, defaults } = readAction(text, path, frame);
    for (const [name, value] of defaults) inputs.set(`${frame}__${name}`, value);
    for (const [name, { value }] of step.inputs) inputs.set(`${frame}__${name}`, value);
    const inner = steps.map((own) => ({ ...own, conditions: [...step.conditions, ...own.conditions] }));
    // What it was given is its own steps' business: it takes no tags itself.
    return [...inner.flatMap((own) => includeStep(own, depth + 1)), { ...step, inputs: new Map(), outputs }];
  };
  const jobs = workflow.jobs.flatMap((job) => includeJob(job, 0));
  return { ...workflow, inputs, jobs, unread };
}

/** A job of a called workflow: it waits for what its caller waits for, and has the caller's matrix too. */
function calledJob(job: Job, caller: Job): Job {
  return {
    ...job,
    id: `${caller.id}__${job.id}`,
    conditions: [...caller.conditions, ...job.conditions],
    needs: [...caller.needs, ...job.needs.map((id) => `${caller.id}__${id}`)],
    matrix: (resolve) => product(caller.matrix(resolve), job.matrix(resolve)),
  };
}

function product(outer: Matrix | null, inner: Matrix | null): Matrix | null {
  if (outer === null || inner === null) return outer ?? inner;
  const jobs = outer.jobs.flatMap((first) => inner.jobs.map((second): Combination => new Map([...first, ...second])));
  return {
    keys: new Map([...outer.keys, ...inner.keys]),
    jobs,
    excluded: [...outer.excluded, ...inner.excluded],
    problem: outer.problem ?? inner.problem,
  };
}

interface Action {
  readonly steps: readonly Step[];
  readonly outputs: ReadonlyMap<string, string>;
  readonly defaults: ReadonlyMap<string, string>;
}

function readAction(text: string, path: string, frame: string): Action {
  const rewrite = rewriteOf(frame, ['inputs', 'steps']);
  const yaml = readYamlDocument(text, path, { rewrite: rewrite.inText });
  const steps = readSteps(yaml.at(yaml.root, 'runs', 'steps'), { yaml, rewrite });
  const outputs = yaml
    .entries(yaml.at(yaml.root, 'outputs'))
    .map(({ key, value }): [string, string] => [key.toLowerCase(), yaml.text(yaml.at(value, 'value')) ?? '']);
  return {
    steps: steps.map((step) => ({ ...step, id: step.id === null ? null : `${frame}__${step.id}` })),
    outputs: new Map(outputs),
    defaults: readDefaults([yaml.at(yaml.root, 'inputs')], yaml),
  };
}

/** Puts a prefix before the names of some contexts, outside of quoted texts. */
function rewriteOf(prefix: string, contexts: readonly string[]): Rewrite {
  const pattern = new RegExp(`'(?:[^']|'')*'|(?<![\\w.-])(?<context>${contexts.join('|')})\\.(?=[A-Za-z_])`, 'g');
  const inExpression = (text: string): string =>
    text.replaceAll(pattern, (found, context: string | undefined) =>
      context === undefined ? found : `${context}.${prefix}__`,
    );
  return { inExpression, inText: (text) => text.replaceAll(roughExpression, inExpression) };
}

/** Names as the workflow has them, for comments. */
export function asWritten(text: string): string {
  return text.replaceAll(/(?<=\b(?:inputs|steps|needs)\.)(?:[\w-]+?__)+/g, '');
}

export function localPath(path: string): string {
  const plain = path.split('@')[0] ?? path;
  return plain.replace(/^(?:\.\/)+/, '').replace(/(?<!\/)\/+$/, '') || '.';
}

function samePath(a: string, b: string): boolean {
  const [first, second] = [localPath(a), localPath(b)];
  return first === second || second.endsWith(`/${first}`) || first.endsWith(`/${second}`);
}

function baseName(path: string): string {
  return path.split('/').at(-1) ?? path;
}
