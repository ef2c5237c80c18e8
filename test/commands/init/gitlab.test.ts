/** The pipeline that `init` writes for a project on GitLab. */
import { lstat, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { initCommand, type InitOptions } from '../../../src/commands/init/init.ts';
import { forgeOf } from '../../../src/commands/init/project-facts.ts';
import type { Outcome } from '../../../src/commands/world.ts';
import { git } from '../../support/git-repository.ts';
import { readPipeline, type PipelineJob } from '../../support/gitlab-rules.ts';
import { pipelineFaults } from '../../support/gitlab-schema.ts';
import { initOptions } from '../../support/init-options.ts';
import { initWorld } from '../../support/init-world.ts';
import { problemsOf } from '../../support/problems.ts';
import { runCli } from '../../support/run-cli.ts';
import { tempFolder } from '../../support/temp-folder.ts';

interface Place {
  readonly folder: string;
  readonly init: (more?: Partial<InitOptions>) => Promise<Outcome>;
  readonly read: (path: string) => Promise<string>;
  readonly write: (path: string, text: string) => Promise<void>;
}

const dockerfile = { Dockerfile: 'FROM scratch\nARG VERSION\nLABEL built="$VERSION"\n' };

async function place(
  remote: string,
  files: Readonly<Record<string, string>> = dockerfile,
  tags: string[] = [],
): Promise<Place> {
  const folder = await tempFolder(files);
  git(folder, 'init', '--quiet', '--initial-branch=main');
  git(folder, 'config', 'remote.origin.url', remote);
  for (const tag of tags) {
    git(folder, 'commit', '--quiet', '--allow-empty', `--message=${tag}`);
    git(folder, 'tag', tag);
  }
  return {
    folder,
    init: (more = {}) => initCommand({ ...initOptions, ...more }, initWorld(folder)),
    read: (path) => readFile(`${folder}/${path}`, 'utf8'),
    write: (path, text) => writeFile(`${folder}/${path}`, text),
  };
}

/** The jobs that a tag has, by name; the schema takes the file. */
async function releaseJobs(text: string, tag = 'v1.0.0'): Promise<Map<string, PipelineJob>> {
  expect(await pipelineFaults(text)).toEqual([]);
  return new Map(readPipeline(text, { CI_COMMIT_TAG: tag }).jobs.map((job) => [job.name, job]));
}

const jobVariables = (job: PipelineJob | undefined): unknown => ({ ...job?.variables });

const gitlabLogin = {
  TAGWRIGHT_REGISTRY_HOST: '$CI_REGISTRY',
  TAGWRIGHT_REGISTRY_USERNAME: '$CI_REGISTRY_USER',
  TAGWRIGHT_REGISTRY_PASSWORD: '$CI_REGISTRY_PASSWORD',
};

describe('on gitlab.com', () => {
  test('a project in a group of a group has a pipeline beside its config, and no workflow of GitHub', async () => {
    const at = await place('https://oauth2:geheim@gitlab.com/acme/team/App.git');
    const { stdout } = await at.init();
    const [files, ...rest] = stdout.split('\n\n');
    expect(files).toBe('matrix.config.ts written\n.gitlab-ci.yml written');
    expect(rest.join('\n\n')).toContain('Build > Pipeline schedules');
    expect(stdout).not.toContain('geheim');
    expect(await at.read('matrix.config.ts')).toContain("repository: 'registry.gitlab.com/acme/team/app'");
    const pipeline = await at.read('.gitlab-ci.yml');
    await expect(pipeline).toMatchFileSnapshot(new URL('../../golden/gitlab/pipeline.yml', import.meta.url).pathname);
    const jobs = await releaseJobs(pipeline);
    expect([...jobs.keys()]).toEqual(['publish-images']);
    expect(jobVariables(jobs.get('publish-images'))).toEqual({
      GIT_DEPTH: '0',
      DOCKER_TLS_CERTDIR: '/certs',
      ...gitlabLogin,
    });
  });

  test('fans out to the runners of gitlab.com', async () => {
    const at = await place('git@gitlab.com:acme/app.git');
    await at.init({ fanOut: true });
    const jobs = await releaseJobs(await at.read('.gitlab-ci.yml'));
    expect([...jobs.keys()]).toEqual(['jobs-images', 'publish-images']);
    expect(jobs.get('jobs-images')?.script).toEqual([
      'npx --yes tagwright@0 matrix "$CI_COMMIT_TAG" --revision "$CI_COMMIT_SHA" --format gitlab --runner linux/amd64=saas-linux-small-amd64 --runner linux/arm64=saas-linux-small-arm64 --output jobs-images.yml',
    ]);
    expect(jobs.get('publish-images')?.trigger).toEqual({
      include: [{ artifact: 'jobs-images.yml', job: 'jobs-images' }],
      strategy: 'depend',
    });
  });

  test('an image of another registry has a login of the project', async () => {
    const at = await place('git@gitlab.com:acme/app.git', {
      ...dockerfile,
      'compose.yaml': 'services:\n  app:\n    image: docker.io/acme/app\n    build: .\n',
    });
    await at.init();
    const pipeline = await at.read('.gitlab-ci.yml');
    const jobs = await releaseJobs(pipeline);
    expect(jobVariables(jobs.get('publish-images'))).toMatchObject({
      TAGWRIGHT_REGISTRY_HOST: 'docker.io',
      TAGWRIGHT_REGISTRY_USERNAME: '$REGISTRY_USERNAME',
      TAGWRIGHT_REGISTRY_PASSWORD: '$REGISTRY_PASSWORD',
    });
    expect(pipeline).toContain('set REGISTRY_USERNAME and REGISTRY_PASSWORD');
  });

  test('of several images each has its release jobs, for its own git tags', async () => {
    const files = { 'api/Dockerfile': dockerfile.Dockerfile, 'worker/Dockerfile': dockerfile.Dockerfile };
    const at = await place('git@gitlab.com:acme/app.git', files, ['api/v1.0.0', 'worker/v1.0.0', 'api/v1.1.0']);
    await at.init();
    const pipeline = await at.read('.gitlab-ci.yml');
    const api = await releaseJobs(pipeline, 'api/v1.2.0');
    expect([...api.keys()]).toEqual(['publish-api']);
    expect(api.get('publish-api')?.script).toEqual([
      'npx --yes tagwright@0 publish "$CI_COMMIT_TAG" --revision "$CI_COMMIT_SHA" --image api',
    ]);
    expect([...(await releaseJobs(pipeline, 'worker/v2.0.0')).keys()]).toEqual(['publish-worker']);
    expect([...(await releaseJobs(pipeline, 'docs/3')).keys()]).toEqual([]);
  });
});

describe('on a GitLab of its own', () => {
  test('the host may say so, and its registry is a guess on the port that GitLab has by default', async () => {
    const at = await place('ssh://git@gitlab.acme.example:2222/team/app.git');
    await at.init({ fanOut: true });
    expect(await at.read('matrix.config.ts')).toContain(
      "// Where it is published: a guess, so check it.\n  repository: 'gitlab.acme.example:5050/team/app'",
    );
    const pipeline = await at.read('.gitlab-ci.yml');
    const jobs = await releaseJobs(pipeline);
    // Which tags its runners have is not known.
    expect(String(jobs.get('jobs-images')?.script)).not.toContain('--runner');
    expect(jobVariables(jobs.get('jobs-images'))).toEqual({ GIT_DEPTH: '0', ...gitlabLogin });
  });

  test('a flag says so, if the host does not', async () => {
    const at = await place('git@code.acme.example:team/app.git');
    expect((await at.init({ dryRun: true })).stdout).not.toContain('.gitlab-ci.yml');
    expect((await at.init({ dryRun: true, ci: 'gitlab' })).stdout).toContain('--- .gitlab-ci.yml');
  });

  test.each([
    ['https://github.com/acme/gitlab-tools', ['.gitlab-ci.yml'], 'github'],
    ['https://code.example/acme/app', ['.gitlab-ci.yml'], 'gitlab'],
    ['https://my-gitlab.example/acme/app', [], 'gitlab'],
    ['https://notgitlab.example/acme/app', [], 'github'],
    [null, [], 'github'],
  ])('%s with %j is of %s', (remote, files, forge) => {
    expect(forgeOf({ remote, files })).toBe(forge);
  });
});

describe('a pipeline that is there', () => {
  const own =
    'stages: [test, ship, .post]\ninclude: [{ template: Auto-DevOps.gitlab-ci.yml }]\nunit: { stage: test, script: [!reference [.x, script]] }\n';

  test('stays as it is, with --force too: ours is a file to include, in its last stage', async () => {
    const at = await place('git@gitlab.com:acme/app.git', { ...dockerfile, '.gitlab-ci.yml': own });
    for (const force of [false, true]) {
      const { stdout } = await at.init({ force });
      expect(stdout).toContain(
        '.gitlab-ci.yml is yours and stays as it is. Add to the list of its include, which has to be a list:\n  - local: .gitlab/tagwright.yml\n',
      );
      expect(await at.read('.gitlab-ci.yml')).toBe(own);
    }
    const included = await at.read('.gitlab/tagwright.yml');
    expect(await pipelineFaults(included)).toEqual([]);
    const { stages, ...jobs } = z.record(z.string(), z.unknown()).parse(parse(included));
    expect([stages, jobs['.tagwright'], jobs['audit-images']]).toEqual([
      undefined,
      expect.objectContaining({ stage: 'ship', inherit: { default: false } }),
      expect.objectContaining({ extends: '.tagwright' }),
    ]);
  });

  const stageOf = async (at: Place): Promise<unknown> => {
    const jobs = z.record(z.string(), z.looseObject({})).parse(parse(await at.read('.gitlab/tagwright.yml')));
    return jobs['.tagwright']?.['stage'];
  };

  const layouts: { name: string; files: Record<string, string>; stage: string; says: string[] }[] = [
    {
      name: 'stages in a file that it includes',
      files: { '.gitlab-ci.yml': 'include: /ci/base.yml\n', 'ci/base.yml': 'stages: [lint, ship]\n' },
      stage: 'ship',
      says: [],
    },
    {
      name: 'stages of its own, which win over those it includes',
      files: { '.gitlab-ci.yml': 'stages: [go]\ninclude: ci/base.yml\n', 'ci/base.yml': 'stages: [lint, ship]\n' },
      stage: 'go',
      says: [],
    },
    {
      name: 'includes of includes, by wildcards: the last one wins',
      files: {
        '.gitlab-ci.yml': 'include: [{ local: ci/*.yml }]\n',
        'ci/a.yml': 'include: { local: /deep/**.yml }\nstages: [a]\n',
        'ci/b.yml': 'unit: { script: [make] }\n',
        'ci/below/c.yml': 'stages: [not-included]\n',
        'deep/er/d.yml': 'stages: [d]\n',
      },
      stage: 'a',
      says: [],
    },
    {
      name: 'stages in a file that is included under rules',
      files: {
        '.gitlab-ci.yml': 'include: [{ local: a.yml, rules: [{ if: $X }] }]\n',
        'a.yml': 'include: b.yml\n',
        'b.yml': 'stages: [x]\n',
      },
      stage: 'x',
      says: [
        'b.yml names stages and is included under rules, so some pipelines have other stages: set stage: in .gitlab/tagwright.yml to one that the pipeline has; it is x now.',
      ],
    },
    {
      name: 'a stage that is there with and without a file under rules',
      files: {
        '.gitlab-ci.yml': 'include: [{ local: a.yml, rules: [{ if: $X }] }]\n',
        'a.yml': 'stages: [build, test, deploy]\n',
      },
      stage: 'deploy',
      says: [],
    },
    {
      name: 'files that include each other',
      files: { '.gitlab-ci.yml': 'include: a.yml\n', 'a.yml': 'include: .gitlab-ci.yml\nstages: [x]\n' },
      stage: 'x',
      says: [],
    },
    {
      name: 'a header with spec',
      files: {
        '.gitlab-ci.yml':
          'spec:\n  inputs:\n    env: { default: prod }\n---\nstages: [test, ship]\nunit: { script: [make] }\n',
      },
      stage: 'ship',
      says: [],
    },
    {
      name: 'stages that are inputs',
      files: { '.gitlab-ci.yml': 'spec:\n  inputs:\n    last:\n---\nstages: ["$[[ inputs.last ]]"]\n' },
      stage: 'deploy',
      says: [
        'The stages of .gitlab-ci.yml are inputs: set stage: in .gitlab/tagwright.yml to one that the pipeline has',
      ],
    },
    {
      name: 'includes from elsewhere, one with a token in it, and one that is not there',
      files: {
        '.gitlab-ci.yml':
          'include:\n  - https://ci.example/a.yml?private_token=geheim\n  - { project: acme/ci, file: [/b.yml, /c.yml] }\n  - { component: gitlab.com/acme/x/y@1 }\n  - { local: gone.yml }\n  - { local: $WHICH }\n',
      },
      stage: 'deploy',
      says: [
        'Not read: remote ci.example/a.yml; project acme/ci /b.yml /c.yml; component gitlab.com/acme/x/y@1; local gone.yml; local $WHICH, whose name holds a variable. None of them may have a job called .tagwright, publish-images, plan-images, audit-images: GitLab would merge the two.',
        'If one of them names stages, set stage: in .gitlab/tagwright.yml to one that the pipeline has; it is deploy now.',
      ],
    },
  ];
  test.each(layouts)('has $name', async ({ files, stage, says }) => {
    const at = await place('git@gitlab.com:acme/app.git', { ...dockerfile, ...files });
    const { stdout } = await at.init();
    expect(await stageOf(at)).toBe(stage);
    for (const line of says) expect(stdout).toContain(line);
    expect(/Not read|set stage:/.test(stdout)).toBe(says.length > 0);
    expect(stdout).not.toContain('geheim');
    expect(await at.read('.gitlab-ci.yml')).toBe(files['.gitlab-ci.yml']);
  });

  test.each([
    { name: 'in the pipeline', path: '.gitlab-ci.yml', more: {} },
    { name: 'in a file that it includes', path: 'ci/jobs.yml', more: { '.gitlab-ci.yml': 'include: ci/*.yml\n' } },
  ])('with a job of a name of ours $name is refused, with --force too', async ({ path, more }) => {
    const jobs = 'unit: { script: [make] }\npublish-images: { script: [make push] }\n';
    const at = await place('git@gitlab.com:acme/app.git', { ...dockerfile, ...more, [path]: jobs });
    const problem = {
      code: 'USAGE',
      where: `${path}:2:1`,
      message:
        'there is a job called publish-images already, and GitLab would merge it with the one of .gitlab/tagwright.yml',
    };
    for (const force of [false, true]) expect(await problemsOf(() => at.init({ force }))).toMatchObject([problem]);
    await expect(at.read('.gitlab/tagwright.yml')).rejects.toThrow('ENOENT');
    await expect(at.read('matrix.config.ts')).rejects.toThrow('ENOENT');
    // What would be written is shown all the same.
    expect((await at.init({ dryRun: true })).stdout).toContain('--- .gitlab/tagwright.yml');
  });

  test('that includes what init wrote before has no job twice', async () => {
    const at = await place('git@gitlab.com:acme/app.git', {
      ...dockerfile,
      '.gitlab-ci.yml': 'stages: [ship]\ninclude: .gitlab/*.yml\n',
    });
    const first = await at.init();
    expect(first.stdout).not.toContain('Add to');
    expect((await at.init({ force: true })).stdout).toContain('.gitlab/tagwright.yml overwritten');
    expect(await stageOf(at)).toBe('ship');
  });

  test.each([
    {
      text: 'stages: [a]\n---\nstages: [b]\n',
      where: '.gitlab-ci.yml:2:1',
      says: /^a second YAML document begins here/,
    },
    { text: 'spec: {}\n---\na: 1\n---\nb: 1\n', where: '.gitlab-ci.yml:4:1', says: /^a third YAML document/ },
    { text: 'unit: { <<: 1 }\n', where: '.gitlab-ci.yml', says: /^it is not valid YAML: Merge sources/ },
    { text: 'unit: *gone\n', where: '.gitlab-ci.yml', says: /^it is not valid YAML: .*gone/ },
    { text: '- unit\n', where: '.gitlab-ci.yml', says: /^it is no map of jobs/ },
    { text: 'unit\n', where: '.gitlab-ci.yml', says: /^it is no map of jobs/ },
  ])('that GitLab would not read is refused: $text', async ({ text, where, says }) => {
    const at = await place('git@gitlab.com:acme/app.git', { ...dockerfile, '.gitlab-ci.yml': text });
    expect(await problemsOf(() => at.init())).toMatchObject([
      { code: 'WORKFLOW_INVALID', where, message: expect.stringMatching(says) },
    ]);
  });

  test('that includes ours already is not told to', async () => {
    const including = 'include: [{ local: .gitlab/tagwright.yml }]\n';
    const at = await place('git@gitlab.com:acme/app.git', { ...dockerfile, '.gitlab-ci.yml': including });
    expect((await at.init()).stdout).not.toContain('Add to it');
    expect(await at.read('.gitlab/tagwright.yml')).toContain('stage: deploy');
  });

  test('that init wrote is overwritten with --force alone', async () => {
    const at = await place('git@gitlab.com:acme/app.git');
    await at.init();
    expect(await problemsOf(() => at.init({ fanOut: true }))).toMatchObject([{ where: 'matrix.config.ts' }]);
    const { stdout } = await at.init({ force: true, fanOut: true });
    expect(stdout).toContain('.gitlab-ci.yml overwritten\n');
    expect(await at.read('.gitlab-ci.yml')).toContain('--format gitlab');
  });

  test('that init wrote, and somebody added to, is not overwritten, with --force neither', async () => {
    const at = await place('git@gitlab.com:acme/app.git');
    await at.init();
    const written = await at.read('.gitlab-ci.yml');
    const added = `${written}\ninclude: ci/base.yml\npublish-docs: { script: [make docs] }\n`;
    await at.write('.gitlab-ci.yml', added);
    const problems = await problemsOf(() => at.init({ force: true, fanOut: true }));
    expect(problems.map(({ where, message }) => [where.replace(/:\d+:\d+$/, ''), message])).toEqual(
      ['include', 'publish-docs'].map((key) => [
        '.gitlab-ci.yml',
        `init did not write ${key}, and would write this file anew without it`,
      ]),
    );
    expect(await at.read('.gitlab-ci.yml')).toBe(added);
    // Jobs of an image that is no longer there are its own.
    await at.write('.gitlab-ci.yml', `${written}\npublish-api: { extends: .tagwright, script: [x] }\n`);
    expect((await at.init({ force: true })).stdout).toContain('.gitlab-ci.yml overwritten');
  });

  test('and is no YAML is named with its line', async () => {
    const at = await place('git@gitlab.com:acme/app.git', { ...dockerfile, '.gitlab-ci.yml': 'unit: [\n' });
    expect(await problemsOf(() => at.init())).toMatchObject([
      { code: 'WORKFLOW_INVALID', where: expect.stringContaining('.gitlab-ci.yml:') },
    ]);
  });
});

test('the flags of a pipeline are refused where none is written', async () => {
  const { code, stderr } = await runCli(['init', '--from-registry=tags.txt', '--ci=gitlab', '--fan-out']);
  expect([code, stderr.trim().split('\n')]).toEqual([
    2,
    ['--ci', '--fan-out'].map(
      (flag) => `USAGE  ${flag}: init --from-registry does not use it; leave it out: it writes the config alone`,
    ),
  ]);
  const at = await place('https://github.com/acme/app');
  expect(await problemsOf(() => at.init({ fanOut: true }))).toMatchObject([{ code: 'USAGE', where: '--fan-out' }]);
});

const notThere = 'make it a file of the repository, or remove it: GitLab reads its pipeline from there';

test.each([
  { name: 'a folder', make: (path: string) => mkdir(path), says: 'a folder, not a file' },
  {
    name: 'a link to nothing',
    make: (path: string) => symlink('gone.yml', path),
    says: 'a symbolic link to a file that is not there',
  },
  {
    name: 'a link that leads out of the repository',
    make: (path: string) => symlink('/etc/hostname', path),
    says: 'a symbolic link that leads out of the repository',
  },
])('$name at .gitlab-ci.yml is refused by init and named by doctor, and stays', async ({ make, says }) => {
  const at = await place('git@gitlab.com:acme/app.git');
  const path = `${at.folder}/.gitlab-ci.yml`;
  await make(path);
  const before = await lstat(path);
  const problem = { code: 'WORKFLOW_INVALID', where: '.gitlab-ci.yml', message: says, fix: notThere };
  expect(await problemsOf(() => at.init())).toEqual([problem]);
  expect(await problemsOf(() => at.init({ force: true }))).toEqual([problem]);
  expect((await lstat(path)).ino).toBe(before.ino);
  await at.write(
    'matrix.config.json',
    JSON.stringify({ repository: 'registry.example/acme/app', dockerfile: 'Dockerfile' }),
  );
  const run = await runCli(['doctor', '--config', `${at.folder}/matrix.config.json`, '--offline', '--json']);
  const { checks } = z.object({ checks: z.array(z.record(z.string(), z.unknown())) }).parse(JSON.parse(run.stdout));
  expect(checks.filter(({ name }) => name === 'pipeline')).toEqual([
    { name: 'pipeline', state: 'warning', says: `WORKFLOW_INVALID .gitlab-ci.yml: ${says}`, fix: notThere },
  ]);
});
