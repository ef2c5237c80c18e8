/** A folder where a file is expected is called one, with what to name instead. */
import { expect, test } from 'vitest';
import { cliProject } from '../support/cli-process.ts';
import { runCli } from '../support/run-cli.ts';

test('a folder in place of a config or a journal', async () => {
  const { flags } = await cliProject();
  const config = await runCli(['check', '--config', 'test']);
  expect([config.code, config.stderr]).toEqual([
    2,
    'CONFIG_INVALID  test: a folder, not a file; name the config in it\n',
  ]);
  const journal = await runCli(['rollback', 'test', ...flags.slice(0, 2)]);
  expect([journal.code, journal.stderr]).toEqual([
    2,
    'JOURNAL_INVALID  test: is a folder; name a journal in it: a file that ends in .jsonl\n',
  ]);
});
