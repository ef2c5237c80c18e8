/** The table of supported tags between its markers. */
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { daily, smallConfig } from '../support/history.ts';
import { runStep } from '../support/run-action.ts';
import { runCli, type CliRun } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp-folder.ts';

const begin = '<!-- tagwright:tags -->';
const end = '<!-- /tagwright:tags -->';

interface Place {
  docs(...args: readonly string[]): Promise<CliRun>;
  read(): Promise<string>;
}

async function place(readme: string): Promise<Place> {
  const config = { ...smallConfig, pythons: ['3.9', '3.10'], source: { file: 'releases.json' } };
  const folder = await tempFolder({
    'matrix.config.json': JSON.stringify(config),
    'releases.json': JSON.stringify(daily('1.0.0', '1.1.0', '2.0.0')),
    'README.md': readme,
  });
  const file = `${folder}/README.md`;
  return {
    docs: (...args) => runCli(['docs', file, '--config', `${folder}/matrix.config.json`, ...args]),
    read: () => readFile(file, 'utf8'),
  };
}

test('writes the tags that people pull, and leaves every other byte alone', async () => {
  const at = await place(`# App\r\n\r\n${begin}\r\n${end}\r\nlast line without an end`);
  expect((await at.docs()).code).toBe(0);
  const written = await at.read();
  expect(written.startsWith(`# App\r\n\r\n${begin}\r\n\r\n`)).toBe(true);
  expect(written.endsWith(`\r\n\r\n${end}\r\nlast line without an end`)).toBe(true);
  expect(written.replaceAll('\r\n', '')).not.toContain('\n');
  const [standard = '', conda = ''] = written.split('**flavor conda**');
  const rows = standard.split('\r\n').filter((line) => line.startsWith('| `'));
  expect(rows).toEqual([
    '| `2-latest`, `2-python3.10`, `2.0-python3.10`, `2.0.0-python3.10` | 2.0.0 | 3.10 |',
    '| `2-python3.9`, `2.0-python3.9`, `2.0.0-python3.9` | 2.0.0 | 3.9 |',
    '| `1-latest`, `1-python3.10`, `1.1-python3.10`, `1.1.0-python3.10` | 1.1.0 | 3.10 |',
    '| `1-python3.9`, `1.1-python3.9`, `1.1.0-python3.9` | 1.1.0 | 3.9 |',
    // Of its convenience tags it has kept those of its own minor line.
    '| `1.0-python3.9`, `1.0.0-python3.9` | 1.0.0 | 3.9 |',
    '| `1.0-python3.10`, `1.0.0-python3.10` | 1.0.0 | 3.10 |',
  ]);
  expect(conda).toContain('| `2-latest-conda`, ');

  const again = await at.docs();
  expect([again.code, again.stdout.endsWith(' unchanged\n'), await at.read()]).toEqual([0, true, written]);
});

test('--check writes nothing and fails where the plan says something else', async () => {
  const readme = `${begin}\n\nby hand\n\n${end}\n`;
  const at = await place(readme);
  const { code, stderr } = await at.docs('--check');
  expect([code, await at.read()]).toEqual([2, readme]);
  expect(stderr).toContain('DOCS_DRIFT');
  await at.docs();
  expect((await at.docs('--check')).code).toBe(0);
});

test('--range and --layout list', async () => {
  const at = await place(`${begin}\n${end}\n`);
  await at.docs('--layout', 'list', '--range', '>=2');
  expect((await at.read()).split('\n').filter((line) => line.startsWith('-'))).toEqual([
    '- `2.0.0-python3.10`, `2.0-python3.10`, `2-python3.10`, `2-latest`',
    '- `2.0.0-python3.10-conda`, `2.0-python3.10-conda`, `2-python3.10-conda`, `2-latest-conda`',
    '- `2.0.0-python3.9`, `2.0-python3.9`, `2-python3.9`',
    '- `2.0.0-python3.9-conda`, `2.0-python3.9-conda`, `2-python3.9-conda`',
  ]);
  expect((await at.read()).includes('sha-')).toBe(false);
  expect(await at.docs('--range', 'new')).toMatchObject({ code: 2, stderr: expect.stringContaining('RANGE_INVALID') });
});

test('a history in which everything was withdrawn has a sentence and no table', async () => {
  const folder = await tempFolder({
    'matrix.config.json': JSON.stringify({
      ...smallConfig,
      source: { file: 'releases.json' },
      yanked: ['1.0.0', '1.1.0'].map((version) => ({ version, reason: '坏了 💥 خطأ' })),
    }),
    'releases.json': JSON.stringify(daily('1.0.0', '1.1.0')),
    'README.md': `${begin}\n${end}\n`,
  });
  const run = await runCli(['docs', `${folder}/README.md`, '--config', `${folder}/matrix.config.json`]);
  expect(run.code).toBe(0);
  expect(await readFile(`${folder}/README.md`, 'utf8')).toBe(`${begin}\n\nNo release owns a tag now.\n\n${end}\n`);
});

test('--layout tags has a row a tag, the broadest first', async () => {
  const at = await place(`${begin}\n${end}\n`);
  await at.docs('--layout', 'tags', '--range', '>=2');
  const [standard = ''] = (await at.read()).split('**flavor conda**');
  expect(standard.split('\n').filter((line) => line.startsWith('|'))).toEqual([
    '| Tag | Release | Python |',
    '| --- | --- | --- |',
    '| `2-latest` | 2.0.0 | 3.10 |',
    '| `2-python3.10` | 2.0.0 | 3.10 |',
    '| `2-python3.9` | 2.0.0 | 3.9 |',
    '| `2.0-python3.10` | 2.0.0 | 3.10 |',
    '| `2.0-python3.9` | 2.0.0 | 3.9 |',
    '| `2.0.0-python3.10` | 2.0.0 | 3.10 |',
    '| `2.0.0-python3.9` | 2.0.0 | 3.9 |',
  ]);
});

test('markers in a code block are text, however the block is fenced', async () => {
  const shown = `\`\`\`\`md\n\`\`\`\n${begin}\n${end}\n\`\`\`\`\n~~~\n${begin}\n~~~\n`;
  const at = await place(`${shown}${begin}\n${end}\n`);
  expect((await at.docs()).code).toBe(0);
  expect((await at.read()).startsWith(`${shown}${begin}\n\n`)).toBe(true);
});

test.each([
  ['no markers', 'text\n', 'the markers are not there'],
  ['no end', `${begin}\n`, `${end} is not there`],
  ['no beginning', `${end}\n`, `${begin} is not there`],
  ['two pairs', `${begin}\n${end}\n${begin}\n${end}\n`, 'more than once (lines 1, 2, 3, 4)'],
  ['one in another', `${begin}\n${begin}\n${end}\n${end}\n`, 'more than once (lines 1, 2, 3, 4)'],
  ['the wrong order', `${end}\n${begin}\n`, `${end} comes before ${begin}`],
  ['markers in a code block that nothing closes', `\`\`\`\n${begin}\n${end}\n`, 'the markers are not there'],
  ['markers in a line of text', `see ${begin} and ${end}\n`, 'the markers are not there'],
])('%s: the file is left as it is', async (_, readme, message) => {
  const at = await place(readme);
  const { code, stderr } = await at.docs();
  expect([code, await at.read()]).toEqual([2, readme]);
  expect(stderr).toContain(message);
});

test('a step of the action takes several files, one a line', async () => {
  const text = `${begin}\n${end}\n`;
  const folder = await tempFolder({
    'matrix.config.json': JSON.stringify({ ...smallConfig, source: { file: 'releases.json' } }),
    'releases.json': JSON.stringify(daily('1.0.0')),
    'a.md': text,
    'b.md': text,
  });
  const files = [`${folder}/a.md`, `${folder}/b.md`];
  const inputs = { command: 'docs', file: `${files.join('\n')}\n`, config: `${folder}/matrix.config.json` };
  const { code } = await runStep({ event: 'workflow_dispatch', payload: {}, inputs });
  expect(code).toBe(0);
  for (const file of files) expect(await readFile(file, 'utf8')).toContain('| 1.0.0 |');
});
