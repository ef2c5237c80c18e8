import { chmod, readFile } from 'node:fs/promises';
import { delimiter } from 'node:path';
import { expect, test, vi } from 'vitest';
import { runDocker } from '../../src/adapters/buildx/run-docker.ts';
import { runGit } from '../../src/adapters/git/run-git.ts';
import { runCredentialHelper } from '../../src/adapters/registry/credential-helper.ts';
import { childEnvironment } from '../../src/domain/child-environment.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** What helpers, the cache of GitHub Actions, ssh, cosign and git contexts need from the environment. */
const needed = {
  AWS_ACCESS_KEY_ID: 'aws',
  GOOGLE_APPLICATION_CREDENTIALS: '/key.json',
  ACTIONS_RUNTIME_TOKEN: 'cache',
  ACTIONS_RESULTS_URL: 'https://cache.test/',
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'identity',
  SSH_AUTH_SOCK: '/agent',
  COSIGN_PASSWORD: 'key',
  DOCKER_CONFIG: '/docker',
  BUILDX_BAKE_GIT_AUTH_TOKEN: 'context',
  https_proxy: 'http://proxy.test:3128',
};

const ours = {
  GITHUB_TOKEN: 'secret-1',
  GH_TOKEN: 'secret-2',
  GH_ENTERPRISE_TOKEN: 'secret-3',
  QUAY_TOKEN: 'secret-4',
  DOCKERHUB_TOKEN: 'secret-8',
  GITLAB_TOKEN: 'secret-9',
  SIGSTORE_ID_TOKEN: 'secret-10',
  'INPUT_GITHUB-TOKEN': 'secret-5',
  TAGWRIGHT_REGISTRY_HOST: 'secret-6',
  TAGWRIGHT_REGISTRY_PASSWORD: 'secret-7',
};

/** Each program is started with its own environment written into a file. */
const programs = {
  docker: () => runDocker(['version'], { cwd: '.', onLine: () => undefined }),
  git: () => runGit({ folder: '.', source: 'source' }, ['version']),
  /** By git, where it fetches a commit. */
  ssh: () =>
    runGit({ folder: '.', source: 'source' }, ['ls-remote', 'ssh://git@host.test/acme/app'], { mayFetch: true }).catch(
      (error: unknown) => expect(error).toMatchObject({ code: 'SOURCE_FAILED' }),
    ),
  'docker-credential-recorder': () => runCredentialHelper('recorder', 'ghcr.io'),
};

test.each(['docker', 'git', 'ssh', 'docker-credential-recorder'] as const)(
  '%s is given the whole environment less the secrets of tagwright',
  async (program) => {
    const script = `#!/bin/sh\nenv > "$RECORD"\necho '{"Username":"u","Secret":"s"}'\n`;
    const folder = await tempFolder({ [program]: script });
    await chmod(`${folder}/${program}`, 0o755);
    const record = `${folder}/record`;
    const path = `${folder}${delimiter}${process.env['PATH'] ?? ''}`;
    for (const [name, value] of Object.entries({ ...needed, ...ours, RECORD: record, PATH: path }))
      vi.stubEnv(name, value);
    try {
      await programs[program]();
    } finally {
      vi.unstubAllEnvs();
    }
    const seen = await readFile(record, 'utf8');
    expect(seen).not.toContain('secret-');
    expect(seen.split('\n')).toEqual(expect.arrayContaining(Object.entries(needed).map((entry) => entry.join('='))));
  },
);

test('what buildx starts for a git context, an ssh mount and the cache gets what it needs, and no secret of ours', async () => {
  // As buildx does: the programs are found on PATH, and the cache's service is told by variables.
  const starts = ['git', 'ssh', 'cosign'].map((program) => `${program} x`).join('; ');
  const record = `#!/bin/sh\nenv > "$RECORD.$(basename "$0")"\n`;
  const folder = await tempFolder({
    docker: `${record}${starts}\necho "$ACTIONS_RESULTS_URL $ACTIONS_RUNTIME_TOKEN" > "$RECORD.gha"\n`,
    git: record,
    ssh: record,
    cosign: record,
  });
  for (const program of ['docker', 'git', 'ssh', 'cosign']) await chmod(`${folder}/${program}`, 0o755);
  const path = `${folder}${delimiter}${process.env['PATH'] ?? ''}`;
  for (const [name, value] of Object.entries({ ...needed, ...ours, RECORD: `${folder}/record`, PATH: path }))
    vi.stubEnv(name, value);
  try {
    await programs.docker();
  } finally {
    vi.unstubAllEnvs();
  }
  expect(await readFile(`${folder}/record.gha`, 'utf8')).toBe('https://cache.test/ cache\n');
  for (const program of ['docker', 'git', 'ssh', 'cosign']) {
    const seen = await readFile(`${folder}/record.${program}`, 'utf8');
    expect(seen).not.toContain('secret-');
    expect(seen.split('\n')).toEqual(expect.arrayContaining(Object.entries(needed).map((entry) => entry.join('='))));
  }
});

test('a secret is told by its name in any case, and what a build secret names is passed', () => {
  const env = { Github_Token: 'a', GH_TOKEN: 'b', PATH: '/bin', HOME: undefined };
  expect(childEnvironment(env)).toEqual({ PATH: '/bin' });
  expect(childEnvironment(env, ['GH_TOKEN'])).toEqual({ PATH: '/bin', GH_TOKEN: 'b' });
});
