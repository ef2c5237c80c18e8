/** Step one: the shape of a config, every mistake with its place and, for unknown keys, the nearest known one. */
import type { z } from 'zod';
import type { Problem } from '../domain/errors.ts';
import { groupBy } from '../domain/group-by.ts';
import { nearest } from '../domain/nearest.ts';
import type { Result } from '../domain/result.ts';
import { printable } from '../domain/text.ts';
import { place } from './place.ts';
import { configSchema, type ParsedConfig } from './schema.ts';

/** Nobody reads more at once. */
const mostProblems = 200;

/** @param file how messages name the config */
export function checkShape(raw: unknown, file: string): Result<ParsedConfig> {
  const parsed = configSchema.safeParse(raw, { reportInput: true });
  if (parsed.success) return { ok: true, value: parsed.data };
  const faults = parsed.error.issues.flatMap((issue) => faultsOf(issue, []));
  const problems = faults.slice(0, mostProblems).map((fault) => problemOf(fault, file));
  const left = faults.length - problems.length;
  if (left > 0) problems.push({ code: 'CONFIG_INVALID', where: file, message: `${left} more mistakes of this kind` });
  return { ok: false, problems };
}

/** A config without the keys and values whose shape is wrong, so that the rest of it can be looked at all the same. */
export function withoutMisshapen(raw: unknown): unknown {
  const parsed = configSchema.safeParse(raw);
  if (parsed.success) return raw;
  const wrong = parsed.error.issues.flatMap((issue) => faultsOf(issue, [])).map((fault) => fault.path);
  return without(raw, wrong);
}

function without(value: unknown, paths: readonly Path[]): unknown {
  const [empty] = paths.filter((path) => path.length === 0);
  if (empty !== undefined) return undefined;
  if (typeof value !== 'object' || value === null || value instanceof RegExp) return value;
  const byKey = groupBy(paths, (path) => String(path[0]));
  const below = (key: PropertyKey): Path[] => (byKey.get(String(key)) ?? []).map((path) => path.slice(1));
  if (Array.isArray(value))
    return value.map((item, index) => without(item, below(index))).filter((item) => item !== undefined);
  const entries = Object.entries(value).map(([key, item]) => [key, without(item, below(key))] as const);
  return Object.fromEntries(entries.filter(([, item]) => item !== undefined));
}

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** One mistake, at the place it was made: inside the branch of a union that was meant, at the key that is unknown. */
interface Fault {
  readonly issue: Issue;
  readonly path: Path;
}

function faultsOf(issue: Issue, parents: Path): Fault[] {
  const path = [...parents, ...issue.path];
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => ({ issue, path: [...path, key] }));
  if (issue.code === 'invalid_union') {
    const branch = closestBranch(issue.errors);
    if (branch !== null) return branch.flatMap((inner) => faultsOf(inner, path));
  }
  if (issue.code === 'invalid_key') return issue.issues.flatMap((inner) => faultsOf({ ...inner, path: [] }, path));
  return [{ issue, path }];
}

function problemOf({ issue, path }: Fault, file: string): Problem {
  if (issue.code === 'unrecognized_keys') return unknownKey(path, file);
  const where = place(file, path);
  const input = issue.input;
  if (typeof input === 'number' && wantsText(issue)) return numberForText(input, where);
  if (path.length === 0 && issue.code === 'invalid_type') return noConfig(input, where);
  return { code: 'CONFIG_INVALID', where, message: describe(issue, input) };
}

function noConfig(input: unknown, where: string): Problem {
  const message = input === null || input === undefined ? 'it is empty' : `it is ${shown(input)} and has no keys`;
  const fix =
    "write repository: 'registry.example.com/owner/name', dockerfile and what else the image has, as docs/config.md lists";
  return { code: 'CONFIG_INVALID', where, message, fix };
}

/** Of a union's branches, the one the writer meant: the one that failed deepest, then with the fewest mistakes. */
function closestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | null {
  const ranked = [...branches].sort((a, b) => depth(b) - depth(a) || a.length - b.length);
  const best = ranked[0];
  return best === undefined || depth(best) === 0 ? null : best;
}

/** How many keys down the deepest mistake is: in a union of unions, that of the branch that got furthest. */
function depth(issues: readonly Issue[]): number {
  const below = (issue: Issue): number => {
    if (issue.code === 'unrecognized_keys') return 1;
    return issue.code === 'invalid_union' ? Math.max(0, ...issue.errors.map(depth)) : 0;
  };
  return Math.max(0, ...issues.map((issue) => issue.path.length + below(issue)));
}

function unknownKey(path: Path, file: string): Problem {
  const key = String(path.at(-1));
  const known = knownKeys(path.slice(0, -1));
  const near = nearest(key, known);
  const fix = near === null ? `known keys here: ${known.join(', ')}` : `did you mean '${near}'?`;
  return { code: 'CONFIG_UNKNOWN_KEY', where: place(file, path), message: `unknown key '${printable(key, 80)}'`, fix };
}

/** A number of the wrong size needs no quotes. */
function wantsText(issue: Issue): boolean {
  return issue.code === 'invalid_union' || (issue.code === 'invalid_type' && issue.expected === 'string');
}

function numberForText(input: number, where: string): Problem {
  const text = String(input);
  const zeroLost = /^\d+\.\d$/.test(text) ? ` (3.10 reads as 3.1, so ${text} may have been ${text}0)` : '';
  return {
    code: 'CONFIG_INVALID',
    where,
    message: `${text} is a number${zeroLost}; expected a text`,
    fix: `write '${text}'${zeroLost === '' ? '' : ` or '${text}0'`} in quotes`,
  };
}

function describe(issue: Issue, input: unknown): string {
  const [expected] = issue.code === 'invalid_type' ? expectedOf(issue) : [];
  if (input === undefined && issue.code === 'invalid_type') return `missing; expected ${expected ?? issue.expected}`;
  const got = input === undefined ? '' : `; got ${shown(input)}`;
  if (expected !== undefined) return `expected ${expected}${got}`;
  const kinds = issue.code === 'invalid_union' ? expectedOf(issue) : [];
  if (kinds.length > 0) return `expected ${new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(kinds)}${got}`;
  return `${issue.message.replace(/^Invalid input: /, '')}${got}`;
}

const names: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
};

/** What the branches of a union take, each once; empty if one of them cannot be named. */
function expectedOf(issue: Issue): readonly string[] {
  if (issue.code === 'invalid_union') {
    const all = issue.errors.flat().map(expectedOf);
    return all.some((one) => one.length === 0) ? [] : [...new Set(all.flat())];
  }
  if (issue.code === 'invalid_value') return issue.values.map((value) => JSON.stringify(value) ?? '');
  return issue.code === 'invalid_type' && names[issue.expected] !== undefined ? [names[issue.expected] ?? ''] : [];
}

function shown(input: unknown): string {
  if (typeof input === 'function') return 'a function';
  if (input === null || typeof input !== 'object') return (JSON.stringify(input) ?? 'undefined').slice(0, 80);
  return Array.isArray(input) ? 'a list' : 'an object';
}

/** The keys the schema knows at a path, through records, lists and unions. */
function knownKeys(path: Path): string[] {
  let schemas: z.core.$ZodType[] = [configSchema];
  for (const part of path) schemas = schemas.flatMap(unwrap).flatMap((schema) => step(schema, part));
  return [...new Set(schemas.flatMap(unwrap).flatMap((schema) => Object.keys(shapeOf(schema) ?? {})))];
}

interface SchemaDef {
  readonly type: string;
  readonly innerType?: z.core.$ZodType;
  readonly options?: readonly z.core.$ZodType[];
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>;
  readonly valueType?: z.core.$ZodType;
  readonly element?: z.core.$ZodType;
}

function definition(schema: z.core.$ZodType): SchemaDef {
  return schema._zod.def;
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType[] {
  const def = definition(schema);
  if (def.innerType !== undefined) return unwrap(def.innerType);
  if (def.options !== undefined) return def.options.flatMap(unwrap);
  return [schema];
}

function shapeOf(schema: z.core.$ZodType): Readonly<Record<string, z.core.$ZodType>> | undefined {
  return definition(schema).shape;
}

function step(schema: z.core.$ZodType, part: PropertyKey): z.core.$ZodType[] {
  const def = definition(schema);
  if (def.shape !== undefined)
    return def.shape[String(part)] === undefined
      ? []
      : [def.shape[String(part)]].filter((found) => found !== undefined);
  if (def.valueType !== undefined) return [def.valueType];
  return def.element === undefined ? [] : [def.element];
}
