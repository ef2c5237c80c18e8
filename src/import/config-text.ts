/**
 * A config as TypeScript. Only literals and comments are written, so nothing that was read elsewhere can become code:
 * texts are quoted, and comments hold no line break.
 */

export type DraftValue = string | number | boolean | DraftPattern | DraftList | DraftObject;

/** A regular expression, shown without doubled backslashes. */
export interface DraftPattern {
  readonly kind: 'pattern';
  readonly text: string;
}

export interface DraftList {
  readonly kind: 'list';
  readonly items: readonly { readonly value: DraftValue; readonly comments: readonly string[] }[];
}

export interface DraftObject {
  readonly kind: 'object';
  readonly entries: readonly DraftEntry[];
  /** Comments behind the last entry. */
  readonly after: readonly string[];
}

export interface DraftEntry {
  readonly key: string;
  readonly value: DraftValue;
  readonly comments: readonly string[];
}

export function object(entries: readonly DraftEntry[], after: readonly string[] = []): DraftObject {
  return { kind: 'object', entries, after };
}

export function entry(key: string, value: DraftValue, comments: readonly string[] = []): DraftEntry {
  return { key, value, comments };
}

export function list(values: readonly DraftValue[]): DraftList {
  return { kind: 'list', items: values.map((value) => ({ value, comments: [] })) };
}

/** @param head what the config is, a line each */
export function configText(config: DraftObject, head: readonly string[]): string {
  const comment = head.map((line) => ` * ${oneLine(line).replaceAll('*/', '* /')}`.trimEnd());
  return [
    '/**',
    ...comment,
    ' */',
    "import { defineConfig } from 'tagwright';",
    '',
    `export default defineConfig(${block(config, '')});`,
    '',
  ].join('\n');
}

const width = 120;

/** Keys that read better with a line an entry. */
const tables: readonly string[] = ['images', 'flavors', 'rules', 'events'];

function entryText(key: string, value: DraftValue, indent: string, taken: number): string {
  const isTable =
    tables.includes(key) && typeof value === 'object' && value.kind === 'object' && value.entries.length > 1;
  return isTable ? block(value, indent) : valueText(value, indent, taken);
}

/** @param taken what stands before it on its line, and behind it */
function valueText(value: DraftValue, indent: string, taken: number): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value.kind === 'pattern') return patternText(value.text);
  const flat = inline(value);
  if (flat !== null && taken + flat.length <= width) return flat;
  return block(value, indent);
}

/** On one line; `null` if it has a comment. */
function inline(value: DraftValue): string | null {
  if (typeof value !== 'object' || value.kind === 'pattern') return valueText(value, '', 0);
  const parts =
    value.kind === 'list'
      ? value.items.map((item) => (item.comments.length > 0 ? null : inline(item.value)))
      : value.entries.map(({ key, value: inner, comments }) => {
          const text = comments.length > 0 ? null : inline(inner);
          return text === null ? null : `${keyText(key)}: ${text}`;
        });
  if (parts.includes(null) || (value.kind === 'object' && value.after.length > 0)) return null;
  if (value.kind === 'list') return `[${parts.join(', ')}]`;
  return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`;
}

function block(value: DraftList | DraftObject, indent: string): string {
  const inner = `${indent}  `;
  if (value.kind === 'list') {
    const lines = value.items.flatMap((item) => [
      ...commentLines(item.comments, inner),
      `${inner}${valueText(item.value, inner, inner.length + 1)},`,
    ]);
    return ['[', ...lines, `${indent}]`].join('\n');
  }
  const lines = value.entries.flatMap(({ key, value: given, comments }) => {
    const start = `${inner}${keyText(key)}: `;
    return [...commentLines(comments, inner), `${start}${entryText(key, given, inner, start.length + 1)},`];
  });
  return ['{', ...lines, ...commentLines(value.after, inner), `${indent}}`].join('\n');
}

function commentLines(comments: readonly string[], indent: string): string[] {
  return comments.map((comment) => `${indent}// ${oneLine(comment)}`.trimEnd());
}

/** Whatever ends a line in some editor or compiler becomes a space; so does what a terminal would obey. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028-\u202e\u2066-\u2069]+/gu, ' ').trim();
}

function keyText(key: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(key) && key !== '__proto__' ? key : quoted(key);
}

function quoted(text: string): string {
  const inner = JSON.stringify(text)
    .slice(1, -1)
    .replaceAll(/[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, (character) => {
      return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
    });
  const plain = inner.replaceAll('\\"', '"');
  return plain.includes("'") && !plain.includes('"') ? `"${plain}"` : `'${plain.replaceAll("'", String.raw`\'`)}'`;
}

/** `String.raw` takes all but a backtick, `${` and a backslash at its end for itself. */
function patternText(text: string): string {
  const isPlain = /^[\u0020-\u007e]*$/.test(text) && !/`|\$\{|\\$/.test(text);
  return isPlain && text.includes('\\') ? `String.raw\`${text}\`` : quoted(text);
}
