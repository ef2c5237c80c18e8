/** A workflow file, read as far as the import needs it: what starts it, its jobs, their matrix and steps. */
import { InputError } from '../domain/errors.ts';
import { quote } from '../domain/tag.ts';
import { readMatrix, type Matrix, type Resolve } from './matrix.ts';
import { readTriggers, type Triggers } from './triggers.ts';
import { readYamlDocument, type YamlNode, type YamlReader } from './yaml-reader.ts';

export interface Workflow {
  readonly file: string;
  readonly name: string;
  /** What stands above names, triggers and jobs. */
  readonly comments: readonly string[];
  readonly triggers: Triggers;
  /** What `inputs.NAME` is, by name in small letters: given by a caller, else a default. */
  readonly inputs: ReadonlyMap<string, string>;
  /** What it hands to a workflow that calls it, by name in small letters. */
  readonly outputs: ReadonlyMap<string, string>;
  readonly jobs: readonly Job[];
  /** Groups of `concurrency`, of the workflow and its jobs. */
  readonly groups: readonly ConcurrencyGroup[];
}

export interface ConcurrencyGroup {
  readonly text: string;
  readonly where: string;
}

export interface Job {
  readonly id: string;
  readonly comments: readonly string[];
  readonly env: ReadonlyMap<string, string>;
  /** Every `if` that has to hold: its own, and that of a job that calls its workflow. */
  readonly conditions: readonly string[];
  readonly matrix: (resolve: Resolve) => Matrix | null;
  readonly steps: readonly Step[];
  readonly needs: readonly string[];
  readonly outputs: ReadonlyMap<string, string>;
  readonly runsOn: string;
  /** The workflow that runs in its place: path and inputs. */
  readonly uses: string | null;
  readonly inputs: ReadonlyMap<string, string>;
  readonly where: string;
}

export interface Step {
  readonly id: string | null;
  readonly name: string | null;
  /** `docker/metadata-action`, without its version; `null` for a step that runs a script. */
  readonly uses: string | null;
  readonly run: string;
  /** Not one of Python or PowerShell. */
  readonly isShell: boolean;
  readonly conditions: readonly string[];
  readonly env: ReadonlyMap<string, string>;
  readonly inputs: ReadonlyMap<string, Input>;
  /** What a composite action says its outputs are, by name. */
  readonly outputs: ReadonlyMap<string, string>;
  readonly comments: readonly string[];
  readonly where: string;
}

export interface Input {
  readonly value: string;
  readonly comments: readonly string[];
  readonly where: string;
}

/**
 * Where the first `<<` is; `null` where there is none.
 *
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/reusing-workflow-configurations#yaml-anchors-and-aliases
 */
function mergeKey(node: YamlNode, yaml: YamlReader): string | null {
  const entries = yaml.entries(node);
  const found = entries.find(({ key }) => key === '<<');
  if (found !== undefined) return yaml.place(found.value);
  for (const value of [...entries.map((one) => one.value), ...yaml.items(node)]) {
    // What an alias stands for is looked at where it is written.
    const inside = value !== null && 'items' in value ? mergeKey(value, yaml) : null;
    if (inside !== null) return inside;
  }
  return null;
}

/** @throws {InputError} WORKFLOW_INVALID for what is no workflow, or a matrix that is made while it runs */
export function readWorkflow(source: string, file: string, rewrite?: Rewrite): Workflow {
  const yaml = readYamlDocument(source, file, { rewrite: rewrite?.inText });
  const top = yaml.entries(yaml.root);
  const jobs = yaml.entries(yaml.at(yaml.root, 'jobs'));
  if (jobs.length === 0) {
    const message = 'there are no jobs in it';
    throw new InputError([
      { code: 'WORKFLOW_INVALID', where: file, message, fix: 'expected a workflow of GitHub Actions' },
    ]);
  }
  const merged = mergeKey(yaml.root, yaml);
  if (merged !== null) {
    const message = 'GitHub reads no merge keys (<<), so what they bring is not in the workflow';
    const fix = 'import a copy of the workflow with the keys written out';
    throw new InputError([{ code: 'WORKFLOW_INVALID', where: merged, message, fix }]);
  }
  const on = yaml.at(yaml.root, 'on');
  const env = readTexts(yaml.at(yaml.root, 'env'), yaml);
  return {
    file,
    name: yaml.text(yaml.at(yaml.root, 'name')) ?? file,
    comments: top.filter(({ key }) => ['name', 'on', 'jobs'].includes(key)).flatMap(({ comments }) => comments),
    triggers: readTriggers(on, yaml),
    inputs: readDefaults([yaml.at(on, 'workflow_call', 'inputs'), yaml.at(on, 'workflow_dispatch', 'inputs')], yaml),
    outputs: new Map(
      yaml
        .entries(yaml.at(on, 'workflow_call', 'outputs'))
        .map(({ key, value }) => [key.toLowerCase(), yaml.text(yaml.at(value, 'value')) ?? '']),
    ),
    jobs: jobs.map(({ key, value, comments }) => readJob(key, value, comments, { yaml, rewrite, env })),
    groups: [yaml.root, ...jobs.map(({ value }) => value)].flatMap((node) => readGroup(node, yaml)),
  };
}

/** Makes the names of an included file its own. */
export interface Rewrite {
  readonly inText: (text: string) => string;
  readonly inExpression: (text: string) => string;
}

interface Reading {
  readonly yaml: YamlReader;
  readonly rewrite: Rewrite | undefined;
  /** Of the whole workflow. */
  readonly env?: ReadonlyMap<string, string>;
}

function readJob(id: string, node: YamlNode, comments: readonly string[], reading: Reading): Job {
  const { yaml, env = new Map<string, string>() } = reading;
  const needs = yaml.at(node, 'needs');
  const one = yaml.text(needs);
  const texts = (key: string): Map<string, string> => readTexts(yaml.at(node, key), yaml);
  return {
    id,
    comments,
    env: new Map([...env, ...texts('env')]),
    conditions: readCondition(node, reading),
    // Read when it is asked for: outputs of other jobs may decide it.
    matrix: (resolve) => readMatrix(yaml.at(node, 'strategy', 'matrix'), yaml, resolve),
    steps: yaml.items(yaml.at(node, 'steps')).map((step) => readStep(step, reading)),
    needs: one === null ? yaml.items(needs).flatMap((item) => yaml.text(item) ?? []) : [one],
    outputs: texts('outputs'),
    runsOn: [yaml.at(node, 'runs-on'), ...yaml.items(yaml.at(node, 'runs-on'))]
      .map((item) => yaml.text(item) ?? '')
      .join(' ')
      .trim(),
    uses: yaml.text(yaml.at(node, 'uses')),
    inputs: texts('with'),
    where: yaml.place(node),
  };
}

function readGroup(node: YamlNode, yaml: YamlReader): ConcurrencyGroup[] {
  const concurrency = yaml.at(node, 'concurrency');
  const text = yaml.text(concurrency) ?? yaml.text(yaml.at(concurrency, 'group'));
  return text === null ? [] : [{ text, where: yaml.place(concurrency) }];
}

/** Steps of a composite action. */
export function readSteps(node: YamlNode, reading: Reading): Step[] {
  return reading.yaml.items(node).map((step) => readStep(step, reading));
}

function readCondition(node: YamlNode, { yaml, rewrite }: Reading): string[] {
  const text = yaml.text(yaml.at(node, 'if'));
  return text === null ? [] : [text.includes('${{') ? text : (rewrite?.inExpression(text) ?? text)];
}

function readStep(step: YamlNode, reading: Reading): Step {
  const { yaml } = reading;
  const entries = yaml.entries(step);
  const uses = yaml.text(yaml.at(step, 'uses'));
  const inputs = yaml
    .entries(yaml.at(step, 'with'))
    .map(({ key, value, comments }): [string, Input] => [
      key.toLowerCase(),
      { value: yaml.text(value) ?? '', comments, where: yaml.place(value) },
    ]);
  return {
    id: yaml.text(yaml.at(step, 'id')),
    name: yaml.text(yaml.at(step, 'name')),
    uses: uses === null ? null : (uses.split('@')[0] ?? uses),
    run: yaml.text(yaml.at(step, 'run')) ?? '',
    isShell: /^(?:(?:ba|z|da|k)?sh\b|$)/.test(yaml.text(yaml.at(step, 'shell')) ?? ''),
    conditions: readCondition(step, reading),
    env: readTexts(yaml.at(step, 'env'), yaml),
    inputs: new Map(inputs),
    outputs: new Map(),
    comments: entries.filter(({ key }) => key !== 'with').flatMap(({ comments }) => comments),
    where: yaml.place(step),
  };
}

function readTexts(node: YamlNode, yaml: YamlReader): Map<string, string> {
  return new Map(yaml.entries(node).map(({ key, value }) => [key.toLowerCase(), yaml.text(value) ?? '']));
}

/** Defaults of inputs; one without is left out. */
export function readDefaults(nodes: readonly YamlNode[], yaml: YamlReader): Map<string, string> {
  const defaults = nodes.flatMap((node) =>
    yaml.entries(node).flatMap(({ key, value }): [string, string][] => {
      const given = yaml.text(yaml.at(value, 'default'));
      return given === null ? [] : [[key.toLowerCase(), given]];
    }),
  );
  return new Map(defaults);
}

/** How messages name a step: its id, its name, or where it is. */
export function stepName(step: Step): string {
  // Steps of a composite action have the name of their frame before their own.
  return step.id?.replace(/^(?:f\d+__)+/, '') ?? (step.name === null ? step.where : quote(step.name));
}
