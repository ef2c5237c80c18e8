import { realpath } from 'node:fs/promises';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { InputError } from '../../domain/errors.ts';
import { quote } from '../../domain/tag.ts';
import { systemCode } from '../read-regular-file.ts';
import { readTextFile } from './text-file.ts';

const maxBytes = 1_048_576;
const throughLink = 'leaves the folder of the config through a symbolic link';

/**
 * Reads a text file that a config names, which may not leave the config's folder: not by `..`, not by an absolute path,
 * not through a symbolic link. Devices, pipes and files over 1 MiB are refused.
 *
 * @param root  the folder
 * @param path  as written, with `/`
 * @param where the place that names it (`matrix.config.ts flavors.conda.dockerfile`)
 * @throws {InputError} PATH_OUTSIDE_ROOT, TEMPLATE_MISSING, or TEMPLATE_INVALID for a file that is no text
 */
export async function readInside(root: string, path: string, where: string): Promise<string> {
  const fault = pathFault(path);
  if (fault !== null) throw outside(where, path, fault);
  const file = resolve(root, path);
  const real = await realPathInside(root, file);
  if (real === 'outside') throw outside(where, path, throughLink);
  return readTextFile(real, {
    where: `${where} (${path})`,
    code: 'TEMPLATE_INVALID',
    maxBytes,
    missing: { code: 'TEMPLATE_MISSING', fix: 'write the file, or name another' },
  });
}

/**
 * The file to write for a path under the config's folder, which it may not leave either: the nearest folder that exists
 * tells.
 *
 * @throws {InputError} PATH_OUTSIDE_ROOT
 */
export async function placeInside(root: string, path: string): Promise<string> {
  const fault = pathFault(path);
  if (fault !== null) throw outside(path, path, fault);
  const file = resolve(root, path);
  for (let folder = dirname(file); folder !== resolve(root); folder = dirname(folder)) {
    const real = await realPathInside(root, folder);
    if (real === 'outside') throw outside(path, path, throughLink);
  }
  return file;
}

/** What is wrong with a path as text; `null` where nothing is. */
export function pathFault(path: string): string | null {
  if (path === '') return 'is empty';
  if (path.includes('\0')) return 'holds a NUL character';
  if (path.includes('\\')) return 'holds a backslash; folders are separated by /';
  if (isAbsolute(path) || /^[a-z]:/i.test(path)) return 'is absolute; paths are relative to the folder of the config';
  let depth = 0;
  for (const part of path.split('/')) {
    if (part === '..') depth -= 1;
    else if (part !== '.' && part !== '') depth += 1;
    if (depth < 0) return 'leaves the folder of the config';
  }
  return depth === 0 ? 'is the folder of the config itself' : null;
}

/** The path with symbolic links followed; itself where it does not exist, so that reading it says so. */
async function realPathInside(root: string, file: string): Promise<string> {
  try {
    const [realRoot, realFile] = await Promise.all([realpath(root), realpath(file)]);
    const inside = relative(realRoot, realFile);
    return inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside) ? 'outside' : realFile;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP'].includes(systemCode(error))) return file;
    throw error;
  }
}

function outside(where: string, path: string, fault: string): InputError {
  return new InputError([
    {
      code: 'PATH_OUTSIDE_ROOT',
      where,
      message: `the path ${quote(path)} ${fault}`,
      fix: 'name a file in the folder of the config',
    },
  ]);
}
