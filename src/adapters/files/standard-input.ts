/** What another program pipes in: data alone, JSON or YAML. */
import { isUtf8 } from 'node:buffer';
import { InputError, type ProblemCode } from '../../domain/errors.ts';
import { readConfigText } from '../../texts/config-text.ts';

export const standardInput = 'standard input';

interface InputRules {
  /** What an input that is no text is. */
  readonly code: ProblemCode;
  readonly maxMebibytes: number;
  /** For an empty one. */
  readonly fix: string;
}

const ofConfigs: InputRules = { code: 'CONFIG_INVALID', maxMebibytes: 1, fix: 'pipe a config in JSON or YAML' };

/** @throws {InputError} CONFIG_INVALID */
export async function readInputConfig(input: AsyncIterable<unknown>): Promise<unknown> {
  return readConfigText(await readInputText(input, ofConfigs), standardInput);
}

/** @throws {InputError} for more than the rules allow, nothing at all, and bytes that are not text */
export async function readInputText(
  input: AsyncIterable<unknown>,
  { code, maxMebibytes, fix }: InputRules,
): Promise<string> {
  const fault = (message: string, todo: string): InputError =>
    new InputError([{ code, where: standardInput, message, fix: todo }]);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of input) {
    const bytes = Buffer.from(chunk instanceof Uint8Array ? chunk : String(chunk));
    size += bytes.length;
    if (size > maxMebibytes * 1_048_576)
      throw fault(`more than ${maxMebibytes} MiB`, 'check that it is the right file');
    chunks.push(bytes);
  }
  const bytes = Buffer.concat(chunks);
  if (bytes.length === 0) throw fault('it is empty', fix);
  if (!isUtf8(bytes) || bytes.includes(0)) throw fault('it is not text in UTF-8', 'save it as UTF-8');
  return bytes.toString('utf8');
}
