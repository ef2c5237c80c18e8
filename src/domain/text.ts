/**
 * Texts from outside, made fit to be shown: one line, of bounded length, with nothing in it that a terminal, a runner or
 * a reader's eye takes for something else.
 */

/**
 * What is not seen, or changes how its neighbours are seen: controls of both blocks, formats (bidi, zero width, tags),
 * line and paragraph separators, lone surrogates, private use, fillers, variation selectors.
 */
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Default_Ignorable_Code_Point}\u{2800}]/gu;
/** What the runner of GitHub Actions takes for a command: `::` where a line may begin, `##[` anywhere. */
const commandStart = /(?<=^|\s)::|##(?=\[)/g;
const plain = /^[\x20-\x22\x24-\x39\x3b-\x7e]*$/;

const defaultLength = 200;

/** One printable line of at most `maxLength` characters. Line ends become spaces, what is hidden its number. */
export function printable(text: string, maxLength = defaultLength): string {
  const short = text.length > maxLength ? `${text.slice(0, maxLength - 1)}…` : text;
  // Most of what is read is plain, and an audit reads a hundred thousand labels.
  if (plain.test(short)) return short;
  const line = showHidden(short.replaceAll(/[\t-\r\u{85}\u{2028}\u{2029}]+/gu, ' '));
  return line.replaceAll(commandStart, (start) => `${start.charAt(0)} ${start.slice(1)}`);
}

/** Hidden characters as their numbers: `\u202e`. */
export function showHidden(text: string): string {
  return text.replaceAll(hidden, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16);
    return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`;
  });
}

/** The same for a text of several lines, which may be indented by tabs. */
export function showHiddenInLines(text: string): string {
  return plain.test(text)
    ? text
    : text
        .split(/(?<=[\n\t])|(?=[\n\t])/)
        .map(showUnlessSpace)
        .join('');
}

function showUnlessSpace(part: string): string {
  return part === '\n' || part === '\t' ? part : showHidden(part);
}

/** A text as a config writes it, whatever is in it: what a person pastes is one string, and shows all that it holds. */
export function literal(text: string): string {
  const inner = showHidden(JSON.stringify(text).slice(1, -1)).replaceAll(String.raw`\"`, '"');
  return `'${inner.replaceAll("'", String.raw`\'`)}'`;
}
