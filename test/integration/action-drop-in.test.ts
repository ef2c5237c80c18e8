/**
 * The outputs in the place of docker/metadata-action's: what docker/build-push-action makes of `tags`, `labels` and the
 * rest is done here with the real buildx, and so are the bake files that docker/bake-action takes.
 */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { describe, expect, inject, test } from 'vitest';
import { z } from 'zod';
import { skopeoInspect, skopeoPlatforms } from '../support/buildx.ts';
import { daily, revisionOf } from '../support/history.ts';
import { runStep, type ActionRun } from '../support/run-action.ts';
import { standInBases } from '../support/stand-in-bases.ts';
import { tempFolder } from '../support/temp-folder.ts';

const run = promisify(execFile);
const host = inject('registryHost');
const repositories = [`${host}/acme/drop-in`, `${host}/mirror/drop-in`];
const base = 'python:3.11-slim';

interface Place {
  readonly folder: string;
  readonly contexts: Readonly<Record<string, string>>;
}

async function place(): Promise<Place> {
  const contexts = await standInBases(host, { bases: [base] });
  const flavor = { dockerfile: 'Dockerfile', contexts };
  const config = {
    repository: repositories,
    source: { file: 'releases.json' },
    pythons: ['3.10', '3.11'],
    platforms: ['linux/amd64', 'linux/arm64'],
    flavors: { standard: flavor, slim: { ...flavor, suffix: '-slim' } },
    defaults: { python: 'highest' },
    rules: { latest: { template: '{{major}}-latest{{suffix}}' } },
  };
  const folder = await tempFolder({
    'matrix.config.json': JSON.stringify(config),
    'releases.json': JSON.stringify(daily('1.0.0', '1.1.0')),
    Dockerfile: `FROM ${base}\nARG VERSION\nARG PYTHON\nARG FLAVOR\nRUN echo "$VERSION $FLAVOR" > /built\n`,
  });
  return { folder, contexts };
}

async function meta({ folder }: Place, inputs: Readonly<Record<string, string>>): Promise<ActionRun> {
  const given = { command: 'plan', offline: 'true', config: `${folder}/matrix.config.json` };
  const step = await runStep({
    event: 'release',
    payload: {
      action: 'published',
      release: { tag_name: '1.1.0' },
      repository: { full_name: 'acme/app', description: 'Says "$(id)", `id`, a=b', license: { spdx_id: 'MIT' } },
    },
    ref: 'refs/tags/1.1.0',
    sha: revisionOf('1.1.0'),
    inputs: { ...given, ...inputs },
  });
  if (step.code !== 0) throw new Error(step.log);
  return step;
}

/** How Docker's actions read a list: one a line, and of some also one a comma. */
const lines = (text = ''): string[] => text.split('\n').filter((line) => line !== '');
const flags = (name: string, values: readonly string[]): string[] => values.flatMap((value) => [name, value]);

describe('in the place of docker/metadata-action', () => {
  test('docker/build-push-action builds one cell and pushes all of its tags to both repositories', async () => {
    const at = await place();
    const { outputs } = await meta(at, { only: 'python=3.11\nflavor=slim', tags: 'all' });
    const args = [
      'buildx',
      'build',
      '--push',
      '--file',
      outputs['dockerfile'] ?? '',
      '--platform',
      outputs['platforms'] ?? '',
      ...flags(
        '--tag',
        lines(outputs['tags']).flatMap((line) => line.split(',')),
      ),
      ...flags('--label', lines(outputs['labels'])),
      ...flags('--build-arg', lines(outputs['build-args'])),
      ...flags('--annotation', lines(outputs['annotations'])),
      ...flags(
        '--build-context',
        Object.entries(at.contexts).map((pair) => pair.join('=')),
      ),
      '.',
    ];
    await run('docker', args, { cwd: at.folder });
    const names = ['1.1.0-python3.11-slim', `sha-${revisionOf('1.1.0')}-python3.11-slim`];
    const owned = ['1.1-python3.11-slim', '1-python3.11-slim', '1-latest-slim'];
    const tags = repositories.flatMap((repository) => [...names, ...owned].map((tag) => `${repository}:${tag}`));
    expect(lines(outputs['tags'])).toEqual(tags);
    const seen = await Promise.all(tags.map(skopeoInspect));
    expect(new Set(seen.map(({ digest }) => digest)).size).toBe(1);
    expect(seen[0]?.labels).toEqual({
      'io.tagwright.flavor': 'slim',
      'io.tagwright.python': '3.11',
      'org.opencontainers.image.created': '2024-01-02T12:00:00Z',
      'org.opencontainers.image.description': 'Says "$(id)", `id`, a=b',
      'org.opencontainers.image.licenses': 'MIT',
      'org.opencontainers.image.revision': revisionOf('1.1.0'),
      'org.opencontainers.image.source': 'https://github.com/acme/app',
      'org.opencontainers.image.title': 'app',
      'org.opencontainers.image.url': 'https://github.com/acme/app',
      'org.opencontainers.image.version': '1.1.0',
    });
    expect(await skopeoPlatforms(tags[0] ?? '')).toEqual(['linux/amd64', 'linux/arm64']);
  });

  test("a bake file of one's own inherits tags, labels and annotations of the chosen cell", async () => {
    const { folder } = await place();
    const { outputs } = await meta({ folder, contexts: {} }, { only: 'python=3.10\nflavor=standard' });
    const own =
      'target "docker-metadata-action" {}\ntarget "app" {\n  inherits = ["docker-metadata-action"]\n  context = "."\n}\n';
    await writeFile(`${folder}/docker-bake.hcl`, own);
    const target = async (...names: readonly string[]): Promise<unknown> => {
      for (const name of names) await writeFile(`${folder}/${name}.json`, outputs[name] ?? '');
      const printed = await bake(folder, ['docker-bake.hcl', ...names.map((name) => `${name}.json`)], 'app');
      return printed.target['app'];
    };
    const whole = await target('bake-file');
    expect(whole).toMatchObject({
      tags: lines(outputs['tags']),
      labels: expect.objectContaining({ 'org.opencontainers.image.description': 'Says "$(id)", `id`, a=b' }),
      args: { DOCKER_META_IMAGES: repositories.join(','), DOCKER_META_VERSION: '1.1.0-python3.10' },
    });
    expect(await target('bake-file-tags', 'bake-file-labels')).toEqual(whole);
    expect(await target('bake-file-annotations')).toMatchObject({ annotations: lines(outputs['annotations']) });
  });

  test('without a chosen cell the bake file has every cell of the release, and one `bake` builds them all', async () => {
    const at = await place();
    const { outputs } = await meta(at, {});
    await writeFile(`${at.folder}/all.json`, outputs['bake-file'] ?? '');
    const printed = await bake(at.folder, ['all.json']);
    expect(Object.values(printed.target).map((target) => target.tags)).toEqual(
      // buildx prints targets by name.
      ['1.1.0-python3.10-slim', '1.1.0-python3.10', '1.1.0-python3.11-slim', '1.1.0-python3.11'].map((tag) =>
        repositories.map((repository) => `${repository}:${tag}`),
      ),
    );
    await run('docker', ['buildx', 'bake', '--file', 'all.json'], { cwd: at.folder });
    for (const { tags, labels } of Object.values(printed.target)) {
      for (const tag of tags) expect((await skopeoInspect(tag)).labels).toEqual(labels);
    }
  });
});

const bakePrinted = z.object({
  target: z.record(
    z.string(),
    z.looseObject({ tags: z.array(z.string()).default([]), labels: z.record(z.string(), z.string()).default({}) }),
  ),
});

/** What buildx itself makes of bake files. */
async function bake(
  cwd: string,
  files: readonly string[],
  ...targets: string[]
): Promise<z.output<typeof bakePrinted>> {
  const args = ['buildx', 'bake', ...flags('--file', files), '--print', ...targets];
  return bakePrinted.parse(JSON.parse((await run('docker', args, { cwd })).stdout));
}
