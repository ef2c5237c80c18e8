/** A workflow file, read as far as the import needs it: what starts it, its jobs, their matrix and steps. */
import { InputError } from '../domain/errors.ts';
import { quote } from '../domain/tag.ts';
import { readMatrix, type Matrix } from './matrix.ts';
import { readYamlDocument, type YamlNode, type YamlReader } from './yaml-reader.ts';

export interface Workflow {
  readonly file: string;
  /** What stands above names, triggers and jobs. */
  readonly comments: readonly string[];
  readonly triggers: Triggers;
  readonly env: ReadonlyMap<string, string>;
  readonly jobs: readonly Job[];
}

export interface Triggers {
  readonly release: boolean;
  /** Patterns of git tags whose push starts it; `null` where no push of a git tag does. */
  readonly pushedTags: readonly string[] | null;
}

export interface Job {
  readonly id: string;
  readonly comments: readonly string[];
  readonly env: ReadonlyMap<string, string>;
  /** The `if` of the job. */
  readonly condition: string | null;
  readonly matrix: Matrix | null;
  readonly steps: readonly Step[];
}

export interface Step {
  readonly id: string | null;
  readonly name: string | null;
  /** `docker/metadata-action`, without its version; `null` for a step that runs a script. */
  readonly uses: string | null;
  readonly condition: string | null;
  readonly env: ReadonlyMap<string, string>;
  readonly inputs: ReadonlyMap<string, Input>;
  readonly comments: readonly string[];
  readonly where: string;
}

export interface Input {
  readonly value: string;
  readonly comments: readonly string[];
  readonly where: string;
}

/** @throws {InputError} WORKFLOW_INVALID for what is no workflow, or a matrix that is made while it runs */
export function readWorkflow(source: string, file: string): Workflow {
  const yaml = readYamlDocument(source, file);
  const top = yaml.entries(yaml.root);
  const jobs = yaml.entries(yaml.at(yaml.root, 'jobs'));
  if (jobs.length === 0) {
    const message = 'there are no jobs in it';
    throw new InputError([
      { code: 'WORKFLOW_INVALID', where: file, message, fix: 'expected a workflow of GitHub Actions' },
    ]);
  }
  return {
    file,
    comments: top.filter(({ key }) => ['name', 'on', 'jobs'].includes(key)).flatMap(({ comments }) => comments),
    triggers: readTriggers(yaml.at(yaml.root, 'on'), yaml),
    env: readTexts(yaml.at(yaml.root, 'env'), yaml),
    jobs: jobs.map(({ key, value, comments }) => ({
      id: key,
      comments,
      env: readTexts(yaml.at(value, 'env'), yaml),
      condition: yaml.text(yaml.at(value, 'if')),
      // A matrix matters only where tags are made in its jobs, so it is read where it is asked for.
      get matrix() {
        return readMatrix(yaml.at(value, 'strategy', 'matrix'), yaml);
      },
      steps: yaml.items(yaml.at(value, 'steps')).map((step) => readStep(step, yaml)),
    })),
  };
}

function readTriggers(on: YamlNode, yaml: YamlReader): Triggers {
  const named = yaml.text(on);
  const listed = yaml.items(on).map((item) => yaml.text(item));
  const keys = yaml.entries(on).map(({ key }) => key);
  const has = (event: string): boolean => named === event || listed.includes(event) || keys.includes(event);
  const push = yaml.at(on, 'push');
  const filters = yaml.entries(push).map(({ key }) => key);
  const tags = yaml.items(yaml.at(push, 'tags')).map((item) => yaml.text(item) ?? '');
  const one = yaml.text(yaml.at(push, 'tags'));
  const isForTags = has('push') && (filters.includes('tags') || !filters.some((key) => key.startsWith('branches')));
  return { release: has('release'), pushedTags: isForTags ? [...tags, ...(one === null ? [] : [one])] : null };
}

function readStep(step: YamlNode, yaml: YamlReader): Step {
  const entries = yaml.entries(step);
  const uses = yaml.text(yaml.at(step, 'uses'));
  const inputs = yaml
    .entries(yaml.at(step, 'with'))
    .map(({ key, value, comments }): [string, Input] => [
      key,
      { value: yaml.text(value) ?? '', comments, where: yaml.place(value) },
    ]);
  return {
    id: yaml.text(yaml.at(step, 'id')),
    name: yaml.text(yaml.at(step, 'name')),
    uses: uses === null ? null : (uses.split('@')[0] ?? uses),
    condition: yaml.text(yaml.at(step, 'if')),
    env: readTexts(yaml.at(step, 'env'), yaml),
    inputs: new Map(inputs),
    comments: entries.filter(({ key }) => key !== 'with').flatMap(({ comments }) => comments),
    where: yaml.place(step),
  };
}

function readTexts(node: YamlNode, yaml: YamlReader): Map<string, string> {
  return new Map(yaml.entries(node).map(({ key, value }) => [key.toLowerCase(), yaml.text(value) ?? '']));
}

/** How messages name a step: its id, its name, or where it is. */
export function stepName(step: Step): string {
  return step.id ?? (step.name === null ? step.where : quote(step.name));
}
