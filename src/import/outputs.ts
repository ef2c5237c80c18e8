/** Runs that a release starts, with what steps and jobs hand over to later ones. */
import { roughExpression } from './expression.ts';
import { made, nothing, templateText, text, type Value } from './evaluate.ts';
import { branchOf, madeOutput } from './made-releases.ts';
import { marked, markedVersion, unmarked } from './marks.ts';
import type { Combination } from './matrix.ts';
import { conditionsTruth, conditionTruth, evaluateText, scopeOf, type Run } from './scope.ts';
import { runScript, type Handed } from './shell.ts';
import { mainTags } from './tag-line.ts';
import type { Job, Step, Workflow } from './workflow.ts';

export interface Known extends Pick<Run, 'repository' | 'tagPrefix'> {
  /** Outputs that are being worked out: one that is made of itself is not known. */
  readonly open?: Set<string>;
}

const none: Combination = new Map();

/** @param step the last one that is of interest: what later ones hand over does not count */
export function runOf(workflow: Workflow, job: Job, step: Step | null, event: Run['event'], known: Known): Run {
  const { repository, tagPrefix, open = new Set<string>() } = known;
  const base: Run = {
    repository,
    tagPrefix,
    event,
    ...(event === 'branch' ? { branch: branchOf(workflow) } : {}),
    prerelease: false,
    env: new Map([...job.env, ...(step?.env ?? [])]),
    handed: new Map(),
    workflow: workflow.name,
    input: (name) => workflow.inputs.get(name) ?? null,
    output: () => null,
  };
  const run: Run = {
    ...base,
    output: (name, combination) => outputOf(name, combination, run, { workflow, job, step, open }),
  };
  const handed = new Map<string, Value | null>();
  for (const earlier of job.steps) {
    if (earlier === step) break;
    if (!earlier.run.includes('GITHUB_ENV')) continue;
    if (!earlier.isShell) {
      for (const name of namesIn(earlier.run)) handed.set(name, null);
      continue;
    }
    const soFar: Run = { ...run, handed: new Map(handed), env: new Map([...job.env, ...earlier.env]) };
    const isRun = conditionsTruth(earlier.conditions, scopeOf(soFar, none)).is;
    if (isRun === false) continue;
    for (const [name, value] of scriptValues(earlier, soFar, none).env) {
      if (step?.env.has(name) !== true) handed.set(name, isRun === null ? null : value);
    }
  }
  return { ...run, handed };
}

/** Names that a script of another language may set. */
function namesIn(script: string): string[] {
  return [...script.matchAll(/(?<name>[A-Za-z_]\w*)=/g)].map(({ groups }) => (groups?.['name'] ?? '').toLowerCase());
}

interface Around {
  readonly workflow: Workflow;
  readonly job: Job;
  /** The step that asks. */
  readonly step: Step | null;
  readonly open: Set<string>;
}

function outputOf(name: string, combination: Combination, run: Run, around: Around): Value | null {
  const key = `${around.job.id} ${name}`;
  if (around.open.has(key)) return null;
  around.open.add(key);
  const value = handedOver(name, combination, run, around);
  around.open.delete(key);
  return value;
}

function handedOver(name: string, combination: Combination, run: Run, around: Around): Value | null {
  const { workflow, job, open } = around;
  const [context, id = '', kind, output = ''] = name.split('.');
  if (['outcome', 'conclusion', 'result'].includes(kind ?? '')) return text('success');
  if (kind !== 'outputs') return null;
  if (context === 'needs') {
    const needed = workflow.jobs.find((other) => other.id.toLowerCase() === id);
    const written = needed?.outputs.get(output);
    if (needed === undefined || written === undefined) return null;
    return evaluateText(written, scopeOf(runOf(workflow, needed, null, run.event, { ...run, open }), none));
  }
  const asking = around.step === null ? -1 : job.steps.indexOf(around.step);
  const earlier = asking === -1 ? job.steps : job.steps.slice(0, asking);
  const step = earlier.findLast((other) => other.id?.toLowerCase() === id);
  if (step === undefined) return job.steps.some((other) => other.id?.toLowerCase() === id) ? nothing : null;
  const own: Run = { ...run, env: new Map([...job.env, ...step.env]) };
  const isRun = conditionsTruth(step.conditions, scopeOf(own, combination)).is;
  if (isRun !== true) return isRun === null ? null : nothing;
  const composed = step.outputs.get(output);
  if (composed !== undefined) return evaluateText(composed, scopeOf(own, combination));
  if (step.uses === 'docker/metadata-action') {
    return output === 'version' ? versionOutput(step, own, combination) : null;
  }
  if (run.event === 'branch' && step.uses !== null) return madeOutput(step, output);
  return step.run === '' || !step.isShell ? null : (scriptValues(step, own, combination).outputs.get(output) ?? null);
}

/** The first tag of a release that is on. */
function versionOutput(step: Step, run: Run, combination: Combination): Value | null {
  const scope = scopeOf(run, combination);
  for (const { text: written, enable } of mainTags(step)) {
    const { is } = conditionTruth(enable, scope);
    if (is === false) continue;
    const value = evaluateText(written, scope);
    return is === null || value.kind === 'unknown' ? null : made(templateText(value), null);
  }
  return null;
}

interface Values {
  readonly outputs: ReadonlyMap<string, Value | null>;
  readonly env: ReadonlyMap<string, Value | null>;
}

/** Git tags with and without a `v` give one text, or the tag itself; else it is not known. */
function scriptValues(step: Step, run: Run, combination: Combination): Values {
  const notes = new Set<string>();
  const prefixes = run.tagPrefix === null ? ['', 'v'] : [run.tagPrefix];
  const results = prefixes.map((prefix) => handedBy(step, { ...run, tagPrefix: prefix }, combination, notes));
  const [note = null] = notes;
  const valuesOf = (part: keyof Handed): Map<string, Value | null> => {
    const [first, second] = results.map((result) => result[part]);
    const names = [...(first ?? new Map<string, string | null>()).keys()];
    return new Map(names.map((name) => [name, valueOf(first?.get(name) ?? null, second?.get(name), note)]));
  };
  return { outputs: valuesOf('outputs'), env: valuesOf('env') };
}

function valueOf(plain: string | null, withV: string | null | undefined, note: string | null): Value | null {
  if (plain === null || withV === null) return null;
  if (withV === undefined || withV === plain) return made(unmarked(plain), note);
  const isTag = plain.replaceAll(markedVersion, `v${markedVersion}`) === withV;
  return isTag ? made(unmarked(plain).replaceAll('{{version}}', '{{tag}}'), note) : null;
}

function handedBy(step: Step, run: Run, combination: Combination, notes: Set<string>): Handed {
  const scope = scopeOf(run, combination);
  const prefix = run.tagPrefix ?? '';
  const shown = (value: Value): string | null =>
    value.kind === 'unknown' ? null : marked(templateText(value), prefix);
  const put = new Map<string, string | null>();
  const script = step.run.replaceAll(roughExpression, (expression) => {
    const name = `__expression_${put.size}`;
    put.set(name, shown(evaluateText(expression, scope)));
    return `\${${name}}`;
  });
  return runScript(script, {
    tagPrefix: prefix,
    assume: (what) => notes.add(what),
    variable: (name) => {
      if (put.has(name)) return put.get(name) ?? null;
      const lower = name.toLowerCase();
      const github = lower.startsWith('github_') ? scope.lookup(`github.${lower.slice('github_'.length)}`) : null;
      const value = github ?? scope.lookup(`env.${lower}`);
      return value === null ? null : shown(value);
    },
  });
}
