import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { locateKey } from '../../src/config/locate-key.ts';

const typescript = `import { defineConfig } from 'tagwright';
import { more } from './more.ts';

// defineConfig({ pythons: ['none of these'] })
const pythons = ['3.9', '3.10'];

export default defineConfig({
  repository: 'docker.io/acme/app', // { [ (
  tagPattern: /^v(?<version>[^"'/]+\\/)$/,
  pythons: pythons.filter((python) => python !== '3.9, [{'),
  flavors: {
    standard: { dockerfile: 'Dockerfile' },
    /* "conda" */ 'slim': {
      dockerfile: \`docker/\${'x'}.Dockerfile\`,
      suffix: "-slim",
    },
    ...more({ conda: { suffix: [1, 2] } }),
  },
  platforms: ['linux/amd64', { platform: 'linux/arm64', since: '2.7.10' }],
  defaults: { python: { '2': '3.10',
    '3.1': '3.12' } },
  exclude: [
    { python: '3.11', range: '<2', reason: 'a, b } c' },

    { version: '2.82', reason: "it's a typo" },
  ],
});
`;

const places: { path: string; line: number | null }[] = [
  { path: 'repository', line: 8 },
  { path: 'tagPattern', line: 9 },
  { path: 'pythons', line: 10 },
  { path: 'pythons[1]', line: 10 },
  { path: 'flavors.standard.dockerfile', line: 12 },
  { path: 'flavors.slim', line: 13 },
  { path: 'flavors.slim.suffix', line: 15 },
  { path: 'flavors.conda.suffix', line: 11 },
  { path: 'platforms[1].since', line: 19 },
  { path: 'defaults.python.2', line: 20 },
  { path: 'defaults.python.3.1', line: 21 },
  { path: 'exclude[1].version', line: 25 },
  { path: 'exclude[7]', line: 22 },
  { path: 'rules.full', line: null },
];

test.each(places)('$path is on line $line', ({ path, line }) => {
  expect(locateKey(typescript, 'matrix.config.ts', path)).toBe(line);
});

test('the shipped config, every key of it', () => {
  const text = readFileSync(new URL('../../matrix.config.ts', import.meta.url), 'utf8');
  const lines = text.split('\n');
  const paths = ['scheme', 'pythons.3.10', 'flavors.kubernetes.since', 'platforms', 'exclude[3].reason'];
  expect(paths.map((path) => lines[(locateKey(text, 'matrix.config.ts', path) ?? 0) - 1]?.trim())).toEqual([
    "scheme: 'pep440',",
    "'3.10': '*',",
    "since: '2.9.0',",
    "platforms: ['linux/amd64', { platform: 'linux/arm64', since: '2.7.10' }],",
    "{ version: '2.6.9.post1', reason: 'the same test commit as 2.6.10' },",
  ]);
});

describe('other kinds of file', () => {
  const files: { file: string; text: string; path: string; line: number | null }[] = [
    { file: 'a.json', text: '\n{\n "pythons": [\n  "3.9",\n  "3.1"\n ]\n}\n', path: 'pythons[1]', line: 5 },
    { file: 'a.yaml', text: '# a\nflavors:\n  slim:\n    suffix: -slim\n', path: 'flavors.slim.suffix', line: 4 },
    { file: 'a.yml', text: 'pythons:\n  - "3.9"\n  - 3.1\n', path: 'pythons[1]', line: 3 },
    { file: 'a.yaml', text: 'a: [', path: 'b', line: null },
    { file: 'a.ts', text: 'export default await load();', path: 'pythons', line: null },
    { file: 'a.mjs', text: 'export default {\n  pythons: [', path: 'pythons[0]', line: 2 },
    { file: 'a.ts', text: `export default { a: 1,\n b: ${'['.repeat(100_000)}`, path: 'b', line: 2 },
    { file: 'a.json', text: '', path: 'pythons', line: null },
  ];
  test.each(files)('$file, $path', ({ file, text, path, line }) => {
    expect(locateKey(text, file, path)).toBe(line);
  });
});
