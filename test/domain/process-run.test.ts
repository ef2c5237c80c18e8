import { expect, test } from 'vitest';
import { formatProcessRun, processError, tailOf, type ProcessRun } from '../../src/domain/process-run.ts';

const run: ProcessRun = {
  command: 'docker',
  args: ['buildx', 'bake', "--builder=it's", 'https://me:pw@host/x'],
  exitCode: 1,
  signal: null,
  durationMs: 1234.5,
  stderrTail: ['Authorization: Bearer abcdefgh1234', 'ERROR: no'],
};

test('the error keeps what is needed to run it again, and no secret', () => {
  const cause = new Error('why');
  const error = processError('BUILD_FAILED', 'nothing was built: https://u:p@host said no', run, { cause });
  expect({ code: error.code, message: error.message, facts: error.facts, cause: error.cause }).toEqual({
    code: 'BUILD_FAILED',
    message: 'nothing was built: https://***@host said no',
    facts: {
      command: 'docker',
      args: ['buildx', 'bake', "--builder=it's", 'https://***@host/x'],
      exitCode: 1,
      signal: null,
      durationMs: 1234.5,
      stderrTail: ['Authorization: ***', 'ERROR: no'],
    },
    cause,
  });
});

test('the long form can be pasted into a shell', () => {
  expect(formatProcessRun(run)).toBe(
    [
      "$ docker buildx bake '--builder=it'\\''s' 'https://***@host/x'",
      '  exit code 1 after 1235 ms',
      '  Authorization: ***',
      '  ERROR: no',
    ].join('\n'),
  );
});

test.each([
  { name: 'killed', exitCode: null, signal: 'SIGKILL', ended: '  SIGKILL after 5 ms' },
  { name: 'never started', exitCode: null, signal: null, ended: '  not started after 5 ms' },
])('$name', ({ exitCode, signal, ended }) => {
  const long = formatProcessRun({ command: 'git', args: [], exitCode, signal, durationMs: 5, stderrTail: [] });
  expect(long).toBe(`$ git\n${ended}`);
});

test('the tail is the last twenty lines', () => {
  const lines = Array.from({ length: 30 }, (_, index) => `line ${index}`);
  expect(tailOf(`${lines.join('\n')}\n`)).toEqual(lines.slice(10));
});
