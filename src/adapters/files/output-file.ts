import { lstat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { InputError, OutsideError } from '../../domain/errors.ts';
import { keepInside } from './inside.ts';
import { replaceFile } from './replace-file.ts';
import { systemCode } from '../read-regular-file.ts';
import { makeFolder } from '../make-folder.ts';

/**
 * Writes a file that a flag named, relative to the working directory. Whoever reads it finds the old content or the new,
 * and never half of it.
 *
 * @throws {InputError} PATH_OUTSIDE_ROOT, USAGE for a folder
 * @throws {OutsideError} FILE_FAILED
 */
export async function writeOutput(path: string, text: string | Iterable<string>): Promise<void> {
  const file = resolve(path);
  await keepInside(path);
  try {
    await makeFolder(dirname(file));
    if (await isReplaceable(file)) await replaceFile(file, text);
    else await writeFile(file, text);
  } catch (error) {
    if (systemCode(error) === 'EISDIR')
      throw new InputError([{ code: 'USAGE', where: path, message: 'it is a folder', fix: 'name a file to write' }]);
    const reason = error instanceof Error ? error.message : String(error);
    throw new OutsideError('FILE_FAILED', `${path} cannot be written: ${reason}`, { path }, { cause: error });
  }
}

/** A link, a device or a pipe is written through. */
async function isReplaceable(file: string): Promise<boolean> {
  try {
    return (await lstat(file)).isFile();
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return true;
    throw error;
  }
}
