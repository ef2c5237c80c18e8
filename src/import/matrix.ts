/**
 * `strategy.matrix`: its keys and the combinations they give.
 *
 * @see https://docs.github.com/en/actions/how-tos/write-workflows/choose-what-workflows-do/run-job-variations
 */
import { InputError } from '../domain/errors.ts';
import { evaluate } from './evaluate.ts';
import { splitExpressions } from './expression.ts';
import { commentsOf, type Scalar, type YamlNode, type YamlReader } from './yaml-reader.ts';

/** One job of the matrix: key to value. */
export type Combination = ReadonlyMap<string, Scalar>;

export interface Matrix {
  /** Every key that some job has, in the order they are written. */
  readonly keys: ReadonlyMap<string, MatrixKey>;
  readonly jobs: readonly Combination[];
  readonly excluded: readonly Excluded[];
}

export interface MatrixKey {
  readonly comments: readonly string[];
  /** Values as texts, with what stands beside them. */
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
 * @throws {InputError} WORKFLOW_INVALID where it, or a part of it, is made while the workflow runs, or is too large
 */
export function readMatrix(node: YamlNode, yaml: YamlReader): Matrix | null {
  if (node === null) return null;
  const entries = yaml.entries(node);
  if (entries.length === 0) throw madeAtRun(node, yaml, 'the matrix');
  const keys = new Map<string, MatrixKey>();
  const axes: [string, readonly Scalar[]][] = [];
  for (const { key, value, comments } of entries) {
    if (key === 'include' || key === 'exclude') continue;
    const values = valuesOf(value, yaml, key);
    const valueComments = yaml
      .items(value)
      .map((item, index): [string, readonly string[]] => [
        asText(values[index] ?? null),
        index === 0 ? [...commentsOf(value), ...commentsOf(item)] : commentsOf(item),
      ]);
    keys.set(key, { comments, valueComments: new Map(valueComments), where: yaml.place(value) });
    axes.push([key, values]);
  }
  const excluded = rowsOf(yaml.at(node, 'exclude'), yaml, 'exclude');
  const included = rowsOf(yaml.at(node, 'include'), yaml, 'include');
  for (const { values } of included) {
    for (const key of values.keys()) {
      if (!keys.has(key)) keys.set(key, { comments: [], valueComments: new Map(), where: yaml.place(node) });
    }
  }
  const count = axes.reduce((product, [, values]) => product * values.length, 1);
  if (count > maxJobs)
    throw invalid(yaml.place(node), `the matrix has ${count} jobs`, `GitHub runs ${maxJobs} at most`);
  const product = axes.length === 0 ? [] : combine(axes);
  const kept = product.filter((job) => !excluded.some(({ values }) => matches(job, values)));
  return { keys, jobs: withIncluded(kept, included), excluded };
}

/** Each value of a key with each of the others, the first key turning slowest. */
function combine(axes: readonly (readonly [string, readonly Scalar[]])[]): Combination[] {
  let jobs: Combination[] = [new Map()];
  for (const [key, values] of axes) jobs = jobs.flatMap((job) => values.map((value) => new Map(job).set(key, value)));
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
function rowsOf(node: YamlNode, yaml: YamlReader, key: string): Excluded[] {
  const items = yaml.items(node);
  if (node !== null && items.length === 0 && yaml.text(node) !== null) throw madeAtRun(node, yaml, `matrix.${key}`);
  return items.map((item, index) => {
    const entries = yaml.entries(item);
    const values = new Map(entries.map((entry) => [entry.key, yaml.scalar(entry.value) ?? null]));
    const first = index === 0 ? commentsOf(node) : [];
    return { values, comments: [...first, ...entries.flatMap(({ comments }) => comments)] };
  });
}

function valuesOf(node: YamlNode, yaml: YamlReader, key: string): readonly Scalar[] {
  const written = yaml.text(node);
  if (written !== null) return literalList(written) ?? fail(madeAtRun(node, yaml, `matrix.${key}`));
  return yaml.items(node).map((item) => {
    const value = yaml.scalar(item);
    const text = yaml.text(item) ?? '';
    if (value === undefined)
      throw invalid(yaml.place(item), `a value of matrix.${key} is a map`, 'write one text a value');
    if (typeof value === 'number' && String(value) !== text) {
      const message = `matrix.${key} has ${text} without quotes, which reads as ${value}`;
      throw invalid(yaml.place(item), message, `write '${text}' with quotes`);
    }
    if (text.includes('${{')) throw madeAtRun(item, yaml, `a value of matrix.${key}`);
    return value;
  });
}

/** `${{ fromJSON('[…]') }}` of a text that stands there is known; `null` where it is not. */
function literalList(written: string): readonly Scalar[] | null {
  const [part, ...more] = splitExpressions(written.trim());
  if (part?.kind !== 'expression' || part.expression === null || more.length > 0) return null;
  const value = evaluate(part.expression, { lookup: () => null, prerelease: false, tagPrefix: null });
  if (value.kind !== 'known' || !('values' in value.data)) return null;
  const items = value.data.values();
  return Array.isArray(items) ? items.map((item) => item.coerceString()) : null;
}

/** Values of a matrix are compared and shown as texts. */
export function asText(value: Scalar): string {
  return value === null ? '' : String(value);
}

function fail(error: InputError): never {
  throw error;
}

function madeAtRun(node: YamlNode, yaml: YamlReader, what: string): InputError {
  const fix = 'import a copy of the workflow with the values written out, such as python: ["3.11", "3.12"]';
  return invalid(yaml.place(node), `${what} is made while the workflow runs`, fix);
}

function invalid(where: string, message: string, fix: string): InputError {
  return new InputError([{ code: 'WORKFLOW_INVALID', where, message, fix }]);
}
