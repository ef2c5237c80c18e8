import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { printBake } from '../../src/adapters/buildx/print-bake.ts';
import { noInputs } from '../../src/domain/build-inputs.ts';
import { isJsonObject } from '../../src/domain/json.ts';
import type { BuildTarget } from '../../src/domain/build-target.ts';
import { OutsideError } from '../../src/domain/errors.ts';
import { namedTargets, plainTargets } from '../../src/import/bake-files.ts';
import { buildWithBuildx, skopeoInspect } from '../support/buildx.ts';
import { realPython, standInBases } from '../support/stand-in-bases.ts';
import { tempFolder } from '../support/temp-folder.ts';

const host = inject('registryHost');
const repository = `${host}/buildx/app`;
let base: string;

beforeAll(async () => {
  const name = `python:${await realPython()}-slim`;
  base = (await standInBases(host, { bases: [name] }))[name] ?? '';
});

async function target(id: string, dockerfile: string, more: Partial<BuildTarget> = {}): Promise<BuildTarget> {
  const folder = await tempFolder({ Dockerfile: dockerfile });
  return {
    id,
    dockerfile: 'Dockerfile',
    context: folder,
    args: {},
    labels: {},
    platforms: ['linux/amd64'],
    references: [`${repository}:${id}`],
    contexts: { base },
    ...more,
  };
}

test('a target without a reference is built and not pushed', async () => {
  const { targets } = await buildWithBuildx([
    await target('kept', 'FROM scratch\nCOPY Dockerfile /\n', { references: [] }),
  ]);
  expect(targets).toEqual([expect.objectContaining({ id: 'kept', kind: 'unpushed' })]);
  const failed = await buildWithBuildx([await target('lost', 'FROM scratch\nCOPY nothing /\n', { references: [] })]);
  expect(failed.targets).toEqual([expect.objectContaining({ id: 'lost', kind: 'failed' })]);
});

test('what a bake file would evaluate arrives as it was written, in arguments, labels and their keys', async () => {
  const texts = [
    '${HOME}',
    '$${HOME}',
    '$$${x}',
    '%{if true}',
    '%%{x}',
    '${',
    '$',
    '%',
    '$$',
    'a "quoted" \\ word',
    "it's",
    'é ∑',
    ' ',
  ];
  const args = Object.fromEntries(texts.map((text, index) => [`A${index}`, text]));
  const lines = Object.keys(args).flatMap((name) => [`ARG ${name}`, `LABEL arg.${name}="$${name}"`]);
  const labels = { ...Object.fromEntries(texts.map((text, index) => [`label.${index}`, text])), 'key.${x}%{y}': 'x' };
  const built = await buildWithBuildx([
    await target('texts', `FROM scratch\nCOPY Dockerfile /\n${lines.join('\n')}\n`, { args, labels }),
  ]);
  const seen = await skopeoInspect(`${repository}:texts`);
  expect(built.targets).toMatchObject([{ id: 'texts', kind: 'built', digest: seen.digest }]);
  expect(seen.labels).toEqual({
    ...labels,
    ...Object.fromEntries(texts.map((text, index) => [`arg.A${index}`, text])),
  });
});

test('every reference of a target is pushed, all on the digest that is reported', async () => {
  const references = ['one', 'two'].map((name) => `${host}/buildx/${name}:1.0`);
  const built = await buildWithBuildx([await target('both', 'FROM scratch\nLABEL a=b\n', { references })]);
  const digests = await Promise.all(references.map(async (reference) => (await skopeoInspect(reference)).digest));
  expect(new Set(digests).size).toBe(1);
  expect(built.targets).toMatchObject([{ id: 'both', kind: 'built', digest: digests[0] }]);
});

test('two targets of one Dockerfile are each the stage that it names, and without a name the last', async () => {
  const stage = (name: string): string => `FROM scratch AS ${name}\nCOPY Dockerfile /\nLABEL stage=${name}\n`;
  const dockerfile = ['one', 'two', 'three'].map(stage).join('');
  const built = await buildWithBuildx([
    await target('stage-one', dockerfile, { target: 'one' }),
    await target('stage-two', dockerfile, { target: 'two' }),
    await target('stage-last', dockerfile),
  ]);
  expect(built.targets).toMatchObject([{ kind: 'built' }, { kind: 'built' }, { kind: 'built' }]);
  const labels = ['one', 'two', 'last'].map(async (id) => (await skopeoInspect(`${repository}:stage-${id}`)).labels);
  expect(await Promise.all(labels)).toEqual([{ stage: 'one' }, { stage: 'two' }, { stage: 'three' }]);
});

test('a target that fails is told with its last words, the others are left to the registry to tell', async () => {
  const built = await buildWithBuildx([
    await target('slow', 'FROM base\nRUN sleep 30\n'),
    await target('broken', 'FROM base\nRUN sleep 1; echo no room left >&2; exit 7\n'),
  ]);
  expect(built.targets).toEqual([
    { id: 'slow', kind: 'unreported', reason: 'bake stopped when broken failed' },
    {
      id: 'broken',
      kind: 'failed',
      reason:
        'process "/bin/sh -c sleep 1; echo no room left >&2; exit 7" did not complete successfully: exit code: 7; it last said: no room left',
      log: ['no room left'],
    },
  ]);
});

describe('a build that is stopped', () => {
  test('ends at once, its progress told until then, and leaves no process behind', async () => {
    const stop = new AbortController();
    const marker = 'sleep 97';
    const onProgress = (line: string): void => {
      if (line.includes('begun')) stop.abort();
    };
    const building = buildWithBuildx(
      [await target('stopped', `FROM base\nRUN echo begun ${randomUUID()}\nRUN ${marker}\n`)],
      {
        signal: stop.signal,
        onProgress,
      },
    );
    const error: unknown = await building.catch((thrown: unknown) => thrown);
    expect(error instanceof OutsideError ? { code: error.code, command: error.facts['command'] } : error).toEqual({
      code: 'ABORTED',
      command: 'docker',
    });
    const { stdout } = await promisify(execFile)('ps', ['-eo', 'args']);
    expect(stdout.split('\n').filter((line) => line.includes(marker) || line.includes('tagwright-bake-'))).toEqual([]);
  });
});

test('a secret reaches its RUN, and no layer, history or provenance holds it', async () => {
  const secret = `s3cr3t-${randomUUID()}`;
  vi.stubEnv('BUILD_TEST_SECRET', secret);
  // The value of a secret is no part of what BuildKit caches a step by.
  const dockerfile = `FROM base
ARG RUN_OF_THE_TEST=${randomUUID()}
RUN --mount=type=secret,id=token,required=true sha256sum < /run/secrets/token > /sum
`;
  const inputs = { ...noInputs, secrets: new Map([['token', { kind: 'env', name: 'BUILD_TEST_SECRET' } as const]]) };
  const built = await buildWithBuildx([await target('secret', dockerfile, { inputs })], { provenance: 'max' });
  vi.unstubAllEnvs();
  expect(built.targets).toMatchObject([{ id: 'secret', kind: 'built' }]);
  expect(built.lines.join('\n')).not.toContain(secret);
  const folder = await tempFolder({});
  const run = promisify(execFile);
  await run('skopeo', ['copy', '--all', '--src-tls-verify=false', `docker://${repository}:secret`, `dir:${folder}`]);
  const files = (await readdir(folder)).filter((name) => name !== 'version');
  const contents = await Promise.all(
    files.map(async (name) => {
      const bytes = await readFile(`${folder}/${name}`);
      return (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString('latin1');
    }),
  );
  const sum = createHash('sha256').update(secret).digest('hex');
  expect(contents.filter((text) => text.includes(sum))).toHaveLength(1);
  expect(contents.filter((text) => text.includes('slsa.dev/provenance'))).not.toEqual([]);
  expect(contents.filter((text) => text.includes(secret))).toEqual([]);
});

test('index and manifests are annotated with the labels', async () => {
  await buildWithBuildx([
    await target('annotated', 'FROM scratch\nCOPY Dockerfile /\n', { labels: { 'a.b': 'c, d' } }),
  ]);
  const run = promisify(execFile);
  const raw = async (reference: string): Promise<unknown> =>
    JSON.parse((await run('skopeo', ['inspect', '--raw', '--tls-verify=false', `docker://${reference}`])).stdout);
  const index = await raw(`${repository}:annotated`);
  expect(index).toMatchObject({ annotations: { 'a.b': 'c, d' } });
  const listed: unknown = isJsonObject(index) ? index['manifests'] : null;
  const first: unknown = Array.isArray(listed) ? listed[0] : null;
  const digest = isJsonObject(first) ? String(first['digest']) : '';
  expect(digest).toMatch(/^sha256:/);
  expect(await raw(`${repository}@${digest}`)).toMatchObject({ annotations: { 'a.b': 'c, d' } });
});

test('two builds of a cell at different times are one image, dated by its release', async () => {
  const build = async (id: string): Promise<readonly unknown[]> => {
    // What differs is mounted, so that the step runs again and leaves no trace but the time of its file.
    const other = `FROM base AS other\nRUN echo ${randomUUID()} > /other\nFROM base\n`;
    const again = 'RUN --mount=type=bind,from=other,target=/mnt';
    // What is shared writes the time into a file, as whoever makes a wheel does.
    const wheel = `${other}ARG SOURCE_DATE_EPOCH\n${again} echo "\${SOURCE_DATE_EPOCH:-$(cat /proc/uptime)}" > /wheel\n`;
    const shared = { ...(await target(`${id}-wheel`, wheel)), references: [], platforms: [] };
    const dockerfile = `${other}${again} echo same > /file\nCOPY --from=wheel /wheel /wheel\n`;
    const args = { CREATED: '2024-01-02T03:04:05Z' };
    const options = { reproducible: true } as const;
    const cell = await target(id, dockerfile, {
      args,
      contexts: { base, wheel: `target:${shared.id}` },
      shared: [shared],
    });
    const built = await buildWithBuildx([cell], options);
    expect(built.targets).toMatchObject([{ id, kind: 'built' }]);
    const ran = await promisify(execFile)('skopeo', [
      'inspect',
      '--raw',
      '--tls-verify=false',
      `docker://${repository}:${id}`,
    ]);
    const index: unknown = JSON.parse(ran.stdout);
    const listed: unknown = isJsonObject(index) ? index['manifests'] : null;
    const parts: unknown[] = Array.isArray(listed) ? listed : [];
    return parts.map((part) => (isJsonObject(part) ? part['digest'] : part));
  };
  const [first, second] = [await build('repro-1'), await build('repro-2')];
  expect(first[0]).toMatch(/^sha256:/);
  expect(second[0]).toBe(first[0]);
  // The provenance has the times of its build.
  expect(second[1]).not.toBe(first[1]);
});

test('what cells share is built once for both, and neither is built where it fails', async () => {
  const sharedBuild = async (id: string, command: string): Promise<BuildTarget> => ({
    ...(await target(id, `FROM base\nRUN ${command}\n`)),
    references: [],
    platforms: [],
  });
  const cells = (shared: BuildTarget, ...ids: string[]): Promise<BuildTarget[]> =>
    Promise.all(
      ids.map((id) =>
        target(id, `FROM app\nCOPY Dockerfile /${id}\n`, {
          contexts: { app: `target:${shared.id}` },
          shared: [shared],
        }),
      ),
    );
  const once = await sharedBuild('shared-once', 'head -c 16 /dev/urandom | od -x > /once');
  const built = await buildWithBuildx(await cells(once, 'shares-1', 'shares-2'));
  expect(built.targets).toMatchObject([{ kind: 'built' }, { kind: 'built' }]);
  const layers = async (id: string): Promise<unknown> => {
    const reference = `docker://${repository}:${id}`;
    const ran = await promisify(execFile)('skopeo', ['inspect', '--tls-verify=false', '--no-tags', reference]);
    const seen: { readonly Layers: readonly string[] } = JSON.parse(ran.stdout);
    return seen.Layers.slice(0, -1);
  };
  expect(await layers('shares-2')).toEqual(await layers('shares-1'));
  const broken = await sharedBuild('shared-broken', 'echo no wheel >&2; exit 1');
  const failed = await buildWithBuildx(await cells(broken, 'shares-3', 'shares-4'));
  // BuildKit names a shared step after any of the targets: what the others are told differs.
  const told = failed.targets.map((one) => ('reason' in one ? one.reason : one.kind));
  expect(told).toHaveLength(2);
  expect(told).not.toContain('built');
  expect(told.join('\n')).toContain('it last said: no wheel');
});

test('a cell reads the cache of the release before, and writes its own', async () => {
  const folder = await tempFolder({});
  const dockerfile = 'FROM base\nRUN head -c 16 /dev/urandom | od -x > /once\n';
  const store = { type: 'local', path: folder, mode: 'max' } as const;
  const made = async (id: string, previous: string | null): Promise<string> => {
    const before = previous === null ? null : { scope: previous, reference: 'unused' };
    const cache = { own: id, previous: before };
    const built = await buildWithBuildx([await target(id, dockerfile, { cache })], { cache: store });
    return built.lines.join('\n');
  };
  await made('1-0-0', null);
  expect(await readdir(folder)).toEqual(['1-0-0']);
  expect(await made('1-1-0', '1-0-0')).toContain(`importing cache manifest from local`);
  expect((await readdir(folder)).toSorted()).toEqual(['1-0-0', '1-1-0']);
});

test('a builder that is not there is an error, and nothing was built', async () => {
  const { createBuildxBuilder } = await import('../../src/adapters/buildx/buildx-builder.ts');
  const builder = createBuildxBuilder({
    bakeFile: () => '{"target":{"default":{}}}',
    folder: process.cwd(),
    builder: 'no-such',
    runsCommands: () => false,
  });
  const building = builder.build([await target('x', 'FROM scratch\n')], { onProgress: () => undefined });
  const error: unknown = await building.catch((thrown: unknown) => thrown);
  expect(error instanceof OutsideError ? { code: error.code, message: error.message } : error).toEqual({
    code: 'BUILD_FAILED',
    message: 'nothing was built: the builder cannot be reached: ERROR: no builder "no-such" found',
  });
});

test('a bake file with variables, functions and a matrix is printed, and nothing of it is built', async () => {
  const folder = await tempFolder({
    'docker-bake.hcl':
      'variable "REGISTRY" { default = "ghcr.io/acme" }\nfunction "tag" {\n  params = [name]\n  result = "${REGISTRY}/${name}:latest"\n}\ntarget "app" {\n  matrix = { base = ["slim", "alpine"] }\n  name = "app-${base}"\n  dockerfile = "${base}/Dockerfile"\n  platforms = ["linux/amd64", "linux/arm64"]\n  tags = [tag("app-${base}")]\n}\n',
  });
  // A variable of the environment would change what is printed.
  vi.stubEnv('REGISTRY', 'elsewhere.example');
  const hcl = { path: 'docker-bake.hcl', text: await readFile(`${folder}/docker-bake.hcl`, 'utf8') };
  const asked = { paths: [hcl.path], targets: namedTargets([hcl]), folder };
  const printed = await printBake(asked, new AbortController().signal);
  if (printed.kind === 'unread') throw new Error(printed.because);
  const platforms = ['linux/amd64', 'linux/arm64'];
  expect(plainTargets([{ ...hcl, text: printed.json }]).targets).toEqual(
    ['slim', 'alpine'].map((name) => ({
      name: `app-${name}`,
      dockerfile: `${name}/Dockerfile`,
      context: '.',
      target: null,
      platforms,
      tags: [`ghcr.io/acme/app-${name}:latest`],
      args: new Map(),
      contexts: new Map(),
      more: [],
    })),
  );
});

test('several bake files in plain values come to what buildx makes of them', async () => {
  const files = {
    'docker-bake.json':
      '{ "group": { "default": { "targets": ["app", "other"] } }, "target": { "app": { "args": { "A": "1", "B": "1" }, "platforms": ["linux/amd64", "linux/arm64"], "tags": ["acme/app:latest"] }, "other": { "dockerfile": null } } }',
    'docker-bake.hcl':
      'target "_base" {\n  args = {\n    C = "3"\n  }\n}\ntarget "app" {\n  inherits = ["_base"]\n  context = "srv"\n  dockerfile = "../build/Dockerfile"\n}\n',
    'docker-bake.override.hcl':
      'group "default" {\n  targets = ["app"]\n}\ntarget "app" {\n  platforms = ["linux/arm64"]\n  args = {\n    B = "2"\n  }\n}\n',
  };
  const folder = await tempFolder(files);
  const plain = Object.entries(files).map(([path, text]) => ({ path, text }));
  const asked = { paths: Object.keys(files), targets: namedTargets(plain), folder };
  const printed = await printBake(asked, new AbortController().signal);
  if (printed.kind === 'unread') throw new Error(printed.because);
  const own = plainTargets(plain);
  expect(own).toEqual(plainTargets([{ path: 'docker-bake.json', text: printed.json }]));
  expect(own.targets).toMatchObject([{ name: 'app', dockerfile: 'build/Dockerfile', platforms: ['linux/arm64'] }]);
});
