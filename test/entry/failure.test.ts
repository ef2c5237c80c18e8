import { expect, test } from 'vitest';
import { InputError, OutsideError } from '../../src/domain/errors.ts';
import { failureOf } from '../../src/entry/exit.ts';
import { runCli } from '../support/run-cli.ts';
import { smallConfig } from '../support/history.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** What a terminal obeys, what turns its neighbours around, and what encodeURIComponent refuses. */
const tricks = 'a\u001B[2Jb\u202Ec\rd\uD800e\u200Bf\tg\nh';
const shown = String.raw`a\u001b[2Jb\u202ec\u000dd\ud800e\u200bf${'\t'}g${'\n'}h`.replaceAll(String.raw`\t`, '\t');

test.each([
  ['InputError', new InputError([{ code: 'USAGE', where: tricks, message: tricks, fix: tricks }])],
  ['OutsideError', new OutsideError('REGISTRY_ANSWER', tricks)],
  ['a bug', new Error(tricks)],
])('no error shows what is not seen, whoever wrote it: %s', (_, error) => {
  const { text, errors } = failureOf(error, true);
  expect(text).toContain(shown);
  expect(errors[0]?.message).toContain(shown);
  for (const told of [text, JSON.stringify(errors)]) {
    // eslint-disable-next-line no-control-regex
    expect(told).not.toMatch(/[\u001B\u202E\r\uD800\u200B]/);
  }
});

test('a template that quotes such characters cannot bring them into its error', async () => {
  const folder = await tempFolder({
    'matrix.config.json': JSON.stringify({
      ...smallConfig,
      flavors: { standard: { dockerfile: 'Dockerfile', template: 'a.hbs' } },
    }),
    'a.hbs': '{{"a\u202Eb\u001B[2J"}}',
  });
  const { code, stderr } = await runCli(['render', '--config', `${folder}/matrix.config.json`]);
  expect([code, stderr]).toEqual([2, expect.stringContaining(String.raw`a\u202eb\u001b[2J`)]);
});
