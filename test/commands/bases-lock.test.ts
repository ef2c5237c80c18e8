import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startMemoryRegistry, type MemoryRegistry } from '../../src/adapters/memory-registry/memory-registry.ts';
import { createRegistries } from '../../src/adapters/registry/registries.ts';
import { buildContexts } from '../../src/build/contexts.ts';
import { basesLockProblems, basesLockText, readBasesLock } from '../../src/build/bases-lock.ts';
import { parseDigest, type Digest } from '../../src/domain/digest.ts';
import { expectedLabels } from '../../src/plan/expected-image.ts';
import { daily, imageOf, planned, smallConfig } from '../support/history.ts';
import { loadState } from '../support/registry-state.ts';
import { runCli } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp-folder.ts';

let registry: MemoryRegistry;
beforeAll(async () => {
  registry = await startMemoryRegistry();
});
afterAll(() => registry.close());

function digestOf(letter: string): Digest {
  const digest = parseDigest(`sha256:${letter.repeat(64)}`);
  if (digest === null) throw new Error('no digest');
  return digest;
}
const [a, b] = [digestOf('a'), digestOf('b')];

/** Gives base images of the test's registry a digest each; the label tells one from another. */
async function push(path: string, tags: readonly string[], label: string): Promise<void> {
  const registries = createRegistries();
  const image = { platforms: ['linux/amd64'], labels: { label } };
  const state = { images: { base: image }, tags: Object.fromEntries(tags.map((tag) => [tag, 'base'])) };
  await loadState(registries.open({ registry: registry.host, path }), state);
  await registries.close();
}

interface Place {
  readonly folder: string;
  readonly render: (...args: readonly string[]) => Promise<{ readonly code: number; readonly text: string }>;
  readonly read: (name: string) => Promise<string>;
}

async function place(path: string): Promise<Place> {
  const image = `${registry.host}/${path}`;
  const config = {
    ...smallConfig,
    source: { file: 'releases.json' },
    flavors: {
      standard: { dockerfile: 'Dockerfile', template: 'Dockerfile.hbs', base: `${image}:{{python}}-slim` },
      conda: { dockerfile: 'conda.Dockerfile', template: 'Dockerfile.hbs', base: `${image}:conda`, suffix: '-conda' },
    },
  };
  const folder = await tempFolder({
    'matrix.config.json': JSON.stringify(config),
    'releases.json': JSON.stringify(daily('1.0.0')),
    'Dockerfile.hbs': 'ARG PYTHON\nFROM {{base.from}}\nARG PYTHON\nLABEL python=$PYTHON\n',
  });
  return {
    folder,
    render: async (...args) => {
      const run = await runCli(['render', '--config', join(folder, 'matrix.config.json'), ...args], { PATH: folder });
      return { code: run.code, text: run.stdout + run.stderr };
    },
    read: (name) => readFile(join(folder, name), 'utf8'),
  };
}

describe('render --update-bases', () => {
  test('locks every base, writes the digest where the name is one for all cells, and says what changed', async () => {
    await push('bases', ['3.9-slim', '3.10-slim', 'conda'], 'first');
    const { render, read, folder } = await place('bases');
    const base = `${registry.host}/bases`;
    const first = registry.tags('bases').get('conda');
    const made = await render('--update-bases');
    expect([made.code, made.text]).toEqual([0, expect.stringContaining(`${base}:conda is ${first}`)]);
    expect(JSON.parse(await read('bases.lock.json'))).toEqual({
      schema: 1,
      bases: { [`${base}:3.10-slim`]: first, [`${base}:3.9-slim`]: first, [`${base}:conda`]: first },
    });
    expect(await read('conda.Dockerfile')).toContain(`FROM ${base}:conda@${first}\n`);
    expect(await read('Dockerfile')).toContain(`FROM ${base}:\${PYTHON}-slim\n`);

    await push('bases', ['conda'], 'second');
    const second = registry.tags('bases').get('conda');
    expect((await render('--check')).code).toBe(0);
    const again = await render('--update-bases');
    expect(again.text.split('\n').filter((line) => line.startsWith(registry.host))).toEqual([
      `${base}:conda was ${first}, is ${second}`,
    ]);
    expect(await read('conda.Dockerfile')).toContain(`@${second}\n`);
    expect((await render('--update-bases')).text).toContain('bases.lock.json unchanged');

    const plan = await runCli(
      ['plan', '1.0.0', '--offline', '--format', 'bake', '--config', join(folder, 'matrix.config.json')],
      { PATH: folder },
    );
    expect(plan.stderr).toBe('');
    expect(plan.stdout).toContain(`"${base}:3.9-slim": "docker-image://${base}:3.9-slim@${first}"`);
    expect(plan.stdout).toContain(`"org.opencontainers.image.base.digest": "${second}"`);
  });

  test('writes nothing if a base does not exist', async () => {
    await push('half', ['3.9-slim', 'conda'], 'first');
    const { render, read } = await place('half');
    const { code, text } = await render('--update-bases');
    expect([code, text]).toEqual([2, expect.stringContaining(`BASE_MISSING`)]);
    expect(text).toContain(`${registry.host}/half:3.10-slim does not exist`);
    await expect(read('bases.lock.json')).rejects.toThrow('ENOENT');
  });

  test('takes the place of a file that nobody can read', async () => {
    await push('torn', ['3.9-slim', '3.10-slim', 'conda'], 'first');
    const { render, folder } = await place('torn');
    await writeFile(join(folder, 'bases.lock.json'), '{"schema": 1, "bases": {');
    const refused = await render('--check');
    expect([refused.code, refused.text]).toEqual([2, expect.stringContaining('BASES_LOCK_INVALID')]);
    expect((await render('--update-bases')).code).toBe(0);
    expect((await render('--check')).code).toBe(0);
  });

  test('is refused beside --check', async () => {
    const { code, text } = await (await place('none')).render('--check', '--update-bases');
    expect([code, text]).toEqual([2, expect.stringContaining('render --check does not use it')]);
  });
});

describe('a base lock', () => {
  const image = imageOf({ ...smallConfig, base: 'python:{{python}}-slim' });
  const right = new Map([
    ['docker.io/library/python:3.10-slim', a],
    ['docker.io/library/python:3.9-slim', b],
  ]);
  const messages = (lock: ReadonlyMap<string, Digest>): string[] =>
    basesLockProblems(lock, [image]).map(({ message }) => message);

  test('reads back as it was written, a base a line', () => {
    expect(readBasesLock(basesLockText(right))).toEqual({ ok: true, value: right });
  });

  test.each([
    ['no JSON', 'bases.lock.json', ''],
    ['another schema', 'bases.lock.json schema', '{"schema":2,"bases":{}}'],
    ['a digest that is none', 'bases.lock.json bases.x', '{"schema":1,"bases":{"x":"sha256:1"}}'],
    ['a key that is not known', 'bases.lock.json', '{"schema":1,"bases":{},"more":1}'],
  ])('that is %s is refused', (_name, where, text) => {
    const read = readBasesLock(text);
    expect(read.ok ? [] : read.problems.map((problem) => [problem.code, problem.where])).toEqual([
      ['BASES_LOCK_INVALID', where],
    ]);
  });

  test('is the right one, behind the config, or of another project', () => {
    expect(messages(right)).toEqual([]);
    expect(messages(new Map())).toEqual([]);
    expect(messages(new Map([...right].slice(1)))).toEqual(['it lacks "docker.io/library/python:3.10-slim"']);
    expect(messages(new Map([...right, ['docker.io/library/python:3.8-slim', a]]))).toEqual([
      'no cell is built on "docker.io/library/python:3.8-slim" any more',
    ]);
    expect(messages(new Map([['docker.io/library/golang:1', a]]))).toEqual([
      'it locks "docker.io/library/golang:1", and no base of this config',
    ]);
  });

  test.each([
    [
      'the config pins a base itself',
      { base: 'python:3', baseDigest: b },
      { 'org.opencontainers.image.base.digest': b },
    ],
    ['a base is scratch', { base: 'scratch' }, {}],
    ['a base has a digest in its name', { base: `python:3@${a}` }, {}],
  ])('does not count where %s', (_name, more, labels) => {
    const lock = new Map([['docker.io/library/python:3', a]]);
    const pinned = { ...imageOf({ ...smallConfig, ...more }), basesLock: lock };
    const [cell] = planned({ ...smallConfig, ...more }, daily('1.0.0')).tags.cells;
    if (cell === undefined) throw new Error('no cell');
    expect(buildContexts(cell, pinned)).toEqual({});
    const digest = 'org.opencontainers.image.base.digest';
    expect(Object.entries(expectedLabels(cell, pinned)).filter(([name]) => name === digest)).toEqual(
      Object.entries(labels),
    );
  });
});
