/**
 * Files, read with care: regular files alone (a FIFO or a device would hang), up to a size, in UTF-8 without a BOM.
 * Everything this room returns is a value; what is wrong with a file a person gave is an `InputError`.
 */
import { isUtf8 } from 'node:buffer';
import { assertNever, InputError, OutsideError, type Problem, type ProblemCode } from '../../domain/errors.ts';
import { tooLarge } from '../../texts/too-large.ts';
import { readRegularFile, UnreadFile } from '../read-regular-file.ts';

export interface TextFileRules {
  /** The file as the person knows it, for messages. */
  readonly where: string;
  /** What a file that is too large, or no text, is. */
  readonly code: ProblemCode;
  readonly maxBytes: number;
  /** What to say where there is no such file. */
  readonly missing: Pick<Problem, 'code' | 'fix'>;
}

/**
 * Reads a whole text file.
 *
 * @param path absolute, or relative to the working directory
 * @throws {InputError} where it is not there, no regular file, too large, not UTF-8, or starts with a BOM
 * @throws {OutsideError} FILE_FAILED where the system refuses
 */
export async function readTextFile(path: string, rules: TextFileRules): Promise<string> {
  const bytes = await readBytes(path, rules);
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    throw fault(rules, 'the file starts with a byte order mark (BOM)', 'save it as UTF-8 without BOM');
  }
  if (isUtf8(bytes) && !bytes.includes(0)) return bytes.toString('utf8');
  throw fault(rules, `the file is not text in UTF-8, from line ${firstBadLine(bytes)} on`, 'save it as UTF-8');
}

async function readBytes(path: string, rules: TextFileRules): Promise<Buffer> {
  try {
    return await readRegularFile(path, rules.maxBytes);
  } catch (error) {
    throw error instanceof UnreadFile ? readFailure(error, rules) : error;
  }
}

function readFailure(error: UnreadFile, rules: TextFileRules): InputError | OutsideError {
  const { where } = rules;
  switch (error.kind) {
    case 'missing':
      return new InputError([{ where, message: 'there is no such file', ...rules.missing }], { cause: error });
    case 'folder':
      return fault(rules, 'a folder, not a file', 'name a file');
    case 'special':
      return fault(rules, 'a device, pipe or socket, not a file', 'name a file');
    case 'large':
      return new InputError([tooLarge(rules, error.sizeBytes, rules.maxBytes)]);
    case 'system': {
      const facts = { file: where, reason: error.message };
      return new OutsideError('FILE_FAILED', `${where} cannot be read: ${error.message}`, facts, { cause: error });
    }
    default:
      return assertNever(error.kind);
  }
}

function fault(rules: TextFileRules, message: string, fix: string): InputError {
  return new InputError([{ code: rules.code, where: rules.where, message, fix }]);
}

/** The first line that holds a NUL or bytes that are no UTF-8, counted from 1. */
function firstBadLine(bytes: Buffer): number {
  for (let line = 1, start = 0; ; line += 1) {
    const newline = bytes.indexOf(0x0a, start);
    const end = newline === -1 ? bytes.length : newline;
    const content = bytes.subarray(start, end);
    if (newline === -1 || content.includes(0) || !isUtf8(content)) return line;
    start = end + 1;
  }
}
