import { expect, test } from 'vitest';
import { compilePattern, linearPattern } from '../../src/domain/pattern.ts';
import { processorMs } from '../support/processor-time.ts';

test.each([
  String.raw`^v?(?<version>\d+\.\d+\.\d+.*)$`,
  String.raw`^(?<version>\d{4}\.\d+(?:\.\d+)?)(?:-ls(?<build>\d+))?$`,
  String.raw`^(?<version>[A-Za-z0-9._-]+)$`,
  String.raw`^(?:lychee-)?v(?<version>\d+\.\d+\.\d+)$`,
  String.raw`^release\/(?<version>\p{L}+\u002d\d+)$`,
])('matches as JavaScript does: %s', (text) => {
  const compiled = compilePattern(text);
  if (!compiled.ok) throw new Error(compiled.message);
  const native = new RegExp(text, 'u');
  const texts = ['1.2.3', 'v1.2.3rc1', '2026.07', '2026.7-ls12', 'lychee-v0.1.2', 'release/x-1', '', 'v1', '1.2.3\n'];
  for (const sample of texts) {
    const expected = native.exec(sample);
    const seen = compiled.pattern.exec(sample);
    expect({ sample, groups: seen?.groups ?? null }).toEqual({
      sample,
      groups: expected === null ? null : { ...expected.groups },
    });
    expect(compiled.pattern.test(sample)).toBe(expected !== null);
  }
});

test.each([
  {
    text: String.raw`^v(?!.*rc)(?<version>\d+\.\d+\.\d+.*)$`,
    fix: String.raw`write ^v(?<version>\d+\.\d+\.\d+.*)$, and leave out what it should not match with exclude, by its text`,
  },
  {
    text: String.raw`^(?<version>\d+(?<![()[\])])(?=x).*)$`,
    fix: String.raw`write ^(?<version>\d+.*)$, and leave out what it should not match with exclude, by its text`,
  },
  {
    text: String.raw`^(?<year>\d{4})-\k<year>(?<version>.*)$`,
    fix: String.raw`write ^(?<year>\d{4})-(?:\d{4})(?<version>.*)$`,
  },
  {
    text: String.raw`^(?<version>(?:x)(\d|(a))\2)$`,
    fix: String.raw`write ^(?<version>(?:x)(\d|(a))(?:\d|(a)))$`,
  },
  { text: '^(?<version>', fix: 'write a regular expression of JavaScript' },
  { text: '^(?<version>a{1,5000})$', fix: 'write it with the syntax of RE2' },
  { text: `^(?<version>${'a'.repeat(2000)})$`, fix: 'write it shorter' },
])('is refused, with what to write: $fix', ({ text, fix }) => {
  expect(compilePattern(text)).toMatchObject({ ok: false, fix });
});

test.each([String.raw`^(?<version>(a+)+)$`, String.raw`^(?<version>(?:a|a)*)$`, String.raw`^(?<version>.*.*.*.*x)$`])(
  'a text that would keep JavaScript busy for years: %s',
  (text) => {
    const compiled = compilePattern(text);
    if (!compiled.ok) throw new Error(compiled.message);
    const { pattern } = compiled;
    const tookMs = processorMs(() => expect(pattern.test(`${'a'.repeat(5000)}!`)).toBe(false));
    expect(tookMs).toBeLessThan(5000);
  },
);

test('a pattern that cannot be mended is refused all the same', () => {
  expect(compilePattern(String.raw`^(?!x)(?<version>[\w!x)(?<.]+)(?:-(?<build>\d+))?\k<build>$`).ok).toBe(false);
});

test('a pattern is compiled once, and however many others come, each text has its own', () => {
  const first = linearPattern('^(?<n0>0)$');
  expect(linearPattern('^(?<n0>0)$')).toBe(first);
  for (let number = 1; number <= 1_200; number += 1)
    expect(linearPattern(`^(?<n0>${number})$`).exec(`${number}`)?.groups).toEqual({ n0: `${number}` });
  expect(linearPattern('^(?<n0>0)$').exec('1')).toBe(null);
});
