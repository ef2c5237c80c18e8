/** Tag lines of branches, pull requests and schedules: `events` of the config that is written, and what it then gives. */
import { describe, expect, test } from 'vitest';
import { loadConfigModule } from '../../src/adapters/files/load-config-module.ts';
import { defineConfig } from '../../src/config/define-config.ts';
import { readConfig } from '../../src/config/normalize.ts';
import type { BuildEvent, EventKind } from '../../src/domain/build-event.ts';
import { configText } from '../../src/import/config-text.ts';
import { importWorkflow } from '../../src/import/import-workflow.ts';
import { checkEvents } from '../../src/plan/check-events.ts';
import { eventLanes, tagsOfCell } from '../../src/plan/event-lanes.ts';
import { tempFolder } from '../support/temp-folder.ts';

interface Given {
  readonly on?: string;
  readonly matrix?: string;
  readonly tags: readonly string[];
  readonly flavor?: string;
  readonly push?: string;
  readonly condition?: string;
}

const every = `on:
  release: { types: [published] }
  push: { branches: [main] }
  pull_request:
  schedule: [{ cron: '0 3 * * *' }]`;

function workflow({ on = every, matrix, tags, flavor, push = 'true', condition }: Given): string {
  return `${on}
jobs:
  image:
    ${matrix === undefined ? '' : `strategy: { matrix: ${matrix} }`}
    steps:
      - id: meta
        uses: docker/metadata-action@v6
        ${condition === undefined ? '' : `if: ${condition}`}
        with:
          images: ghcr.io/acme/app
          ${flavor === undefined ? '' : `flavor: ${flavor}`}
          tags: |
${tags.map((line) => `            ${line}`).join('\n')}
      - uses: docker/build-push-action@v7
        with:
          push: ${push}
          tags: \${{ steps.meta.outputs.tags }}
`;
}

function textOf(given: Given): string {
  const input = { source: workflow(given), file: 'ci.yml', repository: 'acme/app', gitTags: ['1.2.3'] };
  return configText(importWorkflow(input).config, []);
}

/** The lines of `events`, without indentation; none if there is no such key. */
function eventsOf(given: Given): string[] {
  const text = textOf(given);
  const block = /^ {2}events: (?<block>\{[^]*?\n {2}\}|\{.*\}),$/m.exec(text)?.groups?.['block'] ?? '';
  return block.split('\n').map((line) => line.trim());
}

const revision = '0123456789abcdef0123456789abcdef01234567';

/** The tags that the written config gives for an event. */
async function tagsOf(given: Given, kind: EventKind): Promise<readonly string[]> {
  const folder = await tempFolder({ 'matrix.config.ts': textOf(given) });
  const loaded = await loadConfigModule(`${folder}/matrix.config.ts`, {
    virtualModules: { tagwright: { defineConfig } },
  });
  const config = readConfig(loaded, 'matrix.config.ts');
  if (!config.ok) throw new Error(JSON.stringify(config.problems));
  const [image] = config.value.images;
  if (image === undefined) throw new Error('no image');
  expect(checkEvents(image, config.value)).toEqual([]);
  const event: BuildEvent = { ...kind, revision, at: Date.UTC(2026, 10, 29, 3), defaultBranch: 'main', fork: false };
  const lanes = eventLanes(image, event, config.value);
  if (!lanes.ok) throw new Error(JSON.stringify(lanes.problems));
  return lanes.value.flatMap(({ tags }) => tags.cells.flatMap((cell) => tagsOfCell(cell, tags)));
}

const usual = [
  'type=semver,pattern={{version}}',
  'type=ref,event=branch',
  '# of pull requests',
  'type=ref,event=pr',
  'type=edge',
  'type=schedule',
];

test('the lines that no release has are written as events, with their comments', () => {
  expect(eventsOf({ tags: usual })).toEqual([
    '{',
    "branch: '{{branch}}',",
    '// of pull requests',
    "pullRequest: 'pr-{{number}}',",
    "schedule: 'nightly',",
    "edge: { template: 'edge' },",
    '}',
  ]);
  expect(textOf({ tags: usual })).not.toMatch(/no release's/);
});

test('the config that is written gives the tags that the action gives', async () => {
  const schedule: EventKind = { kind: 'schedule', branch: 'main' };
  expect(await tagsOf({ tags: usual }, schedule)).toEqual(['nightly', 'edge', 'main', `commit-${revision}`]);
  const pull: EventKind = { kind: 'pull-request', number: 12 };
  expect(await tagsOf({ tags: usual, flavor: 'suffix=-alpine,onlatest=true' }, pull)).toEqual([
    'pr-12-alpine',
    `commit-${revision}`,
  ]);
  const affixes = ['type=semver,pattern={{version}}', 'type=ref,event=pr,prefix=,suffix=-x', 'type=ref,event=branch'];
  expect(await tagsOf({ tags: affixes, flavor: 'prefix=p-' }, pull)).toEqual(['12-x', `commit-${revision}`]);
  const dated = ['type=semver,pattern={{version}}', "type=schedule,pattern=nightly-{{date 'YYYYMMDD'}}"];
  expect(await tagsOf({ tags: dated }, schedule)).toEqual(['nightly-20261129', `commit-${revision}`]);
});

test('each job of the matrix has its own', async () => {
  const given: Given = {
    matrix: '{ python: ["3.11", "3.12"], variant: [slim, alpine] }',
    tags: [
      'type=semver,pattern={{version}}-python${{ matrix.python }}-${{ matrix.variant }}',
      'type=ref,event=branch,suffix=-python${{ matrix.python }}-${{ matrix.variant }}',
    ],
  };
  const cells = ['3.11-slim', '3.11-alpine', '3.12-slim', '3.12-alpine'];
  const found = await tagsOf(given, { kind: 'branch', branch: 'main' });
  expect(found.filter((tag) => tag.startsWith('main')).toSorted()).toEqual(
    cells.map((cell) => `main-python${cell}`).toSorted(),
  );
  expect(new Set(found).size).toBe(8);
});

test('a build that does not push for pull requests', () => {
  const given = { tags: usual, push: "${{ github.event_name != 'pull_request' }}" };
  expect(eventsOf(given)).toContain("pullRequest: { template: 'pr-{{number}}', push: false },");
});

describe('what stays a comment', () => {
  test.each([
    { name: 'events that do not start the workflow', given: { tags: usual, on: 'on: { release: {} }' } },
    { name: 'a step with a condition', given: { tags: usual, condition: "github.event_name == 'release'" } },
    {
      name: 'a line with a condition, or what only a run knows',
      given: {
        tags: [
          'type=semver,pattern={{version}}',
          'type=edge,enable={{is_default_branch}}',
          'type=ref,event=branch,suffix=-${{ github.run_id }}',
          'type=schedule,pattern={{branch}}-nightly',
        ],
      },
    },
  ])('$name', ({ given }) => {
    const text = textOf(given);
    expect([eventsOf(given), text.match(/no release's/g)?.length]).toEqual([[''], expect.any(Number)]);
  });
});
