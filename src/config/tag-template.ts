/**
 * Tag templates: Handlebars, strict, read once into the pieces they are made of.
 *
 * A tag text is a concatenation, so only text and `{{name}}` are allowed: no blocks, helpers or partials. That keeps
 * a template's meaning on its face, lets the plan know which names it uses, and renders in nanoseconds.
 */
import Handlebars from 'handlebars';
import { InternalError, type Problem } from '../domain/errors.ts';
import { nearest } from '../domain/nearest.ts';
import { failed, ok, type Result } from '../domain/result.ts';

export interface TagTemplate {
  readonly text: string;
  /** Text and names in order. */
  readonly pieces: readonly TemplatePiece[];
  readonly names: ReadonlySet<string>;
}

export type TemplatePiece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'name'; readonly name: string };

/** Names a release gives to templates, with what each is. `date` parts are of the day it came out, in UTC. */
export const releaseNames: Readonly<Record<string, string>> = {
  version: 'the version as released',
  major: 'its first number as written, like the two below',
  minor: 'its second number',
  patch: 'its third number',
  revision: 'its git commit, 40 hex or the length the rule sets',
  date: 'the day it came out, YYYY-MM-DD',
  year: 'the year of that day',
  month: 'the month, two digits',
  day: 'the day, two digits',
  build: 'the number of a rebuild; a rule that names it has tags for rebuilds alone',
};

/** Whether a rule has a tag for a release or for a rebuild of it: a rebuild has no pinned tag that the release may have. */
export function isForBuild(
  rule: { readonly kind: 'pinned' | 'convenience'; readonly template: TagTemplate },
  isRebuild: boolean,
): boolean {
  const { names } = rule.template;
  if (!isRebuild) return !names.has('build');
  return rule.kind === 'convenience' || tellsBuilds(names);
}

/** A build number, or the day it was built. */
export function tellsBuilds(names: ReadonlySet<string>): boolean {
  return names.has('build') || names.has('date') || names.has('day');
}

/** Reads a template; every name it uses must be one of `known`. */
export function parseTagTemplate(text: string, known: ReadonlySet<string>, where: string): Result<TagTemplate> {
  const plain = plainPieces(text, known);
  if (plain !== null) return ok({ text, pieces: plain, names: namesOf(plain) });
  let program: hbs.AST.Program;
  try {
    program = Handlebars.parse(text);
  } catch (error) {
    const message = error instanceof Error ? firstLine(error.message) : String(error);
    return failed({ code: 'TEMPLATE_INVALID', where, message: `${JSON.stringify(text)} is no template: ${message}` });
  }
  const problems: Problem[] = [];
  const pieces: TemplatePiece[] = [];
  for (const statement of program.body) {
    if (isContent(statement)) {
      pieces.push({ kind: 'text', text: statement.value });
      continue;
    }
    const name = isMustache(statement) ? plainName(statement) : null;
    if (name === null) {
      const message = `${JSON.stringify(text)} uses more than text and {{name}}`;
      problems.push({
        code: 'TEMPLATE_INVALID',
        where,
        message,
        fix: 'a tag is a concatenation; use several rules instead of conditions',
      });
      continue;
    }
    if (!known.has(name)) problems.push(unknownName(name, known, where));
    pieces.push({ kind: 'name', name });
  }
  if (problems.length > 0) return failed(...problems);
  return ok({ text, pieces, names: namesOf(pieces) });
}

function namesOf(pieces: readonly TemplatePiece[]): ReadonlySet<string> {
  return new Set(pieces.flatMap((piece) => (piece.kind === 'name' ? [piece.name] : [])));
}

/** Without what has a meaning of its own in Handlebars: braces, a backslash before them, or a NUL. */
const plainText = /^(?:[^{}\\\0]|\{\{[A-Za-z][\w-]*\}\})*$/;
const notName = /^(?:else|(?:false|null|this|true|undefined)$)/;

/** Of text and known names alone, as nearly all templates are; `null` for all that is for Handlebars to read, which takes ten times as long. */
function plainPieces(text: string, known: ReadonlySet<string>): TemplatePiece[] | null {
  if (!plainText.test(text)) return null;
  // The pattern's groups are every second part.
  const pieces = text
    .split(/\{\{(.*?)\}\}/)
    .map((part, index): TemplatePiece =>
      index % 2 === 1 ? { kind: 'name', name: part } : { kind: 'text', text: part },
    )
    .filter((piece) => piece.kind === 'name' || piece.text !== '');
  const isPlain = pieces.every(
    (piece) => piece.kind === 'text' || (known.has(piece.name) && !notName.test(piece.name)),
  );
  return isPlain ? pieces : null;
}

/** Renders a template over plain values; a name without a value is a bug, for templates are checked when read. */
export function renderTemplate(template: TagTemplate, values: Readonly<Record<string, string>>): string {
  let text = '';
  for (const piece of template.pieces) {
    if (piece.kind === 'text') {
      text += piece.text;
      continue;
    }
    const value = values[piece.name];
    if (value === undefined) throw new InternalError(`no value for {{${piece.name}}} in ${template.text}`);
    text += value;
  }
  return text;
}

function unknownName(name: string, known: ReadonlySet<string>, where: string): Problem {
  const near = nearest(name, known);
  const fix =
    near === null
      ? `known names: ${[...known].join(', ')}; groups of tagPattern and attributes add to them`
      : `did you mean {{${near}}}?`;
  return { code: 'TEMPLATE_UNKNOWN_NAME', where, message: `{{${name}}} is not a name a tag can use`, fix };
}

function isContent(statement: hbs.AST.Statement): statement is hbs.AST.ContentStatement {
  return statement.type === 'ContentStatement';
}

function isMustache(statement: hbs.AST.Statement): statement is hbs.AST.MustacheStatement {
  return statement.type === 'MustacheStatement';
}

function plainName(statement: hbs.AST.MustacheStatement): string | null {
  const path = statement.path;
  if (!('parts' in path) || path.data || path.depth !== 0) return null;
  if (statement.params.length > 0 || statement.hash !== undefined) return null;
  return path.parts.length === 1 ? path.original : null;
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? text;
}
