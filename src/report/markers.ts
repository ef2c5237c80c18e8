/** The part of a text that belongs to a command: what lies between two lines of markers. Nothing else is touched. */
import { failed, ok, type Result } from '../domain/result.ts';

const begin = '<!-- tagwright:tags -->';
const end = '<!-- /tagwright:tags -->';

/**
 * The text with something else between its markers, each on its own line; line ends stay as they are.
 *
 * @param where the file, for problems
 */
export function betweenMarkers(text: string, inner: string, where: string): Result<string> {
  const lines = text.split('\n');
  const at = (marker: string): number[] => lines.flatMap((line, index) => (line.trim() === marker ? [index] : []));
  const [begins, ends] = [at(begin), at(end)];
  const [first, last] = [begins[0], ends[0]];
  if (first === undefined || last === undefined) {
    const absent =
      first === undefined && last === undefined
        ? 'the markers are not there'
        : first === undefined
          ? `${begin} is not there`
          : `${end} is not there`;
    return refused(where, absent, `write ${begin} and ${end}, each on its own line, where the table belongs`);
  }
  if (begins.length > 1 || ends.length > 1) {
    const places = [...begins, ...ends].toSorted((a, b) => a - b).map((index) => index + 1);
    return refused(where, `the markers are there more than once (lines ${places.join(', ')})`, 'leave one pair');
  }
  if (last < first) return refused(where, `${end} comes before ${begin}`, `put ${begin} first`);
  const newline = lines[first]?.endsWith('\r') === true ? '\r\n' : '\n';
  const tail = newline === '\r\n' ? '\r' : '';
  const own = ['', ...inner.trimEnd().split('\n'), ''].map((line) => `${line}${tail}`);
  return ok([...lines.slice(0, first + 1), ...own, ...lines.slice(last)].join('\n'));
}

function refused(where: string, message: string, fix: string): Result<never> {
  return failed({ code: 'DOCS_MARKERS', where, message, fix });
}
