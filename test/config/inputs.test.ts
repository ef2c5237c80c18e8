import { expect, test } from 'vitest';
import { readImage } from '../../src/commands/read-project.ts';
import type { MatrixConfig } from '../../src/config/matrix-config.ts';
import { readConfig } from '../../src/config/normalize.ts';
import { rootsAt } from '../../src/build/source.ts';
import { buildTarget } from '../../src/build/targets.ts';
import type { SecretSource } from '../../src/domain/build-inputs.ts';
import { auditWorld } from '../support/audit-world.ts';
import { configOf, daily, planned, smallConfig } from '../support/history.ts';

test('secrets, ssh, hosts, limits and network: of the image, and what an axis value adds or replaces', () => {
  const config: MatrixConfig = {
    ...smallConfig,
    secrets: { pip: { env: 'PIP_TOKEN' }, npm: { file: '.npmrc' } },
    ssh: ['default'],
    addHosts: { 'pypi.corp': '10.0.0.7', v6: '2001:db8::7' },
    network: 'none',
    flavors: {
      standard: { dockerfile: 'Dockerfile' },
      conda: {
        dockerfile: 'Dockerfile',
        suffix: '-conda',
        secrets: { pip: { env: 'CONDA_TOKEN' } },
        ssh: ['default', 'git'],
        ulimits: { nofile: '1024:2048' },
        network: 'default',
      },
    },
  };
  const { image, tags } = planned(config, daily('1.0.0'));
  const inputs = tags.cells
    .filter(({ shape }) => shape.axes['python'] === '3.9')
    .map((cell) => buildTarget(cell, image, [], rootsAt('.')).inputs);
  const npm: [string, SecretSource] = ['npm', { kind: 'file', path: '.npmrc' }];
  const addHosts = new Map([
    ['pypi.corp', '10.0.0.7'],
    ['v6', '2001:db8::7'],
  ]);
  expect(inputs).toEqual([
    {
      secrets: new Map<string, SecretSource>([['pip', { kind: 'env', name: 'PIP_TOKEN' }], npm]),
      ssh: ['default'],
      addHosts,
      ulimits: new Map(),
      network: 'none',
    },
    {
      secrets: new Map<string, SecretSource>([['pip', { kind: 'env', name: 'CONDA_TOKEN' }], npm]),
      ssh: ['default', 'git'],
      addHosts,
      ulimits: new Map([['nofile', '1024:2048']]),
      network: 'default',
    },
  ]);
});

const wrong: { name: string; config: object; problem: string }[] = [
  {
    name: 'a value in place of a source',
    config: { secrets: { pip: 'pypi-x' } },
    problem: 'CONFIG_INVALID c.ts secrets.pip',
  },
  {
    name: 'an id that is two words',
    config: { secrets: { 'a,b': { env: 'A' } } },
    problem: "CONFIG_INVALID c.ts secrets.'a,b'",
  },
  {
    name: 'no variable',
    config: { secrets: { a: { env: 'A,src=/etc/x' } } },
    problem: 'CONFIG_INVALID c.ts secrets.a.env',
  },
  {
    name: 'a file elsewhere',
    config: { secrets: { a: { file: '/etc/x' } } },
    problem: 'PATH_OUTSIDE_ROOT c.ts secrets.a.file',
  },
  { name: 'no address', config: { addHosts: { a: 'b' } }, problem: 'CONFIG_INVALID c.ts addHosts.a' },
  { name: 'no limit', config: { ulimits: { nofile: 'many' } }, problem: 'CONFIG_INVALID c.ts ulimits.nofile' },
  {
    name: 'no repository',
    config: { build: { cache: { type: 'registry', ref: 'a b' } } },
    problem: 'REFERENCE_INVALID c.ts build.cache.ref',
  },
  {
    name: 'a folder elsewhere',
    config: { build: { cache: { type: 'local', path: '../x' } } },
    problem: 'PATH_OUTSIDE_ROOT c.ts build.cache.path',
  },
];
test.each(wrong)('refused: $name', ({ config, problem }) => {
  const read = readConfig({ ...smallConfig, ...config }, 'c.ts');
  expect(read.ok ? [] : read.problems.map(({ code, where }) => `${code} ${where}`)).toEqual([problem]);
});

test('a cache in its short form, and whole', () => {
  const cacheOf = (cache: NonNullable<MatrixConfig['build']>['cache']): unknown =>
    configOf({ ...smallConfig, build: cache === undefined ? {} : { cache } }).build.cache;
  expect(cacheOf('gha')).toEqual({ type: 'gha', mode: 'max' });
  expect(cacheOf('inline')).toEqual({ type: 'inline' });
  expect(cacheOf({ type: 'gha', mode: 'min' })).toEqual({ type: 'gha', mode: 'min' });
  expect(cacheOf({ type: 'local', path: '.cache' })).toEqual({ type: 'local', path: '.cache', mode: 'max' });
  expect(cacheOf({ type: 'registry', ref: 'acme/cache' })).toEqual({
    type: 'registry',
    ref: 'docker.io/acme/cache',
    mode: 'max',
  });
  expect(cacheOf(undefined)).toBeNull();
});

const reaching = [
  { secrets: { a: { env: 'A' } } },
  { ssh: ['default'] },
  { network: 'host' },
  { pythons: { '3.9': { ssh: ['x'] } } },
];
test.each(reaching)("a stranger's config is given no secret: %j", async (more) => {
  const { world } = auditWorld({ config: { ...smallConfig, ...more }, facts: [] });
  const reading = readImage({ config: 'c.ts', image: null, repository: [] }, { ...world, dataOnly: true });
  await expect(reading).rejects.toMatchObject({
    problems: [{ code: 'EVENT_INVALID', where: 'matrix.config.ts secrets, ssh, network' }],
  });
});
