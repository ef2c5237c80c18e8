import { writeFileSync } from 'node:fs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createBuildxBuilder } from '../../../src/adapters/buildx/buildx-builder.ts';
import type { BuildTarget } from '../../../src/domain/build-target.ts';
import { OutsideError } from '../../../src/domain/errors.ts';
import type { Builder } from '../../../src/ports.ts';
import { fakeDocker } from '../../support/fake-docker.ts';

const digest = `sha256:${'ab'.repeat(32)}`;

function target(id: string): BuildTarget {
  const none = { args: {}, labels: {}, platforms: [], contexts: {} };
  return { id, dockerfile: 'Dockerfile', context: '.', references: [`127.0.0.1:1/x:${id}`], ...none };
}

function builder(folder: string, name: string | null = null): Builder {
  return createBuildxBuilder({
    bakeFile: (targets) => JSON.stringify(targets.map(({ id }) => id)),
    folder,
    builder: name,
    runsCommands: () => false,
  });
}

afterEach(() => {
  vi.unstubAllEnvs();
});

test.each([
  { holds: 'release', other: { kind: 'failed', reason: 'held back: the smoke test of a failed' } },
  { holds: 'cell', other: { kind: 'unreported', reason: expect.stringContaining('bake stopped when') } },
] as const)('a smoke test that fails holds back the $holds, before anything is pushed', async ({ holds, other }) => {
  const { folder, calls } = await fakeDocker(
    `echo '#5 [smoke_a 2/2] RUN app' >&2; echo '#5 ERROR: exit code: 1' >&2; exit 1`,
  );
  const file = (targets: readonly BuildTarget[]): string => JSON.stringify(targets.map(({ id }) => id));
  const smoke = { file, id: (id: string): string => `smoke_${id}`, holds };
  const options = { bakeFile: file, smoke, folder, builder: null, runsCommands: () => false };
  const targets = ['a', 'b'].map((id) => ({ ...target(id), smoke: 'app' }));
  const report = await createBuildxBuilder(options).build(targets, { onProgress: () => undefined });
  expect(report.targets).toEqual([
    { id: 'a', kind: 'failed', reason: 'smoke test: exit code: 1' },
    { id: 'b', ...other },
  ]);
  expect((await calls()).filter((line) => line.startsWith('--file=')).join(' ')).toMatch(/^\S*smoke-bake\.json$/);
});

describe('docker buildx bake', () => {
  test('gets an argument array, the folder of the config, and a bake file it may read', async () => {
    const { folder, calls } = await fakeDocker(
      `cat "$file" >&2; echo >&2; printf '{"a":{"containerimage.digest":"${digest}"}}' > "$metadata"`,
    );
    const lines: string[] = [];
    const report = await builder(folder, 'remote').build([target('a')], { onProgress: (line) => lines.push(line) });
    expect(report).toEqual({ targets: [{ id: 'a', kind: 'built', digest }] });
    expect(lines).toEqual([]);
    const [cwd, entitlements, ...args] = await calls();
    expect({ cwd, entitlements, args: args.map((arg) => arg.replace(/=.*\/tagwright-bake-\w+\//, '=TMP/')) }).toEqual({
      cwd: folder,
      entitlements: '0',
      args: [
        'buildx',
        'bake',
        '--file=TMP/docker-bake.json',
        '--progress=plain',
        '--metadata-file=TMP/metadata.json',
        '--builder=remote',
        'default',
      ],
    });
  });

  test('says what ended, as it happens, without secrets and escape sequences', async () => {
    const { folder } = await fakeDocker(`
      echo $'#1 [a 1/1] RUN \\e[32mpull https://me:pw@host/x\\n#1 0.1 much\\n#1 DONE 2.5s' >&2
      until [[ -e $folder/seen ]]; do sleep 0.05; done
      echo '{}' > "$metadata"`);
    const lines: string[] = [];
    const onProgress = (line: string): void => {
      lines.push(line);
      // The build ends only once its first line has come through.
      writeFileSync(`${folder}/seen`, '');
    };
    const running: (readonly string[])[] = [];
    await builder(folder).build([target('a')], { onProgress, onRunning: (steps) => running.push(steps) });
    expect(lines).toEqual(['a 1/1: RUN pull https://***@host/x: 2.5s']);
    const step = 'a 1/1: RUN pull https://***@host/x';
    // While it prints, when it has ended, and when the build has.
    expect(running).toEqual([[step], [step], [], []]);
  });

  test('a target of which the metadata says nothing is not reported', async () => {
    const { folder } = await fakeDocker(`echo '{"a":{"containerimage.digest":"sha256:1"}}' > "$metadata"`);
    expect(await builder(folder).build([target('a')], { onProgress: () => undefined })).toEqual({
      targets: [{ id: 'a', kind: 'unreported', reason: "buildx's metadata file has no digest of it" }],
    });
  });

  test('one that fails is named, and nothing is said of the others', async () => {
    const { folder } = await fakeDocker(
      `cat '${process.cwd()}/test/recorded/buildx/one-of-three-failed.txt' >&2; exit 1`,
    );
    const ids = ['t-1', 't-2', 't-3'];
    const rest = { kind: 'unreported', reason: 'bake stopped when t-2 failed' };
    expect(await builder(folder).build(ids.map(target), { onProgress: () => undefined })).toEqual({
      targets: [
        { id: 't-1', ...rest },
        {
          id: 't-2',
          kind: 'failed',
          reason: 'process "/bin/sh -c test \\"$FAIL\\" != 1" did not complete successfully: exit code: 1',
        },
        { id: 't-3', ...rest },
      ],
    });
  });

  test('a failure after the first step that names no target leaves all of them unreported', async () => {
    const { folder } = await fakeDocker(`echo '#3 [a 1/2] RUN x' >&2; echo 'ERROR: lost the connection' >&2; exit 1`);
    expect(await builder(folder).build(['a', 'b'].map(target), { onProgress: () => undefined })).toEqual({
      targets: ['a', 'b'].map((id) => ({ id, kind: 'unreported', reason: 'bake failed: lost the connection' })),
    });
  });

  test('nothing to build runs nothing', async () => {
    vi.stubEnv('PATH', '/nowhere');
    expect(await builder('/').build([], { onProgress: () => undefined })).toEqual({ targets: [] });
  });
});

describe('where nothing could be run', () => {
  const failure = async (building: Promise<unknown>): Promise<unknown> => {
    const error: unknown = await building.catch((thrown: unknown) => thrown);
    return error instanceof OutsideError ? { code: error.code, message: error.message, facts: error.facts } : error;
  };

  test('no daemon', async () => {
    const { folder } = await fakeDocker(`cat '${process.cwd()}/test/recorded/buildx/no-daemon.txt' >&2; exit 1`);
    const why = 'Cannot connect to the Docker daemon at tcp://127.0.0.1:9. Is the docker daemon running?';
    expect(await failure(builder(folder).build([target('a')], { onProgress: () => undefined }))).toEqual({
      code: 'BUILD_FAILED',
      message: `nothing was built: ${why}`,
      facts: {
        command: 'docker',
        args: expect.arrayContaining(['buildx', 'bake', '--progress=plain', 'default']),
        exitCode: 1,
        signal: null,
        durationMs: expect.any(Number),
        stderrTail: [`ERROR: ${why}`],
      },
    });
  });

  test('no buildx', async () => {
    const { folder } = await fakeDocker('exit 0', 'echo "unknown command: docker buildx" >&2; exit 1');
    expect(await failure(builder(folder).build([target('a')], { onProgress: () => undefined }))).toMatchObject({
      code: 'PROCESS_FAILED',
      message: 'docker has no buildx plugin; install it (Debian and Ubuntu: docker-buildx), or use another builder',
      facts: { args: ['buildx', 'version'], exitCode: 1, stderrTail: ['unknown command: docker buildx'] },
    });
  });

  test('no docker', async () => {
    vi.stubEnv('PATH', '/nowhere');
    expect(await failure(builder('/').build([target('a')], { onProgress: () => undefined }))).toMatchObject({
      code: 'PROCESS_FAILED',
      message: 'docker is not on the PATH; install Docker Engine with buildx, or use another builder',
      facts: { exitCode: null, signal: null },
    });
  });

  test('stopped from outside, docker is asked to end', async () => {
    const { folder } = await fakeDocker(
      `trap 'echo cancelled >&2; exit 130' TERM; printf '#1 [a 1/1] RUN x\\n#1 DONE 1.0s\\n' >&2; while :; do sleep 0.05; done`,
    );
    const stop = new AbortController();
    const onProgress = (line: string): void => {
      if (line === 'a 1/1: RUN x: 1.0s') stop.abort();
    };
    expect(await failure(builder(folder).build([target('a')], { onProgress, signal: stop.signal }))).toMatchObject({
      code: 'ABORTED',
      message: 'docker was stopped before it was done',
      facts: { exitCode: 130, stderrTail: ['#1 [a 1/1] RUN x', '#1 DONE 1.0s', 'cancelled'] },
    });
  });

  test('stopped before it began, docker is not run', async () => {
    const { folder, calls } = await fakeDocker('exit 0');
    const building = builder(folder).build([target('a')], { onProgress: () => undefined, signal: AbortSignal.abort() });
    expect(await failure(building)).toMatchObject({ code: 'ABORTED', message: 'stopped before docker ran' });
    expect(await calls()).toEqual([]);
  });
});
