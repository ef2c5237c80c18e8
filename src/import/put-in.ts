/** A text of a step with the values of its expressions, as far as they are known. */
import { evaluate } from './evaluate.ts';
import { nameOf, splitExpressions } from './expression.ts';
import type { Combination } from './matrix.ts';
import { scopeOf, type Run } from './scope.ts';

/** Puts in what variables and inputs are, and what alone on its line is known or is itself more than one line. */
export function putIn(written: string, run: Run, job: Combination, isWhole: boolean): string {
  const scope = scopeOf(run, job);
  const parts = splitExpressions(written);
  return parts
    .map((part, index): string => {
      if (part.kind === 'text') return part.text;
      if (part.expression === null) return part.source;
      const [context, ...path] = (nameOf(part.expression) ?? '').toLowerCase().split('.');
      const name = path.join('.');
      const given =
        context === 'env' && !run.handed.has(name)
          ? run.env.get(name)
          : context === 'inputs'
            ? run.input(name)
            : context === 'matrix'
              ? expressionIn(job, name)
              : null;
      if (given !== undefined && given !== null && !given.includes(part.source)) return putIn(given, run, job, isWhole);
      const value = evaluate(part.expression, scope);
      if (value.kind !== 'known') return part.source;
      const text = value.data.coerceString();
      const before = parts[index - 1];
      const after = parts[index + 1];
      const isAlone =
        (before === undefined ||
          (before.kind === 'text' && before.text.slice(before.text.lastIndexOf('\n') + 1).trim() === '')) &&
        (after === undefined || (after.kind === 'text' && /^\s*(?:\n|$)/.test(after.text)));
      const isKey = context === 'matrix' && !isWhole;
      return (isAlone && !isKey) || /[\n,]/.test(text) || text.includes('=') ? text : part.source;
    })
    .join('');
}

/** A value of the matrix that is itself made of expressions, such as whole tag lines with their `enable`. */
function expressionIn(job: Combination, name: string): string | null {
  const value = [...job].find(([key]) => key.toLowerCase() === name)?.[1];
  return typeof value === 'string' && value.includes('${{') ? value : null;
}
