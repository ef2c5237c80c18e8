/** `init` in a folder of a git repository: GitHub and GitLab read their files only at its top. */
import { readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { initCommand } from '../../../src/commands/init/init.ts';
import { git } from '../../support/git-repository.ts';
import { initOptions } from '../../support/init-options.ts';
import { initWorld } from '../../support/init-world.ts';
import { runCli } from '../../support/run-cli.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const pushes = `on: release
jobs:
  ship:
    runs-on: ubuntu-24.04
    steps:
      - { id: m, uses: docker/metadata-action@v5, with: { images: quay.io/acme/old, tags: 'type=semver,pattern={{version}}' } }
      - { uses: docker/build-push-action@v6, with: { push: true, tags: '\${{ steps.m.outputs.tags }}' } }
`;

test.each([
  { host: 'github.com', what: 'workflow', where: 'GitHub reads .github/workflows' },
  { host: 'gitlab.com', what: 'pipeline', where: 'GitLab reads .gitlab-ci.yml' },
])('on $host a config alone is written, and why', async ({ host, what, where }) => {
  const folder = await tempFolder({
    'services/web/Dockerfile': 'FROM scratch\n',
    'services/web/.github/workflows/never.yml': pushes,
    '.gitlab-ci.yml': 'publish-images: { script: [make] }\n',
  });
  git(folder, 'init', '--quiet', '--initial-branch=main');
  git(folder, 'config', 'remote.origin.url', `git@${host}:acme/app.git`);
  const at = `${folder}/services/web`;
  const { stdout } = await initCommand(initOptions, initWorld(at));
  expect((await readdir(at)).toSorted()).toEqual(['.github', 'Dockerfile', 'matrix.config.ts']);
  expect(await readdir(`${at}/.github/workflows`)).toEqual(['never.yml']);
  expect(stdout.split('\n').slice(0, 3)).toEqual([
    'matrix.config.ts written',
    '',
    `No ${what} is written, and none was read: ${where} only at the top of the git repository, and this folder is services/web. Run tagwright init at the top: it reads the Dockerfiles of every folder.`,
  ]);
});

test('a dry run says what a run says', async () => {
  const folder = await tempFolder({ Dockerfile: 'FROM scratch\n', 'Dockerfile.dev': 'FROM scratch\n' });
  git(folder, 'init', '--quiet', '--initial-branch=main');
  git(folder, 'config', 'remote.origin.url', 'git@github.com:acme/app.git');
  const run = await runCli(['-C', folder, 'init', '--dry-run']);
  expect([run.code, run.stderr]).toEqual([0, expect.stringContaining('Dockerfile.dev')]);
});
