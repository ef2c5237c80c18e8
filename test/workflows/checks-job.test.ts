/** The job for a check of docs/checks.md, put into the fan-out of docs/action.md: the last job does not run past a red one. */
import { readFileSync } from 'node:fs';
import { data, Evaluator, Lexer, Parser } from '@actions/expressions';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { inputsOf, lintWorkflow } from '../support/lint-workflow.ts';

const textOf = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

const blockAfter = (path: string, heading: string): string => {
  const after = textOf(path).split(`\n${heading}\n`)[1] ?? '';
  return /```yaml\n(?<block>[^`]*)```/.exec(after)?.groups?.['block'] ?? '';
};

const fanOut = blockAfter('docs/action.md', '## Fan-out');
const checks = blockAfter('docs/checks.md', '## In a workflow');

/** As a reader puts the two together: the job before the last one, whose first lines are replaced. */
const [job = '', last = ''] = checks.split(/(?=^ {2}publish:)/m);
const whole = fanOut
  .replace(/^ {2}publish:\n {4}needs:.*\n {4}if:.*\n/m, `${job}${last}`)
  // A label of the reader's own.
  .replace('[self-hosted, gpu]', 'self-hosted');

const shape = z.object({
  jobs: z.record(
    z.string(),
    z.object({ needs: z.union([z.string(), z.array(z.string())]).optional(), if: z.string().optional() }),
  ),
});

type Result = 'success' | 'failure' | 'cancelled' | 'skipped';

/** What GitHub makes of the `if` of the last job. */
function runs(condition: string, results: Readonly<Record<string, Result>>, isCancelled = false): boolean {
  const text = condition.replace(/^\$\{\{|\}\}$/g, '').trim();
  const cancelled = { name: 'cancelled', minArgs: 0, maxArgs: 0, call: () => new data.BooleanData(isCancelled) };
  const tree = new Parser(new Lexer(text).lex().tokens, ['needs'], [cancelled]).parse();
  const needs = Object.entries(results).map(([key, result]) => ({
    key,
    value: new data.Dictionary({ key: 'result', value: new data.StringData(result) }),
  }));
  const context = new data.Dictionary({ key: 'needs', value: new data.Dictionary(...needs) });
  const value = new Evaluator(tree, context, new Map([['cancelled', cancelled]])).evaluate();
  return value.coerceString() === 'true';
}

test('together they are a workflow that GitHub takes', async () => {
  expect(whole).toContain('tagwright pass gpu');
  expect(await lintWorkflow(whole, inputsOf(textOf('action.yml')))).toEqual([]);
});

test('the last job waits for the check, and does not run past a red one, nor without an answer', () => {
  const { publish } = shape.parse(parse(whole)).jobs;
  expect(publish?.needs).toEqual(['plan', 'build', 'gpu']);
  const rows: readonly (readonly [Result, Result, Result, boolean])[] = [
    ['success', 'success', 'success', true],
    ['success', 'success', 'failure', false],
    ['success', 'success', 'cancelled', false],
    ['success', 'success', 'skipped', false],
    ['success', 'failure', 'skipped', false],
    ['failure', 'skipped', 'skipped', false],
  ];
  for (const [plan, build, gpu, expected] of rows)
    expect([plan, build, gpu, runs(publish?.if ?? '', { plan, build, gpu })]).toEqual([plan, build, gpu, expected]);
  expect(runs(publish?.if ?? '', { plan: 'success', build: 'success', gpu: 'success' }, true)).toBe(false);
});
