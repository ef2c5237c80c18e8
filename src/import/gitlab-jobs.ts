/** The jobs of a pipeline of GitLab as they run: files merged, `extends`, `default` and the pipeline's variables put in. */
import { isJsonObject, type JsonObject } from '../domain/json.ts';
import type { PipelineFile } from './gitlab-pipeline.ts';

export interface PipelineJob {
  readonly name: string;
  /** The file that has it, the one with the last word where several do. */
  readonly path: string;
  readonly value: JsonObject;
  readonly variables: Readonly<Record<string, string>>;
  /** Everything that it extends was read. */
  readonly isWhole: boolean;
}

/** Keys of a pipeline that are no jobs. @see https://docs.gitlab.com/ci/yaml/#global-keywords */
const globals = ['default', 'include', 'spec', 'stages', 'types', 'variables', 'workflow'];
/** What a pipeline may say for every job by itself, as it was once. @see https://docs.gitlab.com/ci/yaml/deprecated_keywords/ */
const oldDefaults = ['after_script', 'before_script', 'cache', 'image', 'services'];
/** The same under `default`. */
const defaults = [...oldDefaults, 'artifacts', 'hooks', 'id_tokens', 'interruptible', 'retry', 'tags', 'timeout'];
/** As GitLab has it. */
const deepest = 11;

/** @param files in the order in which they are merged */
export function jobsOf(files: readonly PipelineFile[]): readonly PipelineJob[] {
  const all = wholePipeline(files);
  const names = Object.keys(all).filter(
    (name) => !name.startsWith('.') && ![...globals, ...oldDefaults].includes(name),
  );
  return names.flatMap((name): PipelineJob[] => {
    const path = files.findLast(({ keys }) => keys.has(name))?.path;
    const extended = withBases(all[name], all, deepest);
    if (path === undefined || extended === null) return [];
    const { value, isWhole } = extended;
    return [{ name, path, isWhole, value: withDefaults(value, all), variables: variablesOf(value, all) }];
  });
}

/** What all files say together. */
export function wholePipeline(files: readonly PipelineFile[]): JsonObject {
  return files.reduce<JsonObject>((merged, { value }) => deepMerged(merged, value), {});
}

interface Extended {
  readonly value: JsonObject;
  readonly isWhole: boolean;
}

function withBases(job: unknown, all: JsonObject, depth: number): Extended | null {
  if (!isJsonObject(job)) return null;
  const { extends: named, ...own } = job;
  const names = typeof named === 'string' ? [named] : Array.isArray(named) ? named : [];
  let value: JsonObject = {};
  let isWhole = true;
  for (const name of names) {
    const base = depth === 0 || typeof name !== 'string' ? null : withBases(all[name], all, depth - 1);
    isWhole &&= base?.isWhole ?? false;
    if (base !== null) value = deepMerged(value, base.value);
  }
  return { value: deepMerged(value, own), isWhole };
}

function withDefaults(job: JsonObject, all: JsonObject): JsonObject {
  const given = isJsonObject(all['default']) ? all['default'] : {};
  const inherited = defaults.filter((key) => inherits(job, 'default', key));
  const values = inherited.flatMap((key) => {
    const value = given[key] ?? (oldDefaults.includes(key) ? all[key] : undefined);
    return value === undefined ? [] : [[key, value] as const];
  });
  return { ...Object.fromEntries(values), ...job };
}

function variablesOf(job: JsonObject, all: JsonObject): Readonly<Record<string, string>> {
  const ofAll = Object.entries(isJsonObject(all['variables']) ? all['variables'] : {});
  const own = Object.entries(isJsonObject(job['variables']) ? job['variables'] : {});
  const inherited = ofAll.filter(([name]) => inherits(job, 'variables', name));
  return Object.fromEntries(
    [...inherited, ...own].flatMap(([name, given]) => {
      // With a description beside it.
      const value = isJsonObject(given) ? given['value'] : given;
      const isText = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
      return isText ? [[name, String(value)] as const] : [];
    }),
  );
}

/** @see https://docs.gitlab.com/ci/yaml/#inherit */
function inherits({ inherit }: JsonObject, of: 'default' | 'variables', key: string): boolean {
  const said = isJsonObject(inherit) ? inherit[of] : undefined;
  return Array.isArray(said) ? said.includes(key) : said !== false;
}

/** Maps are merged, everything else is replaced. */
function deepMerged(below: JsonObject, above: JsonObject): JsonObject {
  const merged: Record<string, unknown> = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const before = merged[key];
    merged[key] = isJsonObject(before) && isJsonObject(value) ? deepMerged(before, value) : value;
  }
  return merged;
}
