/**
 * The builds of a release as a child pipeline of GitLab: a job for each, then one that merges what they pushed.
 *
 * The jobs are in two stages and name no `needs`, of which GitLab takes 50 by default: a stage waits for the whole one
 * before it, and has its artifacts.
 *
 * @see https://docs.gitlab.com/ci/pipelines/downstream_pipelines/#dynamic-child-pipelines
 */
import { stringify } from 'yaml';
import type { Job, JobMatrix } from '../build/job-matrix.ts';
import { shellWord } from '../domain/shell-word.ts';
import { beforeBuild, dockerJob, loginVariables, nodeImage, wholeClone } from './gitlab-jobs.ts';

export interface GitlabPipeline {
  /** What the jobs run: `npx --yes tagwright@1.2.3`. */
  readonly program: string;
  /** As the command was given it: `v1.2.3`. */
  readonly version: string;
  /** Flags that every job passes on, as a shell reads them: ` --image api`. */
  readonly flags: string;
  /** Of the first repository. */
  readonly registry: string;
  /** It is the registry of the GitLab that runs this. */
  readonly isGitlabs: boolean;
}

/** @see https://docs.gitlab.com/ci/jobs/#job-names */
const longestName = 255;

export function gitlabMatrix({ include }: JobMatrix, pipeline: GitlabPipeline): string {
  const { program, version, flags, registry, isGitlabs } = pipeline;
  const revision = include[0]?.revision ?? '';
  const release = `${shellWord(version)} --revision ${revision}${flags}`;
  const builds = include.map((job, index): [string, object] => [
    nameOf(job, index),
    {
      extends: '.build',
      ...(job.runner === '' ? {} : { tags: [job.runner] }),
      ...(job.emulate === '' ? {} : { before_script: beforeBuild(job.emulate) }),
      script: [`${program} build ${release} ${partOf(job)}`],
      artifacts: { paths: [recordOf(job)], expire_in: '1 week' },
    },
  ]);
  const text = stringify(
    {
      stages: ['build', 'publish'],
      variables: { ...wholeClone, ...loginVariables(registry, isGitlabs) },
      '.build': { stage: 'build', ...dockerJob, before_script: beforeBuild('') },
      ...Object.fromEntries(builds),
      publish: {
        stage: 'publish',
        image: nodeImage,
        // One publish of a release at a time, and releases beside each other.
        resource_group: `publish-${resourceName(version)}`,
        script: [`${program} publish ${release} --from-records records`],
        artifacts: { when: 'always', paths: ['.tagwright/'], expire_in: '30 days' },
      },
    },
    { lineWidth: 0, aliasDuplicateObjects: false },
  );
  return `# The builds of ${version}, and the job that publishes them; written by tagwright matrix --format gitlab.\n${text}`;
}

function partOf(job: Job): string {
  return `--only ${job.only} --platform ${job.platform} --push-by-digest --record ${recordOf(job)}`;
}

function recordOf({ id }: Job): string {
  return `records/${id}.json`;
}

/** What tells it from the others of the release: its id without the version. */
function nameOf({ id }: Job, index: number): string {
  const name = id.slice(id.indexOf('_') + 1);
  return name.length > longestName ? `build-${index + 1}` : name;
}

/** @see https://docs.gitlab.com/ci/yaml/#resource_group */
function resourceName(version: string): string {
  return version.replaceAll(/[^A-Za-z0-9_.-]/g, '-');
}
