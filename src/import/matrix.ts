/**
 * `strategy.matrix`: its keys and the combinations they give.
 *
 * @see https://docs.github.com/en/actions/how-tos/write-workflows/choose-what-workflows-do/run-job-variations
 */
import { InputError, type Problem } from '../domain/errors.ts';
import { plainData, type Value } from './evaluate.ts';
import { commentsOf, readYamlDocument, type Scalar, type YamlNode, type YamlReader } from './yaml-reader.ts';

/** One job of the matrix: key to value. What a map holds has keys of its own: `image.name`. */
export type Combination = ReadonlyMap<string, Scalar>;

/** Works a text out before the matrix is known. */
export type Resolve = (text: string) => Value;

export interface Matrix {
  /** Every key that some job has, in the order they are written. */
  readonly keys: ReadonlyMap<string, MatrixKey>;
  readonly jobs: readonly Combination[];
  readonly excluded: readonly Excluded[];
  /** Why the jobs are not known. */
  readonly problem: Problem | null;
}

export interface MatrixKey {
  readonly comments: readonly string[];
  /** Values as texts, with what is next to them. */
  readonly valueComments: ReadonlyMap<string, readonly string[]>;
  readonly where: string;
}

export interface Excluded {
  readonly values: Combination;
  readonly comments: readonly string[];
}

/** GitHub runs no matrix with more jobs. */
const maxJobs = 256;

/**
 * @returns `null` where the job has none
 * @throws {InputError} WORKFLOW_INVALID where it is too large, or a number loses a digit
 */
export function readMatrix(node: YamlNode, yaml: YamlReader, resolve: Resolve): Matrix | null {
  if (node === null) return null;
  const known = literal(node, yaml, resolve);
  if (known === null) return unknownMatrix(madeAtRun(node, yaml, 'the matrix'));
  const entries = known.yaml.entries(known.node);
  const keys = new Map<string, MatrixKey>();
  const axes: (readonly Combination[])[] = [];
  const rows = { include: [] as readonly Excluded[], exclude: [] as readonly Excluded[] };
  for (const { key, value, comments } of entries) {
    const list = literal(value, known.yaml, resolve);
    if (list === null) return unknownMatrix(madeAtRun(value, known.yaml, `matrix.${key}`));
    if (key === 'include' || key === 'exclude') {
      rows[key] = rowsOf(list.node, list.yaml);
      continue;
    }
    const values = list.yaml.items(list.node).map((item) => flattened(key, item, list.yaml));
    for (const name of new Set(values.flatMap((one) => [...one.keys()]))) {
      const valueComments = list.yaml
        .items(list.node)
        .map((item, index): [string, readonly string[]] => [
          asText(values[index]?.get(name) ?? null),
          index === 0 ? [...commentsOf(list.node), ...commentsOf(item)] : commentsOf(item),
        ]);
      keys.set(name, { comments, valueComments: new Map(valueComments), where: yaml.place(value) });
    }
    axes.push(values);
  }
  for (const { values } of rows.include) {
    for (const key of values.keys()) {
      if (!keys.has(key)) keys.set(key, { comments: [], valueComments: new Map(), where: yaml.place(node) });
    }
  }
  const count = axes.reduce((product, values) => product * values.length, 1);
  if (count > maxJobs)
    throw invalid(yaml.place(node), `the matrix has ${count} jobs`, `GitHub runs ${maxJobs} at most`);
  const kept = (axes.length === 0 ? [] : combine(axes)).filter(
    (job) => !rows.exclude.some(({ values }) => matches(job, values)),
  );
  return { keys, jobs: withIncluded(kept, rows.include), excluded: rows.exclude, problem: null };
}

function unknownMatrix(problem: Problem): Matrix {
  return { keys: new Map(), jobs: [new Map()], excluded: [], problem };
}

/** Each value of a key with each of the others, the first key turning slowest. */
function combine(axes: readonly (readonly Combination[])[]): Combination[] {
  let jobs: Combination[] = [new Map()];
  for (const values of axes) jobs = jobs.flatMap((job) => values.map((value) => new Map([...job, ...value])));
  return jobs;
}

function matches(job: Combination, values: Combination): boolean {
  return [...values].every(([key, value]) => job.has(key) && asText(job.get(key) ?? null) === asText(value));
}

/** An entry joins every job whose own values it leaves alone; where there is none, it is a job of its own. */
function withIncluded(jobs: readonly Combination[], included: readonly Excluded[]): Combination[] {
  const extended = jobs.map((job) => new Map(job));
  const own: Combination[] = [];
  for (const { values } of included) {
    const joined = jobs.flatMap((job, index) => {
      const leaves = [...values].every(
        ([key, value]) => !job.has(key) || asText(job.get(key) ?? null) === asText(value),
      );
      return leaves ? [index] : [];
    });
    for (const index of joined) for (const [key, value] of values) extended[index]?.set(key, value);
    if (joined.length === 0) own.push(values);
  }
  return [...extended, ...own];
}

/** Entries of `include` or `exclude`. */
function rowsOf(node: YamlNode, yaml: YamlReader): Excluded[] {
  return yaml.items(node).map((item, index) => {
    const entries = yaml.entries(item);
    const values = new Map(entries.flatMap(({ key, value }) => [...flattened(key, value, yaml)]));
    const first = index === 0 ? commentsOf(node) : [];
    return { values, comments: [...first, ...entries.flatMap(({ comments }) => comments)] };
  });
}

/** A value under its key; of a map or a list each part under a key of its own. */
function flattened(key: string, node: YamlNode, yaml: YamlReader): Map<string, Scalar> {
  const value = yaml.scalar(node);
  if (value !== undefined) {
    const text = yaml.text(node) ?? '';
    if (typeof value === 'number' && String(value) !== text) {
      const message = `matrix.${key} has ${text} without quotes, which reads as ${value}`;
      throw invalid(yaml.place(node), message, `write '${text}' with quotes`);
    }
    return new Map([[key, value]]);
  }
  const items = yaml.items(node).map((item, index) => flattened(`${key}.${index}`, item, yaml));
  const inner = yaml.entries(node).map((entry) => flattened(`${key}.${entry.key}`, entry.value, yaml));
  return new Map([...items, ...inner].flatMap((part) => [...part]));
}

/** A node that is written out, or one that an expression gives; `null` where only a run knows it. */
function literal(node: YamlNode, yaml: YamlReader, resolve: Resolve): { node: YamlNode; yaml: YamlReader } | null {
  const written = yaml.text(node);
  if (written === null) return { node, yaml };
  const value = resolve(written);
  const data = value.kind === 'known' ? plainData(value.data) : null;
  if (data === null || typeof data !== 'object') return null;
  const given = readYamlDocument(JSON.stringify(data), yaml.place(node));
  return { node: given.root, yaml: given };
}

/** Values of a matrix are compared and shown as texts. */
export function asText(value: Scalar): string {
  return value === null ? '' : String(value);
}

function madeAtRun(node: YamlNode, yaml: YamlReader, what: string): Problem {
  const fix = 'import a copy of the workflow with the values written out, such as python: ["3.11", "3.12"]';
  return { code: 'WORKFLOW_INVALID', where: yaml.place(node), message: `${what} is made while the workflow runs`, fix };
}

function invalid(where: string, message: string, fix: string): InputError {
  return new InputError([{ code: 'WORKFLOW_INVALID', where, message, fix }]);
}
