/** One file of a pipeline of GitLab: what its jobs are called, its stages, and what else it includes. */
import { isMap, isScalar, LineCounter, parseAllDocuments, parseDocument, type Document } from 'yaml';
import { InputError, type Problem } from '../domain/errors.ts';
import { isJsonObject, type JsonObject } from '../domain/json.ts';
import { linearPattern } from '../domain/pattern.ts';
import { isTooDeep } from '../domain/yaml-depth.ts';

export interface PipelineFile {
  readonly path: string;
  readonly text: string;
  /** Without the header that a pipeline with inputs has. */
  readonly value: JsonObject;
  /** Its top level, jobs among it, with `file:line:column` of each. */
  readonly keys: ReadonlyMap<string, string>;
  /** `null` if it names none. */
  readonly stages: readonly string[] | null;
  readonly includes: readonly PipelineInclude[];
}

export type PipelineInclude =
  /** In the same repository; `*` and `**` in the path are wildcards. */
  | {
      readonly kind: 'local';
      readonly path: string;
      /** It has rules, so that some pipelines are without it. */
      readonly isConditional: boolean;
    }
  /** @property name `remote https://ci.example/docker.yml` */
  | { readonly kind: 'elsewhere'; readonly name: string };

/**
 * @throws {InputError} WORKFLOW_INVALID for what GitLab would not read either
 * @see https://docs.gitlab.com/ci/yaml/
 */
export function readPipelineFile(path: string, text: string): PipelineFile {
  const { document, place } = pipelineDocument(path, text);
  const value = valueOf(document, path);
  const { contents } = document;
  const keys = new Map<string, string>();
  for (const { key } of isMap(contents) ? contents.items : [])
    if (isScalar(key)) keys.set(String(key.value), place(key.range?.[0] ?? 0));
  const { stages, include } = value;
  return {
    path,
    text,
    value,
    keys,
    stages: Array.isArray(stages) ? stages.filter((stage): stage is string => typeof stage === 'string') : null,
    includes: listOf(include).flatMap((one) => includesOf(one)),
  };
}

interface Placed {
  readonly document: Document.Parsed;
  readonly place: (offset: number) => string;
}

/** The last document: one before it is the header with `spec`, which says what inputs the pipeline takes. */
function pipelineDocument(path: string, text: string): Placed {
  if (isTooDeep(text)) throw invalid(path, 'it is nested too deep', 'write it with fewer levels');
  const lineCounter = new LineCounter();
  const place = (offset: number): string => {
    const { line, col } = lineCounter.linePos(offset);
    return `${path}:${line}:${col}`;
  };
  // `<<` is a key that GitLab merges.
  const documents: Document.Parsed[] = [
    ...parseAllDocuments(text, { lineCounter, prettyErrors: false, uniqueKeys: false, merge: true, logLevel: 'error' }),
  ];
  const [fault] = documents.flatMap(({ errors }) => errors);
  if (fault !== undefined) throw invalid(place(fault.pos[0]), `it is not valid YAML: ${fault.message}`, fixYaml);
  const [first, second, third] = documents;
  if (first === undefined) return { document: parseDocument('{}'), place };
  if (second === undefined) return { document: first, place };
  const isHeader = isMap(first.contents) && first.contents.has('spec');
  if (isHeader && third === undefined) return { document: second, place };
  const extra = isHeader ? third : second;
  throw invalid(
    place(extra?.range[0] ?? 0),
    `a ${isHeader ? 'third' : 'second'} YAML document begins here, and a pipeline is one, with one that holds spec before it if it has inputs`,
    isHeader ? 'take the --- before it out' : 'take the --- before it out, or put spec into the first',
  );
}

const fixYaml = 'fix it: GitLab does not run it either';

function valueOf(document: Document.Parsed, path: string): JsonObject {
  try {
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    if (isJsonObject(value)) return value;
    // Nothing but comments.
    if (value === null || value === undefined) return {};
  } catch (error) {
    // An alias without its anchor, aliases that stand for gigabytes, or `<<` of what is no map, which is a plain error.
    if (!(error instanceof Error) || !['Error', 'ReferenceError'].includes(error.name)) throw error;
    throw invalid(path, `it is not valid YAML: ${error.message}`, fixYaml);
  }
  throw invalid(path, 'it is no map of jobs and settings, such as build:, at its top', fixYaml);
}

function invalid(where: string, message: string, fix: string): InputError {
  const problem: Problem = { code: 'WORKFLOW_INVALID', where, message, fix };
  return new InputError([problem]);
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

const elsewhere = ['remote', 'template', 'component', 'project'] as const;

/** @see https://docs.gitlab.com/ci/yaml/#include */
function includesOf(value: unknown): PipelineInclude[] {
  if (typeof value === 'string') return [/^https?:\/\//.test(value) ? remote(value) : local(value, false)];
  if (!isJsonObject(value)) return [{ kind: 'elsewhere', name: 'an include that is not understood' }];
  if (typeof value['local'] === 'string') return [local(value['local'], value['rules'] !== undefined)];
  const key = elsewhere.find((name) => typeof value[name] === 'string');
  if (key === undefined) return [{ kind: 'elsewhere', name: 'an include that is not understood' }];
  const named = String(value[key]);
  if (key === 'remote') return [remote(named)];
  const files = key === 'project' ? listOf(value['file']).filter((file) => typeof file === 'string') : [];
  return [{ kind: 'elsewhere', name: [`${key} ${named}`, ...files].join(' ') }];
}

function local(path: string, isConditional: boolean): PipelineInclude {
  if (path.includes('$')) return { kind: 'elsewhere', name: `local ${path}, whose name holds a variable` };
  return { kind: 'local', path: path.replace(/^\/+/, ''), isConditional };
}

/** A query may hold a token. */
function remote(url: string): PipelineInclude {
  const shown = URL.canParse(url) ? `${new URL(url).host}${new URL(url).pathname}` : 'an address';
  return { kind: 'elsewhere', name: `remote ${shown}` };
}

/** Whether a path of the repository is one of those that a local include names: `*` stays in a folder, `**` does not. */
export function isIncludedBy(include: PipelineInclude, path: string): boolean {
  if (include.kind !== 'local') return false;
  if (!include.path.includes('*')) return include.path === path;
  const pattern = include.path
    .split(/(?<wild>\*+)/)
    .map((part) =>
      part.startsWith('*')
        ? part.length > 1
          ? '.*'
          : '[^/]*'
        : part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`),
    )
    .join('');
  return linearPattern(`^${pattern}$`).test(path);
}
