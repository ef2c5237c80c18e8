import { expect, test } from 'vitest';
import { runCli } from '../support/run-cli.ts';
import { daily, revisionOf, smallConfig } from '../support/history.ts';
import { tempFolder } from '../support/temp-folder.ts';

async function project(more: object = {}): Promise<string[]> {
  const folder = await tempFolder({
    'matrix.config.json': JSON.stringify({ ...smallConfig, source: { file: 'releases.json' }, ...more }),
    'releases.json': JSON.stringify(daily('1.0.0')),
  });
  return ['--config', `${folder}/matrix.config.json`];
}

test('is what fromJSON makes a strategy.matrix of, axes by their names', async () => {
  const ran = await runCli(['matrix', '1.0.0', '--only', 'python=3.10', '--only=flavor=conda', ...(await project())]);
  expect({ code: ran.code, stderr: ran.stderr, matrix: JSON.parse(ran.stdout) as unknown }).toEqual({
    code: 0,
    stderr: '',
    matrix: {
      include: [
        {
          python: '3.10',
          flavor: 'conda',
          id: '1-0-0_python-3-10_flavor-conda_linux-amd64',
          name: 'python 3.10, flavor conda, linux/amd64',
          version: '1.0.0',
          revision: revisionOf('1.0.0'),
          only: '1-0-0_python-3-10_flavor-conda',
          platform: 'linux/amd64',
          runner: 'ubuntu-24.04',
          emulate: '',
        },
      ],
    },
  });
});

test('a runner that is none is named', async () => {
  const ran = await runCli(['matrix', '1.0.0', '--runner=amd64', '--runner=linux/amd64=a b', ...(await project())]);
  const fix = 'write PLATFORM=LABEL, such as linux/arm64=ubuntu-24.04-arm';
  expect({ code: ran.code, stdout: ran.stdout, stderr: ran.stderr.trimEnd().split('\n') }).toEqual({
    code: 2,
    stdout: '',
    stderr: ['"amd64"', '"linux/amd64=a b"'].map(
      (text) => `USAGE  --runner: ${text} is no platform and the label of a runner; ${fix}`,
    ),
  });
});

test('a yanked release gets none', async () => {
  const yanked = [{ version: '1.0.0', reason: 'broken' }];
  const ran = await runCli(['matrix', '1.0.0', ...(await project({ yanked }))]);
  expect([ran.code, ran.stdout, ran.stderr.trimEnd().replace(/\S+matrix.config/, 'matrix.config')]).toEqual([
    2,
    '',
    'VERSION_NOT_PUBLISHABLE  matrix.config.json yanked[0]: 1.0.0 is yanked: broken; a yanked release is not published; its tags go back with tagwright apply',
  ]);
});
