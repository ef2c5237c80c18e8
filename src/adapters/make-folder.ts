import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCode } from './read-regular-file.ts';

/** A folder and those above it. Node's own `recursive` never ends below a folder that takes none, such as /proc. */
export async function makeFolder(path: string): Promise<void> {
  if (await isFolder(path)) return;
  const above = dirname(path);
  if (!(await isThere(above))) await makeFolder(above);
  try {
    await mkdir(path);
  } catch (error) {
    // Somebody else was quicker.
    if (systemCode(error) !== 'EEXIST' || !(await isFolder(path))) throw error;
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
