/**
 * What a workflow of docker/metadata-action pushes, said as a config.
 *
 * A translation from text to text: nothing is fetched and nothing of the workflow is run. Expressions are worked out as
 * far as they are known for a release; what they say beyond that is kept word for word, as a comment.
 *
 * Expressions are read by GitHub's own parser.
 *
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/expressions
 */
import { data, Lexer, Parser } from '@actions/expressions';
import { ContextAccess, type Expr, Grouping, IndexAccess, Literal } from '@actions/expressions/ast';

export type { Expr } from '@actions/expressions/ast';

const contexts = [
  'env',
  'github',
  'inputs',
  'job',
  'matrix',
  'needs',
  'runner',
  'secrets',
  'steps',
  'strategy',
  'vars',
];

/** Functions that only a runner can answer, besides GitHub's own of {@link Parser}. */
const runnerFunctions = ['always', 'cancelled', 'failure', 'hashFiles', 'success'].map((name) => ({
  name,
  minArgs: 0,
  maxArgs: 255,
}));

/** What stands inside `${{ }}`, or in an `if`; `null` where it cannot be read. */
export function parseExpression(text: string): Expr | null {
  try {
    const parsed: Expr | undefined = new Parser(new Lexer(text).lex().tokens, contexts, runnerFunctions).parse();
    return parsed ?? null;
  } catch (error) {
    // The lexer throws plain errors for what it cannot read, the parser ExpressionError; there is nothing else in them.
    if (error instanceof Error) return null;
    throw error;
  }
}

/** `matrix.python-version`, as it is written; `null` where it is no plain name. GitHub does not tell capitals apart. */
export function nameOf(expression: Expr): string | null {
  if (expression instanceof ContextAccess) return expression.name.lexeme;
  if (expression instanceof Grouping) return nameOf(expression.group);
  if (!(expression instanceof IndexAccess) || !(expression.index instanceof Literal)) return null;
  const base = nameOf(expression.expr);
  const index = expression.index.literal;
  return base === null || index.kind !== data.Kind.String ? null : `${base}.${index.coerceString()}`;
}

/** A text of a workflow in its parts: what stands there, and what an expression gives. */
export type Part =
  | { readonly kind: 'text'; readonly text: string }
  /** `source` is what stood there, `${{ }}` included; the expression is `null` where it cannot be read. */
  | { readonly kind: 'expression'; readonly source: string; readonly expression: Expr | null };

/** `${{ … }}`; a quoted text in it may hold braces. */
const expressionPattern = /\$\{\{(?<inner>(?:'(?:[^']|'')*'|(?!\$\{\{)[^'}]|\}(?!\}))*)\}\}/g;

/** The same where what is inside need not be read; it begins again at the next one, so that an open end is passed once. */
export const roughExpression = /\$\{\{(?:(?!\$\{\{)[^])*?\}\}/g;

/** At commas outside of expressions, without the space around. */
export function splitAtCommas(text: string): string[] {
  const fields = [''];
  for (const part of splitExpressions(text)) {
    const [first = '', ...more] = part.kind === 'text' ? part.text.split(',') : [part.source];
    fields[fields.length - 1] += first;
    for (const field of more) fields.push(field);
  }
  return fields.map((field) => field.trim());
}

export function splitExpressions(text: string): readonly Part[] {
  const parts: Part[] = [];
  let at = 0;
  for (const match of text.matchAll(expressionPattern)) {
    if (match.index > at) parts.push({ kind: 'text', text: text.slice(at, match.index) });
    const expression = parseExpression((match.groups?.['inner'] ?? '').trim());
    parts.push({ kind: 'expression', source: match[0], expression });
    at = match.index + match[0].length;
  }
  if (at < text.length) parts.push({ kind: 'text', text: text.slice(at) });
  return parts;
}
