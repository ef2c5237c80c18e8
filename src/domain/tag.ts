/**
 * Tag texts: the grammar of a tag in one repository.
 *
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pulling-manifests
 */
import { showHidden } from './text.ts';

/** At most this many characters, suffixes included. */
export const maxTagLength = 128;

/** How tags begin that jobs of one release push parts of a cell under: no rule of a plan makes one. */
export const stagingPrefix = 'staging-';

const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const badCharacter = /[^A-Za-z0-9._-]/u;

/** True where `text` may be a tag. */
export function isTag(text: string): boolean {
  return tagPattern.test(text);
}

/** Says what is wrong with a tag text, naming the offending character; `null` where nothing is. Never fixes. */
export function tagFault(text: string): string | null {
  if (tagPattern.test(text)) return null;
  if (text === '') return 'a tag cannot be empty';
  const bad = badCharacter.exec(text);
  if (bad !== null) return `${quote(text)} has the character ${describeCharacter(bad[0])}, which a tag cannot hold`;
  if (text.length > maxTagLength)
    return `${quote(text)} is ${text.length} characters long; a tag holds ${maxTagLength}`;
  return `${quote(text)} starts with ${quote(text.charAt(0))}; a tag starts with a letter, a digit or _`;
}

/** A text from outside, safe to print: control characters escaped, long texts cut. */
export function quote(text: string): string {
  const shown = text.length > 160 ? `${text.slice(0, 157)}…` : text;
  return showHidden(JSON.stringify(shown));
}

function describeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const name = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  return code > 0x20 && code < 0x7f ? `'${character}'` : name;
}
