/** A config that another program pipes in: data alone, JSON or YAML. */
import { isUtf8 } from 'node:buffer';
import { InputError } from '../../domain/errors.ts';
import { readJson } from './json-text.ts';

export const standardInput = 'standard input';
const maxBytes = 1_048_576;

/** @throws {InputError} CONFIG_INVALID */
export async function readInputConfig(input: AsyncIterable<unknown>): Promise<unknown> {
  const text = await readText(input);
  if (text.trimStart().startsWith('{')) return readJson(text, standardInput, 'CONFIG_INVALID');
  const { readYaml } = await import('./yaml-text.ts');
  return readYaml(text, standardInput, 'CONFIG_INVALID');
}

async function readText(input: AsyncIterable<unknown>): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of input) {
    const bytes = Buffer.from(chunk instanceof Uint8Array ? chunk : String(chunk));
    size += bytes.length;
    if (size > maxBytes) throw fault('more than 1 MiB', 'check that it is the right file');
    chunks.push(bytes);
  }
  const bytes = Buffer.concat(chunks);
  if (bytes.length === 0) throw fault('it is empty', 'pipe a config in JSON or YAML');
  if (!isUtf8(bytes) || bytes.includes(0)) throw fault('it is not text in UTF-8', 'save it as UTF-8');
  return bytes.toString('utf8');
}

function fault(message: string, fix: string): InputError {
  return new InputError([{ code: 'CONFIG_INVALID', where: standardInput, message, fix }]);
}
