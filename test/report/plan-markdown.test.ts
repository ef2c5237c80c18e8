/** The plan for a pull request: what most people get comes first, and little stands open. */
import { expect, test } from 'vitest';
import type { MatrixConfig } from '../../src/config/matrix-config.ts';
import type { Warning } from '../../src/domain/warning.ts';
import { diffPlans } from '../../src/plan/plan-diff.ts';
import { releasePlan, wholePlan } from '../../src/plan/plan.ts';
import type { Plan } from '../../src/plan/types.ts';
import { noteMarkdown } from '../../src/report/note.ts';
import { planDiffMarkdown } from '../../src/report/plan-diff.ts';
import { planMarkdown } from '../../src/report/plan-markdown.ts';
import { daily, planned, smallConfig, type DatedFact } from '../support/history.ts';
import { prefectConfig, prefectFacts } from '../support/prefect.ts';
import { renderedLines } from '../support/rendered-lines.ts';

function planOf(config: MatrixConfig, facts: readonly DatedFact[], version: string): Plan {
  const { image, known, tags } = planned(config, facts);
  const release = known.releases.find((one) => one.version.text === version);
  if (release === undefined) throw new Error(`there is no ${version}`);
  const others = facts.filter((fact) => fact.version !== version);
  return releasePlan(image, release, tags, () => planned(config, others).tags, []);
}

test("Prefect's 2.20.25 is at most 40 lines, and what 2-latest gets is among the first five", () => {
  const lines = renderedLines(planMarkdown(planOf(prefectConfig, prefectFacts(), '2.20.25')));
  expect(lines.length).toBeLessThanOrEqual(40);
  expect(lines.slice(0, 5)).toContain(
    'People who pull `2-latest` get **2.20.25** (python 3.10, flavor standard) instead of 2.20.24.',
  );
  expect(lines).toEqual([
    '### Publishing `docker.io/prefecthq/prefect` 2.20.25',
    'People who pull `2-latest` get **2.20.25** (python 3.10, flavor standard) instead of 2.20.24.',
    '15 cells, 30 pinned tags, 33 convenience tags, 33 moves.',
    '| tags | standard | conda | kubernetes |',
    '| `2-latest` and 2 more | 2.20.24 → 2.20.25 | 2.20.24 → 2.20.25 | 2.20.24 → 2.20.25 |',
    '| `2-python3.8` to `2-python3.12` and 10 more | 2.20.24 → 2.20.25 | 2.20.24 → 2.20.25 | 2.20.24 → 2.20.25 |',
    '| `2.20-python3.8` to `2.20-python3.12` and 10 more | 2.20.24 → 2.20.25 | 2.20.24 → 2.20.25 | 2.20.24 → 2.20.25 |',
    '▸ Every move, and why',
    '▸ Cells and their pinned tags',
  ]);
});

test('of a hundred tags in twelve Pythons and two flavors three rows stand open, and every tag behind a fold', () => {
  const config = { ...smallConfig, pythons: Array.from({ length: 12 }, (_, minor) => `3.${minor + 3}`) };
  const markdown = planMarkdown(planOf(config, daily('1.0.0', '1.0.1'), '1.0.1'));
  expect(renderedLines(markdown)).toHaveLength(9);
  for (const tag of ['1-python3.14-conda', '1.0-python3.3', '1.0.1-python3.7'])
    expect(markdown).toContain(`\`${tag}\``);
});

test('rows that do not move alike are folded from the thirteenth on', () => {
  const rules = Object.fromEntries(
    Array.from({ length: 20 }, (_, index) => [
      `r${index}`,
      { kind: 'convenience' as const, template: `{{major}}-r${index}-py{{python}}` },
    ]),
  );
  const config = {
    ...smallConfig,
    flavors: { standard: { dockerfile: 'Dockerfile' } },
    rules: { ...rules, sha: false as const, minor: false as const, major: false as const },
  };
  const lines = renderedLines(planMarkdown(planOf(config, daily('1.0.0', '1.0.1'), '1.0.1')));
  expect(lines.filter((line) => line.startsWith('| `'))).toHaveLength(12);
  expect(lines).toContain('▸ 9 more groups of tags');
});

test('warnings stand above the grid; of many the kinds do, with each behind a fold', () => {
  const plan = planOf(smallConfig, daily('1.0.0', '1.0.1'), '1.0.1');
  const warning = (code: Warning['code'], index: number): Warning => ({
    code,
    message: `it is ${index}`,
    versions: [],
  });
  const few = { ...plan, warnings: [warning('MOVE_HELD', 1), warning('VERSION_LEAP', 2)] };
  expect(renderedLines(planMarkdown(few)).slice(3, 6)).toEqual([
    '> **MOVE_HELD** it is 1',
    '> **VERSION_LEAP** it is 2',
    '| tags | standard | conda |',
  ]);
  const codes = ['MOVE_HELD', 'VERSION_LEAP', 'MOVE_HELD', 'MOVE_HELD', 'V_PREFIX', 'MOVE_HELD'] as const;
  const markdown = planMarkdown({ ...plan, warnings: codes.map(warning) });
  expect(renderedLines(markdown)[3]).toBe('▸ 6 warnings: MOVE_HELD 4, VERSION_LEAP 1, V_PREFIX 1');
  expect(markdown).toContain('> **V_PREFIX** it is 4');
});

test('a plan of nothing says so and has no empty table', () => {
  const { image, tags } = planned(smallConfig, []);
  expect(planMarkdown(wholePlan(image, tags, []))).toBe(
    '### Tags of `registry.example/acme/app`\n\n0 cells, 0 pinned tags, 0 convenience tags, 0 moves.\n',
  );
});

test('a whole map names the owner of the tag that most people follow', () => {
  const { image, tags } = planned(smallConfig, daily('1.0.0', '2.0.0', '2.0.1'));
  expect(renderedLines(planMarkdown(wholePlan(image, tags, [])))[1]).toBe(
    '`2-latest` belongs to **2.0.1** (python 3.10, flavor standard).',
  );
});

test('a backport tells of the broadest tag that it moves', () => {
  const facts = daily('1.0.0', '2.0.0', '1.0.1');
  const config = { ...smallConfig, rules: { ...smallConfig.rules, latest: { template: 'latest{{suffix}}' } } };
  expect(renderedLines(planMarkdown(planOf(config, facts, '1.0.1')))[1]).toBe(
    'People who pull `1-python3.9` get **1.0.1** (python 3.9, flavor standard) instead of 1.0.0.',
  );
});

const texts = {
  Chinese: '二进制文件已损坏',
  Arabic: 'سُحب الإصدار بسبب خطأ',
  emoji: '👩‍👩‍👧‍👦 💥 \u{1F3F4}\u{E0067}\u{E0062}\u{E007F}',
};

test.each(Object.entries(texts))('a reason in %s stays in its cell, whole', (_, reason) => {
  const config: MatrixConfig = { ...smallConfig, yanked: [{ version: '1.0.1', reason: `${reason} | x` }] };
  const facts = daily('1.0.0', '1.0.1');
  const plan = (made: MatrixConfig): Plan => {
    const { image, tags } = planned(made, facts);
    return wholePlan(image, tags, []);
  };
  const markdown = planDiffMarkdown(diffPlans(plan(smallConfig), plan(config)));
  const rows = markdown.split('\n').filter((line) => line.startsWith('| `1-latest` |'));
  expect(rows).toHaveLength(1);
  expect(rows[0]).toContain(reason);
  expect(rows[0]?.match(/(?<!\\)\|/g)).toHaveLength(5);
});

test('the whole of tags of 128 characters fits into a comment, cut with a word where it does not', () => {
  const long = 'x'.repeat(109);
  const pythons = Array.from({ length: 40 }, (_, minor) => `3.${minor + 3}`);
  const config: MatrixConfig = {
    ...smallConfig,
    pythons,
    rules: { major: { template: `{{major}}-${long}-python{{python}}{{suffix}}` } },
  };
  const plan = planOf(config, daily('1.0.0', '1.0.1'), '1.0.1');
  const longest = Math.max(...plan.tags.map(({ tag }) => tag.length));
  expect(longest).toBe(128);
  const note = noteMarkdown(planMarkdown(plan), { mark: '<!-- m -->', runUrl: '', whole: 'the summary of its run' });
  expect(Buffer.byteLength(note)).toBeLessThanOrEqual(65_536);
  expect(renderedLines(note)[1]).toContain('People who pull `latest` get **1.0.1**');
});
