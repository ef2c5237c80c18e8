import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';

/**
 * Reads a whole text file of a bounded size. A pipe, a device or a socket is refused: it could hang, or never end.
 *
 * @returns `null` where there is no such file
 * @throws {Error} whose message is the reason alone: the system's word, what it is in place of a file, or its size
 */
export async function readRegularFile(path: string, maxBytes: number): Promise<string | null> {
  let file: FileHandle | undefined;
  try {
    // Without O_NONBLOCK, opening a FIFO waits for a writer.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const found = await file.stat();
    if (found.isDirectory()) throw new Error('it is a folder');
    if (!found.isFile()) throw new Error('it is a pipe, a device or a socket, not a file');
    if (found.size > maxBytes) throw new Error(`it has ${found.size} bytes; at most ${maxBytes} are read`);
    return await file.readFile('utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw typeof code === 'string' ? new Error(code, { cause: error }) : error;
  } finally {
    await file?.close();
  }
}
