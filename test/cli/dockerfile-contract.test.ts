/** What breaks a Dockerfile's contract, by command: each says it, with one code, before anything is built or pushed. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startMemoryRegistry, type MemoryRegistry } from '../../src/adapters/memory-registry/memory-registry.ts';
import { initCommand } from '../../src/commands/init/init.ts';
import { git } from '../support/git-repository.ts';
import { daily } from '../support/history.ts';
import { runCli } from '../support/run-cli.ts';
import { initOptions } from '../support/init-options.ts';
import { initWorld } from '../support/init-world.ts';
import { tempFolder } from '../support/temp-folder.ts';

let registry: MemoryRegistry;
beforeAll(async () => {
  registry = await startMemoryRegistry();
});
afterAll(() => registry.close());

interface Row {
  readonly name: string;
  readonly config: object;
  readonly dockerfile: string;
  readonly code: string;
  readonly says: string;
}

const right = 'ARG PYTHON\nFROM python:$PYTHON-slim\nARG VERSION\nRUN pip install app==$VERSION\n';
const fixed = 'FROM python:3.9-slim\nARG VERSION\nRUN pip install app==$VERSION\n';

const rows: readonly Row[] = [
  {
    name: 'an axis with several values whose argument no stage declares',
    config: {},
    dockerfile: fixed,
    code: 'CELLS_IDENTICAL',
    says: 'Dockerfile: builds the same image for python 3.9, 3.10: no stage declares ARG PYTHON',
  },
  {
    name: 'one of two axes',
    config: {
      axes: { cudaVersion: { '11': {}, '12': {} } },
      defaults: { python: 'highest', cudaVersion: '12' },
      rules: {
        latest: false,
        minor: false,
        major: false,
        full: { template: '{{version}}-{{python}}-{{cudaVersion}}' },
        sha: false,
      },
    },
    dockerfile: right,
    code: 'CELLS_IDENTICAL',
    says: 'Dockerfile: builds the same image for cudaVersion 11, 12: no stage declares ARG CUDA_VERSION',
  },
  {
    name: 'an axis whose argument is declared before FROM alone, and no FROM line uses it',
    config: {},
    dockerfile: `ARG PYTHON\n${fixed}`,
    code: 'CELLS_IDENTICAL',
    says: 'no stage declares ARG PYTHON',
  },
  {
    name: 'an axis whose argument only a stage declares that is not built',
    config: { target: 'last' },
    dockerfile: `FROM a AS other\nARG PYTHON\nFROM b AS last\nRUN x\n`,
    code: 'CELLS_IDENTICAL',
    says: 'no stage declares ARG PYTHON',
  },
  {
    name: 'an argument that is set and never declared',
    config: { args: { EXTRA: 'a' } },
    dockerfile: right,
    code: 'ARGUMENT_UNDECLARED',
    says: 'Dockerfile: no stage declares ARG EXTRA, which the config sets',
  },
  {
    name: "an argument of a shared build that is set and never declared, in the cell's own Dockerfile neither",
    config: {
      shared: { wheel: { dockerfile: 'wheel.Dockerfile', args: { EXTRA: 'a' } } },
      contexts: { wheel: 'target:wheel' },
    },
    dockerfile: right,
    code: 'ARGUMENT_UNDECLARED',
    says: 'wheel.Dockerfile: no stage declares ARG EXTRA, which the config sets',
  },
  {
    name: 'a FROM that ignores the base of the cell',
    config: { base: 'python:{{python}}-slim' },
    dockerfile: `${fixed}ARG PYTHON\n`,
    code: 'BASE_IGNORED',
    says: 'the config says that the base is python:3.10-slim, and this is built from python:3.9-slim',
  },
  {
    name: 'a target that no stage has',
    config: { target: 'slim' },
    dockerfile: right,
    code: 'TARGET_UNKNOWN',
    says: 'Dockerfile: has no stage "slim"',
  },
  {
    name: 'no instruction at all',
    config: {},
    dockerfile: '# later\n',
    code: 'DOCKERFILE_INVALID',
    says: 'Dockerfile: is empty',
  },
];

const commands = [
  'check',
  'plan --offline',
  'plan 1.1.0 --offline',
  'plan',
  'plan 1.1.0',
  'rehearse 1.1.0',
  'rehearse --all',
  'build 1.1.0 --dry-run',
  'build 1.1.0 --builder stand-in',
  'publish 1.1.0 --dry-run',
  'publish 1.1.0 --builder stand-in',
] as const;

async function ran(line: string, { config, dockerfile }: Row): ReturnType<typeof runCli> {
  const folder = await tempFolder({
    'matrix.config.json': JSON.stringify({
      repository: `${registry.host}/acme/app`,
      source: { file: 'releases.json' },
      pythons: ['3.9', '3.10'],
      defaults: { python: 'highest' },
      rules: { latest: { template: '{{major}}-latest' } },
      dockerfile: 'Dockerfile',
      ...config,
    }),
    'releases.json': JSON.stringify(daily('1.0.0', '1.1.0')),
    Dockerfile: dockerfile,
    'wheel.Dockerfile': 'FROM scratch\n',
  });
  const journal = /^(?:build|publish)/.test(line) ? ['--journal', `${folder}/journal`] : [];
  return runCli([...line.split(' '), '--config', `${folder}/matrix.config.json`, ...journal]);
}

describe.each(rows)('$name', (row) => {
  test.each(commands)('%s', async (line) => {
    const { code, stdout, stderr } = await ran(line, row);
    const said = stderr.split('\n').filter((text) => text.startsWith(`${row.code} `) && text.includes(row.says));
    expect({ code, stdout, said: said.length === 1 ? '' : stderr }).toEqual({ code: 2, stdout: '', said: '' });
    expect(registry.tags('acme/app').size).toBe(0);
  });
});

interface Start {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly says: string;
}

const pythons = `[project]\nname = "app"\nclassifiers = ["Programming Language :: Python :: 3.9", "Programming Language :: Python :: 3.10"]\n`;
const workflow = (inputs: string): string => `on: { release: { types: [published] } }
jobs:
  d:
    runs-on: ubuntu-latest
    strategy: { matrix: { python: ['3.9', '3.10'] } }
    steps:
      - { uses: docker/metadata-action@v5, id: meta, with: { images: quay.io/acme/app, tags: 'type=semver,pattern={{version}}-\${{ matrix.python }}' } }
      - { uses: docker/build-push-action@v6, with: { tags: '\${{ steps.meta.outputs.tags }}', ${inputs} } }
`;
const releases = '.github/workflows/release.yml';

const starts: readonly Start[] = [
  {
    name: 'a Dockerfile that is the same for all Pythons of a workflow',
    files: { [releases]: workflow(''), Dockerfile: fixed },
    says: 'CELLS_IDENTICAL  Dockerfile: builds the same image for python 3.9, 3.10',
  },
  {
    name: 'an argument that the workflow sets and no stage declares',
    files: { [releases]: workflow("build-args: 'EXTRA=a'"), Dockerfile: right },
    says: 'ARGUMENT_UNDECLARED  Dockerfile: no stage declares ARG EXTRA',
  },
  {
    name: 'a target of the workflow that no stage has',
    files: { [releases]: workflow('target: slim'), Dockerfile: right },
    says: 'TARGET_UNKNOWN  Dockerfile: has no stage "slim"',
  },
  {
    name: 'a Dockerfile without an instruction',
    files: { Dockerfile: '# later\n' },
    says: 'DOCKERFILE_INVALID  Dockerfile: is empty',
  },
];

/** Where there is a Dockerfile already, it writes no `base` that a FROM could ignore. */
describe('init says what it finds, and writes its files all the same', () => {
  test.each(starts)('$name', async ({ files, says }) => {
    expect(await initIn(files)).toEqual([expect.stringContaining(`To fix before the first build: ${says}`)]);
  });

  test('of a Dockerfile that fits, nothing', async () => {
    expect(await initIn({ [releases]: workflow(''), Dockerfile: right })).toEqual([]);
    // Pythons of the metadata are an axis only if the Dockerfile asks for one.
    expect(await initIn({ 'pyproject.toml': pythons, Dockerfile: fixed })).toEqual([]);
  });
});

async function initIn(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const folder = await tempFolder(files);
  git(folder, 'init', '--quiet', '--initial-branch=main');
  git(folder, 'remote', 'add', 'origin', 'https://github.com/acme/app.git');
  git(folder, 'add', '--all');
  git(folder, 'commit', '--quiet', '-m', 'x');
  git(folder, 'tag', 'v1.0.0');
  const world = initWorld(folder);
  const { stdout } = await initCommand(initOptions, world);
  expect(stdout).toContain('matrix.config.ts written');
  return stdout.split('\n').filter((line) => line.startsWith('To fix before'));
}
