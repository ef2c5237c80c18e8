/**
 * A text for a terminal that is narrower than its lines: each is broken at spaces and goes on two columns further in.
 * Words are never cut, so that a digest or a command can still be copied.
 */
export function fitTerminal(text: string, columns: number): string {
  return text
    .split('\n')
    .map((line) => (line.length <= columns ? line : fitLine(line, columns)))
    .join('\n');
}

function fitLine(line: string, columns: number): string {
  const indent = Math.min(/^ */.exec(line)?.[0].length ?? 0, Math.max(0, columns - 12));
  const lines: string[] = [];
  let current = ' '.repeat(indent);
  let isEmpty = true;
  for (const word of line.trim().split(/ +/)) {
    if (!isEmpty && current.length + 1 + visibleLength(word) > columns) {
      lines.push(current);
      current = ' '.repeat(indent + 2);
      isEmpty = true;
    }
    current += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, current].join('\n');
}

// Built from a string, for a control character in a pattern is a mistake everywhere else.
const colorCodes = new RegExp(String.raw`\u001B\[[\d;]*m`, 'g');

/** Without the codes that color it. */
function visibleLength(word: string): number {
  return word.replaceAll(colorCodes, '').length;
}
