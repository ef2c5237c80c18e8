import { Evaluator } from '@actions/expressions';
import { Dictionary } from '@actions/expressions/data/dictionary';
import { describe, expect, test } from 'vitest';
import { evaluate, truth, type Scope, type Value } from '../../src/import/evaluate.ts';
import { parseExpression, splitExpressions } from '../../src/import/expression.ts';
import { conditionTruth, scopeOf, type Run } from '../../src/import/scope.ts';

const nowhere: Scope = { lookup: () => null, prerelease: false, tagPrefix: null };

function valueOf(text: string, scope: Scope): Value {
  const expression = parseExpression(text);
  if (expression === null) throw new Error(`the test's expression cannot be read: ${text}`);
  return evaluate(expression, scope);
}

describe('what is known', () => {
  test.each([
    "'' == null",
    "'ABC' == 'abc'",
    "'true' == true",
    'null == false',
    "1 == '1'",
    "'a' != 'b' && 'x' || 'y'",
    "false || '' || 'z'",
    "!'' && !false",
    "contains('refs/heads/main', 'MAIN')",
    "startsWith('v1.0', 'V') && endsWith('v1.0', '.0')",
    "format('{0}-{1}-{{0}}', 'a', 3)",
    'contains(fromJSON(\'["3.8", "3.9"]\'), \'3.9\')',
    "join(fromJSON('[1, 2]'), '+')",
  ])("%s gives what GitHub's own evaluator gives", (text) => {
    const expression = parseExpression(text);
    if (expression === null) throw new Error('it cannot be read');
    const theirs = new Evaluator(expression, new Dictionary()).evaluate();
    expect(valueOf(text, nowhere)).toEqual({ kind: 'known', data: theirs });
  });
});

test.each([
  { name: 'known', seed: "'x'" },
  { name: 'not known', seed: 'steps.a.outputs.b' },
])('format() inside format() forty times, its text $name, ends at once', ({ seed }) => {
  let text = seed;
  for (let level = 0; level < 40; level += 1) text = `format('{0}{0}{0}', ${text})`;
  const value = valueOf(text, nowhere);
  expect(value.kind).toBe('unknown');
});

const run: Run = {
  event: 'release',
  prerelease: false,
  tagPrefix: 'v',
  repository: 'acme/app',
  env: new Map([['a', 'x']]),
  handed: new Map(),
  workflow: 'images',
  input: () => null,
  output: () => null,
};

function on(text: string, more: Partial<Run> = {}): { is: boolean | null; because: readonly string[] } {
  return truth(valueOf(text, scopeOf({ ...run, ...more }, new Map([['python', '3.10']]))));
}

describe('of a run that a release starts', () => {
  test.each<{ text: string; more?: Partial<Run>; is: boolean | null; because?: readonly string[] }>([
    { text: "github.event_name == 'release' && github.ref_type == 'tag'", is: true },
    { text: "github.event_name == 'push'", more: { event: 'push' }, is: true },
    { text: "github.event_name == 'push'", more: { event: 'other' }, is: null, because: ['github.event_name'] },
    { text: "github.event.release.prerelease == false && matrix.Python == '3.10'", is: true },
    { text: 'github.event.release.prerelease', more: { prerelease: true }, is: true },
    { text: "startsWith(github.ref, 'refs/tags/')", is: true },
    { text: "startsWith(github.ref, 'refs/tags/v')", is: true },
    { text: "startsWith(github.ref, 'refs/tags/v')", more: { tagPrefix: '' }, is: false },
    { text: "startsWith(github.ref, 'refs/tags/v')", more: { tagPrefix: null }, is: null, because: ['the git tag'] },
    { text: "startsWith(github.ref, 'refs/tags/v2')", is: null, because: ['the git tag'] },
    { text: "github.ref == 'refs/heads/main'", is: false },
    { text: "github.ref_name != 'main'", is: true },
    { text: "github.ref_name == 'v1.2.3'", is: null, because: ['the git tag'] },
    { text: "contains(github.ref, '-')", is: false },
    { text: "!contains(github.ref_name, 'rc')", more: { prerelease: true }, is: false },
    { text: "github.event.inputs.force == 'true'", is: false },
    { text: "inputs.force == 'true'", more: { event: 'other' }, is: null, because: ['inputs.force'] },
    { text: "env.A == 'x' && github.repository == 'acme/app'", is: true },
    { text: 'env.B == github.ref_name', is: null, because: ['env.B'] },
    // One operand decides, whatever the other one is.
    { text: "vars.X == 'a' && false", is: false },
    { text: "vars.X == 'a' || vars.Y", is: null, because: ['vars.X', 'vars.Y'] },
    { text: 'always() && !failure() && !cancelled()', is: true },
    { text: "format('-{0}-11}', 'a') == 'x'", is: null, because: ['format()'] },
    { text: "hashFiles('a')", is: null, because: ['hashFiles()'] },
  ])('$text is $is', ({ text, more = {}, is, because = [] }) => {
    expect(on(text, more)).toEqual({ is, because });
  });

  test('an if needs no ${{ }}, and one that cannot be read is not decided', () => {
    const scope = scopeOf(run, new Map());
    expect(conditionTruth("github.event_name == 'release'", scope)).toEqual({ is: true, because: [] });
    expect(conditionTruth("${{ github.event_name == 'push' }}", scope)).toEqual({ is: false, because: [] });
    expect(conditionTruth('a b c', scope)).toEqual({ is: null, because: ['a b c'] });
    expect(conditionTruth('a\u0001', scope)).toEqual({ is: null, because: ['a\u0001'] });
    expect(conditionTruth(null, scope)).toEqual({ is: true, because: [] });
  });
});

test('a text is split at its expressions, braces in quotes left alone', () => {
  const parts = splitExpressions("a-${{ format('{{{0}}}', matrix.x) }}-b${{ !! }}");
  expect(parts.map((part) => (part.kind === 'text' ? part.text : [part.source, part.expression === null]))).toEqual([
    'a-',
    ["${{ format('{{{0}}}', matrix.x) }}", false],
    '-b',
    ['${{ !! }}', true],
  ]);
});
