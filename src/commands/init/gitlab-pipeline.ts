/** The pipeline that `init` writes for GitLab: releases, the plan of a merge request, and a nightly audit. */
import { stringify } from 'yaml';
import type { Problem } from '../../domain/errors.ts';
import { isJsonObject } from '../../domain/json.ts';
import { shellWord } from '../../domain/shell-word.ts';
import { isIncludedBy, type PipelineFile as ProjectPipeline } from '../../import/gitlab-pipeline.ts';
import { beforeBuild, dockerJob, loginVariables, nodeImage, wholeClone } from '../../report/gitlab-jobs.ts';
import { journalFolder } from '../options.ts';
import { pipelinePath, stagesOf, type PipelineFiles } from '../pipeline-files.ts';
import { platformsOf } from './starting-files.ts';
import type { ProjectFacts } from './project-facts.ts';

/** Where it goes if the project has a pipeline of its own. */
const includedPath = '.gitlab/tagwright.yml';
const mark = '# Written by `tagwright init`, yours to change.';
const program = 'npx --yes tagwright@0';
/** Where a merge request's base is checked out, in the folder that journals are in. */
const base = `${journalFolder}/base`;

export interface PipelineWishes {
  readonly facts: ProjectFacts;
  /** Of the config that it is for. */
  readonly config: string;
  /** A job for each cell and platform. */
  readonly fanOut: boolean;
  /** Images whose releases have git tags of their own, such as `api/v1.2.0`. */
  readonly ownTags: ReadonlySet<string>;
}

export interface PipelineFile {
  readonly path: string;
  readonly text: string;
  /** What is left to a person. */
  readonly notes: readonly string[];
  /** What keeps it from being written: jobs of the project's own pipeline that have a name of ours, or would be lost. */
  readonly taken: readonly Problem[];
}

/** Whether `init` wrote it: then it may write it again. */
export function isOurs(pipeline: string): boolean {
  return pipeline.startsWith(mark);
}

/**
 * What would be lost if `init` wrote its own pipeline anew: jobs and settings that somebody added to it.
 *
 * @param own the pipeline as it is, which {@link isOurs}
 */
function addedKeys(own: ProjectPipeline, names: readonly string[]): Problem[] {
  return [...own.keys].flatMap(([key, where]): Problem[] => {
    if (key === 'stages' || names.includes(key) || isWritten(key, own.value[key])) return [];
    const message = `init did not write ${key}, and would write this file anew without it`;
    const fix = `keep a copy, delete the file, run init again and put ${key} back; nothing was written`;
    return [{ code: 'USAGE', where, message, fix }];
  });
}

/** Of an image that is no longer there, or with `--fan-out` where it was without. */
function isWritten(key: string, job: unknown): boolean {
  if (!/^(?:jobs|publish)-/.test(key) || !isJsonObject(job)) return false;
  return job['extends'] === '.tagwright' || job['trigger'] !== undefined;
}

/** What is at `.gitlab-ci.yml`. */
export interface PipelineThere {
  /** The pipeline that `init` wrote before, which it may write again; `null` if it wrote none. */
  readonly own: ProjectPipeline | null;
  /** The project's own pipeline, which is left as it is; `null` if it has none. */
  readonly others: PipelineFiles | null;
}

export function gitlabPipeline({ own, others: there }: PipelineThere, wishes: PipelineWishes): PipelineFile {
  const schedule =
    'The audit needs a schedule in GitLab: Build > Pipeline schedules, with an interval such as 17 3 * * *.';
  if (there === null) {
    const parts = partsOf(wishes, 'images');
    const taken = own === null ? [] : addedKeys(own, namesIn(parts));
    return { path: pipelinePath, text: pipelineText(parts, ['images']), notes: [schedule], taken };
  }
  const stage = stageIn(there);
  const parts = partsOf(wishes, stage);
  const names = namesIn(parts);
  const isIncluded = there.files.some(({ includes }) => includes.some((one) => isIncludedBy(one, includedPath)));
  return {
    path: includedPath,
    text: pipelineText(parts, null),
    notes: [...(isIncluded ? [] : [includeAdvice(there)]), ...unreadNotes(there, names, stage), schedule],
    taken: others(there).flatMap((file) => takenNames(file, names)),
  };
}

function namesIn(parts: readonly Part[]): readonly string[] {
  return parts.flatMap(({ jobs }) => Object.keys(jobs));
}

/** A second `include` would take the place of the first, and a single one may be no list. */
function includeAdvice({ main }: PipelineFiles): string {
  const advice = main.keys.has('include')
    ? `Add to the list of its include, which has to be a list:\n  - local: ${includedPath}`
    : `Add to it:\ninclude:\n  - local: ${includedPath}`;
  return `${pipelinePath} is yours and stays as it is. ${advice}`;
}

/** A release waits for everything before the last stage. */
function stageIn(there: PipelineFiles): string {
  // An input has its value in the file alone that declares it, and .pre and .post make no pipeline by themselves.
  const isUsable = (stage: string): boolean => !['.pre', '.post'].includes(stage) && !stage.includes('$');
  // A pipeline that names none has build, test and deploy.
  return stagesOf(there)?.findLast(isUsable) ?? 'deploy';
}

function unreadNotes(there: PipelineFiles, names: readonly string[], stage: string): string[] {
  const { main } = there;
  // It is about to be written.
  const unread = there.unread.filter((name) => name !== `local ${includedPath}`);
  const setStage = `set stage: in ${includedPath} to one that the pipeline has; it is ${stage} now`;
  const ofInputs =
    stagesOf(there)?.includes(stage) === false ? [`The stages of ${pipelinePath} are inputs: ${setStage}.`] : [];
  const notes = [...ofInputs, ...conditionalNotes(there, stage, setStage)];
  if (unread.length === 0) return notes;
  const ofOthers = main.stages === null ? ` If one of them names stages, ${setStage}.` : '';
  const notRead = `Not read: ${unread.join('; ')}. None of them may have a job called ${names.join(', ')}: GitLab would merge the two.`;
  return [`${notRead}${ofOthers}`, ...notes];
}

/** A pipeline without the file has other stages, and GitLab refuses a job whose stage is not there. */
function conditionalNotes({ main, files, conditional }: PipelineFiles, stage: string, setStage: string): string[] {
  if (main.stages !== null) return [];
  const naming = files.filter(({ stages }) => stages !== null);
  const sometimes = naming.filter(({ path }) => conditional.has(path));
  const usual = naming.length > sometimes.length ? [] : [['build', 'test', 'deploy']];
  const isAlways = [...naming.map(({ stages }) => stages ?? []), ...usual].every((stages) => stages.includes(stage));
  if (sometimes.length === 0 || isAlways) return [];
  const named = sometimes.map(({ path }) => path).join(', ');
  return [`${named} names stages and is included under rules, so some pipelines have other stages: ${setStage}.`];
}

/** What an earlier `init` wrote is written again. */
function others({ files }: PipelineFiles): readonly ProjectPipeline[] {
  return files.filter(({ path, text }) => path !== includedPath || !isOurs(text));
}

/** GitLab merges two jobs of one name into one, key by key. */
function takenNames({ keys }: ProjectPipeline, names: readonly string[]): Problem[] {
  return names.flatMap((name): Problem[] => {
    const where = keys.get(name);
    if (where === undefined) return [];
    const message = `there is a job called ${name} already, and GitLab would merge it with the one of ${includedPath}`;
    const fix = 'rename it here, or take the jobs from `tagwright init --dry-run` and rename them; nothing was written';
    return [{ code: 'USAGE', where, message, fix }];
  });
}

interface Part {
  readonly comment: string;
  readonly jobs: Readonly<Record<string, object>>;
}

function partsOf(wishes: PipelineWishes, stage: string): readonly Part[] {
  const { facts, config } = wishes;
  const common = {
    stage,
    image: nodeImage,
    inherit: { default: false },
    variables: {
      ...wholeClone,
      ...loginVariables(registryOf(facts), isGitlabs(facts)),
      ...(config === 'matrix.config.ts' ? {} : { TAGWRIGHT_CONFIG: config }),
    },
  };
  const login = isGitlabs(facts)
    ? "The login is the job's own."
    : 'The login: set REGISTRY_USERNAME and REGISTRY_PASSWORD as protected, masked variables of the project.';
  return [
    { comment: `GIT_DEPTH 0 brings every git tag. ${login}`, jobs: { '.tagwright': common } },
    ...releaseParts(wishes, stage),
    {
      comment: 'What a merge request changes about the tags, as one note on it.',
      jobs: { 'plan-images': planJob(wishes) },
    },
    {
      comment: 'Every tag against the plan, on a schedule. What is found is kept as one issue.',
      jobs: { 'audit-images': auditJob(facts) },
    },
  ];
}

/** @param stages of a pipeline of its own; `null`: another pipeline includes it */
function pipelineText(parts: readonly Part[], stages: readonly string[] | null): string {
  const top = [
    mark,
    '# tagwright@0 is its newest release; pin it, as in tagwright@0.1.0.',
    '# --note needs a project access token (role Reporter, scope api) as the masked variable GITLAB_TOKEN.',
  ];
  const own = stages === null ? [''] : [yaml({ stages }).trimEnd(), ''];
  return [...top, ...own, parts.map(({ comment, jobs }) => `# ${comment}\n${yaml(jobs)}`).join('\n')].join('\n');
}

/** Of each image, where there are several. */
function releaseParts(wishes: PipelineWishes, stage: string): Part[] {
  const { images } = wishes.facts.layout;
  const names = images.length > 1 ? images.map(({ name }) => name) : [null];
  const comment = wishes.fanOut
    ? 'Of a git tag: a job for each image and platform, then one that publishes them.'
    : 'Of a git tag: every image of the release is built and verified, then the tags that others follow move.';
  return names.map((name) => ({
    comment: name === null ? comment : `${name}. ${comment}`,
    jobs: wishes.fanOut ? fanOutJobs(wishes, stage, name) : { [jobName('publish', name)]: publishJob(wishes, name) },
  }));
}

function publishJob({ facts, ownTags }: PipelineWishes, image: string | null): object {
  const emulated = platformsOf(facts).platforms.filter((platform) => platform !== 'linux/amd64');
  return {
    extends: '.tagwright',
    ...dockerJob,
    rules: releaseRules(image, ownTags),
    // One publish of a release at a time, and releases beside each other.
    resource_group: `${jobName('publish', image)}-$CI_COMMIT_REF_SLUG`,
    before_script: beforeBuild(emulated.join(',')),
    script: [`${program} publish "$CI_COMMIT_TAG" --revision "$CI_COMMIT_SHA"${imageFlag(image)}`],
    artifacts: { when: 'always', paths: ['.tagwright/'], expire_in: '30 days' },
  };
}

function fanOutJobs({ facts, ownTags }: PipelineWishes, stage: string, image: string | null): Part['jobs'] {
  const rules = releaseRules(image, ownTags);
  const jobs = jobName('jobs', image);
  const file = `${jobs}.yml`;
  const runners = facts.gitlab === 'gitlab.com' ? platformsOf(facts).platforms.flatMap(hostedRunner) : [];
  const flags = ['--format gitlab', ...runners.map((runner) => `--runner ${runner}`), `--output ${file}`].join(' ');
  return {
    [jobs]: {
      extends: '.tagwright',
      rules,
      script: [`${program} matrix "$CI_COMMIT_TAG" --revision "$CI_COMMIT_SHA"${imageFlag(image)} ${flags}`],
      artifacts: { paths: [file], expire_in: '1 week' },
    },
    [jobName('publish', image)]: {
      stage,
      rules,
      needs: [jobs],
      trigger: { include: [{ artifact: file, job: jobs }], strategy: 'depend' },
    },
  };
}

/** @see https://docs.gitlab.com/ci/runners/hosted_runners/linux/ */
function hostedRunner(platform: string): string[] {
  const machine = /^linux\/(?<machine>amd64|arm64)$/.exec(platform)?.groups?.['machine'];
  return machine === undefined ? [] : [`${platform}=saas-linux-small-${machine}`];
}

/** As `packageTags` finds the git tags of an image. */
function releaseRules(image: string | null, ownTags: ReadonlySet<string>): object[] {
  const own = image !== null && ownTags.has(image) ? String.raw` =~ /(^|[\/@])${image}[-\/@_]v?[0-9]/i` : '';
  return [{ if: `$CI_COMMIT_TAG${own}` }];
}

function planJob({ facts, config }: PipelineWishes): object {
  const isSeveral = facts.layout.images.length > 1;
  const before = shellWord(`${base}/${config}`);
  const whole = `${program} plan --offline --note${isSeveral ? ' --all-images' : ''}`;
  return {
    extends: '.tagwright',
    rules: [{ if: '$CI_PIPELINE_SOURCE == "merge_request_event"' }],
    // One run of a merge request at a time, and a newer pipeline of it ends the older one: the note is of the newest.
    resource_group: 'plan-images-$CI_MERGE_REQUEST_IID',
    interruptible: true,
    script: isSeveral
      ? [whole]
      : [
          `git worktree add --force --quiet --detach ${base} "$CI_MERGE_REQUEST_DIFF_BASE_SHA"`,
          // The merge request may be the one that adds the config.
          `if [ -f ${before} ]; then ${program} plan --offline --diff ${before} --note; else ${whole}; fi`,
        ],
  };
}

function auditJob(facts: ProjectFacts): object {
  const [junit, codequality] = ['audit.xml', 'gl-code-quality-report.json'];
  const all = facts.layout.images.length > 1 ? ' --all-images' : '';
  return {
    extends: '.tagwright',
    rules: [{ if: '$CI_PIPELINE_SOURCE == "schedule"' }],
    // One at a time: there is one issue.
    resource_group: 'audit-images',
    script: [`${program} audit${all} --report junit=${junit} --report codequality=${codequality} --note`],
    artifacts: { when: 'always', reports: { junit, codequality } },
  };
}

function jobName(verb: string, image: string | null): string {
  return image === null ? `${verb}-images` : `${verb}-${image}`;
}

function imageFlag(image: string | null): string {
  return image === null ? '' : ` --image ${shellWord(image)}`;
}

function registryOf({ repository }: ProjectFacts): string {
  return repository.split('/')[0] ?? '';
}

/** On the machine of the GitLab itself, or next to it: `registry.HOST`, `HOST:5050`. */
function isGitlabs(facts: ProjectFacts): boolean {
  const [host] = registryOf(facts).split(':');
  return facts.gitlab !== null && (host === facts.gitlab || host === `registry.${facts.gitlab}`);
}

function yaml(value: object): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
}
