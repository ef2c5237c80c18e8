import { expect, test } from 'vitest';
import type { MatrixConfig } from '../../src/config/matrix-config.ts';
import { diffPlans, type PlanDiff } from '../../src/plan/plan-diff.ts';
import { wholePlan } from '../../src/plan/plan.ts';
import type { Plan } from '../../src/plan/types.ts';
import { planDiffJson, planDiffMarkdown, planDiffTable } from '../../src/report/plan-diff.ts';
import { daily, planned } from '../support/history.ts';

const facts = daily('1.0.0', '1.1.0');
const before: MatrixConfig = {
  repository: 'registry.example/acme/app',
  pythons: ['3.9', '3.10'],
  flavors: { standard: { dockerfile: 'Dockerfile' } },
  defaults: { python: { '1': '3.9' } },
  rules: { sha: false, minor: false, latest: { template: '{{major}}-latest{{suffix}}' } },
};

function planOf(config: MatrixConfig): Plan {
  const { image, tags } = planned(config, facts);
  return wholePlan(image, tags, []);
}

function diffTo(after: MatrixConfig): PlanDiff {
  return diffPlans(planOf(before), planOf(after));
}

const changed: MatrixConfig = {
  ...before,
  pythons: ['3.10', '3.11'],
  defaults: { python: { '1': '3.10' } },
  yanked: [{ version: '1.1.0', reason: 'breaks logging' }],
};

test('nothing to say', () => {
  expect(planDiffTable(diffTo(before))).toBe('registry.example/acme/app: no difference; all 7 tags are the same\n');
});

test('for a terminal: what changes hands first, pinned tags by release', () => {
  expect(planDiffTable(diffTo(changed))).toBe(`\
registry.example/acme/app: 2 tags change, 3 appear, 3 go, 2 stay as they are

Change their owner:
  tag           from                 to
  1-python3.10  1.1.0             →  1.0.0
  1-latest      1.1.0 python 3.9  →  1.0.0 python 3.10

Appear:
  tag               rule   owner
  1.0.0-python3.11  full   1.0.0
  1.1.0-python3.11  full   1.1.0
  1-python3.11      major  1.0.0

Go (a registry that holds them keeps them):
  tag              rule   owner
  1.0.0-python3.9  full   1.0.0
  1.1.0-python3.9  full   1.1.0
  1-python3.9      major  1.1.0
`);
});

test('for a pull request: what most people get, counts before and after, and the details folded', () => {
  expect(planDiffMarkdown(diffTo(changed))).toBe(`### Tags of \`registry.example/acme/app\`

People who pull \`1-latest\` get **1.0.0** (python 3.10, flavor standard) instead of 1.1.0 python 3.9.

registry.example/acme/app: 2 tags change, 3 appear, 3 go, 2 stay as they are

| rule | tags before → after | change | appear | go |
| --- | --- | --- | --- | --- |
| latest (convenience) | 1 → 1 | 1 |  |  |
| major (convenience) | 2 → 2 | 1 | 1 | 1 |
| full (pinned) | 4 → 4 |  | 2 | 2 |

| tags | before → after |
| --- | --- |
| \`1-latest\` | 1.1.0 python 3.9 → 1.0.0 python 3.10 |
| \`1-python3.10\` | 1.1.0 → 1.0.0 |

<details><summary>2 tags change, and why</summary>

| tag | from | to | because |
| --- | --- | --- | --- |
| \`1-python3.10\` | 1.1.0 | 1.0.0 | 1.0.0 is the only release with python 3.10, flavor standard; 1.1.0 is yanked (breaks logging); rule major |
| \`1-latest\` | 1.1.0 python 3.9 | 1.0.0 python 3.10 | 1.0.0 is the only release with python 3.10, flavor standard; 1.1.0 is yanked (breaks logging); rule latest |

</details>

<details><summary>3 tags appear</summary>

| tag | rule | owner |
| --- | --- | --- |
| \`1.0.0-python3.11\` | full | 1.0.0 |
| \`1.1.0-python3.11\` | full | 1.1.0 |
| \`1-python3.11\` | major | 1.0.0 |

</details>

<details><summary>3 tags go</summary>

| tag | rule | owner |
| --- | --- | --- |
| \`1.0.0-python3.9\` | full | 1.0.0 |
| \`1.1.0-python3.9\` | full | 1.1.0 |
| \`1-python3.9\` | major | 1.1.0 |

</details>
`);
});

test('as JSON, with the axes of owners under their own names', () => {
  const json: unknown = JSON.parse(planDiffJson(diffTo(changed)));
  expect(json).toMatchObject({
    schema: 1,
    repository: 'registry.example/acme/app',
    same: 2,
    goes: [
      {
        tag: '1.0.0-python3.9',
        kind: 'pinned',
        rule: 'full',
        owner: { version: '1.0.0', python: '3.9', flavor: 'standard' },
      },
      { tag: '1.1.0-python3.9' },
      { tag: '1-python3.9' },
    ],
    changes: [
      { tag: '1-python3.10' },
      {
        tag: '1-latest',
        kind: { from: 'convenience', to: 'convenience' },
        rule: 'latest',
        from: { version: '1.1.0', python: '3.9', flavor: 'standard' },
        to: { version: '1.0.0', python: '3.10', flavor: 'standard' },
      },
    ],
  });
});

test('a new pinned rule over many releases is one line', () => {
  const many = daily(...Array.from({ length: 12 }, (_, index) => `1.0.${index}`));
  const plan = (config: MatrixConfig): Plan => {
    const { image, tags } = planned(config, many);
    return wholePlan(image, tags, []);
  };
  const diff = diffPlans(plan(before), plan({ ...before, rules: { ...before.rules, sha: {} } }));
  expect(planDiffTable(diff)).toContain('and 23 more  sha   12 releases, 1.0.0 to 1.0.11\n');
  expect(planDiffMarkdown(diff)).toContain('| sha (pinned) | 0 → 24 |  | 24 |  |\n');
});

test('a tag that becomes pinned is a change, though its owner stays', () => {
  const pinned: MatrixConfig = {
    ...before,
    rules: { ...before.rules, major: { kind: 'pinned', template: '{{major}}.{{minor}}-py{{python}}{{suffix}}' } },
  };
  const convenience: MatrixConfig = {
    ...pinned,
    rules: { ...pinned.rules, major: { kind: 'convenience', template: '{{major}}.{{minor}}-py{{python}}{{suffix}}' } },
  };
  const diff = diffPlans(planOf(convenience), planOf(pinned));
  expect(diff.changes.map(({ tag, kind }) => ({ tag, kind }))).toEqual(
    ['1.0-py3.9', '1.0-py3.10', '1.1-py3.9', '1.1-py3.10'].map((tag) => ({
      tag,
      kind: { from: 'convenience', to: 'pinned' },
    })),
  );
  expect(planDiffTable(diff)).toContain('1.0-py3.9   1.0.0 (convenience)  →  1.0.0 (pinned)');
});
