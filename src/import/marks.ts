/**
 * A text of a release in which each part of the version is one character, so that what a script does to a text can be
 * done to it: `v1.2.3` is `v`, a mark, `.`, a mark, `.`, a mark.
 */

const names = ['major', 'minor', 'patch', 'revision', 'sha'] as const;
const first = 0xe010;

export type MarkName = (typeof names)[number];

export function mark(name: MarkName): string {
  return String.fromCodePoint(first + names.indexOf(name));
}

export const markedVersion = `${mark('major')}.${mark('minor')}.${mark('patch')}`;

/** Marks that are numbers, for a class of characters. */
export const numberMarks = [mark('major'), mark('minor'), mark('patch')].join('');

export function hasMark(text: string): boolean {
  return /[\ue010-\ue01f]/.test(text);
}

/** As a template has it. */
export function unmarked(text: string): string {
  return text
    .replaceAll(markedVersion, '{{version}}')
    .replaceAll(/[\ue010-\ue014]/g, (character) => `{{${names[(character.codePointAt(0) ?? 0) - first] ?? ''}}}`);
}

/** @param prefix what git tags begin with. `null` for a template that has no such parts */
export function marked(template: string, prefix: string): string | null {
  const text = template
    .replaceAll('{{tag}}', `${prefix}${markedVersion}`)
    .replaceAll('{{version}}', markedVersion)
    .replaceAll(/\{\{(?<name>major|minor|patch|revision|sha)\}\}/g, (_, name: MarkName) => mark(name));
  return text.includes('{{') ? null : text;
}
