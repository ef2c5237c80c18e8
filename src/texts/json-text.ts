/**
 * JSON with the place of the first fault. `JSON.parse` names none for most faults, and of two equal keys it silently
 * takes the second.
 */
import { printParseErrorCode, visit } from 'jsonc-parser';
import { InputError, type ProblemCode } from '../domain/errors.ts';
import { quote } from '../domain/tag.ts';

const maxDepth = 64;

/** @throws {InputError} with `where:line:column`, at the first fault or the second of two equal keys */
export function readJson(text: string, where: string, code: ProblemCode): unknown {
  const parsed = parsedInOrder(text);
  if (parsed === null) refuse(text, where, code);
  return parsed === null ? (JSON.parse(text) as unknown) : parsed.value;
}

/** The value, if nothing is wrong with the text: its place takes long to find, and is not asked for then. */
function parsedInOrder(text: string): { readonly value: unknown } | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  // Of two equal keys one is lost.
  return keysIn(value, 0) === keysWritten(text) ? { value } : null;
}

/** A text followed by a colon is a key. */
function keysWritten(text: string): number {
  const pattern = /"[^"\\]*(?:\\.[^"\\]*)*"\s*:?/g;
  let count = 0;
  while (pattern.test(text)) if (text[pattern.lastIndex - 1] === ':') count += 1;
  return count;
}

/** Keys of a value and of all that is in it; `-1` if it is too deep. */
function keysIn(value: unknown, depth: number): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (depth >= maxDepth) return -1;
  const inner: readonly unknown[] = Object.values(value);
  let count = Array.isArray(value) ? 0 : inner.length;
  for (const each of inner) {
    const more = keysIn(each, depth + 1);
    if (more === -1) return -1;
    count += more;
  }
  return count;
}

/** @throws {InputError} */
function refuse(text: string, where: string, code: ProblemCode): void {
  const fail = (message: string, line: number, column: number): never => {
    throw new InputError([{ code, where: `${where}:${line + 1}:${column + 1}`, message, fix: 'expected JSON' }]);
  };
  const keysOfOpen: Set<string>[] = [];
  const enter = (_offset: number, _length: number, line: number, column: number): void => {
    if (keysOfOpen.push(new Set()) > maxDepth) fail(`more than ${maxDepth} levels deep`, line, column);
  };
  const leave = (): void => {
    keysOfOpen.pop();
  };
  visit(
    text,
    {
      onObjectBegin: enter,
      onObjectEnd: leave,
      onArrayBegin: enter,
      onArrayEnd: leave,
      onObjectProperty: (key, _offset, _length, line, column) => {
        const keys = keysOfOpen.at(-1);
        if (keys?.has(key) === true) fail(`the key ${quote(key)} stands here a second time`, line, column);
        keys?.add(key);
      },
      onError: (error, offset, _length, line, column) =>
        fail(`${words(printParseErrorCode(error))}, found ${found(text, offset)}`, line, column),
    },
    { disallowComments: true },
  );
}

/** `CommaExpected` as `comma expected`. */
function words(name: string): string {
  return name.replaceAll(/(?<!^)[A-Z]/g, (letter) => ` ${letter}`).toLowerCase();
}

function found(text: string, offset: number): string {
  const character = text.codePointAt(offset);
  return character === undefined ? 'the end of the file' : quote(String.fromCodePoint(character));
}
