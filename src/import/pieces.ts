/** A text of the workflow as pieces of a tag template: what is fixed, what the matrix gives, and what the release. */
import { FunctionCall, Grouping, Literal, type Expr } from '@actions/expressions/ast';
import { evaluate } from './evaluate.ts';
import { nameOf, splitExpressions } from './expression.ts';
import { asText, type Combination } from './matrix.ts';
import { scopeOf, type Run } from './scope.ts';

export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  /** A key of the matrix, and the text that each of its values gives. */
  | { readonly kind: 'key'; readonly key: string; readonly texts: ReadonlyMap<string, string> }
  /** The git tag as it is, `v` and all. `assumed`: what was taken for it. */
  | { readonly kind: 'git-tag'; readonly assumed: string | null }
  /** A part of the version that an earlier step took out of it. */
  | { readonly kind: 'part'; readonly name: 'major' | 'minor' | 'patch' }
  | { readonly kind: 'unknown'; readonly source: string };

/** The jobs of the matrix, in a run for a final release. */
export interface Surroundings {
  readonly run: Run;
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
  const texts = textsByJob(expression, around);
  if (texts === null) return [unknownPiece(expression, source, around)];
  if (new Set(texts).size <= 1 && named.length === 0) return [{ kind: 'text', text: texts[0] ?? '' }];
  const key = [...named, ...all].find((candidate) => isToldBy(candidate, texts, around.jobs));
  if (key === undefined) return [{ kind: 'unknown', source }];
  const byValue = around.jobs.map((job, index): [string, string] => [asText(job.get(key) ?? null), texts[index] ?? '']);
  return [{ kind: 'key', key, texts: new Map(byValue) }];
}

/** What the expression gives in each job; `null` where one of them is not known. */
function textsByJob(expression: Expr, { run, jobs }: Surroundings): string[] | null {
  const values = jobs.map((job) => evaluate(expression, scopeOf(run, job)));
  const texts = values.flatMap((value) => (value.kind === 'known' ? [value.data.coerceString()] : []));
  return texts.length === values.length ? texts : null;
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

const versionNames =
  /^(?:(?:app|docker|full|git|image|new|next|package|release)[-_]?)?(?:release|semver|tag|tag[-_]?name|version)$/;

/** A name that says it: an output or variable called `version`, `RELEASE_TAG` or `major`. */
function unknownPiece(expression: Expr, source: string, { run, jobs }: Surroundings): Piece {
  const value = evaluate(expression, scopeOf(run, jobs[0] ?? new Map()));
  if (value.kind === 'git-tag')
    return value.prefix === '' ? { kind: 'git-tag', assumed: null } : { kind: 'unknown', source };
  const last = nameOf(expression)?.split('.').at(-1)?.toLowerCase() ?? '';
  const part = (['major', 'minor', 'patch'] as const).find((name) => name === last);
  if (part !== undefined) return { kind: 'part', name: part };
  return versionNames.test(last) ? { kind: 'git-tag', assumed: source } : { kind: 'unknown', source };
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
