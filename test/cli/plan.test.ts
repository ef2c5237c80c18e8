import { expect, test } from 'vitest';
import { daily, revisionOf, smallConfig } from '../support/history.ts';
import { runCli } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp-folder.ts';

async function plan(...args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const folder = await tempFolder({
    'matrix.config.json': JSON.stringify({ ...smallConfig, source: { file: 'releases.json' } }),
    'releases.json': JSON.stringify(daily('1.0.0', '1.1.0')),
  });
  const ran = await runCli(['plan', '--offline', '--config', `${folder}/matrix.config.json`, ...args]);
  return { ...ran, stderr: ran.stderr.replaceAll(`${folder}/`, '') };
}

test('--only leaves the cells that are named, their tags and their moves', async () => {
  const ran = await plan('1.1.0', '--only=flavor=conda', '--only=python=3.10');
  expect([ran.code, ran.stderr, ran.stdout.split('\n').map((line) => line.trimEnd())]).toEqual([
    0,
    '',
    [
      'registry.example/acme/app 1.1.0',
      '1 cell, 2 pinned tags, 3 convenience tags to move',
      '',
      '  python  flavor  platforms  pinned tags',
      '  3.10    conda   amd64      1.1.0-python3.10-conda  sha-312e312e30…',
      '',
      '  convenience tag       from      to',
      '  1.1-python3.10-conda  new    →  1.1.0',
      '  1-python3.10-conda    1.0.0  →  1.1.0',
      '  1-latest-conda        1.0.0  →  1.1.0',
      '',
    ],
  ]);
});

const refused: { name: string; args: string[]; stderr: string }[] = [
  {
    name: '--only without a release',
    args: ['--only=python=3.10'],
    stderr: 'USAGE  --only: plan without VERSION does not use it; write tagwright plan VERSION --only CELLS\n',
  },
  {
    name: 'a release on another commit than the run is for',
    args: ['1.0.0', `--revision=${'ab'.repeat(20)}`],
    stderr: `REVISION_DIFFERS  releases.json: 1.0.0 is on commit ${revisionOf('1.0.0')}, and this run is for ${'ab'.repeat(20)}; its git tag was moved since the run began: run anew for what it names now, nothing was moved\n`,
  },
  {
    name: 'a commit that is none',
    args: ['1.0.0', '--revision=main'],
    stderr: 'USAGE  --revision: "main" is not a valid value; expected a git commit, 40 hex digits\n',
  },
  {
    name: 'a git tag that is not a version',
    args: ['prefect-aws-0.4.0'],
    stderr:
      'VERSION_SHAPE  VERSION: "prefect-aws-0.4.0" is not a version of app; releases read like ^(?<version>\\d+\\.\\d+\\.\\d+.*)$\n',
  },
];

test.each(refused)('$name is refused', async ({ args, stderr }) => {
  expect(await plan(...args)).toEqual({ code: 2, stdout: '', stderr });
});
