/** What strangers may name (releases, git tags, descriptions) reaches no shell, no workflow command and no other output. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { githubServer } from '../support/github-server.ts';
import { daily, revisionOf, smallConfig } from '../support/history.ts';
import { runStep, type ActionInput } from '../support/run-action.ts';
import { tempFolder } from '../support/temp-folder.ts';

const hostile = [
  '$(touch pwned)',
  '`touch pwned`',
  '"; touch pwned; #',
  '::set-output name=tags::evil',
  '%0A::set-env name=PATH::/tmp/evil',
  '\n::add-path::/tmp/evil\n',
  'tags<<EOF\nevil\nEOF',
  '1.0.0\ntags=evil',
  '1.0.0 --config=/etc/passwd',
  '--help',
  '../../etc/passwd',
];

async function config(source: object = { file: 'releases.json' }): Promise<string> {
  const folder = await tempFolder({
    'matrix.config.json': JSON.stringify({ ...smallConfig, source }),
    'releases.json': JSON.stringify(daily('1.0.0', '1.1.0')),
  });
  return `${folder}/matrix.config.json`;
}

/** What the runner takes for a command: lines outside of the part in which it was told to take none. */
function commandsIn(log: string): string[] {
  const lines = log.split(/\r\n|\r|\n/);
  const from = lines.findIndex((line) => line.startsWith('::stop-commands::'));
  const to = lines.findLastIndex((line) => line === '::<random>::');
  return lines.filter((line, at) => line.trimStart().startsWith('::') && (at < from || at > to));
}

test.each(hostile)('a git tag named %j is refused, in one annotation', async (tag) => {
  const inputs = { command: 'plan', offline: 'true', config: await config() };
  const events: ActionInput[] = [
    { event: 'push', ref: `refs/tags/${tag}`, sha: revisionOf('1.0.0'), inputs },
    { event: 'release', payload: { release: { tag_name: tag } }, sha: revisionOf('1.0.0'), inputs },
    { event: 'workflow_dispatch', payload: { inputs: { version: tag } }, inputs },
    { event: 'workflow_dispatch', inputs: { ...inputs, version: tag } },
  ];
  for (const event of events) {
    const run = await runStep(event);
    expect([run.code, run.outputs]).toEqual([2, { result: 'bad-input' }]);
    expect(commandsIn(run.log)).toEqual([
      expect.stringMatching(/^::error title=VERSION_(?:SHAPE|UNKNOWN)::VERSION: .*$/),
    ]);
    expect(run.summary.split('\n').filter((line) => line.startsWith('#'))).toEqual(['### tagwright plan stopped']);
  }
});

test('titles, descriptions and git tags of others change nothing but the labels that quote them', async () => {
  // Of those that read like a version the history would be refused: git has no such names.
  const foreign = hostile.filter((text) => !text.startsWith('1.0.0'));
  const releases = [
    { tag: '1.0.0', title: hostile.join(' ') },
    ...foreign.map((text) => ({ tag: text, title: `::error::${text}` })),
  ];
  const tags = [{ name: '1.0.0', revision: revisionOf('1.0.0') }];
  const others = foreign.map((name) => ({ name, revision: revisionOf(name) }));
  const server = await githubServer({ name: 'acme/app', releases, tags: [...tags, ...others] });
  const inputs = { command: 'plan', offline: 'true', config: await config({ github: 'acme/app' }) };
  const step = (description: string, title: string): ActionInput => ({
    event: 'release',
    payload: {
      release: { tag_name: '1.0.0', name: title, body: title },
      repository: { full_name: 'acme/app', description },
    },
    sha: revisionOf('1.0.0'),
    inputs: { ...inputs, only: 'python=3.10\nflavor=standard', tags: 'all' },
    env: { GITHUB_API_URL: server.url },
  });
  const plain = await runStep(step('', ''));
  expect(plain.code).toBe(0);
  for (const text of hostile) {
    const run = await runStep(step(text, text));
    const isLine = !text.includes('\n');
    expect(commandsIn(run.log)).toEqual(commandsIn(plain.log));
    expect(run.outputs['tags']).toBe(plain.outputs['tags']);
    expect(Object.keys(run.outputs)).toEqual(Object.keys(plain.outputs));
    expect(Object.keys(run.variables)).toEqual(Object.keys(plain.variables));
    const added = (run.outputs['labels'] ?? '').split('\n').filter((line) => !plain.outputs['labels']?.includes(line));
    expect(added).toEqual(isLine ? [`org.opencontainers.image.description=${text}`] : []);
    expect(run.summary).toBe(plain.summary);
  }
});

test('nothing here starts a shell: a program gets its arguments as a list', () => {
  const root = new URL('../../src/', import.meta.url);
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));
  const shells = files.filter((path) => {
    const text = readFileSync(new URL(path, root), 'utf8');
    return /\bshell: *true|\bexecSync\b|\bexec\(['"`]|execaCommand|['"](?:ba|z)?sh['"], *\[ *['"]-c/.test(text);
  });
  expect(files.length).toBeGreaterThan(100);
  expect(shells).toEqual([]);
});
