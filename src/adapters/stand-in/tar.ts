/** A tar archive of one small file: what a layer is at the least. Owner root, mode 0644, no time. */

const blockBytes = 512;

/** @see https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html#tag_20_92_13_06 the ustar format */
export function tarOf(name: string, text: string): Uint8Array {
  const content = new TextEncoder().encode(text);
  const header = new Uint8Array(blockBytes);
  const put = (offset: number, value: string): void => header.set(new TextEncoder().encode(value), offset);
  put(0, name);
  put(100, octal(0o644, 8));
  put(108, octal(0, 8));
  put(116, octal(0, 8));
  put(124, octal(content.byteLength, 12));
  put(136, octal(0, 12));
  put(148, ' '.repeat(8));
  put(156, '0');
  put(257, 'ustar\u000000');
  const sum = header.reduce((total, byte) => total + byte, 0);
  put(148, `${sum.toString(8).padStart(6, '0')}\0 `);
  const padded = Math.ceil(content.byteLength / blockBytes) * blockBytes;
  const archive = new Uint8Array(blockBytes + padded + 2 * blockBytes);
  archive.set(header);
  archive.set(content, blockBytes);
  return archive;
}

function octal(value: number, width: number): string {
  return `${value.toString(8).padStart(width - 1, '0')}\0`;
}
