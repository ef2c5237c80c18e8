import { describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config/normalize.ts';

function faultsOf(more: { readonly source?: object; readonly flavor?: object }, above = 0): readonly string[] {
  const config = {
    repository: 'docker.io/acme/app',
    flavors: { standard: { dockerfile: 'Dockerfile', ...more.flavor } },
    rules: { top: { kind: 'convenience', template: 'latest' }, full: { kind: 'pinned', template: '{{version}}' } },
    source: more.source ?? { file: 'releases.json' },
  };
  const read = readConfig(config, 'm.json', above);
  return read.ok ? [] : read.problems.map(({ code, where, message }) => `${code} ${where}: ${message}`);
}

const outside = (where: string, path: string, fault: string): string =>
  `PATH_OUTSIDE_ROOT m.json ${where}: the path ${JSON.stringify(path)} ${fault}`;
const leaves = 'leaves the folder of the config';
const absolute = 'is absolute; paths are relative to the folder of the config';

test.each([
  { source: { file: '/etc/passwd' }, at: 'source.file', path: '/etc/passwd', fault: absolute },
  { source: { git: '../other' }, at: 'source.git', path: '../other', fault: leaves },
  { flavor: { dockerfile: 'a/../../b' }, at: 'flavors.standard.dockerfile', path: 'a/../../b', fault: leaves },
  { flavor: { context: '/' }, at: 'flavors.standard.context', path: '/', fault: absolute },
  { flavor: { contexts: { src: '../src' } }, at: 'flavors.standard.contexts.src', path: '../src', fault: leaves },
  {
    flavor: { contexts: { src: 'oci-layout:///srv/x:1' } },
    at: 'flavors.standard.contexts.src',
    path: '/srv/x',
    fault: absolute,
  },
  { flavor: { contexts: { src: 'C:/x' } }, at: 'flavors.standard.contexts.src', path: 'C:/x', fault: absolute },
])('$at $path is refused', ({ source, flavor, at, path, fault }) => {
  const more = { ...(source === undefined ? {} : { source }), ...(flavor === undefined ? {} : { flavor }) };
  expect(faultsOf(more)).toEqual([outside(at, path, fault)]);
});

test('a path may go up as far as the git working tree does', () => {
  const flavor = { dockerfile: '../docker/Dockerfile', context: '..', contexts: { src: '../../src' } };
  expect(faultsOf({ source: { git: '..' }, flavor }, 2)).toEqual([]);
  expect(faultsOf({ flavor }, 1)).toEqual([
    outside('flavors.standard.contexts.src', '../../src', 'leaves the git working tree of the config'),
  ]);
});

describe('a context', () => {
  test.each([
    'src',
    '.',
    'docker-image://python:3.12-slim',
    'https://github.com/acme/app.git#main:src',
    'git@github.com:acme/app.git',
    'ssh://git@github.com/acme/app.git',
    'oci-layout://layouts/base@sha256:0',
  ])('may be %s', (src) => {
    expect(faultsOf({ flavor: { contexts: { src } } })).toEqual([]);
  });

  test.each([
    'https://user:pw@github.com/acme/app.git',
    'https://x-token@github.com/acme/app.git',
    'ssh://git:pw@github.com/acme/app.git',
    'https://example.com/app.tar?access_token=abc',
    'https://github.com/acme/app.git#ghp_0123456789abcdef',
  ])('holds no credentials: %s', (src) => {
    const [fault] = faultsOf({ flavor: { contexts: { src } } });
    expect(fault).toMatch(/^SECRET_IN_BUILD m\.json flavors\.standard\.contexts\.src: it looks like it holds a /);
  });
});
