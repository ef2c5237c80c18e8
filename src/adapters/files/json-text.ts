/**
 * JSON with the place of the first fault. `JSON.parse` names none for most faults, and of two equal keys it silently
 * takes the second.
 */
import { InputError, type ProblemCode } from '../../domain/errors.ts';
import { quote } from '../../domain/tag.ts';

/** @throws {InputError} with `where:line:column`, at the first fault or the second of two equal keys */
export function readJson(text: string, where: string, code: ProblemCode): unknown {
  const scanner: Scanner = { text, at: 0 };
  const message = scanDocument(scanner);
  if (message === null) return JSON.parse(text) as unknown;
  const before = text.slice(0, scanner.at);
  const line = before.split('\n').length;
  const column = scanner.at - before.lastIndexOf('\n');
  throw new InputError([{ code, where: `${where}:${line}:${column}`, message, mend: 'expected JSON' }]);
}

interface Scanner {
  readonly text: string;
  at: number;
}

const maxDepth = 64;
const blank = /[ \t\n\r]*/y;
const literal = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
/** All characters but the control characters, the quote and the backslash. */
const stringRun = /[ !#-[\]-\uffff]*/y;
const escape = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** Each scan moves `at` behind what it read, or leaves it on the fault it returns. */
function scanDocument(scanner: Scanner): string | null {
  const fault = scanValue(scanner, 0);
  if (fault !== null) return fault;
  skip(scanner, blank);
  return scanner.at === scanner.text.length ? null : `${found(scanner)} after the end of the value`;
}

function scanValue(scanner: Scanner, depth: number): string | null {
  skip(scanner, blank);
  if (depth > maxDepth) return `more than ${maxDepth} levels deep`;
  const first = scanner.text[scanner.at];
  if (first === '{') return scanMembers(scanner, '}', depth);
  if (first === '[') return scanMembers(scanner, ']', depth);
  if (first === '"') return scanString(scanner);
  return skip(scanner, literal) > 0 ? null : `${found(scanner)} where a value was expected`;
}

function scanMembers(scanner: Scanner, close: '}' | ']', depth: number): string | null {
  scanner.at += 1;
  skip(scanner, blank);
  if (scanner.text[scanner.at] === close) return step(scanner);
  const keys = new Set<string>();
  for (;;) {
    const fault = (close === '}' ? scanKey(scanner, keys) : null) ?? scanValue(scanner, depth + 1);
    if (fault !== null) return fault;
    skip(scanner, blank);
    const separator = scanner.text[scanner.at];
    if (separator === close) return step(scanner);
    if (separator !== ',') return `${found(scanner)} where , or ${close} was expected`;
    scanner.at += 1;
  }
}

function scanKey(scanner: Scanner, keys: Set<string>): string | null {
  skip(scanner, blank);
  const start = scanner.at;
  if (scanner.text[start] !== '"') return `${found(scanner)} where a key in double quotes was expected`;
  const fault = scanString(scanner);
  if (fault !== null) return fault;
  const key = String(JSON.parse(scanner.text.slice(start, scanner.at)));
  if (keys.has(key)) {
    scanner.at = start;
    return `the key ${quote(key)} stands here a second time`;
  }
  keys.add(key);
  skip(scanner, blank);
  return scanner.text[scanner.at] === ':' ? step(scanner) : `${found(scanner)} where : was expected`;
}

function scanString(scanner: Scanner): string | null {
  scanner.at += 1;
  for (;;) {
    skip(scanner, stringRun);
    if (scanner.text[scanner.at] === '"') return step(scanner);
    if (skip(scanner, escape) === 0) return `${found(scanner)} inside a text in double quotes`;
  }
}

function step(scanner: Scanner): null {
  scanner.at += 1;
  return null;
}

/** Moves behind a match at the current place; returns its length. */
function skip(scanner: Scanner, pattern: RegExp): number {
  pattern.lastIndex = scanner.at;
  const length = pattern.exec(scanner.text)?.[0].length ?? 0;
  scanner.at += length;
  return length;
}

function found(scanner: Scanner): string {
  const character = scanner.text.codePointAt(scanner.at);
  if (character === undefined) return 'the file ends';
  return quote(String.fromCodePoint(character));
}
