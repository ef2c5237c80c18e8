/**
 * The outputs of a step for events, against those that docker/metadata-action itself gave for the same events and the
 * rules that correspond: `test/recorded/metadata-action/`.
 */
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { runStep, type ActionRun } from '../support/run-action.ts';
import { tempFolder } from '../support/temp-folder.ts';

const texts = z.array(z.string());
const record = z.record(z.string(), z.string());
const observedSchema = z.object({
  version: z.string(),
  tags: texts,
  labels: texts,
  annotations: texts,
  json: z.object({ tags: texts, 'tag-names': texts, labels: record, annotations: texts }),
  bake: z.object({
    target: z.object({ 'docker-metadata-action': z.object({ tags: texts, labels: record, args: record }) }),
  }),
});
type Observed = z.infer<typeof observedSchema>;

const { events, version } = z
  .object({
    version: z.string(),
    events: z.array(
      z.object({
        name: z.string(),
        event: z.string(),
        ref: z.string(),
        sha: z.string(),
        payload: z.record(z.string(), z.unknown()),
        env: record.optional(),
        config: z.record(z.string(), z.unknown()),
        differs: z.string().optional(),
        observed: observedSchema,
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(new URL('../recorded/metadata-action/events.json', import.meta.url), 'utf8')));

type Row = (typeof events)[number];

const created = 'org.opencontainers.image.created';
const isRelease = ({ ref }: Row): boolean => ref.startsWith('refs/tags/');

afterEach(() => void vi.useRealTimers());

/** The step, begun when metadata-action was. */
async function step({ event, ref, sha, payload, env, config, observed }: Row): Promise<ActionRun> {
  vi.useFakeTimers({ now: new Date(observed.json.labels[created] ?? ''), toFake: ['Date'] });
  const release = { version: '1.2.3', revision: sha, committedAt: '2026-11-28T20:00:00Z' };
  const folder = await tempFolder({
    'matrix.config.json': JSON.stringify({ ...config, source: { file: 'releases.json' } }),
    'releases.json': JSON.stringify([release]),
    Dockerfile: 'FROM scratch\n',
  });
  const inputs = { command: 'plan', offline: 'true', tags: 'all', config: `${folder}/matrix.config.json` };
  return runStep({ event, ref, sha, payload, inputs, ...(env === undefined ? {} : { env }) });
}

/** Of ours: the ref that was built, and times to the second. Those of a release are of its commit. */
function alike(text: string): string {
  return text.replaceAll(/(?<=\d\d:\d\d:\d\d)\.\d{3}Z/g, 'Z');
}

const own = /io\.tagwright\./;

function comparable(given: Observed, row: Row): unknown {
  const drop = (key: string): boolean => own.test(key) || (isRelease(row) && key.includes(created));
  const list = (lines: readonly string[]): string[] => lines.filter((line) => !drop(line)).map(alike);
  const byKey = (labels: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(
      Object.entries(labels).flatMap(([key, value]) => (drop(key) ? [] : [[key, alike(value)] as const])),
    );
  const target = given.bake.target['docker-metadata-action'];
  return {
    version: given.version,
    tags: given.tags,
    labels: list(given.labels),
    annotations: list(given.annotations),
    json: { ...given.json, labels: byKey(given.json.labels), annotations: list(given.json.annotations) },
    bake: { ...target, labels: byKey(target.labels) },
  };
}

const lines = (text = ''): string[] => text.split('\n').filter((line) => line !== '');

describe(`what docker/metadata-action ${version} gives`, () => {
  test.each(events.filter(({ differs }) => differs === undefined))('$name', async (row) => {
    const { code, log, outputs } = await step(row);
    expect({ code, log: code === 0 ? '' : log }).toEqual({ code: 0, log: '' });
    const given = observedSchema.parse({
      version: outputs['version'],
      tags: lines(outputs['tags']),
      labels: lines(outputs['labels']),
      annotations: lines(outputs['annotations']),
      json: JSON.parse(outputs['json'] ?? ''),
      bake: JSON.parse(outputs['bake-file'] ?? ''),
    });
    expect(comparable(given, row)).toEqual(comparable(row.observed, row));
  });

  test.each(events.filter(({ differs }) => differs !== undefined))('$name: $differs', async (row) => {
    const { code, log, outputs } = await step(row);
    expect({ code, tags: outputs['tags'], result: outputs['result'] }).toEqual({
      code: 2,
      tags: undefined,
      result: 'bad-input',
    });
    expect(log).toMatch(/::error title=TAG_INVALID/);
  });

  test('there are events of every kind that starts a build', () => {
    const kinds = [
      'push',
      'pull_request',
      'pull_request_target',
      'schedule',
      'workflow_dispatch',
      'merge_group',
      'release',
    ];
    expect(new Set(events.map(({ event }) => event))).toEqual(new Set([...kinds, 'repository_dispatch']));
    expect(events.length).toBeGreaterThanOrEqual(12);
  });
});
