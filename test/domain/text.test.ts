import { expect, test } from 'vitest';
import { printable } from '../../src/domain/text.ts';

test.each([
  { name: 'plain text', text: '3.10: as it was, 100 %', shown: '3.10: as it was, 100 %' },
  { name: 'text of any language', text: 'größer 版本 🐍', shown: 'größer 版本 🐍' },
  { name: 'an escape sequence', text: 'a\u001B[31mred', shown: String.raw`a\u001b[31mred` },
  { name: 'a control of the second block', text: 'a\u009B2J', shown: String.raw`a\u009b2J` },
  { name: 'a bidi override', text: '1.0\u202E0.2', shown: String.raw`1.0\u202e0.2` },
  { name: 'a bidi isolate and mark', text: '\u2066a\u061C', shown: String.raw`\u2066a\u061c` },
  { name: 'zero width', text: 'a\u200Bb\u2060c\uFEFF', shown: String.raw`a\u200bb\u2060c\ufeff` },
  { name: 'a lone carriage return', text: 'wrong\rright', shown: 'wrong right' },
  { name: 'line ends of every kind', text: 'a\r\nb\u0085c\u2028d\ve', shown: 'a b c d e' },
  { name: 'a tag character', text: 'a\u{E0041}', shown: String.raw`a\u{e0041}` },
  { name: 'a variation selector and a filler', text: 'a\uFE0F\u3164', shown: String.raw`a\ufe0f\u3164` },
  { name: 'half a character', text: 'a\uD800', shown: String.raw`a\ud800` },
  { name: 'a NUL', text: 'a\0', shown: String.raw`a\u0000` },
  { name: 'a command of a runner', text: '::error::x', shown: ': :error::x' },
  { name: 'a command on a line of its own', text: 'a\n ::add-mask::x', shown: 'a  : :add-mask::x' },
  { name: 'a command of the old form', text: 'a##[error]x', shown: 'a# #[error]x' },
  { name: 'an address', text: 'http://[::1]:5000', shown: 'http://[::1]:5000' },
  { name: 'a long text', text: 'x'.repeat(1000), shown: `${'x'.repeat(199)}…` },
])('$name', ({ text, shown }) => {
  expect(printable(text)).toBe(shown);
});
