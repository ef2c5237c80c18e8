/** Laws of the part between markers, over texts of people: with code blocks, lone markers and both kinds of line end. */
import { array, assert, constantFrom, property, tuple } from 'fast-check';
import { expect, test } from 'vitest';
import { releaseMarkers, tagMarkers, withOwnPart } from '../../src/report/markers.ts';

const markers = releaseMarkers('web');
const { begin, end } = markers;
const others = ['text', '标签 🏷 وسم', '', tagMarkers.begin, '<!-- tagwright:release -->', `see ${begin}`];
const code = ['```md', begin, end, '```'];
const newline = constantFrom('\n', '\r\n');
const inner = constantFrom('new', 'two\nlines', '| a |\n| --- |');

/** Lines in which no marker of ours counts: those of a code block are text. */
const around = array(constantFrom(...others.map((line) => [line]), code), { maxLength: 6 }).map((parts) =>
  parts.flat(),
);

test('what stands before and after the markers stays as it was, byte by byte', () => {
  assert(
    property(around, around, inner, newline, (before, after, own, line) => {
      const text = [...before, begin, 'old', end, ...after].join(line);
      const put = withOwnPart(text, own, 'the text', markers);
      const value = [...before, begin, '', ...own.split('\n'), '', end, ...after].join(line);
      expect(put).toEqual({ ok: true, value });
    }),
  );
});

test('a text without markers is kept whole, and our part follows it once', () => {
  assert(
    property(around, inner, newline, (lines, own, line) => {
      const text = lines.join(line);
      const put = withOwnPart(text, own, 'the text', markers);
      expect(put.ok && put.value.startsWith(text)).toBe(true);
      expect(put.ok && put.value.slice(text.length).split(begin)).toHaveLength(2);
    }),
  );
});

test('what is put twice is what was put last, whatever the text is; or it is refused both times', () => {
  const any = array(constantFrom(...others, ...code, begin, end, '~~~~', '  ````'), { maxLength: 12 });
  let put = 0;
  assert(
    property(tuple(any, newline), inner, inner, ([lines, line], first, second) => {
      const text = lines.join(line);
      const once = withOwnPart(text, first, 'the text', markers);
      if (!once.ok) return;
      put += 1;
      expect(withOwnPart(once.value, second, 'the text', markers)).toEqual(
        withOwnPart(text, second, 'the text', markers),
      );
    }),
    { numRuns: 1000 },
  );
  expect(put).toBeGreaterThan(100);
});

test('markers of several images and of the table are told apart', () => {
  const text = ['tags', 'release', 'release web', 'release api']
    .map((name) => `<!-- tagwright:${name} -->\nold\n<!-- /tagwright:${name} -->\n`)
    .join('\n');
  const value = text.replace('release web -->\nold\n', 'release web -->\n\nnew\n\n');
  expect(withOwnPart(text, 'new', 'the text', markers)).toEqual({ ok: true, value });
});
