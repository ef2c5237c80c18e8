import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { findViolations, importsOf } from './support/architecture.ts';
import type { Room, SourceFile } from './support/architecture.ts';

/** The rooms of src/, in the order in which data flows: what each may import, and whether it may touch the world. */
const rooms: Readonly<Record<string, Room>> = {
  // The packages know how versions are written and ordered, and how data is shaped; nothing else.
  domain: { rooms: [], packages: ['@renovatebot/pep440', 're2js', 'semver', 'zod'], pure: true },
  config: { rooms: ['domain'], packages: 'any', pure: true },
  releases: { rooms: ['domain', 'config'], packages: 'any', pure: true },
  plan: { rooms: ['domain', 'config', 'releases'], packages: 'any', pure: true },
  render: { rooms: ['domain', 'plan'], packages: 'any', pure: true },
  build: { rooms: ['domain', 'config', 'plan'], packages: 'any', pure: true },
  // What a repository holds, read in one place; then what moves, what is done about pinned tags, and what is wrong.
  sight: { rooms: ['domain', 'plan'], packages: ['zod'], pure: true },
  moves: { rooms: ['domain', 'config', 'releases', 'plan', 'sight'], packages: [], pure: true },
  pinned: { rooms: ['domain', 'plan', 'sight', 'moves'], packages: [], pure: true },
  publish: { rooms: ['domain', 'config', 'plan'], packages: 'any', pure: true },
  // Statements of moves: made from journals, read back, judged.
  evidence: { rooms: ['domain', 'plan', 'publish'], packages: ['zod'], pure: true },
  audit: { rooms: ['domain', 'releases', 'plan', 'sight', 'moves', 'evidence'], packages: [], pure: true },
  // Rules of registries that fit a plan's tags.
  protect: { rooms: ['domain'], packages: [], pure: true },
  // A workflow of docker/metadata-action to a config that says the same; `config` is not needed for that.
  import: { rooms: ['domain'], packages: 'any', pure: true },
  // What tags say of themselves, with no config: names and digests to findings.
  infer: { rooms: ['domain'], packages: 'any', pure: true },
  // What a page draws, in Node and again in a browser: data in, elements out. It asks nobody.
  browser: {
    rooms: [],
    packages: ['htm', 'preact'],
    pure: true,
    mayUse: ['navigator', 'setTimeout', 'document', 'location', 'history'],
  },
  report: {
    rooms: [
      'domain',
      'config',
      'releases',
      'plan',
      'render',
      'build',
      'sight',
      'moves',
      'publish',
      'evidence',
      'audit',
      'protect',
      'browser',
    ],
    packages: 'any',
    pure: true,
  },
  // Texts as people write them, to values: where they come from, a file or a page, is somebody else's business.
  texts: { rooms: ['domain'], packages: ['jsonc-parser', 'yaml', 'zod'], pure: true },
  ports: { rooms: ['domain'], packages: [], pure: true },
  commands: {
    rooms: [
      'domain',
      'config',
      'releases',
      'plan',
      'render',
      'build',
      'sight',
      'moves',
      'pinned',
      'publish',
      'evidence',
      'audit',
      'infer',
      'protect',
      'import',
      'report',
      'ports',
    ],
    packages: 'any',
    pure: true,
    // What several commands share is in `look`, `move` and `release`; a publish is not a place to look for it.
    closed: { publish: ['build', 'event', 'rehearse'] },
  },
  adapters: {
    rooms: ['domain', 'config', 'texts', 'ports'],
    packages: 'any',
    pure: false,
    separateFolders: true,
    // One HTTP stack for all who speak it.
    sharedFolders: ['http'],
  },
  // What runs in a browser: the page in playground/ draws what it answers.
  playground: {
    rooms: ['domain', 'config', 'plan', 'texts', 'report', 'commands'],
    packages: [],
    pure: true,
  },
  // What the command line and the action have in common: the real world behind the ports, and exit codes.
  entry: {
    rooms: ['domain', 'config', 'render', 'ports', 'report', 'commands', 'adapters'],
    packages: 'any',
    pure: false,
  },
  cli: {
    rooms: ['domain', 'config', 'ports', 'report', 'commands', 'adapters', 'entry'],
    packages: 'any',
    pure: false,
  },
  action: {
    // `cli`, so that a flag and an input of one name are read by one piece of code.
    rooms: ['domain', 'config', 'build', 'render', 'audit', 'report', 'ports', 'commands', 'adapters', 'entry', 'cli'],
    packages: 'any',
    pure: false,
  },
  index: {
    rooms: [
      'domain',
      'config',
      'releases',
      'plan',
      'render',
      'build',
      'publish',
      'audit',
      'report',
      'ports',
      'commands',
    ],
    packages: [],
    pure: true,
    onlyReexports: true,
  },
};

function sources(): SourceFile[] {
  const root = new URL('../', import.meta.url);
  return readdirSync(new URL('src/', root), { recursive: true, encoding: 'utf8' })
    .map((path) => `src/${path.replaceAll('\\', '/')}`)
    .filter((path) => path.endsWith('.ts'))
    .map((path) => ({ path, text: readFileSync(new URL(path, root), 'utf8') }));
}

test('every file of src/ keeps the rules of its room', () => {
  const files = sources();
  expect(files.length).toBeGreaterThan(0);
  expect(files.flatMap((file) => findViolations(file, rooms))).toEqual([]);
});

/** What the playground bundles has no Node around it. */
test('the page of the playground imports its own files and src/playground/, and no package', () => {
  const folder = new URL('../playground/', import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts'));
  expect(files).toContain('worker.ts');
  const imported = files.flatMap((name) =>
    importsOf({ path: `playground/${name}`, text: readFileSync(new URL(name, folder), 'utf8') }),
  );
  expect(imported).toContain('../src/playground/answer.ts');
  expect(imported.filter((path) => !/^(?:\.|\.\.\/src\/playground)\/[a-z-]+\.ts$/.test(path))).toEqual([]);
});

test('the table of rooms in CONTRIBUTING.md has every room of src/ and no other', () => {
  const text = readFileSync(new URL('../CONTRIBUTING.md', import.meta.url), 'utf8');
  const table = text.split('| room | what lives there |')[1]?.split('\n\n')[0] ?? '';
  const cells = table.split('\n').map((row) => row.split('|')[1] ?? '');
  const named = cells.flatMap((cell) => [...cell.matchAll(/`(?<room>\w+)(?:\/|\.ts)`/g)].map((match) => match[1]));
  expect(new Set(named)).toEqual(new Set(Object.keys(rooms)));
  const present = new Set(sources().map(({ path }) => path.split('/')[1]?.replace(/\.ts$/, '')));
  expect(present).toEqual(new Set(Object.keys(rooms)));
});

describe('the check itself', () => {
  const cases: { name: string; path: string; text: string; expected: string[] }[] = [
    {
      name: 'takes imports of the rooms above and of pure packages',
      path: 'src/plan/owners.ts',
      text: "import semver from 'semver';\nimport type { Tag } from '../domain/tag.ts';\nimport { order } from './order.ts';",
      expected: [],
    },
    {
      name: 'finds an import of a room below, in every form an import has',
      path: 'src/plan/owners.ts',
      text: [
        "import { move } from '../publish/move.ts';",
        "import type { Registry } from '../ports.ts';",
        "export { head } from '../adapters/registry/head.ts';",
        "const late = () => import('../commands/plan.ts');",
        "type Late = import('../report/table.ts').Table;",
      ].join('\n'),
      expected: [
        'src/plan/owners.ts:1 imports ../publish/move.ts: room plan may import only from domain, config, releases',
        'src/plan/owners.ts:2 imports ../ports.ts: room plan may import only from domain, config, releases',
        'src/plan/owners.ts:3 imports ../adapters/registry/head.ts: room plan may import only from domain, config, releases',
        'src/plan/owners.ts:4 imports ../commands/plan.ts: room plan may import only from domain, config, releases',
        'src/plan/owners.ts:5 imports ../report/table.ts: room plan may import only from domain, config, releases',
      ],
    },
    {
      name: 'finds packages where there should be none, Node modules with or without prefix, and impure packages',
      path: 'src/domain/digest.ts',
      text: "import yaml from 'yaml';\nimport { createHash } from 'node:crypto';\nimport fs from 'fs';\nimport 'undici';",
      expected: [
        'src/domain/digest.ts:1 imports yaml: room domain may import only the packages @renovatebot/pep440, re2js, semver, zod',
        'src/domain/digest.ts:2 imports node:crypto: room domain is pure, only adapters, cli and action touch Node',
        'src/domain/digest.ts:3 imports fs: room domain is pure, only adapters, cli and action touch Node',
        'src/domain/digest.ts:4 imports undici: room domain is pure, undici is for adapters',
      ],
    },
    {
      name: 'finds what touches the world without an import',
      path: 'src/audit/findings.ts',
      text: [
        'const at = new Date();',
        'const ms = Date.now() + Math.random();',
        'const token = process.env["TOKEN"];',
        'const answer = await fetch(url);',
        'console.error(token);',
        'const port = { fetch };',
        'document.title = location.href;',
        'tags.sort((a, b) => a.localeCompare(b));',
        'setTimeout(done, 5);',
      ].join('\n'),
      expected: [
        'src/audit/findings.ts:1 uses new Date(): room audit is pure, hand the value in instead',
        'src/audit/findings.ts:2 uses Date.now: room audit is pure, hand the value in instead',
        'src/audit/findings.ts:2 uses Math.random: room audit is pure, hand the value in instead',
        'src/audit/findings.ts:3 uses process: room audit is pure, hand the value in instead',
        'src/audit/findings.ts:4 uses fetch: room audit is pure, hand the value in instead',
        'src/audit/findings.ts:5 uses console: room audit is pure, hand the value in instead',
        'src/audit/findings.ts:6 uses fetch: room audit is pure, hand the value in instead',
        'src/audit/findings.ts:7 uses document: room audit is pure, hand the value in instead',
        'src/audit/findings.ts:7 uses location: room audit is pure, hand the value in instead',
        "src/audit/findings.ts:8 uses .localeCompare(), which asks the machine's locale: room audit is pure, hand the value in instead",
        'src/audit/findings.ts:9 uses setTimeout: room audit is pure, hand the value in instead',
      ],
    },
    {
      name: 'lets a page touch its document and the clipboard, and ask nobody',
      path: 'src/browser/start.ts',
      text: "import { h } from 'preact';\ndocument.title = '';\nnavigator.clipboard;\nfetch('/');\nimport { plan } from '../plan/plan.ts';",
      expected: [
        'src/browser/start.ts:4 uses fetch: room browser is pure, hand the value in instead',
        'src/browser/start.ts:5 imports ../plan/plan.ts: room browser may import no other room',
      ],
    },
    {
      name: 'is not fooled by words in comments, strings, keys, methods and types, nor by a date that is given',
      path: 'src/audit/findings.ts',
      text: [
        '// process.env, console.log and fetch( are forbidden here',
        "const words = { process: 'new Date()', console: `fetch(` };",
        'const parsed = new Date(text), got = source.fetch(), ran = step.process;',
        'type Fetch = typeof fetch;',
        'interface Step { process: string; fetch(): void }',
      ].join('\n'),
      expected: [],
    },
    {
      name: 'lets an adapter touch the world, but not its neighbour or a room that decides',
      path: 'src/adapters/registry/client.ts',
      text: [
        "import { request } from 'undici';",
        "import { readFile } from 'node:fs/promises';",
        "import { auth } from './auth.ts';",
        "import { token } from '../github/token.ts';",
        "import { shared } from '../shared.ts';",
        "import { createHttp } from '../http/http.ts';",
        "import { plan } from '../../plan/plan.ts';",
        'const now = Date.now();',
      ].join('\n'),
      expected: [
        'src/adapters/registry/client.ts:4 imports ../github/token.ts: adapters/registry may not import its neighbour adapters/github',
        'src/adapters/registry/client.ts:7 imports ../../plan/plan.ts: room adapters may import only from domain, config, texts, ports',
      ],
    },
    {
      name: 'lets build and rehearse into publish by its door, and nobody else',
      path: 'src/commands/move/move-tags.ts',
      text: "import { buildPinned } from '../publish/index.ts';\nimport { waitUntil } from './wait.ts';",
      expected: [
        'src/commands/move/move-tags.ts:1 imports ../publish/index.ts: only build and event and rehearse may import publish, and by its index.ts',
      ],
    },
    {
      name: 'lets them in by no window',
      path: 'src/commands/build/whole.ts',
      text: "import { buildPinned } from '../publish/index.ts';\nimport { agree } from '../publish/agree.ts';",
      expected: [
        'src/commands/build/whole.ts:2 imports ../publish/agree.ts: only build and event and rehearse may import publish, and by its index.ts',
      ],
    },
    {
      name: 'lets what neighbours share import none of them',
      path: 'src/adapters/http/http.ts',
      text: "import { token } from '../github/token.ts';",
      expected: [
        'src/adapters/http/http.ts:1 imports ../github/token.ts: adapters/http may not import its neighbour adapters/github',
      ],
    },
    {
      name: 'wants only passing on in index.ts',
      path: 'src/index.ts',
      text: "export { plan } from './plan/plan.ts';\nexport const version = '1';\nexport { run } from './cli.ts';",
      expected: [
        'src/index.ts:3 imports ./cli.ts: room index may import only from domain, config, releases, plan, render, build, publish, audit, report, ports, commands',
        'src/index.ts:2 is not an export … from: index only passes on what other rooms export',
      ],
    },
    {
      name: 'knows no other room, and nothing outside src/',
      path: 'src/plan/owners.ts',
      text: "import facts from '../../examples/prefect/releases.json';",
      expected: [
        'src/plan/owners.ts:1 imports ../../examples/prefect/releases.json: it lies outside src/, and is not there once the package is installed',
      ],
    },
    {
      name: 'keeps the playground from whatever touches the world',
      path: 'src/playground/answer.ts',
      text: [
        "import { readProject } from '../commands/read-project.ts';",
        "import { readFactsFile } from '../adapters/files/facts-file.ts';",
        "import { realWorld } from '../entry/world.ts';",
        "import { parse } from 'yaml';",
        'const answer = await fetch(url);',
      ].join('\n'),
      expected: [
        'src/playground/answer.ts:2 imports ../adapters/files/facts-file.ts: room playground may import only from domain, config, plan, texts, report, commands',
        'src/playground/answer.ts:3 imports ../entry/world.ts: room playground may import only from domain, config, plan, texts, report, commands',
        'src/playground/answer.ts:4 imports yaml: room playground may import no package',
        'src/playground/answer.ts:5 uses fetch: room playground is pure, hand the value in instead',
      ],
    },
    {
      name: 'names a file that belongs to no room',
      path: 'src/utils.ts',
      text: '',
      expected: [`src/utils.ts: belongs to no room; the rooms of src/ are ${Object.keys(rooms).join(', ')}`],
    },
  ];

  test.each(cases)('$name', ({ path, text, expected }) => {
    expect(findViolations({ path, text }, rooms)).toEqual(expected);
  });
});
