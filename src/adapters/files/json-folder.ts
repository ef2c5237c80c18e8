import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError, OutsideError, type ProblemCode } from '../../domain/errors.ts';
import { readJson } from '../../texts/json-text.ts';
import { systemCode } from '../read-regular-file.ts';
import { readTextFile } from './text-file.ts';

const maxBytes = 1024 * 1024;

/**
 * The `.json` files of a folder and of the folders in it, by path.
 *
 * @param folder relative to the working directory
 * @param code what a folder that is not there, and a file that is no JSON, is
 * @throws {InputError} with `path:line:column` of the first fault
 * @throws {OutsideError} FILE_FAILED where the system refuses
 */
export async function readJsonFolder(
  folder: string,
  code: ProblemCode,
): Promise<{ readonly path: string; readonly value: unknown }[]> {
  const paths = await listFolder(folder, code);
  const files: { path: string; value: unknown }[] = [];
  for (const path of paths) {
    const text = await readTextFile(path, { where: path, code, maxBytes, missing: { code, fix: 'read it again' } });
    files.push({ path, value: readJson(text, path, code) });
  }
  return files;
}

async function listFolder(folder: string, code: ProblemCode): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
      .map((entry) => join(entry.parentPath, entry.name))
      .toSorted();
  } catch (error) {
    const reason = systemCode(error);
    if (reason === 'ENOENT' || reason === 'ENOTDIR') {
      const message = reason === 'ENOENT' ? 'there is no such folder' : 'this is not a folder';
      throw new InputError([{ code, where: folder, message, fix: 'name the folder that holds the records' }], {
        cause: error,
      });
    }
    throw new OutsideError('FILE_FAILED', `${folder} cannot be listed: ${reason}`, { folder }, { cause: error });
  }
}
