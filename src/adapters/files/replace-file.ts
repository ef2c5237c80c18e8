import { rename, rm, writeFile } from 'node:fs/promises';

/** Whoever reads the file finds the old text or the new one, and a full disk leaves the old one. */
export async function replaceFile(file: string, text: string): Promise<void> {
  const beside = `${file}.${process.pid}.new`;
  try {
    await writeFile(beside, text);
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}
