/** Build arguments of a step, as templates over the cell. */
import { truthy } from '@actions/expressions/result';
import type { Place } from './places.ts';
import { textOf } from './places.ts';
import { piecesOf, type Surroundings } from './pieces.ts';
import { templateOf, type Roles } from './roles.ts';
import { evaluateText, scopeOf } from './scope.ts';
import { splitList } from './tag-line.ts';

export function argumentsOf(
  { site, jobs }: Place,
  text: string,
  roles: Roles,
  say: (comment: string) => void,
): Map<string, string> {
  const around: Surroundings = { jobs, runOf: () => site.run };
  const args = new Map<string, string>();
  for (const line of splitList(text).lines) {
    const arg = argumentOf(unquoted(line.text), roles, around);
    if (typeof arg === 'string') say(arg);
    else if (arg !== null) args.set(arg.name, arg.template);
  }
  return args;
}

/** The action reads a line in quotation marks as one field of CSV. */
function unquoted(line: string): string {
  return /^"[^]*"$/.test(line) ? line.slice(1, -1).replaceAll('""', '"') : line;
}

/** `NAME=value`, or an expression that gives one for some jobs; `null` where it gives nothing; a text says why not. */
function argumentOf(
  line: string,
  roles: Roles,
  around: Surroundings,
): { readonly name: string; readonly template: string } | string | null {
  const plain = /^(?<name>[A-Za-z_][A-Za-z0-9_]*)=(?<value>[^]*)$/.exec(line)?.groups;
  if (plain !== undefined) {
    const template = valueTemplate(plain['value'] ?? '', roles, around);
    return template === null ? whyNot(line, plain['value'] ?? '', around) : { name: plain['name'] ?? '', template };
  }
  const texts = new Set(
    around.jobs.map((job) => {
      const value = evaluateText(line, scopeOf(around.runOf(job), job));
      if (value.kind !== 'known') return null;
      return truthy(value.data) ? value.data.coerceString() : '';
    }),
  );
  const [text = null, ...more] = texts;
  if (text === '' && more.length === 0) return null;
  if (text === null || more.length > 0) return `build-args: ${line}: only a run knows it`;
  // A text that gives itself is no expression.
  if (text === line || !text.includes('=')) return `build-args: ${line}: no name of a build argument`;
  return argumentOf(text, roles, around);
}

/** A value that each job has of its own is known, and no template gives it. */
function whyNot(line: string, written: string, { jobs, runOf }: Surroundings): string {
  const texts = jobs.map((job) => {
    const value = evaluateText(written, scopeOf(runOf(job), job));
    return value.kind === 'known' ? value.data.coerceString() : null;
  });
  if (texts.includes(null)) return `build-args: ${line}: only a run knows it`;
  return `CHECK THIS: build-args: ${line}: it is ${[...new Set(texts)].join(', ')}, by job, and one flavor has one value`;
}

function valueTemplate(written: string, roles: Roles, around: Surroundings): string | null {
  const pieces = piecesOf(written, around);
  const [job = new Map()] = around.jobs;
  const same = pieces.some(({ kind }) => kind === 'made') ? null : textOf(written, around.jobs, around.runOf(job));
  if (same !== null && !same.includes('{{')) return same;
  const texts = pieces.map((piece): string | null => {
    if (piece.kind === 'text') return piece.text.includes('{{') ? null : piece.text;
    if (piece.kind === 'made') return madeTemplate(piece.template, piece.note, around);
    return piece.kind === 'key' ? templateOf(piece, roles) : null;
  });
  return texts.includes(null) ? null : texts.join('');
}

/** `null` where a build cannot be given it: a commit is given in full. */
function madeTemplate(template: string, note: string | null, { jobs, runOf }: Surroundings): string | null {
  const prefix = runOf(jobs[0] ?? new Map()).tagPrefix;
  if (note !== null || template.includes('{{sha}}') || (prefix === null && template.includes('{{tag}}'))) return null;
  return template.replaceAll('{{tag}}', `${prefix ?? ''}{{version}}`);
}
