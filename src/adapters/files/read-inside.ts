import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { InputError, type Problem } from '../../domain/errors.ts';
import { outsideRoot, pathFault } from '../../domain/path-fault.ts';
import type { FileEntry } from '../../ports.ts';
import { systemCode } from '../read-regular-file.ts';
import { depthOf, staysInside, throughLink } from './inside.ts';
import { linkStatOf, statOf } from './stat-of.ts';
import { readTextFile } from './text-file.ts';

const maxBytes = 1_048_576;

/**
 * Reads a text file that a config names, which may not leave the root: not by `..`, not by an absolute path, not through
 * a symbolic link. Devices, pipes and files over 1 MiB are refused.
 *
 * @param folder the config's folder
 * @param path  as written, with `/`
 * @param where the place that names it (`matrix.config.ts flavors.conda.dockerfile`)
 * @throws {InputError} PATH_OUTSIDE_ROOT, TEMPLATE_MISSING, or TEMPLATE_INVALID for a file that is no text
 */
export async function readInside(folder: string, path: string, where: string): Promise<string> {
  const file = await placeInside(folder, path, where);
  if (file === resolve(folder)) {
    throw new InputError([outsideRoot(path, 'is the folder of the config itself', where)]);
  }
  return readTextFile(file, {
    where: `${where} (${path})`,
    code: 'TEMPLATE_INVALID',
    maxBytes,
    missing: { code: 'TEMPLATE_MISSING', fix: 'write the file, or name another' },
  });
}

/**
 * The file or folder for a path of a config, to read or to write.
 *
 * @throws {InputError} PATH_OUTSIDE_ROOT
 */
export async function placeInside(folder: string, path: string, where = path): Promise<string> {
  const fault = pathFault(path, await depthOf(folder));
  if (fault !== null) throw new InputError([outsideRoot(path, fault, where)]);
  const place = resolve(folder, path);
  if (!(await staysInside(folder, place))) throw new InputError([outsideRoot(path, throughLink, where)]);
  return place;
}

/** What is at a path of a config. Of what the system does not let anybody see, reading says why: it is taken for a file. */
export async function entryInside(folder: string, path: string): Promise<FileEntry> {
  const place = resolve(folder, path);
  if (pathFault(path, await depthOf(folder)) !== null || !(await staysInside(folder, place))) return 'outside';
  try {
    const found = statSync(place);
    return found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'special';
  } catch (error) {
    if (!['ENOENT', 'ENOTDIR', 'ELOOP'].includes(systemCode(error))) return 'file';
    return linkStatOf(place)?.isSymbolicLink() === true ? 'broken link' : 'nothing';
  }
}

/** What keeps a file or folder from being handed to a builder; one that is not there is the builder's to name. */
export async function unfitPath(
  folder: string,
  path: string,
  where: string,
  kind: 'file' | 'folder',
): Promise<readonly Problem[]> {
  try {
    const found = statOf(await placeInside(folder, path, where));
    if (found === null || found.isFile() || found.isDirectory()) return [];
    const message = `${path} is a device, pipe or socket`;
    return [{ code: 'TEMPLATE_INVALID', where, message, fix: `name a ${kind}` }];
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
}
