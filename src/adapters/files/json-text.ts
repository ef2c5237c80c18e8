/**
 * JSON with the place of the first fault. `JSON.parse` names none for most faults, and of two equal keys it silently
 * takes the second.
 */
import { printParseErrorCode, visit } from 'jsonc-parser';
import { InputError, type ProblemCode } from '../../domain/errors.ts';
import { quote } from '../../domain/tag.ts';

const maxDepth = 64;

/** @throws {InputError} with `where:line:column`, at the first fault or the second of two equal keys */
export function readJson(text: string, where: string, code: ProblemCode): unknown {
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
  return JSON.parse(text) as unknown;
}

/** `CommaExpected` as `comma expected`. */
function words(name: string): string {
  return name.replaceAll(/(?<!^)[A-Z]/g, (letter) => ` ${letter}`).toLowerCase();
}

function found(text: string, offset: number): string {
  const character = text.codePointAt(offset);
  return character === undefined ? 'the end of the file' : quote(String.fromCodePoint(character));
}
