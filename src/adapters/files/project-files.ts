import { readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { InputError, OutsideError } from '../../domain/errors.ts';
import type { ProjectFiles } from '../../ports.ts';
import { entryInside, placeInside, readInside, unfitPath } from './read-inside.ts';
import { replaceFile } from './replace-file.ts';
import { systemCode } from '../read-regular-file.ts';
import { makeFolder } from '../make-folder.ts';

/** Files that a config names; no path leaves the git working tree of its folder, or that folder. @param root absolute */
export function createProjectFiles(root: string): ProjectFiles {
  return {
    read: async (path) => {
      try {
        return await readInside(root, path, path);
      } catch (error) {
        if (error instanceof InputError && error.problems.every((problem) => problem.code === 'TEMPLATE_MISSING'))
          return null;
        throw error;
      }
    },
    write: async (path, text) => {
      const file = await placeInside(root, path);
      try {
        await makeFolder(dirname(file));
        await replaceFile(file, text);
      } catch (error) {
        const message = `${path} cannot be written: ${systemCode(error)}`;
        throw new OutsideError('FILE_FAILED', message, { path }, { cause: error });
      }
    },
    entry: (path) => entryInside(root, path),
    unfit: (path, where, kind) => unfitPath(root, path, where, kind),
    list: async (folder) => {
      try {
        const entries = await readdir(await placeInside(root, folder), { withFileTypes: true });
        return entries
          .filter((entry) => entry.isFile())
          .map((entry) => `${folder}/${entry.name}`)
          .toSorted();
      } catch (error) {
        if (systemCode(error) === 'ENOENT') return [];
        throw error;
      }
    },
  };
}
