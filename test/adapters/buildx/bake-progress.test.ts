import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { printable, trackBake } from '../../../src/adapters/buildx/bake-progress.ts';

function follow(text: string, ids: readonly string[]): unknown {
  const tracker = trackBake(ids);
  for (const line of text.split('\n')) tracker.line(line, 0);
  const { started, failures, error } = tracker.progress();
  return { started, failures: Object.fromEntries(failures), error };
}

const three = ['t-1', 't-2', 't-3'];
const exit1 = 'process "/bin/sh -c test \\"$FAIL\\" != 1" did not complete successfully: exit code: 1';
const blobs = {
  't-1': '6d26b812a9d64b03738d657fe0896a50521d7922919cc7caa9fd871154238d93',
  't-2': '397b365785eaad56ae7fc255a0a21092f55a3c114a7db32c1bd26db210163fe4',
  't-3': 'ddbcb9693a6d11ecd1a7756cb18dd148f4551b595ce4f749668c9bfaae8ca1fc',
};
const refused = (id: keyof typeof blobs): string =>
  `failed to push 127.0.0.1:9/x/y:${id.slice(2)}: failed to do request: Head "https://127.0.0.1:9/v2/x/y/blobs/sha256:${blobs[id]}": dial tcp 127.0.0.1:9: connect: connection refused`;

test('what runs is what began and has not ended, oldest first', () => {
  const tracker = trackBake(['a', 'b']);
  const seen = [
    '#4 [a linux/amd64 1/3] FROM base@sha256:00',
    '#5 [a linux/amd64 2/3] RUN apt-get update',
    '#6 [b linux/amd64 2/3] RUN pip install x',
    '#5 0.412 Hit:1 somewhere',
    '#5 DONE 1.2s',
    '#7 [a] exporting to image',
    '#6 CANCELED',
  ].map((line) => {
    tracker.line(line, 0);
    return tracker.running();
  });
  const [apt, pip] = ['a linux/amd64 2/3: RUN apt-get update', 'b linux/amd64 2/3: RUN pip install x'];
  const push = 'a: exporting to image';
  expect(seen).toEqual([[], [apt], [apt, pip], [apt, pip], [pip], [pip, push], [push]]);
});

// The texts are what buildx 0.29.1 wrote to stderr, with Docker Engine 28.5.2.
test.each([
  {
    file: 'one-of-three-failed.txt',
    ids: three,
    started: true,
    failures: { 't-2': exit1 },
    error: `failed to solve: ${exit1}`,
  },
  {
    file: 'only-one-failed.txt',
    ids: ['t-2'],
    started: true,
    failures: { 't-2': exit1 },
    error: `failed to solve: ${exit1}`,
  },
  {
    file: 'push-refused.txt',
    ids: three,
    started: true,
    failures: { 't-1': refused('t-1'), 't-2': refused('t-2'), 't-3': refused('t-3') },
    error: `failed to solve: ${refused('t-1')}`,
  },
  {
    file: 'no-daemon.txt',
    ids: ['t-1'],
    started: false,
    failures: {},
    error: 'Cannot connect to the Docker daemon at tcp://127.0.0.1:9. Is the docker daemon running?',
  },
  {
    file: 'bad-bake-file.txt',
    ids: ['t-1'],
    started: false,
    failures: {},
    error: 'x.json:1,38-39: Unknown variable; There is no variable named "B"., and 1 other diagnostic(s)',
  },
])('$file', ({ file, ids, ...expected }) => {
  expect(follow(readFileSync(`test/recorded/buildx/${file}`, 'utf8'), ids)).toEqual(expected);
});

test('what a build step prints is no error of bake', () => {
  expect(follow('#5 [a 1/2] RUN x\n#5 0.1 ERROR: target b: no\n#5 0.2 #5 ERROR: no', ['a', 'b'])).toEqual({
    started: true,
    failures: {},
    error: null,
  });
});

test('the last words of a step are part of why it failed', () => {
  const text = '#5 [b 1/2] RUN x\n#5 0.1 first\n#5 1.234 wrong Python\n#5 1.3 \n#5 ERROR: exit code: 1';
  expect(follow(text, ['a', 'b'])).toEqual({
    started: true,
    failures: { b: 'exit code: 1; it last said: wrong Python' },
    error: null,
  });
});

test('a step that targets share fails all whose name it was shown under', () => {
  const text = '#5 [shared 1/2] RUN x\n#5 [b 1/2] RUN x\n#5 ERROR: exit code: 1';
  expect(follow(text, ['shared', 'a', 'b'])).toMatchObject({ failures: { shared: 'exit code: 1', b: 'exit code: 1' } });
});

test('the steps of a lone target are told under its name, which bake leaves out', () => {
  const tracker = trackBake(['only']);
  const lines = ['#2 [1/2] COPY a b', '#2 CACHED', '#3 [builder 2/2] RUN make', '#3 DONE 1.5s'];
  expect(lines.flatMap((line) => tracker.line(line, 0) ?? [])).toEqual([
    'only 1/2: COPY a b: cached',
    'only builder 2/2: RUN make: 1.5s',
  ]);
});

test('a line has nothing in it that a terminal would obey', () => {
  expect(printable('#5 0.1 \u001b[31mred\u001b[0m\u0007 \u001b]0;title\u0007\r\tend')).toBe('#5 0.1 red ]0;title\tend');
});

test('a cache that is not there is not why a build failed', () => {
  const tracker = trackBake(['only']);
  const lines = [
    '#5 importing cache manifest from ghcr.io/acme/cache:old',
    '#5 ERROR: failed to configure registry cache importer: not found',
    '#6 [2/2] RUN false',
    '#6 ERROR: process "/bin/sh -c false" did not complete successfully: exit code: 1',
  ];
  for (const line of lines) tracker.line(line, 0);
  expect([...tracker.progress().failures.values()]).toEqual([
    'process "/bin/sh -c false" did not complete successfully: exit code: 1',
  ]);
});

test('what a target took: from its first step to its last, and whether all of it came from the cache', () => {
  const lines: readonly (readonly [number, string])[] = [
    [0, '#1 [internal] load local bake definitions'],
    [0, '#1 DONE 0.0s'],
    [1000, '#2 [a internal] load build definition from Dockerfile'],
    [1100, '#2 DONE 0.0s'],
    [1200, '#3 [a 1/2] FROM docker.io/library/busybox@sha256:aa'],
    [1300, '#3 CACHED'],
    [1400, '#4 [a linux/arm64 2/2] RUN make'],
    [1500, '#5 [b builder 1/1] COPY . .'],
    [1600, '#5 CACHED'],
    [3000, '#4 0.1 compiling'],
    [3400, '#4 DONE 2.0s'],
    [3500, '#6 [a] exporting to image'],
    [3600, '#6 ...'],
    [3700, '#7 [b] exporting to image'],
    [4000, '#7 DONE 0.3s'],
    [4400, '#6 DONE 0.9s'],
    [4500, '#8 [shared 1/1] COPY x y'],
    [4600, '#8 CANCELED'],
  ];
  const tracker = trackBake(['a', 'b']);
  const said = lines.flatMap(([at, line]) => tracker.line(line, at) ?? []);
  expect(said).toEqual([
    'b builder 1/1: COPY . .: cached',
    'a linux/arm64 2/2: RUN make: 2.0s',
    'b: exporting to image: 0.3s',
    'a: exporting to image: 0.9s',
    'shared 1/1: COPY x y: stopped',
  ]);
  const { work } = tracker.progress();
  expect([work.get('a'), work.get('b')]).toEqual([
    { ms: 3400, cached: false },
    { ms: 2500, cached: true },
  ]);
});

test('of a step that fails the last ten lines are kept', () => {
  const tracker = trackBake(['a', 'b']);
  const lines = Array.from({ length: 12 }, (_, index) => `#5 0.${index} line ${index + 1}`);
  for (const line of ['#5 [b 2/3] RUN make', ...lines, '#5 ERROR: exit code: 2']) tracker.line(line, 0);
  expect([...tracker.progress().logs]).toEqual([['b', lines.slice(2).map((line) => line.replace(/^#5 \S+ /, ''))]]);
});
