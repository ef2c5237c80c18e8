/** The text of one tag line as a template of the config, with what had to be taken for granted. */
import { bodyOf, type TagLine } from './tag-line.ts';
import { piecesOf, type Piece, type Surroundings } from './pieces.ts';
import { templateOf, type Roles } from './roles.ts';
import type { VersionShape } from './version-shape.ts';
import { asWritten } from './workflow-files.ts';

export interface TagText {
  readonly template: string;
  /** Of `{{revision}}`. */
  readonly revisionLength: number;
  readonly notes: readonly string[];
}

export interface TextContext {
  readonly around: Surroundings;
  readonly shape: VersionShape;
  readonly shortLength: number;
}

/** Every piece of a line's text, to find what it says of the matrix. */
export function linePieces(line: TagLine, context: TextContext): Piece[] {
  return textsOf(line).flatMap((written) => piecesOf(written, context.around));
}

function textsOf(line: TagLine): string[] {
  return [line.attributes.get('prefix') ?? '', bodyOf(line), line.attributes.get('suffix') ?? ''];
}

/** Begins the reason of a line that is one text in each job, and no template over all of them. */
export const inParts = 'no name of a config gives what it makes of ';

/** @returns why there is no such template, as a sentence, where there is none */
export function tagText(line: TagLine, roles: Roles, context: TextContext): TagText | string {
  const notes: string[] = [];
  let template = '';
  let revisionLength = 40;
  for (const written of textsOf(line)) {
    for (const piece of piecesOf(written, context.around)) {
      const part = pieceText(piece, roles, context);
      if (typeof part === 'string') return part;
      template += part.text;
      if (part.note !== null) notes.push(part.note);
      if (part.revisionLength !== null) revisionLength = part.revisionLength;
    }
  }
  if (/^[.-]/.test(template)) return `no tag begins with ${template.charAt(0)}, so its push fails`;
  return { template: wholeVersion(template), revisionLength, notes };
}

/** All three numbers with dots between are the version, which a pre-release can have too. */
function wholeVersion(template: string): string {
  return template.replaceAll('{{major}}.{{minor}}.{{patch}}', '{{version}}');
}

interface Part {
  readonly text: string;
  readonly note: string | null;
  readonly revisionLength: number | null;
}

function part(text: string, note: string | null = null, revisionLength: number | null = null): Part {
  return { text, note, revisionLength };
}

function pieceText(piece: Piece, roles: Roles, context: TextContext): Part | string {
  if (piece.kind === 'unknown') return `only a run knows ${asWritten(piece.source)}`;
  if (piece.kind === 'text') return fixedText(piece.text, context);
  if (piece.kind === 'mixed') return `${inParts}${asWritten(piece.source)}`;
  if (piece.kind === 'made') {
    const made = fixedText(piece.template, context);
    return typeof made === 'string' || piece.note === null ? made : { ...made, note: piece.note };
  }
  const template = templateOf(piece, roles);
  return template === null ? `${inParts}matrix.${piece.key}` : part(template);
}

function gitTag({ shape }: TextContext): Part {
  const note = shape.prefix === null ? 'the git tag as it is: write v{{version}} if yours begin with a v' : null;
  // The action writes a tag like server/v1.0.0 with a dash.
  return part(`${(shape.prefix ?? '').replaceAll('/', '-')}{{version}}`, note);
}

/** Text with the action's own templates in it; what no tag may have becomes a `-`, as the action does it. */
function fixedText(written: string, context: TextContext): Part | string {
  let text = '';
  let note: string | null = null;
  let revisionLength: number | null = null;
  let at = 0;
  for (const match of written.matchAll(/\{\{(?<inner>[^{}]*)\}\}/g)) {
    const inner = (match.groups?.['inner'] ?? '').trim();
    const given = ownTemplate(inner, context);
    if (given === null) return `nothing in a config is {{${inner}}}`;
    text += plain(written.slice(at, match.index)) + given.text;
    note ??= given.note;
    revisionLength ??= given.revisionLength;
    at = match.index + match[0].length;
  }
  return part(text + plain(written.slice(at)), note, revisionLength);
}

function plain(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9._-]+/g, '-');
}

function ownTemplate(inner: string, context: TextContext): Part | null {
  if (['version', 'major', 'minor', 'patch', 'revision'].includes(inner)) return part(`{{${inner}}}`);
  if (inner === 'tag') return gitTag(context);
  if (inner === 'sha') return part('{{revision}}', null, context.shortLength);
  if (inner === 'raw') return gitTag(context);
  // A run that a release starts is on no branch.
  if (inner === 'branch' || inner === 'base_ref') return part('');
  if (inner === 'is_default_branch') return part('false');
  if (inner === 'is_not_default_branch') return part('true');
  const format = /^(?:commit_)?date '(?<format>[^']*)'(?: tz='UTC')?$/.exec(inner)?.groups?.['format'];
  const date = format === undefined ? null : dateTemplate(format);
  return date === null ? null : part(date, 'the day is the one the release came out, in UTC');
}

/** `YYYY-MM-DD` and what else is made of these three; `null` for another format. */
function dateTemplate(format: string): string | null {
  const names: Readonly<Record<string, string>> = { YYYY: '{{year}}', MM: '{{month}}', DD: '{{day}}' };
  const text = format.replaceAll(/YYYY|MM|DD/g, (token) => names[token] ?? token);
  return /[A-Za-z]/.test(format.replaceAll(/YYYY|MM|DD/g, '')) || text === format ? null : text;
}
