import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp-folder.ts';

let folder: string;
beforeAll(async () => {
  const { stdout } = await runCli(['completion', 'bash']);
  folder = await tempFolder({ 'tagwright.bash': stdout, 'moves.json': '{}' }, afterAll);
});

/** What bash offers for a line whose last word is being written. */
function offered(line: string): string[] {
  const words = line.split(' ').map((word) => `'${word}'`);
  const script = `. ./tagwright.bash; COMP_WORDS=(${words.join(' ')}); COMP_CWORD=${words.length - 1}; _tagwright; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['--norc', '-c', script], { cwd: folder, encoding: 'utf8' }).split('\n').filter(Boolean);
}

test.each([
  ['tagwright pl', ['plan']],
  ['tagwright re', ['render', 'record', 'rehearse']],
  ['tagwright plan --off', ['--offline']],
  ['tagwright plan --format ', ['table', 'lines', 'json', 'markdown', 'html', 'bake']],
  ['tagwright audit --format s', ['sarif']],
  ['tagwright plan 2.11.5 --rev', ['--revision']],
  ['tagwright plan --releases mo', ['moves.json']],
  ['tagwright plan --at 2', []],
  ['tagwright -q publish --allow', ['--allow-backward']],
  ['tagwright completion ', ['bash', 'zsh', 'fish']],
  ['tagwright completion z', ['zsh']],
])('bash completes %j', (line, expected) => {
  const found = offered(line).filter((word) => !word.startsWith('-') || line.split(' ').at(-1)!.startsWith('-'));
  expect(found).toEqual(expected);
});

test.each(['zsh', 'fish'])('the script of %s has every command and flag', async (shell) => {
  const { code, stdout } = await runCli(['completion', shell]);
  expect(code).toBe(0);
  const help = await runCli(['plan', '--help']);
  const flags = [...help.stdout.matchAll(/^ {2}(?:-\w, )?--(?<flag>[a-z-]+)/gm)].map((match) => match[1]!);
  expect(flags.length).toBeGreaterThan(12);
  for (const flag of flags.filter((each) => each !== 'version')) {
    expect(stdout).toMatch(shell === 'zsh' ? new RegExp(`'\\*--${flag}\\[`) : new RegExp(` -l ${flag}\\b`));
  }
});

test('another shell is refused', async () => {
  const run = await runCli(['completion', 'tcsh']);
  expect([run.code, run.stderr]).toEqual([2, expect.stringContaining('USAGE')]);
});

test('the script lies where it can be sourced', () => {
  expect(execFileSync('bash', ['-n', join(folder, 'tagwright.bash')], { encoding: 'utf8' })).toBe('');
});
