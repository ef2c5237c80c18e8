/**
 * Patterns that a config gives, on an engine that never goes back: however a pattern is written, a match takes time in
 * proportion to the text. It has the syntax of JavaScript, but for look-around and back-references.
 *
 * @see https://github.com/google/re2/wiki/Syntax
 */
import { RE2JS } from 're2js';

/** As much of a `RegExp` as is needed. */
export interface Pattern {
  exec(text: string): { readonly groups?: Readonly<Record<string, string | undefined>> | undefined } | null;
  test(text: string): boolean;
}

/** What else an imported workflow does with a pattern. */
export interface LinearPattern extends Pattern {
  /** The whole match, then its groups by number; `null` where there is none. */
  texts(text: string): readonly (string | undefined)[] | null;
  /** The first match replaced, or every one. */
  replaced(text: string, to: (texts: readonly (string | undefined)[]) => string, isEvery: boolean): string;
}

export type CompiledPattern =
  | { readonly ok: true; readonly pattern: LinearPattern }
  | { readonly ok: false; readonly message: string; readonly fix: string };

/** A longer one takes long to read, whatever the engine. */
const maxLength = 1000;

/** @param text in JavaScript's syntax, without flags */
export function compilePattern(text: string): CompiledPattern {
  if (text.length > maxLength) {
    return { ok: false, message: `${text.length} characters; at most ${maxLength} are read`, fix: 'write it shorter' };
  }
  try {
    // What JavaScript refuses has its own words for it; nothing is matched with this one.
    RegExp(text, 'u');
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { ok: false, message: message.slice(0, 300), fix: 'write a regular expression of JavaScript' };
  }
  // The translation would take a back-reference for the letter behind its backslash.
  const left = unsupported(text);
  if (left !== null) return { ok: false, ...left };
  try {
    return { ok: true, pattern: linear(RE2JS.compile(RE2JS.translateRegExp(text))) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { ok: false, message: message.slice(0, 300), fix: 'write it with the syntax of RE2' };
  }
}

/** Patterns of the configs that were read last: each image has its rules, and many images have the same. */
const compiledBefore = new Map<string, LinearPattern>();
const mostCompiled = 500;

/** For a pattern that is made of a config's texts and is known to be one. */
export function linearPattern(text: string): LinearPattern {
  const before = compiledBefore.get(text);
  if (before !== undefined) return before;
  const pattern = linear(RE2JS.compile(RE2JS.translateRegExp(text)));
  if (compiledBefore.size >= mostCompiled) compiledBefore.clear();
  compiledBefore.set(text, pattern);
  return pattern;
}

function linear(compiled: RE2JS): LinearPattern {
  const names = Object.keys(compiled.namedGroups());
  const exec: Pattern['exec'] = (text) => {
    const matcher = compiled.matcher(text);
    if (!matcher.find()) return null;
    return { groups: Object.fromEntries(names.map((name) => [name, matcher.group(name) ?? undefined])) };
  };
  const textsOf = (matcher: Matcher): (string | undefined)[] =>
    Array.from({ length: matcher.groupCount() + 1 }, (_, index) => matcher.group(index) ?? undefined);
  return {
    exec,
    test: (text) => compiled.matcher(text).find(),
    texts: (text) => {
      const matcher = compiled.matcher(text);
      return matcher.find() ? textsOf(matcher) : null;
    },
    replaced: (text, to, isEvery) => {
      const matcher = compiled.matcher(text);
      const pieces: string[] = [];
      let end = 0;
      while (matcher.find()) {
        pieces.push(text.slice(end, matcher.start()), to(textsOf(matcher)));
        end = matcher.end();
        if (!isEvery) break;
      }
      return `${pieces.join('')}${text.slice(end)}`;
    },
  };
}

type Matcher = ReturnType<RE2JS['matcher']>;

const lookAround = /\(\?<?[=!]/;
const backReference = /(?<!\\)(?:\\\\)*\\(?:[1-9]|k<)/;

function unsupported(text: string): { readonly message: string; readonly fix: string } | null {
  if (lookAround.test(text)) {
    const without = withoutLookAround(text);
    const fix = isBetter(without, text)
      ? `write ${without}, and leave out what it should not match with exclude, by its text`
      : 'write what a release looks like, and leave out the others with exclude, by their texts';
    return { message: 'look-around, (?= (?! (?<= or (?<!, is not supported', fix };
  }
  if (backReference.test(text)) {
    const without = withoutBackReferences(text);
    const fix = isBetter(without, text) ? `write ${without}` : 'write the group once more in place of the reference';
    return { message: String.raw`a back-reference, \1 or \k<name>, is not supported`, fix };
  }
  return null;
}

/** Whether the proposal can be written in place of the text; one that still holds what is refused is none. */
function isBetter(proposed: string, text: string): boolean {
  const isLeft = lookAround.test(proposed) || backReference.test(proposed);
  return proposed !== text && !isLeft && compilePattern(proposed).ok;
}

function withoutLookAround(text: string): string {
  let rest = text;
  for (let at = rest.search(lookAround); at !== -1; at = rest.search(lookAround)) {
    const end = groupEnd(rest, at);
    if (end === null) return rest;
    rest = rest.slice(0, at) + rest.slice(end);
  }
  return rest;
}

/** Each reference becomes what its group may match. */
function withoutBackReferences(text: string): string {
  return text.replaceAll(/(?<even>(?<!\\)(?:\\\\)*)\\(?:(?<number>[1-9])|k<(?<name>[^>]*)>)/g, (...found) => {
    const { even, number, name }: Record<string, string | undefined> = found.at(-1);
    const starts = [...text.matchAll(/(?<!\\)\((?:\?<(?<name>[^>=!]+)>|(?!\?))/g)];
    const start =
      name === undefined ? starts[Number(number) - 1] : starts.find(({ groups }) => groups?.['name'] === name);
    const end = start === undefined ? null : groupEnd(text, start.index);
    if (start === undefined || end === null) return found[0];
    return `${even ?? ''}(?:${text.slice(start.index + start[0].length, end - 1)})`;
  });
}

/** Behind the bracket that closes the one at `start`; `null` where none does. */
function groupEnd(text: string, start: number): number | null {
  let depth = 0;
  let isClass = false;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (character === '\\') at += 1;
    else if (isClass) isClass = character !== ']';
    else if (character === '[') isClass = true;
    else if (character === '(') depth += 1;
    else if (character === ')') {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return null;
}
