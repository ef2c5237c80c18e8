import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readJson } from '../../src/texts/json-text.ts';
import { problemsOf } from '../support/problems.ts';

describe('a JSON text', () => {
  test('is what JSON.parse makes of it, however it is laid out', () => {
    const key = fc.oneof(fc.string(), fc.constantFrom('a', '"', String.raw`\"a":`, ':', '__proto__', 'x:y'));
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof({ maxDepth: 4 }, fc.jsonValue(), fc.dictionary(key, tie('value')), fc.array(tie('value'))),
    }));
    fc.assert(
      fc.property(value, fc.constantFrom(0, 2, '\t'), (value, space) => {
        const text = JSON.stringify(value, null, space);
        expect(readJson(text, 'a.json', 'FACTS_INVALID')).toEqual(JSON.parse(text));
      }),
    );
  });

  test.each([
    { name: 'the same key twice', text: '{ "a": 1,\n "b": 2, "a": 3 }', where: 'a.json:2:10' },
    { name: 'the same key twice, inside', text: '[{ "b": { "c": 1, "c": { "d": 1 } } }]', where: 'a.json:1:19' },
    {
      name: 'the same key twice, once with an escape',
      text: String.raw`{ "a": 1, "\u0061": 2 }`,
      where: 'a.json:1:11',
    },
    { name: 'a comma at the end', text: '{ "a": 1, }', where: 'a.json:1:11' },
    { name: 'more than 64 levels', text: `${'['.repeat(65)}${']'.repeat(65)}`, where: 'a.json:1:65' },
  ])('with $name is refused at its place', async ({ text, where }) => {
    const problems = await problemsOf(() => readJson(text, 'a.json', 'FACTS_INVALID'));
    expect(problems.map((problem) => problem.where)).toEqual([where]);
  });

  test('of 64 levels is read', () => {
    const text = `${'['.repeat(64)}${']'.repeat(64)}`;
    expect(readJson(text, 'a.json', 'FACTS_INVALID')).toEqual(JSON.parse(text));
  });
});
