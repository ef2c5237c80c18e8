import { count } from '../domain/count.ts';
import { utf8Bytes } from '../domain/byte-size.ts';

/**
 * Cuts a Markdown document to a size, at the end of a line, and says what is missing.
 *
 * @param maxBytes of UTF-8
 * @param where where the whole is, for the last line: `the step's log`
 */
export function fitMarkdown(text: string, maxBytes: number, where: string): string {
  if (utf8Bytes(text) <= maxBytes) return text;
  const lines = text.split('\n');
  const note = (left: number): string =>
    `\n\n> **Cut here**: ${count(left, 'more line does', 'more lines do')} not fit into ${Math.floor(maxBytes / 1024)} KiB. The whole is in ${where}.\n`;
  const closing = '\n\n```\n\n</details>';
  let room = maxBytes - utf8Bytes(note(lines.length)) - utf8Bytes(closing);
  const kept: string[] = [];
  for (const line of lines) {
    room -= utf8Bytes(line) + 1;
    if (room < 0) break;
    kept.push(line);
  }
  return `${kept.join('\n')}${closings(kept)}${note(lines.length - kept.length)}`;
}

/** What ends the code block and the folded part that the cut left open. */
function closings(lines: readonly string[]): string {
  const fences = lines.filter((line) => line.startsWith('```')).length;
  const opened = lines.filter((line) => line.startsWith('<details>')).length;
  const closed = lines.filter((line) => line.startsWith('</details>')).length;
  return `${fences % 2 === 1 ? '\n```' : ''}${opened > closed ? '\n\n</details>' : ''}`;
}
