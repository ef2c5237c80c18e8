/** A text of the workflow as pieces of a tag template: what is fixed, what the matrix gives, and what the release. */
import { FunctionCall, Grouping, Literal, type Expr } from '@actions/expressions/ast';
import { evaluate, templateText, type Value } from './evaluate.ts';
import { nameOf, splitExpressions } from './expression.ts';
import { asText, type Combination } from './matrix.ts';
import { scopeOf, type Run } from './scope.ts';

export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  /** A key of the matrix, and the text that each of its values gives. */
  | { readonly kind: 'key'; readonly key: string; readonly texts: ReadonlyMap<string, string> }
  /** A text with `{{tag}}`, `{{major}}` and the like in it. `note`: what had to be taken for granted. */
  | { readonly kind: 'made'; readonly template: string; readonly note: string | null }
  /** A text that several keys of the matrix give together. */
  | { readonly kind: 'mixed'; readonly keys: readonly string[]; readonly source: string }
  | { readonly kind: 'unknown'; readonly source: string };

/** The jobs of the matrix, each in a run for a final release. */
export interface Surroundings {
  readonly runOf: (job: Combination) => Run;
  readonly jobs: readonly Combination[];
}

export function piecesOf(written: string, around: Surroundings): Piece[] {
  return splitExpressions(written).flatMap((part): Piece[] => {
    if (part.kind === 'text') return [part];
    return part.expression === null
      ? [{ kind: 'unknown', source: part.source }]
      : expressionPieces(part.expression, part.source, around);
  });
}

function expressionPieces(expression: Expr, source: string, around: Surroundings): Piece[] {
  if (expression instanceof Grouping) return expressionPieces(expression.group, source, around);
  if (expression instanceof FunctionCall && expression.functionName.lexeme.toLowerCase() === 'format') {
    const [pattern, ...args] = expression.args;
    if (pattern instanceof Literal) return formatPieces(pattern.literal.coerceString(), args, source, around);
  }
  const all = matrixKeys(around.jobs);
  const named = all.filter((key) => source.toLowerCase().includes(`matrix.${key.toLowerCase()}`));
  const values = around.jobs.map((job) => evaluate(expression, scopeOf(around.runOf(job), job)));
  const [first] = values;
  if (first?.kind === 'git-tag' || first?.kind === 'made') return [madePiece(values, source)];
  const texts = textsOf(values);
  if (texts === null) return [{ kind: 'unknown', source }];
  if (new Set(texts).size <= 1 && named.length === 0) return [{ kind: 'text', text: texts[0] ?? '' }];
  const key = [...named, ...all].find((candidate) => isToldBy(candidate, texts, around.jobs));
  if (key === undefined) return [{ kind: 'mixed', keys: named, source }];
  const byValue = around.jobs.map((job, index): [string, string] => [asText(job.get(key) ?? null), texts[index] ?? '']);
  return [{ kind: 'key', key, texts: new Map(byValue) }];
}

/** What it gives in each job; `null` where one of them is not known. */
function textsOf(values: readonly Value[]): string[] | null {
  const texts = values.flatMap((value) => (value.kind === 'known' ? [value.data.coerceString()] : []));
  return texts.length === values.length ? texts : null;
}

/** The git tag, or what an earlier step made of it. */
function madePiece(values: readonly Value[], source: string): Piece {
  const templates = new Set(values.map((value) => (value.kind === 'unknown' ? null : templateText(value))));
  const [template = null, ...more] = templates;
  const note = values.flatMap((value) => (value.kind === 'made' && value.note !== null ? [value.note] : []))[0] ?? null;
  const isTagText = template !== null && more.length === 0 && !template.includes('/');
  return isTagText ? { kind: 'made', template, note } : { kind: 'unknown', source };
}

/** Whether jobs of one value of the key all give one text. */
function isToldBy(key: string, texts: readonly string[], jobs: readonly Combination[]): boolean {
  const seen = new Map<string, string>();
  return jobs.every((job, index) => {
    const value = asText(job.get(key) ?? null);
    const text = texts[index] ?? '';
    const other = seen.get(value) ?? text;
    seen.set(value, text);
    return other === text;
  });
}

export function matrixKeys(jobs: readonly Combination[]): string[] {
  return [...new Set(jobs.flatMap((job) => [...job.keys()]))];
}

/** `format('{0}-{1}', a, b)` as the text it makes; `{{` and `}}` stand for themselves. */
function formatPieces(pattern: string, args: readonly Expr[], source: string, around: Surroundings): Piece[] {
  return [...pattern.matchAll(/\{\{|\}\}|\{(?<index>\d+)\}|[^{}]+/g)].flatMap((match): Piece[] => {
    const index = match.groups?.['index'];
    if (index === undefined) return [{ kind: 'text', text: match[0].replace(/^(?<brace>[{}])[{}]$/, '$<brace>') }];
    const arg = args[Number(index)];
    return arg === undefined ? [{ kind: 'unknown', source }] : expressionPieces(arg, sourceOf(arg, source), around);
  });
}

/** For an argument that is a name, that name; else the whole expression. */
function sourceOf(arg: Expr, source: string): string {
  const name = nameOf(arg);
  return name === null ? source : `\${{ ${name} }}`;
}
