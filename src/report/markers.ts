/**
 * The part of a text that belongs to a command: what lies between two lines of markers. Nothing else is touched. Markers
 * in a code block are text that people read, and count for nothing.
 */
import { utf8Bytes } from '../domain/byte-size.ts';
import { failed, ok, type Result } from '../domain/result.ts';

/** A pair of markers: `<!-- tagwright:NAME -->` and `<!-- /tagwright:NAME -->`. */
export interface Markers {
  readonly begin: string;
  readonly end: string;
}

/** Around the table of supported tags. */
export const tagMarkers = markersOf('tags');

/** Around what is said of a release's images. @param image its name in a config of several; empty in others */
export function releaseMarkers(image: string): Markers {
  return markersOf(image === '' ? 'release' : `release ${image}`);
}

function markersOf(name: string): Markers {
  // A comment ends at the first `--`, which a name may hold.
  const shown = name.replaceAll('--', '-&#45;');
  return { begin: `<!-- tagwright:${shown} -->`, end: `<!-- /tagwright:${shown} -->` };
}

/**
 * The text with something else between its markers, each on its own line; line ends stay as they are.
 *
 * @param where the file, for problems
 */
export function betweenMarkers(
  text: string,
  inner: string,
  where: string,
  markers: Markers = tagMarkers,
): Result<string> {
  const found = findMarkers(text, where, markers);
  if (!found.ok) return found;
  return found.value === null ? absent(where, markers) : ok(filled(inner, found.value));
}

/** The same; a text that has no markers yet gets them, with what is between them, at its end. */
export function withOwnPart(text: string, inner: string, where: string, markers: Markers): Result<string> {
  const found = findMarkers(text, where, markers);
  if (!found.ok) return found;
  if (found.value !== null) return ok(filled(inner, found.value));
  const { open } = codeLines(text.split('\n'));
  if (open !== null) {
    const message = `the code block that begins in line ${open + 1} does not end, and would take in what is added`;
    return refused(where, message, 'close it');
  }
  const newline = /\r\n/.test(text) ? '\r\n' : '\n';
  const gap = text === '' ? '' : text.endsWith('\n') ? newline : `${newline}${newline}`;
  const own = [markers.begin, '', ...inner.trimEnd().split('\n'), '', markers.end];
  return ok(`${text}${gap}${own.join(newline)}${newline}`);
}

/** How much of a text is not between its markers, in bytes of UTF-8: what stays, whatever is written between them. */
export function bytesOutside(text: string, markers: Markers): number {
  const emptied = withOwnPart(text, '', '', markers);
  return utf8Bytes(emptied.ok ? emptied.value : text);
}

interface Place {
  readonly lines: readonly string[];
  /** Of the lines with the markers. */
  readonly first: number;
  readonly last: number;
}

function filled(inner: string, { lines, first, last }: Place): string {
  const tail = lines[first]?.endsWith('\r') === true ? '\r' : '';
  const own = ['', ...inner.trimEnd().split('\n'), ''].map((line) => `${line}${tail}`);
  return [...lines.slice(0, first + 1), ...own, ...lines.slice(last)].join('\n');
}

/** @returns `null` if neither is there */
function findMarkers(text: string, where: string, { begin, end }: Markers): Result<Place | null> {
  const lines = text.split('\n');
  const { inside: isCode } = codeLines(lines);
  const at = (marker: string): number[] =>
    lines.flatMap((line, index) => (line.trim() === marker && !isCode.has(index) ? [index] : []));
  const [begins, ends] = [at(begin), at(end)];
  const [first, last] = [begins[0], ends[0]];
  if (first === undefined && last === undefined) return ok(null);
  if (first === undefined || last === undefined) {
    const missing = first === undefined ? begin : end;
    return refused(where, `${missing} is not there`, howTo({ begin, end }));
  }
  if (begins.length > 1 || ends.length > 1) {
    const places = [...begins, ...ends].toSorted((a, b) => a - b).map((index) => index + 1);
    return refused(where, `the markers are there more than once (lines ${places.join(', ')})`, 'leave one pair');
  }
  if (last < first) return refused(where, `${end} comes before ${begin}`, `put ${begin} first`);
  return ok({ lines, first, last });
}

interface Code {
  /** Lines of fenced code, fences included. */
  readonly inside: ReadonlySet<number>;
  /** Where a block begins that nothing closes: it goes on to the end, as Markdown has it. */
  readonly open: number | null;
}

function codeLines(lines: readonly string[]): Code {
  const inside = new Set<number>();
  let fence: string | null = null;
  let open: number | null = null;
  for (const [index, line] of lines.entries()) {
    const found = /^\s*(?<fence>`{3,}|~{3,})(?<info>.*)$/.exec(line.trimEnd())?.groups;
    const [mark = '', info = ''] = [found?.['fence'], found?.['info']];
    if (fence !== null) {
      inside.add(index);
      if (mark.startsWith(fence) && info.trim() === '') [fence, open] = [null, null];
    } else if (mark !== '' && !(mark.startsWith('`') && info.includes('`'))) {
      inside.add(index);
      [fence, open] = [mark, index];
    }
  }
  return { inside, open };
}

function absent(where: string, markers: Markers): Result<never> {
  return refused(where, 'the markers are not there', howTo(markers));
}

function howTo({ begin, end }: Markers): string {
  return `write ${begin} and ${end}, each on its own line, where the table belongs`;
}

function refused(where: string, message: string, fix: string): Result<never> {
  return failed({ code: 'DOCS_MARKERS', where, message, fix });
}
