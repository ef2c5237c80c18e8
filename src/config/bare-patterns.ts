/** Patterns for a version's own text, without what its source has around it: it is read back from tags and by people. */
import type { ComparedPart, PartKind } from '../domain/parts-scheme.ts';
import { compilePattern, type Pattern } from '../domain/pattern.ts';
import type { TagTemplate } from './tag-template.ts';

/** @param sources the patterns of the config; a template makes the text instead of their group `version` */
export function barePatterns(
  sources: readonly string[],
  template: TagTemplate | null,
  parts: readonly ComparedPart[],
): Pattern[] {
  const bare =
    template === null
      ? sources.flatMap((source) => versionGroup(source) ?? [])
      : [inverse(template, parts, (name) => sources.some((source) => mayBeAbsent(source, name)))];
  return bare.flatMap((source) => {
    const compiled = compilePattern(`^${source}$`);
    // A pattern that cannot be used has been reported as written.
    return compiled.ok ? [compiled.pattern] : [];
  });
}

/** What stands inside `(?<version>…)`. */
function versionGroup(source: string): string | null {
  const start = source.indexOf('(?<version>');
  const end = parentheses(source).find((pair) => pair.from === start)?.to;
  return end === undefined ? null : source.slice(start, end + 1);
}

/** A group that is optional, or one of several choices, or that the pattern does not have. */
function mayBeAbsent(source: string, name: string): boolean {
  const start = source.indexOf(`(?<${name}>`);
  if (start === -1) return true;
  const around = parentheses(source).filter(({ from, to }) => from <= start && to > start);
  return around.some(
    ({ from, to }) => /[?*]/.test(source[to + 1] ?? '') || (from < start && source.slice(from, to).includes('|')),
  );
}

/** Every `(` with its `)`, those of classes and escapes left out. */
function parentheses(source: string): { readonly from: number; readonly to: number }[] {
  const pairs: { readonly from: number; readonly to: number }[] = [];
  const open: number[] = [];
  let inClass = false;
  for (let index = 0; index < source.length; index += 1) {
    const letter = source[index];
    if (letter === '\\') index += 1;
    else if (inClass) inClass = letter !== ']';
    else if (letter === '[') inClass = true;
    else if (letter === '(') open.push(index);
    else if (letter === ')') pairs.push({ from: open.pop() ?? 0, to: index });
  }
  return pairs;
}

const textOf: Readonly<Record<PartKind, string>> = {
  number: String.raw`\d+`,
  text: '.+?',
  pre: '.+?',
  pep440: '.+?',
  semver: '.+?',
  calver: '.+?',
};

/** A pattern for the texts that a template gives. A name that comes twice is not compared with itself: no engine that never goes back can. */
function inverse(
  { pieces }: TagTemplate,
  parts: readonly ComparedPart[],
  isOptional: (name: string) => boolean,
): string {
  const seen = new Set<string>();
  let separator = '';
  return pieces
    .map((piece, index) => {
      if (piece.kind === 'text') {
        const next = pieces[index + 1];
        const goesAlong = next?.kind === 'name' && isOptional(next.name) && /[-_.]$/.test(piece.text);
        separator = goesAlong ? piece.text.slice(-1) : '';
        return escaped(goesAlong ? piece.text.slice(0, -1) : piece.text);
      }
      const text = textOf[parts.find(({ name }) => name === piece.name)?.as ?? 'text'];
      const group = seen.has(piece.name) ? `(?:${text})` : `(?<${piece.name}>${text})`;
      const before = escaped(separator);
      seen.add(piece.name);
      separator = '';
      return isOptional(piece.name) ? `(?:${before}${group})?` : `${before}${group}`;
    })
    .join('');
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
}
