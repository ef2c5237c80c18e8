import { randomUUID } from 'node:crypto';
import { realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { systemCode } from '../read-regular-file.ts';

/**
 * Whoever reads the file finds the old text or the new one, and a full disk leaves the old one. Of a link, the file that
 * it leads to is replaced; what the owner and others may do with it stays.
 */
export async function replaceFile(path: string, text: string | Iterable<string>): Promise<void> {
  const before = await stat(path).catch(ifAbsent);
  const file = before === null ? path : await realpath(path);
  // A name that nobody can guess, made here or not at all: nothing that lies there is followed or overwritten.
  const beside = `${file}.${randomUUID()}.new`;
  await writeFile(beside, text, { flag: 'wx', ...(before === null ? {} : { mode: before.mode & 0o777 }) });
  try {
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

function ifAbsent(error: unknown): null {
  if (systemCode(error) === 'ENOENT') return null;
  throw error;
}
