import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';

/** Why a file was not read. The message is the reason alone. */
export class UnreadFile extends Error {
  override readonly name = 'UnreadFile';
  /** `special` is a pipe, a device or a socket; `system` has the system's word (`EACCES`) as its message. */
  readonly kind: 'missing' | 'folder' | 'special' | 'large' | 'system';
  /** Of a file that is too large. */
  readonly sizeBytes: number;

  constructor(kind: UnreadFile['kind'], message: string, options: ErrorOptions & { sizeBytes?: number } = {}) {
    super(message, options);
    this.kind = kind;
    this.sizeBytes = options.sizeBytes ?? 0;
  }
}

/**
 * Reads a whole file of a bounded size. A pipe, a device or a socket is refused: it could hang, or never end. What is
 * read so is there in less time than a thread takes to be asked for it.
 *
 * @throws {UnreadFile}
 */
export async function readRegularFile(path: string, maxBytes: number): Promise<Buffer> {
  let file: number | null = null;
  try {
    // Without O_NONBLOCK, opening a FIFO waits for a writer.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const found = fstatSync(file);
    if (found.isDirectory()) throw new UnreadFile('folder', 'it is a folder');
    if (!found.isFile()) throw new UnreadFile('special', 'it is a pipe, a device or a socket, not a file');
    const tooLarge = (sizeBytes: number): UnreadFile =>
      new UnreadFile('large', `it has ${sizeBytes} bytes; at most ${maxBytes} are read`, { sizeBytes });
    if (found.size > maxBytes) throw tooLarge(found.size);
    const bytes = readFileSync(file);
    if (bytes.length > maxBytes) throw tooLarge(bytes.length);
    return bytes;
  } catch (error) {
    if (error instanceof UnreadFile) throw error;
    const code = systemCode(error);
    const kind = code === 'ENOENT' || code === 'ENOTDIR' ? 'missing' : 'system';
    throw new UnreadFile(kind, code, { cause: error });
  } finally {
    if (file !== null) closeSync(file);
  }
}

/** The system's word for why a call failed (`EACCES`), or the message where there is none. */
export function systemCode(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error ? error.message : String(error);
}
