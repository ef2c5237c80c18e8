import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { auditCommand, auditDefaults, type AuditOptions } from '../../../src/commands/audit.ts';
import type { Outcome } from '../../../src/commands/world.ts';
import { startMemoryRegistry, type MemoryRegistry } from '../../../src/adapters/memory-registry/memory-registry.ts';
import { createRegistries } from '../../../src/adapters/registry/registries.ts';
import type { MatrixConfig } from '../../../src/config/matrix-config.ts';
import { OutsideError } from '../../../src/domain/errors.ts';
import { mediaTypes } from '../../../src/domain/media-types.ts';
import type { Registry } from '../../../src/ports.ts';
import { auditWorld, type AuditWorldOptions } from '../../support/audit-world.ts';
import { daily, planned, smallConfig } from '../../support/history.ts';
import { problemsOf } from '../../support/problems.ts';
import { loadState, plannedState, type RegistryState } from '../../support/registry-state.ts';
import { blobOf, manifestOf } from '../../support/sample-images.ts';

const config = {
  ...smallConfig,
  platforms: ['linux/amd64', 'linux/arm64'],
  defaults: { python: { '1': '3.10' } },
};
const facts = daily('1.0.0', '1.1.0', '1.1.1');
const healthy = plannedState(planned(config, facts));

let registry: MemoryRegistry;
let repositories = 0;
beforeAll(async () => {
  registry = await startMemoryRegistry({ pageSize: 10 });
});
afterAll(() => registry.close());

/** A repository of its own in this state. @returns `host/path` */
async function repositoryWith(state: RegistryState, more?: (registry: Registry) => Promise<void>): Promise<string> {
  const path = `acme/app-${(repositories += 1)}`;
  const registries = createRegistries();
  onTestFinished(() => registries.close());
  const opened = registries.open({ registry: registry.host, path });
  await loadState(opened, state);
  await more?.(opened);
  return `${registry.host}/${path}`;
}

interface Audit {
  readonly said: readonly string[];
  readonly outcome: Outcome;
  readonly json: Json;
  readonly files: Map<string, string>;
}

interface Json {
  readonly repository: string;
  readonly checkedAt: string;
  readonly requests: number;
  readonly summary: Readonly<Record<string, number>>;
  readonly notes: readonly string[];
  readonly findings: readonly { kind: string; tag: string; because: string; fix: string | null }[];
}

async function audit(
  repository: string,
  options: Partial<AuditOptions> = {},
  world: Partial<AuditWorldOptions> = {},
): Promise<Audit> {
  const made = auditWorld({ config, facts, ...world });
  const common = { config: 'matrix.config.ts', releases: null, repository: [repository], image: null, at: null };
  const outcome = await auditCommand({ ...common, ...auditDefaults, format: 'json', ...options }, made.world);
  const json: Json = JSON.parse(outcome.stdout);
  return { outcome, json, files: made.files, said: made.said };
}

/** Kinds that have a tag, with how many. */
function counts(summary: Json['summary']): Record<string, number> {
  return Object.fromEntries(Object.entries(summary).filter(([, number]) => number > 0));
}

function brief({ findings }: Json): string[] {
  return findings.map(({ kind, tag }) => `${kind} ${tag}`);
}

function withTags(tags: Readonly<Record<string, string>>): RegistryState {
  return { images: healthy.images, tags: { ...healthy.tags, ...tags } };
}

function without(...tags: readonly string[]): RegistryState {
  return { ...healthy, tags: Object.fromEntries(Object.entries(healthy.tags).filter(([tag]) => !tags.includes(tag))) };
}

describe('a registry as planned', () => {
  test('is all right, by a HEAD a tag and the list', async () => {
    const repository = await repositoryWith(healthy);
    const { outcome, json } = await audit(repository, { content: 'none' });
    const tags = Object.keys(healthy.tags).length;
    expect(json).toEqual({
      schema: 1,
      repository,
      checkedAt: '2026-11-24T12:00:00Z',
      requests: tags + Math.ceil(tags / 10),
      summary: { ...json.summary, ok: tags },
      findings: [],
      notes: [],
    });
    expect([counts(json.summary), outcome.result, outcome.files]).toEqual([{ ok: tags }, 'as-planned', []]);
  });

  test('and its contents too, each distinct digest once', async () => {
    const repository = await repositoryWith(healthy);
    const heads = (await audit(repository, { content: 'none' })).json.requests;
    const owners = await audit(repository, { content: 'owners' });
    const all = await audit(repository, { content: 'all' });
    // Of each image: its index, two manifests, two configs. 8 cells own a convenience tag; 12 cells there are.
    expect([owners.json.requests - heads, all.json.requests - heads]).toEqual([8 * 5, 12 * 5]);
    expect([owners.outcome.result, all.outcome.result]).toEqual(['as-planned', 'as-planned']);
  });
});

describe('what was found', () => {
  test('is confirmed by a GET, has its fix with the flags of this run, and moves that apply can carry out', async () => {
    const repository = await repositoryWith(withTags({ '1-latest': '1.0.0-python3.10' }));
    const { outcome, json } = await audit(repository, { planOut: 'moves.json', content: 'none' });
    expect(json.findings).toEqual([
      {
        kind: 'stale',
        tag: '1-latest',
        expected: {
          owner: { version: '1.1.1', python: '3.10', flavor: 'standard' },
          digest: digestAt(repository, '1.1.1-python3.10'),
        },
        actual: {
          owner: { version: '1.0.0', python: '3.10', flavor: 'standard' },
          digest: digestAt(repository, '1.0.0-python3.10'),
        },
        because: expect.stringContaining('it should have moved when 1.1.0 came out on 2024-01-02'),
        rule: 'latest',
        since: '2024-01-02T12:00:00Z',
        fix: `tagwright apply --repository ${repository}`,
        choices: [],
        excused: null,
      },
    ]);
    expect(outcome.result).toBe('findings');
    expect(outcome.files?.map(({ path, text }) => [path, JSON.parse(text)])).toEqual([
      [
        'moves.json',
        {
          schema: 1,
          repository,
          release: null,
          cells: [],
          tags: [],
          moves: [
            {
              kind: 'move',
              tag: '1-latest',
              from: {
                owner: { version: '1.0.0', python: '3.10', flavor: 'standard' },
                digest: digestAt(repository, '1.0.0-python3.10'),
              },
              to: {
                owner: { version: '1.1.1', python: '3.10', flavor: 'standard' },
                digest: digestAt(repository, '1.1.1-python3.10'),
              },
              because: '1.1.1 is the highest final with python 3.10, flavor standard, after 1.0.0',
            },
          ],
          warnings: [],
        },
      ],
    ]);
  });

  test('can be restricted, and fails only for the kinds that were asked for', async () => {
    const repository = await repositoryWith({
      ...withTags({
        '1-latest': '1.0.0-python3.10',
        '1-python3.9-conda': '1.0.0-python3.9-conda',
        '1.0.0-python3.8': '1.0.0-python3.9',
      }),
    });
    const rows = [
      {
        only: [],
        failOn: null,
        kinds: ['stale 1-latest', 'stale 1-python3.9-conda', 'orphan 1.0.0-python3.8'].toSorted(),
        result: 'findings',
      },
      { only: ['rule=latest'], failOn: null, kinds: ['stale 1-latest'], result: 'findings' },
      { only: ['flavor=conda'], failOn: null, kinds: ['stale 1-python3.9-conda'], result: 'findings' },
      { only: ['python=3.9,3.10', 'rule=minor'], failOn: null, kinds: [], result: 'as-planned' },
      { only: ['series=1.0'], failOn: null, kinds: ['orphan 1.0.0-python3.8'], result: 'findings' },
      {
        only: [],
        failOn: ['missing', 'drift'],
        kinds: ['stale 1-latest', 'stale 1-python3.9-conda', 'orphan 1.0.0-python3.8'].toSorted(),
        result: 'as-planned',
      },
      {
        only: [],
        failOn: ['none'],
        kinds: ['stale 1-latest', 'stale 1-python3.9-conda', 'orphan 1.0.0-python3.8'].toSorted(),
        result: 'as-planned',
      },
    ];
    for (const { only, failOn, kinds, result } of rows) {
      const { json, outcome } = await audit(repository, { only, failOn });
      expect([brief(json).toSorted(), outcome.result]).toEqual([kinds, result]);
    }
  });

  test('flags that cannot be understood are told together', async () => {
    const options = { only: ['flavour=conda', 'flavor=condo', 'rule'], failOn: ['stal'], grace: 'two hours' };
    expect(await problemsOf(() => audit('registry.example/acme/app', options))).toEqual([
      {
        code: 'USAGE',
        where: '--only',
        message: 'there is nothing called "flavour"',
        fix: 'write NAME=VALUE; names are rule, series, python, flavor',
      },
      { code: 'USAGE', where: '--only', message: 'there is no flavor "condo"', fix: 'did you mean conda?' },
      {
        code: 'USAGE',
        where: '--only',
        message: '"rule" has no =',
        fix: 'write NAME=VALUE; names are rule, series, python, flavor',
      },
      { code: 'USAGE', where: '--fail-on', message: '"stal" is not a kind that can fail', fix: 'did you mean stale?' },
      {
        code: 'USAGE',
        where: '--grace',
        message: '"two hours" is not a time span',
        fix: 'write a number and s, m, h or d, such as 2h',
      },
    ]);
  });

  test('of a release that came out within the grace time is told and does not fail', async () => {
    const repository = await repositoryWith(without('1.1.1-python3.9', '1-latest'));
    const soon = { now: '2024-01-03T12:30:00Z' };
    const { json, outcome } = await audit(repository, { grace: '2h' }, soon);
    expect([brief(json), outcome.result]).toEqual([['missing 1-latest', 'missing 1.1.1-python3.9'], 'as-planned']);
    expect((await audit(repository, { grace: '20m' }, soon)).outcome.result).toBe('findings');
  });

  test('about the images: no label is a note, unless labels are required', async () => {
    const images = Object.fromEntries(
      Object.entries(healthy.images).map(([name, { platforms }]) => [name, { platforms }]),
    );
    const repository = await repositoryWith({ images, tags: healthy.tags });
    const lenient = await audit(repository);
    expect([lenient.outcome.result, lenient.json.notes]).toEqual([
      'as-planned',
      ['8 of 8 images have no label that names their cell; --require-labels makes that a finding'],
    ]);
    const strict = await audit(repository, { requireLabels: true, only: ['rule=latest'] });
    expect(strict.json.findings.map(({ kind, tag, because }) => [kind, tag, because])).toEqual([
      ['mislabelled', '1-latest', 'it has no label that names its cell'],
      ['mislabelled', '1-latest-conda', 'it has no label that names its cell'],
    ]);
  });
});

describe('a rebuild', () => {
  const rebuilt = {
    ...config,
    rules: {
      ...smallConfig.rules,
      again: { kind: 'pinned', template: '{{version}}-python{{python}}{{suffix}}-b{{build}}' },
    },
    rebuilds: [{ version: '1.1.1', build: 2, on: '2024-02-01', reason: 'the base was fixed' }],
  } satisfies MatrixConfig;
  const state = plannedState(planned(rebuilt, facts));

  test('is expected under its own tags, with the convenience tags on it, and recorded beside the release', async () => {
    const repository = await repositoryWith(state);
    const { json, files } = await audit(repository, { content: 'all', writeLock: true }, { config: rebuilt });
    expect([json.findings, counts(json.summary)]).toEqual([[], { ok: Object.keys(state.tags).length }]);
    const lock: { releases: { version: string; cells: unknown[] }[] } = JSON.parse(files.get('tags.lock.json') ?? '');
    expect(lock.releases.map(({ version, cells }) => [version, cells.length])).toEqual([
      ['1.0.0', 4],
      ['1.1.0', 4],
      ['1.1.1', 4],
      ['1.1.1+2', 4],
    ]);
  });

  test('a tag that stays on the release is stale, since the day of the rebuild', async () => {
    const repository = await repositoryWith({ ...state, tags: { ...state.tags, '1-latest': '1.1.1-python3.10' } });
    const { json } = await audit(repository, {}, { config: rebuilt });
    expect(json.findings).toMatchObject([
      {
        kind: 'stale',
        tag: '1-latest',
        expected: { owner: { version: '1.1.1+2' } },
        actual: { owner: { version: '1.1.1' } },
        since: '2024-02-01T00:00:00Z',
        fix: `tagwright apply --repository ${repository}`,
      },
    ]);
  });

  test('a registry that has one which the config does not: its tags are orphans, and what points to it is ahead', async () => {
    const repository = await repositoryWith(state);
    const { json } = await audit(repository, {}, { config: { ...rebuilt, rebuilds: [] } });
    expect(counts(json.summary)).toEqual({ ahead: 10, orphan: 4, ok: Object.keys(state.tags).length - 14 });
  });
});

describe('the lock file', () => {
  test('is written with what is right, then tells an overwritten tag, and is not changed by it', async () => {
    const repository = await repositoryWith(healthy);
    const first = await audit(repository, { writeLock: true, content: 'all' });
    const text = first.files.get('tags.lock.json') ?? '';
    expect([first.json.notes, text.split('\n').slice(0, 9).join('\n')]).toEqual([
      ['12 cells added to tags.lock.json'],
      `{
  "schema": 1,
  "repository": "${repository}",
  "releases": [
    {
      "version": "1.0.0",
      "cells": [
        { "python": "3.9", "flavor": "standard", "digest": "${digestAt(repository, '1.0.0-python3.9')}", "platforms": ["linux/amd64", "linux/arm64"] },
        { "python": "3.9", "flavor": "conda", "digest": "${digestAt(repository, '1.0.0-python3.9-conda')}", "platforms": ["linux/amd64", "linux/arm64"] },`,
    ]);
    const files = new Map([['tags.lock.json', text]]);
    await audit(repository, { writeLock: true }, { files });
    expect(files.get('tags.lock.json')).toBe(text);
  });

  test('of another repository counts for nothing, and is not written over', async () => {
    const repository = await repositoryWith(healthy);
    const other =
      '{"schema":1,"repository":"docker.io/acme/other","releases":[{"version":"1.0.0","cells":[{"python":"3.9","flavor":"standard","digest":"sha256:' +
      '0'.repeat(64) +
      '"}]}]}';
    const files = new Map([['tags.lock.json', other]]);
    const read = await audit(repository, {}, { files });
    expect(read.outcome.result).toBe('as-planned');
    expect(read.said).toEqual([
      expect.stringMatching(/^warning LOCK_FOREIGN: .* docker\.io\/acme\/other, so nothing in /),
    ]);
    expect(await problemsOf(() => audit(repository, { writeLock: true }, { files }))).toEqual([
      {
        code: 'LOCK_INVALID',
        where: 'tags.lock.json',
        message: `it is the lock of docker.io/acme/other, and this is ${repository}`,
        fix: 'restore the lock of this image from git, or move this file away',
      },
    ]);
    expect(files.get('tags.lock.json')).toBe(other);
  });
});

describe('what could not be seen', () => {
  test('is unknown, and comes before what was found', async () => {
    const repository = await repositoryWith(withTags({ '1-latest': '1.0.0-python3.10' }));
    const between = failing((reference) => reference === '1.0-python3.9');
    const { json, outcome } = await audit(repository, {}, { between });
    expect([brief(json), outcome.result]).toEqual([['unknown 1.0-python3.9', 'stale 1-latest'], 'outside-failed']);
  });

  test('a header that lies costs requests, and no false alarm', async () => {
    const repository = await repositoryWith(healthy);
    const between = (real: Registry): Registry => ({
      ...real,
      head: async (reference, signal) => {
        const answer = await real.head(reference, signal);
        if (answer === null || !/^1-|^1\.1\.1-python3\.9$/.test(reference)) return answer;
        return { ...answer, digest: blobOf(reference).digest };
      },
    });
    const { json, outcome } = await audit(repository, {}, { between });
    expect([json.findings, outcome.result]).toEqual([[], 'as-planned']);
  });

  test('a finding that cannot be confirmed is unknown, with what was said', async () => {
    const repository = await repositoryWith(withTags({ '1-latest': '1.0.0-python3.10' }));
    const between = (real: Registry): Registry => ({
      ...real,
      manifest: (reference, signal) =>
        reference === '1-latest'
          ? Promise.reject(new OutsideError('REGISTRY_THROTTLED', '429'))
          : real.manifest(reference, signal),
    });
    const { json, outcome } = await audit(repository, { content: 'none' }, { between });
    expect([json.findings.map(({ kind, tag, because }) => [kind, tag, because]), outcome.result]).toEqual([
      [
        [
          'unknown',
          '1-latest',
          `the registry did not answer: it is said to point to ${digestAt(repository, '1.0.0-python3.10')}, which could not be confirmed: REGISTRY_THROTTLED 429`,
        ],
      ],
      'outside-failed',
    ]);
  });

  test('a registry that refuses everything is asked a few times, and nothing of it is missing', async () => {
    const repository = await repositoryWith(healthy);
    const { json, outcome } = await audit(repository, {}, { between: failing(() => true) });
    expect([counts(json.summary), outcome.result, json.requests]).toEqual([
      { unknown: Object.keys(healthy.tags).length },
      'outside-failed',
      0,
    ]);
    expect(json.notes).toEqual([
      'the list of tags could not be read, so tags that are not in the plan are unknown: REGISTRY_DENIED, as for the tags',
    ]);
  });

  test('a rate limit that GETs use up ends the audit before it is gone, and what it did not look at is told', async () => {
    const repository = await repositoryWith(
      withTags({ '1-latest': '1.0.0-python3.10', '1-python3.9': '1.0.0-python3.9' }),
    );
    let remaining = 13;
    const between = (real: Registry): Registry => ({
      ...real,
      manifest: (reference, signal) => {
        remaining -= 1;
        return real.manifest(reference, signal);
      },
      quota: () => ({ remaining, spent: 13 - remaining }),
    });
    const { json, outcome } = await audit(repository, { content: 'none' }, { between });
    expect([outcome.result, remaining]).toEqual(['outside-failed', 10]);
    // Three GETs were made, of the first finding and of what it rests on; of the second nothing is said but this.
    expect(json.findings.find(({ tag }) => tag === '1-python3.9')).toMatchObject({
      kind: 'unknown',
      because: `the registry did not answer: it is said to point to ${digestAt(repository, '1.0.0-python3.9')}, which could not be confirmed: not asked: 10 requests are left of the registry's rate limit; try again later, or log in`,
    });
    expect(new Set(json.findings.map(({ kind }) => kind))).toEqual(new Set(['unknown', 'stale']));
  });

  test('an interrupted audit says what it did not see', async () => {
    const repository = await repositoryWith(without('1-latest'));
    const abort = new AbortController();
    let heads = 0;
    const between = (real: Registry): Registry => ({
      ...real,
      head: async (reference, signal) => {
        const answer = await real.head(reference, signal);
        if ((heads += 1) === 10) abort.abort();
        return answer;
      },
    });
    const { json, outcome } = await audit(repository, {}, { between, signal: abort.signal });
    expect(outcome.result).toBe('outside-failed');
    expect(Object.keys(counts(json.summary)).toSorted()).toEqual(['ok', 'unknown']);
    expect(json.summary['ok']).toBeLessThan(43);
  });
});

describe('what repositories hold', () => {
  test('a repository that does not exist: everything is missing, and its name is doubted', async () => {
    const { json, outcome } = await audit(`${registry.host}/acme/never`);
    expect([counts(json.summary), outcome.result]).toEqual([{ missing: Object.keys(healthy.tags).length }, 'findings']);
    expect(json.notes).toEqual([
      'the registry has no repository of that name: is it spelled right, and was it ever pushed to?',
    ]);
  });

  test.each([
    {
      name: 'a list that answers 404',
      listed: null,
      note: 'the list of tags could not be read, so tags that are not in the plan are unknown: the registry says that there is no such repository, and tags of it are there',
      result: 'outside-failed',
    },
    {
      name: 'a list of nothing',
      listed: [],
      note: `the registry's list of tags lacks ${Object.keys(healthy.tags).length} tags that are there, so it may lack others that are not in the plan`,
      result: 'as-planned',
    },
    {
      name: 'a list without one',
      listed: Object.keys(healthy.tags).slice(1),
      note: "the registry's list of tags lacks a tag that is there, so it may lack others that are not in the plan",
      result: 'as-planned',
    },
  ])('$name, beside tags that are there, is not told as all there is', async ({ listed, note, result }) => {
    const repository = await repositoryWith(healthy);
    const between = (real: Registry): Registry => ({ ...real, tags: async () => listed });
    const { json, outcome } = await audit(repository, { unmanaged: true }, { between });
    expect([counts(json.summary), outcome.result, json.notes]).toEqual([
      { ok: Object.keys(healthy.tags).length },
      result,
      [note],
    ]);
    expect(json).not.toHaveProperty('strays');
  });

  test('a 404 that a list without the tag agrees with is asked again, where the list lacks others that are there', async () => {
    const repository = await repositoryWith(healthy);
    const [lost = '', ...rest] = Object.keys(healthy.tags);
    const between = (real: Registry): Registry => ({
      ...real,
      tags: async () => rest.slice(1),
      head: async (reference, signal) => (reference === lost ? null : real.head(reference, signal)),
    });
    const { json } = await audit(repository, { content: 'none' }, { between });
    expect(counts(json.summary)).toEqual({ ok: Object.keys(healthy.tags).length });
  });

  test('a repository without tags', async () => {
    const repository = await repositoryWith({ images: healthy.images, tags: {} });
    const { json } = await audit(repository);
    expect([counts(json.summary), json.notes]).toEqual([{ missing: Object.keys(healthy.tags).length }, []]);
  });

  test('100,000 tags that are none of ours, with names that sort oddly', { timeout: 60_000 }, async () => {
    const repository = await repositoryWith(healthy);
    const names = Array.from(
      { length: 100_000 },
      (_, index) => `build.${index}_${index % 7 === 0 ? 'É'.length : '__'}`,
    );
    const between = (real: Registry): Registry => ({
      ...real,
      tags: async (signal) => [...((await real.tags(signal)) ?? []), ...names, '_', '0', '-not-a-tag', 'latest'],
    });
    const { json, outcome } = await audit(repository, { content: 'none' }, { between });
    // One that is not a tag by the grammar is counted, and never shown.
    expect([counts(json.summary), outcome.result, json.notes]).toEqual([
      { ok: Object.keys(healthy.tags).length, unmanaged: 100_003 },
      'as-planned',
      ["1 name in the repository's list cannot be a tag and was left out"],
    ]);
  });

  test('signatures, charts, staging tags and attestations: listed, or named for what they are', async () => {
    const state: RegistryState = {
      images: { ...healthy.images, attested: { platforms: ['linux/amd64', 'linux/arm64'], attestations: true } },
      tags: {
        ...healthy.tags,
        '1-latest': 'attested@attestation',
        '1-python3.10': '1.1.1-python3.10@linux/amd64',
        'staging-123-1.1.1': 'attested',
      },
    };
    const signature = `sha256-${'a'.repeat(64)}.sig`;
    const repository = await repositoryWith(state, async (opened) => {
      const { bytes, digest } = blobOf('{}');
      await opened.putBlob(bytes, digest);
      const artifact = manifestOf(mediaTypes.ociManifest, {
        schemaVersion: 2,
        mediaType: mediaTypes.ociManifest,
        config: { mediaType: 'application/vnd.cncf.helm.config.v1+json', digest, size: bytes.byteLength },
        layers: [],
      });
      await opened.putManifest(signature, artifact);
      await opened.putManifest('1-python3.9', artifact);
    });
    const { json } = await audit(repository);
    expect(json.findings.map(({ kind, tag, because, fix }) => ({ kind, tag, because, fix }))).toEqual([
      {
        kind: 'incomplete',
        tag: '1-latest',
        because: expect.stringMatching(
          /^it points to an attestation manifest, as an interrupted push leaves it; also drift: /,
        ),
        fix: `tagwright apply --repository ${repository}`,
      },
      {
        kind: 'incomplete',
        tag: '1-python3.9',
        because: expect.stringMatching(
          /^it is not an image: it is application\/vnd\.cncf\.helm\.config\.v1\+json; also drift: /,
        ),
        fix: `tagwright apply --repository ${repository}`,
      },
      {
        kind: 'incomplete',
        tag: '1-python3.10',
        because: expect.stringMatching(/^it points to a part of 1\.1-python3\.10; also drift: /),
        fix: `tagwright apply --repository ${repository}`,
      },
      {
        kind: 'unmanaged',
        tag: 'staging-123-1.1.1',
        because: 'a staging tag of a publish in several jobs',
        fix: null,
      },
    ]);
  });

  test('an index with a platform nobody knows, and a config that is no JSON', async () => {
    const repository = await repositoryWith(healthy, async (opened) => {
      const config = blobOf('no JSON');
      await opened.putBlob(config.bytes, config.digest);
      const image = manifestOf(mediaTypes.ociManifest, {
        schemaVersion: 2,
        mediaType: mediaTypes.ociManifest,
        config: { mediaType: mediaTypes.ociConfig, digest: config.digest, size: config.bytes.byteLength },
        layers: [],
      });
      await opened.putManifest(image.digest, image);
      const index = manifestOf(mediaTypes.ociIndex, {
        schemaVersion: 2,
        manifests: ['linux/amd64', 'linux/arm64', 'plan9/mips'].map((platform) => ({
          mediaType: image.mediaType,
          digest: image.digest,
          size: image.sizeBytes,
          platform: { os: platform.split('/')[0], architecture: platform.split('/')[1] },
        })),
      });
      for (const tag of ['1-latest', '1.1.1-python3.10', '1.1-python3.10', '1-python3.10'])
        await opened.putManifest(tag, index);
    });
    const { json } = await audit(repository, { only: ['rule=latest'] });
    expect(json.findings.map(({ kind, tag, because }) => [kind, tag, because])).toEqual([
      [
        'incomplete',
        '1-latest',
        expect.stringContaining('the config of linux/amd64 is missing or is not an image config'),
      ],
    ]);
  });
});

function failing(isFailing: (reference: string) => boolean): (registry: Registry) => Registry {
  const check = (reference: string): void => {
    if (isFailing(reference)) throw new OutsideError('REGISTRY_DENIED', `${reference}: 403`);
  };
  return (real) => ({
    ...real,
    head: async (reference, signal) => {
      check(reference);
      return real.head(reference, signal);
    },
    manifest: async (reference, signal) => {
      check(reference);
      return real.manifest(reference, signal);
    },
    tags: async (signal) => {
      check('tags');
      return real.tags(signal);
    },
  });
}

function digestAt(repository: string, tag: string): string {
  return registry.tags(repository.slice(registry.host.length + 1)).get(tag) ?? 'absent';
}
