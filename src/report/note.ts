/** A report as a comment or an issue: found again by a mark, and no longer than GitHub takes. */
import { utf8Bytes } from '../domain/byte-size.ts';
import { fitMarkdown } from './fit-markdown.ts';

export interface NoteFrame {
  /** The first line, which a page does not show. */
  readonly mark: string;
  /** Of the run that writes it; empty where it has none. */
  readonly runUrl: string;
  /** Where all of it is, if it is cut: `the summary of its run`. */
  readonly whole: string;
}

/** GitHub takes 65,536 characters, GitLab a million; bytes are never fewer. */
const maxBytes = 65_536;

/** What tells one report of a repository from another: command, config, image. Holds nothing that would end a comment. */
export function noteMark(command: string, about: readonly string[]): string {
  return `<!-- tagwright ${command} ${about.map(encodeURIComponent).join(' ')} -->`;
}

/** @see https://docs.github.com/en/rest/issues/comments */
export function noteMarkdown(markdown: string, { mark, runUrl, whole: name }: NoteFrame): string {
  const whole = runUrl === '' ? name : `[${name}](${runUrl})`;
  const foot = `\n\n<sub>Of ${whole}; the next one writes it anew.</sub>\n`;
  const room = maxBytes - utf8Bytes(`${mark}\n${foot}`);
  return `${mark}\n${fitMarkdown(quiet(markdown), room, whole).trimEnd()}${foot}`;
}

/** Outside of code and of what is escaped, `@name` would call somebody, and `#7` or `!7` would leave a trace in issue or merge request 7. */
function quiet(markdown: string): string {
  return markdown.replaceAll(
    /(?<code>```[^]*?```|`[^`\n]*`|&#\d+;)|(?<sign>[@#!])(?=[\w-])/g,
    (_, code: string | undefined, sign: string | undefined) => code ?? `${sign ?? ''}<!-- -->`,
  );
}
