import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { OutsideError } from '../../domain/errors.ts';

/** Writes a file that a flag named, relative to the working directory. @throws {OutsideError} FILE_FAILED */
export async function writeOutput(path: string, text: string): Promise<void> {
  try {
    const file = resolve(path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new OutsideError('FILE_FAILED', `${path} cannot be written: ${reason}`, { path }, { cause: error });
  }
}
