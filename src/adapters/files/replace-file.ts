import { randomUUID } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';

/** Whoever reads the file finds the old text or the new one, and a full disk leaves the old one. */
export async function replaceFile(file: string, text: string | Iterable<string>): Promise<void> {
  // A name that nobody can guess, made here or not at all: nothing that lies there is followed or overwritten.
  const beside = `${file}.${randomUUID()}.new`;
  await writeFile(beside, text, { flag: 'wx' });
  try {
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}
