import { expect, test } from 'vitest';
import { fitMarkdown } from '../../src/report/fit-markdown.ts';

const lines = Array.from({ length: 100 }, (_, index) => `line ${index}`).join('\n');

const cases: { name: string; text: string; end: RegExp }[] = [
  {
    name: 'at the end of a line',
    text: lines,
    end: /\nline \d+\n\n> \*\*Cut here\*\*: [\d,]+ more lines do not fit into 0 KiB\. The whole is in the log\.\n$/,
  },
  {
    name: 'inside a code block, which is ended',
    text: `\`\`\`sh\n${lines}\n\`\`\``,
    end: /\nline \d+\n```\n\n> \*\*Cut here\*\*/,
  },
  {
    name: 'inside a folded part, which is ended',
    text: `<details><summary>x</summary>\n\n${lines}\n\n</details>`,
    end: /\nline \d+\n\n<\/details>\n\n> \*\*Cut here\*\*/,
  },
  {
    name: 'one line that is too long is left out whole',
    text: 'x'.repeat(5000),
    end: /^\n\n> \*\*Cut here\*\*: 1 more/,
  },
];

test.each(cases)('a text is cut $name', ({ text, end }) => {
  const fitted = fitMarkdown(text, 500, 'the log');
  expect(fitted).toMatch(end);
  expect(Buffer.byteLength(fitted)).toBeLessThanOrEqual(500);
});

test('a text that fits is left alone', () => {
  expect(fitMarkdown(lines, Buffer.byteLength(lines), 'the log')).toBe(lines);
});
