/** Text in Markdown that stays text: what a reason or a message holds may come from outside. */

/** Breaks a word where it would become a link or call somebody, and is not seen. */
const breakHere = '&#8203;';

/** One line of prose in which no markup, link, image, formula, mention or reference comes alive. */
export function markdownText(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll(/[\\`*[\]|~$]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, String.raw`\$&`)
    .replace(/^(?:[-+>=#]+(?=\s)|\d+(?=[.)]\s))/, (start) => `${breakHere}${start}`)
    .replaceAll(/(?<=\b(?:[a-z][a-z0-9+.-]*|mailto|xmpp):)(?=\/\/|[^\s@:]+@)/gi, breakHere)
    .replaceAll(/(?<=\bwww)\./gi, `${breakHere}.`)
    .replaceAll(/@(?=[\w-])(?!sha256:)/g, `@${breakHere}`)
    .replaceAll(/(?<=(?<!&)#|\bGH-)(?=\d)/gi, breakHere);
}

/** Code in a line: nothing in it is markup. */
export function markdownCode(text: string): string {
  return `\`${text.replaceAll('`', "'").replaceAll(/\s+/g, ' ')}\``;
}

/** Lines as they are: the fence is longer than any in them. */
export function markdownBlock(lines: readonly string[]): string {
  const runs = lines.flatMap((line) => line.match(/`{3,}/g) ?? []);
  const fence = '`'.repeat(Math.max(3, ...runs.map((run) => run.length + 1)));
  return [fence, ...lines, fence].join('\n');
}
