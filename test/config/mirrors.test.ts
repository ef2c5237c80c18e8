import { describe, expect, test } from 'vitest';
import { buildContexts } from '../../src/build/contexts.ts';
import { renderAll } from '../../src/commands/render.ts';
import { readConfig } from '../../src/config/normalize.ts';
import type { MatrixConfig } from '../../src/config/matrix-config.ts';
import { mirroredImage, parseMirror, type Mirror } from '../../src/domain/mirrors.ts';
import type { ProjectFiles } from '../../src/ports.ts';
import { daily, imageOf, planned, smallConfig } from '../support/history.ts';

const digest = `sha256:${'ab'.repeat(32)}`;

function mirrorsOf(lines: Readonly<Record<string, string>>): readonly Mirror[] {
  return Object.entries(lines).map(([from, to]) => {
    const parsed = parseMirror(from, to, 'mirrors');
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    return parsed.value;
  });
}

const mirrors = mirrorsOf({
  'docker.io': 'art.corp/hub',
  'docker.io/library': 'art.corp/official',
  'docker.io/acme/tool': 'tools.corp:5000/one/tool',
  'quay.io': 'quay.corp',
});

test.each([
  ['python:3.12-slim', 'art.corp/official/python:3.12-slim'],
  ['library/python', 'art.corp/official/python'],
  ['docker.io/python:3', 'art.corp/official/python:3'],
  ['index.docker.io/library/python', 'art.corp/official/python'],
  ['python:${PYTHON}-slim', 'art.corp/official/python:${PYTHON}-slim'],
  [`python:3@${digest}`, `art.corp/official/python:3@${digest}`],
  [`python@${digest}`, `art.corp/official/python@${digest}`],
  ['continuumio/miniconda3:26', 'art.corp/hub/continuumio/miniconda3:26'],
  ['libraryx/python', 'art.corp/hub/libraryx/python'],
  ['acme/tool:1', 'tools.corp:5000/one/tool:1'],
  ['acme/tool/sub:1', 'tools.corp:5000/one/tool/sub:1'],
  ['acme/toolbox:1', 'art.corp/hub/acme/toolbox:1'],
  ['quay.io/a/b:1', 'quay.corp/a/b:1'],
  ['quay.io:443/a/b:1', 'quay.io:443/a/b:1'],
  ['ghcr.io/a/b:1', 'ghcr.io/a/b:1'],
  ['art.corp/hub/library/python:3', 'art.corp/hub/library/python:3'],
  ['scratch', 'scratch'],
])('%s is pulled from %s', (image, pulled) => {
  expect(mirroredImage(image, mirrors, 'base')).toEqual({ ok: true, value: pulled });
});

test('the order of the lines does not count', () => {
  expect(mirroredImage('python:3', mirrors.toReversed(), 'base')).toEqual(mirroredImage('python:3', mirrors, 'base'));
});

test.each([
  ['${OS}/x:1', mirrors, 'whether the mirror of docker.io/acme/tool is for "${OS}/x:1" differs from cell to cell'],
  ['python:3', mirrorsOf({ 'docker.io/library/python': 'art.corp' }), '"python:3" has no name at its mirror art.corp'],
])('%s has no one mirror', (image, lines, message) => {
  const result = mirroredImage(image, lines, 'base');
  expect(result.ok ? [] : result.problems.map((problem) => problem.message)).toEqual([message]);
});

describe('a config', () => {
  const faultsOf = (lines: unknown): readonly string[] => {
    const read = readConfig({ ...smallConfig, mirrors: lines }, 'm.json');
    return read.ok ? [] : read.problems.map(({ where, message, fix }) => `${where}: ${message}; ${fix ?? ''}`);
  };
  const at = "m.json mirrors.'docker.io'";
  const insecure = 'leave it out; a mirror without TLS is named in registries.insecure';

  test.each([
    ['hub', `${at}: "hub" does not begin with a host; write where the mirror is, such as 'art.corp/hub'`],
    ['hub/x', `${at}: "hub/x" does not begin with a host; write where the mirror is, such as 'art.corp/hub'`],
    ['http://art.corp/hub', `${at}: "http://art.corp/hub" has a scheme; ${insecure}`],
    ['https://art.corp/hub', `${at}: "https://art.corp/hub" has a scheme; ${insecure}`],
    ['art.corp/hub/', `${at}: "hub/" in "art.corp/hub/" is no repository name`],
    ['art.corp/hub:1', `${at}: "art.corp/hub:1" has a tag in it`],
    ['art.corp/Hub', `${at}: "art.corp/Hub" has upper-case letters`],
    ['art.corp:99999', `${at}: "art.corp:99999" has a port over 65535`],
    ['me:hunter2@art.corp/hub', `${at}: a repository cannot hold credentials (user:password@host)`],
    ['', `${at}: "/name" in "/name" is no repository name`],
    ['..', `${at}: ".." in "../name" is not a host`],
  ])('%j is no mirror', (to, message) => {
    const faults = faultsOf({ 'docker.io': to });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(message);
    expect(faults[0]).not.toContain('hunter2');
  });

  test.each([['python'], ['library/python'], ['https://docker.io'], ['docker.io/']])('%j has no mirror', (from) => {
    expect(faultsOf({ [from]: 'art.corp/hub' })).toHaveLength(1);
  });

  test.each([
    [{ 'docker.io': 'docker.io' }, ['mirrors go in a circle: docker.io to docker.io']],
    [{ 'docker.io': 'docker.io/hub' }, ['mirrors go in a circle: docker.io to docker.io/hub']],
    [
      { 'docker.io': 'art.corp/hub', 'art.corp': 'docker.io' },
      [
        'mirrors go in a circle: docker.io to art.corp/hub to docker.io',
        'mirrors go in a circle: art.corp to docker.io to art.corp/hub',
      ],
    ],
    [{ 'docker.io': 'a.corp', 'a.corp': 'b.corp' }, ['a mirror that is mirrored: docker.io to a.corp to b.corp']],
    [{ 'docker.io': 'a.corp', 'index.docker.io': 'b.corp' }, ['a second mirror of docker.io']],
  ])('%j', (lines, messages) => {
    const faults = faultsOf(lines);
    expect(faults).toHaveLength(messages.length);
    for (const [index, message] of messages.entries()) expect(faults[index]).toContain(message);
  });

  test.each([
    [{ 'docker.io/library': 'docker.io/acme' }],
    [{ 'docker.io': 'localhost:5000' }],
    [{ 'docker.io': 'localhost/hub', 'docker.io/library': 'localhost/official' }],
    [{ 'ghcr.io': '[::1]:5000/ghcr' }],
  ])('%j is right', (lines) => {
    expect(faultsOf(lines)).toEqual([]);
  });
});

const based = (more: object): MatrixConfig => ({
  ...smallConfig,
  pythons: ['3.10'],
  defaults: { python: 'highest' },
  flavors: {
    standard: { dockerfile: 'Dockerfile', template: 'Dockerfile.hbs', base: 'python:{{python}}-slim', ...more },
  },
  mirrors: { 'docker.io': 'art.corp/hub' },
});

function contextsOf(config: MatrixConfig): Readonly<Record<string, string>> {
  const { image, tags } = planned(config, daily('1.0.0'));
  const [cell] = tags.cells;
  if (cell === undefined) throw new Error('the plan has no cell');
  return buildContexts(cell, image);
}

test('a rendered FROM has the mirror, its label the public name', async () => {
  const template = 'FROM {{base.from}}\nLABEL base="{{base.name}}"\n';
  const files: ProjectFiles = {
    read: (path) => Promise.resolve(path === 'Dockerfile.hbs' ? template : null),
    write: () => Promise.reject(new Error('nothing is to be written')),
    list: () => Promise.resolve([]),
    entry: () => Promise.resolve('file'),
    unfit: () => Promise.resolve([]),
  };
  const texts = async (config: MatrixConfig): Promise<readonly string[]> =>
    (await renderAll(imageOf(config), files)).map(({ text }) => text);
  const label = 'LABEL base="docker.io/library/python:${PYTHON}-slim"\n';
  expect(await texts(based({}))).toEqual([`FROM art.corp/hub/library/python:\${PYTHON}-slim\n${label}`]);
  expect(await texts(based({ baseDigest: digest }))).toEqual([
    `FROM art.corp/hub/library/python:\${PYTHON}-slim@${digest}\n${label}`,
  ]);
});

test.each([
  ['a base', {}, { 'python:3.10-slim': 'docker-image://art.corp/hub/library/python:3.10-slim' }],
  [
    'a base with its digest',
    { baseDigest: digest },
    {
      'python:3.10-slim': `docker-image://art.corp/hub/library/python:3.10-slim@${digest}`,
      [`python:3.10-slim@${digest}`]: `docker-image://art.corp/hub/library/python:3.10-slim@${digest}`,
    },
  ],
  ['latest', { base: 'acme/os:latest' }, { 'acme/os': 'docker-image://art.corp/hub/acme/os:latest' }],
  ['a base of another registry', { base: 'ghcr.io/acme/os:1' }, {}],
  [
    'a context of the config for it',
    { contexts: { 'docker.io/library/python:3.10-slim': '.' } },
    { 'docker.io/library/python:3.10-slim': '.' },
  ],
  [
    'an image that a stage is built on',
    { base: 'ghcr.io/acme/os:1', contexts: { 'golang:1.26': 'docker-image://golang:1.26', src: '.' } },
    { 'golang:1.26': 'docker-image://art.corp/hub/library/golang:1.26', src: '.' },
  ],
])('the build contexts of %s', (_name, more, contexts) => {
  expect(contextsOf(based(more))).toEqual(contexts);
});
