/** A line whose text no template gives, as one line for each text that it has. */
import { evaluate } from './evaluate.ts';
import { splitExpressions } from './expression.ts';
import type { GivenLine } from './lines.ts';
import type { Combination } from './matrix.ts';
import type { Run } from './scope.ts';
import { scopeOf } from './scope.ts';
import type { TextContext } from './tag-text.ts';

/** None where a text is not known in every job. */
export function splitLine(given: GivenLine, { around }: TextContext): GivenLine[] {
  const parts = new Map<string, { line: GivenLine['line']; jobs: Combination[] }>();
  for (const job of given.jobs ?? around.jobs) {
    const put = (text: string): string => withoutMatrix(text, around.runOf(job), job);
    const attributes = new Map(
      [...given.line.attributes].map(([name, text]) => [name, name === 'enable' ? text : put(text)]),
    );
    const texts = ['prefix', 'suffix', 'value', 'pattern'].map((name) => attributes.get(name) ?? '');
    if (texts.some((text) => /\$\{\{(?:(?!\$\{\{)[^}])*?matrix\./.test(text))) return [];
    const key = JSON.stringify(texts);
    parts.set(key, { line: { ...given.line, attributes }, jobs: [...(parts.get(key)?.jobs ?? []), job] });
  }
  return [...parts.values()].map(({ line, jobs }, index) => ({
    ...given,
    line,
    jobs,
    comments: index === 0 ? given.comments : [],
  }));
}

/** The text with what the matrix gives written out; what only a run knows stays as it is. */
export function withoutMatrix(text: string, run: Run, job: Combination): string {
  const scope = scopeOf(run, job);
  return splitExpressions(text)
    .map((part): string => {
      if (part.kind === 'text') return part.text;
      if (part.expression === null || !part.source.includes('matrix.')) return part.source;
      const value = evaluate(part.expression, scope);
      return value.kind === 'known' ? value.data.coerceString() : part.source;
    })
    .join('');
}
