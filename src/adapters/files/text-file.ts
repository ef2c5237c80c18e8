/**
 * Files, read with care: regular files alone (a FIFO or a device would hang), up to a size, in UTF-8 without a BOM.
 * Everything this room returns is a value; what is wrong with a file a person gave is an `InputError`.
 */
import { isUtf8 } from 'node:buffer';
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { InputError, OutsideError, type Problem, type ProblemCode } from '../../domain/errors.ts';

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
  let file: FileHandle | undefined;
  try {
    // Without O_NONBLOCK, opening a FIFO waits for a writer.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const found = await file.stat();
    if (!found.isFile()) {
      throw fault(rules, `${found.isDirectory() ? 'a folder' : 'a device, pipe or socket'}, not a file`, 'name a file');
    }
    if (found.size > rules.maxBytes) throw tooLarge(rules, found.size);
    const bytes = await file.readFile();
    if (bytes.length > rules.maxBytes) throw tooLarge(rules, bytes.length);
    return bytes;
  } catch (error) {
    throw readFailure(error, rules);
  } finally {
    await file?.close();
  }
}

function readFailure(error: unknown, rules: TextFileRules): unknown {
  if (error instanceof InputError) return error;
  const code = systemCode(error);
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new InputError([{ where: rules.where, message: 'there is no such file', ...rules.missing }], {
      cause: error,
    });
  }
  const facts = { file: rules.where, reason: code };
  return new OutsideError('FILE_FAILED', `${rules.where} cannot be read: ${code}`, facts, { cause: error });
}

/** The system's word for why a call failed (`EACCES`), or the message where there is none. */
export function systemCode(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error ? error.message : String(error);
}

function tooLarge(rules: TextFileRules, sizeBytes: number): InputError {
  const megabytes = (bytes: number): string => `${(bytes / 1_048_576).toFixed(1)} MiB`;
  return fault(
    rules,
    `the file has ${megabytes(sizeBytes)}; at most ${megabytes(rules.maxBytes)} are read`,
    'check that it is the right file',
  );
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
