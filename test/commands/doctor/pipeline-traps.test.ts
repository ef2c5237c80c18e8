/** Traps of GitLab's pipelines, and what is none. */
import { readFile, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { pipelineTraps } from '../../../src/commands/doctor/pipeline-traps.ts';
import { pipelinePath, readPipelineFiles } from '../../../src/commands/pipeline-files.ts';
import { cliProject } from '../../support/cli-process.ts';
import { git } from '../../support/git-repository.ts';
import { smallConfig } from '../../support/history.ts';
import { runCli } from '../../support/run-cli.ts';
import { tempFolder } from '../../support/temp-folder.ts';

async function trapsOf(files: Readonly<Record<string, string>>, readsGit = true): Promise<readonly string[]> {
  const there = await readPipelineFiles(files[pipelinePath] ?? '', {
    read: (path) => Promise.resolve(files[path] ?? null),
    paths: () => Promise.resolve(Object.keys(files)),
  });
  return pipelineTraps(there, readsGit).traps.map(({ where, says }) => `${where}: ${says}`);
}

const whole = "variables: { GIT_DEPTH: '0' }\n";
const publish = 'script: [npx --yes tagwright@0 publish "$CI_COMMIT_TAG"]';
const depth = 'which may lack git tags, and the config reads releases from git tags';
const unset = `GIT_DEPTH is not set, so unless the project's settings say otherwise GitLab clones the last 20 commits, ${depth}`;
const half = 'interruptible: true lets a newer pipeline of the same ref end publish half-way';
const noTag = 'it publishes $CI_COMMIT_TAG, and no git tag starts it: by its rules it runs without one, or never';
const plain =
  'the Docker daemon beside the job is spoken to without TLS: whatever reaches its port controls it, and can read what is built there';
const keyless = 'signs without a key there, and the job has no ID token to sign with';

const cases: readonly {
  readonly name: string;
  readonly text: string;
  readonly more?: Readonly<Record<string, string>>;
  readonly readsGit?: boolean;
  readonly says: readonly string[];
}[] = [
  { name: 'a clone of GitLab’s own depth', text: `p: { ${publish} }`, says: [`.gitlab-ci.yml p: ${unset}`] },
  { name: 'the same where releases are not git tags', text: `p: { ${publish} }`, readsGit: false, says: [] },
  { name: 'a whole clone', text: `${whole}p: { ${publish} }`, says: [] },
  {
    name: 'a depth of its own',
    text: `${whole}p: { variables: { GIT_DEPTH: 50 }, ${publish} }`,
    says: [`.gitlab-ci.yml p: GIT_DEPTH is 50: GitLab clones so many commits, ${depth}`],
  },
  {
    name: 'a job that does not inherit the whole clone',
    text: `${whole}p: { inherit: { variables: false }, ${publish} }`,
    says: [`.gitlab-ci.yml p: ${unset}`],
  },
  { name: 'a job that fetches the rest', text: `p: { before_script: [git fetch --unshallow], ${publish} }`, says: [] },
  { name: 'a job that reads no releases', text: 'p: { script: [npx tagwright check] }', says: [] },
  { name: 'releases from a file', text: 'p: { script: [npx tagwright plan --releases r.json] }', says: [] },
  {
    name: 'a depth that something elsewhere may set',
    text: `include: https://ci.example/a.yml\np: { ${publish} }`,
    says: [],
  },
  { name: 'a base that is not read', text: `p: { extends: .elsewhere, ${publish} }`, says: [] },
  {
    name: 'a script that only speaks of it',
    text: 'p: { interruptible: true, script: [echo tagwright is next] }',
    says: [],
  },
  {
    name: 'a dry run that a newer one ends',
    text: `${whole}p: { interruptible: true, script: [tagwright publish 1.0.0 --dry-run] }`,
    says: [],
  },
  { name: "somebody else's pipeline", text: 'p: { interruptible: true, script: [make] }', says: [] },
  {
    name: 'a job of an included file, through a base and a merge key',
    text: 'include: ci/jobs.yml\n',
    more: {
      'ci/jobs.yml': `.a: &a { interruptible: true }\n.b: { <<: *a, variables: { GIT_DEPTH: '0' } }\np: { extends: [.b], ${publish} }`,
    },
    says: [`ci/jobs.yml p: ${half}`],
  },
  {
    name: 'what default says, for a job that inherits it',
    text: `${whole}default: { interruptible: true }\np: { ${publish} }\nq: { inherit: { default: false }, ${publish} }`,
    says: [`.gitlab-ci.yml p: ${half}`],
  },
  {
    name: 'a plan that a newer one ends',
    text: `${whole}p: { interruptible: true, script: [tagwright plan] }`,
    says: [],
  },
  {
    name: 'a group that is constant: GitLab drops nothing',
    text: `${whole}p: { resource_group: release, ${publish} }`,
    says: [],
  },
  {
    name: 'rules without a git tag',
    text: `${whole}p: { rules: [{ if: '$CI_COMMIT_BRANCH == "main"' }], ${publish} }`,
    says: [`.gitlab-ci.yml p: ${noTag}`],
  },
  { name: 'only branches', text: `${whole}p: { only: [main], ${publish} }`, says: [`.gitlab-ci.yml p: ${noTag}`] },
  { name: 'rules with a git tag', text: `${whole}p: { rules: [{ if: $CI_COMMIT_TAG }], ${publish} }`, says: [] },
  {
    name: 'a publish of another version',
    text: `${whole}p: { rules: [{ if: $CI_COMMIT_BRANCH }], script: [tagwright publish "$VERSION"] }`,
    says: [],
  },
  {
    name: 'a workflow without pipelines of git tags',
    text: `${whole}workflow: { rules: [{ if: $CI_COMMIT_BRANCH }, { if: $CI_MERGE_REQUEST_IID }] }\np: { ${publish} }`,
    says: ['.gitlab-ci.yml workflow: its rules start no pipeline for a git tag, and a job publishes $CI_COMMIT_TAG'],
  },
  {
    name: 'a daemon without TLS',
    text: `${whole}p: { services: [docker:28-dind], variables: { DOCKER_TLS_CERTDIR: '' }, ${publish} }`,
    says: [`.gitlab-ci.yml p: ${plain}`],
  },
  {
    name: 'a daemon on its port without TLS',
    text: `${whole}p: { services: [{ name: 'docker:dind' }], variables: { DOCKER_HOST: 'tcp://docker:2375' }, ${publish} }`,
    says: [`.gitlab-ci.yml p: ${plain}`],
  },
  {
    name: 'a daemon with TLS, and one that says nothing',
    text: `${whole}p: { services: [docker:28-dind], variables: { DOCKER_TLS_CERTDIR: /certs }, ${publish} }\nq: { services: [docker:28-dind], ${publish} }`,
    says: [],
  },
  {
    name: 'cosign without a key and a token',
    text: `${whole}p: { ${publish} }\ns: { script: [cosign sign --yes "$IMAGE"] }`,
    says: [`.gitlab-ci.yml s: cosign ${keyless}`],
  },
  {
    name: 'statements that are signed without a key and a token',
    text: `${whole}p: { variables: { TAGWRIGHT_SIGN_KEYLESS: 'true' }, ${publish} }\nq: { script: [tagwright apply --sign-keyless] }\nr: { id_tokens: { SIGSTORE_ID_TOKEN: { aud: sigstore } }, script: [tagwright apply --sign-keyless] }\ns: { variables: { TAGWRIGHT_SIGN_KEYLESS: 'false' }, ${publish} }`,
    says: [`.gitlab-ci.yml p: tagwright ${keyless}`, `.gitlab-ci.yml q: tagwright ${keyless}`],
  },
  {
    name: 'cosign with a key, or with a token',
    text: `${whole}p: { ${publish} }\ns: { script: [cosign sign --key k "$IMAGE"] }\nr:\n  script:\n    - |\n      cosign sign \\\n        --key k x\nt: { id_tokens: { SIGSTORE_ID_TOKEN: { aud: sigstore } }, script: [cosign sign --yes "$IMAGE"] }`,
    says: [],
  },
];

test.each(cases)('$name', async ({ text, more = {}, readsGit = true, says }) => {
  expect(await trapsOf({ [pipelinePath]: text, ...more }, readsGit)).toEqual(says);
});

test('the pipelines that init and matrix write have none', async () => {
  for (const name of ['pipeline', 'child-pipeline']) {
    const text = await readFile(new URL(`../../golden/gitlab/${name}.yml`, import.meta.url), 'utf8');
    expect(await trapsOf({ [pipelinePath]: text })).toEqual([]);
  }
});

test('doctor warns of them with what to do, and says what it read', async () => {
  const project = await cliProject();
  const doctor = async (pipeline: string): Promise<readonly unknown[]> => {
    await writeFile(`${project.folder}/${pipelinePath}`, pipeline);
    const { code, stdout } = await runCli(['doctor', ...project.flags.slice(0, 4), '--json', '--offline']);
    const checks: readonly { readonly name: string }[] = JSON.parse(stdout).checks;
    return [code, ...checks.filter(({ name }) => name === 'pipeline')];
  };
  expect(await doctor(`p: { interruptible: true, ${publish} }`)).toEqual([
    0,
    {
      name: 'pipeline',
      state: 'warning',
      says: `.gitlab-ci.yml p: ${half}`,
      fix: 'set interruptible: false in the job',
    },
  ]);
  expect(await doctor(`include: gone.yml\np: { ${publish} }`)).toEqual([
    0,
    { name: 'pipeline', state: 'ok', says: '1 file read; not read: local gone.yml', fix: null },
  ]);
  expect(await doctor('p: [')).toEqual([
    0,
    expect.objectContaining({ state: 'warning', says: expect.stringMatching(/^WORKFLOW_INVALID \.gitlab-ci\.yml:\d/) }),
  ]);
  expect(await doctor('p: { script: [make] }')).toEqual([0]);
});

test('doctor reads the pipeline and the workflows of the whole git repository, from a config below', async () => {
  const step = 'steps: [{ run: npx tagwright publish }]';
  const folder = await tempFolder({
    'images/app/matrix.config.json': JSON.stringify({ ...smallConfig, source: { file: 'releases.json' } }),
    'images/app/releases.json': '[]',
    '.gitlab-ci.yml': 'include: ci/*.yml\n',
    'ci/jobs.yml': `p: { interruptible: true, ${publish} }`,
    '.github/workflows/release.yml': `concurrency: release\njobs: { p: { ${step} } }`,
  });
  git(folder, 'init', '--quiet');
  const { stdout } = await runCli(['doctor', '--config', `${folder}/images/app/matrix.config.json`, '--json']);
  const checks: readonly { readonly name: string; readonly says: string }[] = JSON.parse(stdout).checks;
  expect(checks.filter(({ name }) => name === 'pipeline' || name === 'workflows').map(({ says }) => says)).toEqual([
    '.github/workflows/release.yml: every release shares the concurrency group release, and GitHub cancels all but one waiting run',
    `ci/jobs.yml p: ${half}`,
  ]);
});
