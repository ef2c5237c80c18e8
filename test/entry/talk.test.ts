import { expect, test } from 'vitest';
import { createTalk } from '../../src/entry/talk.ts';
import { progressLine } from '../../src/report/progress.ts';
import { runCli } from '../support/run-cli.ts';

test.each([
  [{ done: 0, total: null, elapsedMs: 4_200 }, 'Reading tags, 4 s so far'],
  [{ done: 1200, total: 4294, elapsedMs: 4_000 }, 'Reading tags: 1,200 of 4,294, 300 a second, about 10 s left'],
  [{ done: 3, total: 100, elapsedMs: 10_000 }, 'Reading tags: 3 of 100, 0.3 a second, about 5 min left'],
  [{ done: 0, total: 100, elapsedMs: 10_000 }, 'Reading tags: 0 of 100'],
  [{ done: 100, total: 100, elapsedMs: 10_000 }, 'Reading tags: 100 of 100, 10 a second'],
  [{ done: 30, total: null, elapsedMs: 3_000 }, 'Reading tags: 30, 10 a second'],
  [{ done: 1, total: 200_000, elapsedMs: 1_000 }, 'Reading tags: 1 of 200,000, 1.0 a second, about 56 h left'],
  // A clock that was set back.
  [{ done: 5, total: 10, elapsedMs: -1_000 }, 'Reading tags: 5 of 10'],
])('%j is %j', (facts, line) => {
  expect(progressLine({ what: 'Reading tags', ...facts })).toBe(line);
});

test('a line is cut to the columns of the terminal', () => {
  const facts = { what: 'Reading tags of docker.io/acme/app', done: 1, total: 9, elapsedMs: 2_000 };
  expect(progressLine(facts, 20)).toBe('Reading tags of doc…');
  expect(progressLine(facts, 1)).toBe('…');
});

/** Ticks are given by hand. */
function scene(columns: number | null) {
  const written: string[] = [];
  const lines: string[] = [];
  let now = 0;
  let tick: (() => void) | null = null;
  let interval = 0;
  const talk = createTalk({
    say: (line) => void lines.push(line),
    terminal: columns === null ? null : { write: (text) => void written.push(text), columns: () => columns },
    nowMs: () => now,
    every: (ms, callback) => {
      [interval, tick] = [ms, callback];
      return () => (tick = null);
    },
  });
  const wait = (ms: number): void => {
    for (let passed = 0; passed < ms; passed += interval) {
      now += interval;
      tick?.();
    }
  };
  return { talk, written, lines, wait, isTicking: () => tick !== null };
}

test('on a terminal it is written in place, one line, and wiped at the end', () => {
  const { talk, written, lines, wait, isTicking } = scene(20);
  const task = talk.progress.start('Reading tags of docker.io/acme/app', 100);
  wait(750);
  expect(written).toEqual([]);
  task.advance(50);
  wait(250);
  expect(written).toEqual(['\r\u001B[2KReading tags of do…']);
  talk.say('a line');
  expect([written.at(-1), lines]).toEqual(['\r\u001B[2K', ['a line']]);
  wait(250);
  task.end();
  expect([written.at(-1), isTicking()]).toEqual(['\r\u001B[2K', false]);
});

test('in a log it is a line every ten seconds', () => {
  const { talk, lines, wait } = scene(null);
  const task = talk.progress.start('Reading tags', 100);
  const other = talk.progress.start('Reading other tags', 100);
  wait(9_000);
  task.advance(20);
  wait(10_000);
  task.end();
  wait(10_000);
  other.end();
  expect(lines).toEqual([
    'Reading tags: 0 of 100',
    'Reading tags: 20 of 100, 1.0 a second, about 80 s left',
    'Reading other tags: 0 of 100',
  ]);
});

test('what runs now is shown on a terminal alone, each with its own time', () => {
  const { talk, written, wait, isTicking } = scene(80);
  talk.progress.now('RUN apt-get update');
  wait(2_000);
  talk.progress.now('RUN apt-get update');
  wait(250);
  const before = written.at(-1);
  talk.progress.now('RUN pip install and 1 more');
  wait(1_500);
  const after = written.at(-1);
  talk.progress.now(null);
  expect([before, after, written.at(-1), isTicking()]).toEqual([
    '\r\u001B[2KRUN apt-get update, 2 s so far',
    '\r\u001B[2KRUN pip install and 1 more, 2 s so far',
    '\r\u001B[2K',
    false,
  ]);
  const log = scene(null);
  log.talk.progress.now('RUN apt-get update');
  expect([log.lines, log.isTicking()]).toEqual([[], false]);
});

test('short work is not mentioned', () => {
  const { talk, written, lines } = scene(80);
  talk.progress.start('Reading tags', 1).end();
  expect([written, lines]).toEqual([[], []]);
});

const facts = ['--config', 'matrix.config.ts', '--releases', 'examples/prefect/releases.json'];

test('a plan that reads a registry says how far it is, request by request with --verbose, and --quiet says nothing', async () => {
  const started: string[] = [];
  let advanced = 0;
  const progress = {
    start: (what: string, total: number | null) => {
      started.push(`${what}: ${total}`);
      return { advance: (count = 1) => void (advanced += count), end: () => undefined };
    },
    now: () => undefined,
  };
  const { startMemoryRegistry } = await import('../../src/adapters/memory-registry/memory-registry.ts');
  const registry = await startMemoryRegistry();
  try {
    const args = ['plan', '2.11.5', ...facts, '--repository', `${registry.host}/acme/app`];
    const told = await runCli([...args, '--verbose'], { TOKEN: 'hidden' }, { progress });
    expect(told.code).toBe(0);
    expect(started).toContain('Reading releases of examples/prefect/releases.json: null');
    expect(started.some((line) => /^Reading tags of 127\.0\.0\.1:\d+\/acme\/app: \d+$/.test(line))).toBe(true);
    expect(advanced).toBeGreaterThan(0);
    expect(told.stderr).toMatch(/^HEAD http:\/\/127\.0\.0\.1:\d+\/v2\/acme\/app\/manifests\/\S+ 404 in \d+ ms$/m);
    const count = started.length;
    const quiet = await runCli([...args, '--quiet'], {}, { progress });
    expect([quiet.code, quiet.stderr, started.length]).toEqual([0, '', count]);
  } finally {
    await registry.close();
  }
});
