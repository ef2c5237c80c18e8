/**
 * Traps of a pipeline of GitLab, in the jobs that run tagwright. A constant `resource_group` is none: GitLab lets its jobs
 * wait and drops none.
 */
import { isJsonObject } from '../../domain/json.ts';
import { starts, startsForTag, tagVariables, type Known } from '../../import/gitlab-expression.ts';
import { jobsOf, wholePipeline, type PipelineJob } from '../../import/gitlab-jobs.ts';
import type { PipelineFiles } from '../pipeline-files.ts';
import { keylessSigner, type Trap } from './workflow-traps.ts';

export interface PipelineRead {
  readonly traps: readonly Trap[];
  /** It has a job that runs tagwright. */
  readonly isOurs: boolean;
}

/** @param readsGit releases come from the git tags of the checkout */
export function pipelineTraps(there: PipelineFiles, readsGit: boolean): PipelineRead {
  const jobs = jobsOf(there.files).map((job): ScriptedJob => ({ ...job, script: scriptOf(job) }));
  const ours = jobs.filter(({ script }) => /\btagwright\b/.test(script));
  if (ours.length === 0) return { traps: [], isOurs: false };
  const isAll = there.unread.length === 0;
  const traps = [
    ...workflowTraps(there, ours),
    ...ours.flatMap((job) => [
      ...(readsGit ? depthTraps(job, isAll) : []),
      ...interruptibleTraps(job),
      ...tagTraps(job),
      ...daemonTraps(job),
    ]),
    ...jobs.flatMap((job) => keylessTraps(job, isAll)),
  ];
  return { traps, isOurs: true };
}

interface ScriptedJob extends PipelineJob {
  /** A line for each command. */
  readonly script: string;
}

function scriptOf({ value }: PipelineJob): string {
  const texts = ['before_script', 'script', 'after_script'].flatMap((key) => textsIn(value[key]));
  return texts.join('\n').replaceAll(/\\\n/g, ' ');
}

/** What `!reference` names is not put in: it is a list of two names. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.flatMap(textsIn) : [];
}

function whereOf({ path, name }: PipelineJob): string {
  return `${path} ${name}`;
}

/** Commands of tagwright in a script, without its flags before the command. */
function runs({ script }: ScriptedJob): readonly { readonly verb: string; readonly line: string }[] {
  const pattern = /\btagwright(?:@[\w.-]+)?(?:\s+--?[\w-]+(?:=\S+)?)*\s+(?<verb>[a-z]+)\b(?<rest>[^\n;&|]*)/g;
  return [...script.matchAll(pattern)].map(({ 0: line, groups }) => ({ verb: groups?.['verb'] ?? '', line }));
}

const moving = ['apply', 'publish', 'rollback', 'unyank', 'yank'];
/** Commands that read releases. */
const reading = ['audit', 'build', 'docs', 'explain', 'history', 'matrix', 'plan', 'prune', 'rehearse', ...moving];

/** @see https://docs.gitlab.com/ci/pipelines/settings/#limit-the-number-of-changes-fetched-during-clone */
function depthTraps(job: ScriptedJob, isAll: boolean): Trap[] {
  const { script, variables, isWhole } = job;
  const isReading = runs(job).some(({ verb, line }) => reading.includes(verb) && !line.includes('--releases'));
  const fetchesItself = /\bgit\b[^\n]*\bfetch\b[^\n]*--(?:unshallow|tags)\b/.test(script);
  const { GIT_DEPTH: depth, GIT_STRATEGY: strategy } = variables;
  if (!isReading || fetchesItself || strategy === 'none' || strategy === 'empty') return [];
  const fix = "set GIT_DEPTH: '0' in the variables of the job";
  const lacks = 'which may lack git tags, and the config reads releases from git tags';
  if (depth === undefined) {
    // A file that was not read may set it.
    if (!isAll || !isWhole) return [];
    const says = `GIT_DEPTH is not set, so unless the project's settings say otherwise GitLab clones the last 20 commits, ${lacks}`;
    return [{ where: whereOf(job), says, fix }];
  }
  if (!/^[1-9]\d*$/.test(depth)) return [];
  return [{ where: whereOf(job), says: `GIT_DEPTH is ${depth}: GitLab clones so many commits, ${lacks}`, fix }];
}

/** @see https://docs.gitlab.com/ci/yaml/#interruptible */
function interruptibleTraps(job: ScriptedJob): Trap[] {
  const moves = runs(job).filter(({ verb, line }) => moving.includes(verb) && !line.includes('--dry-run'));
  const verb = moves[0]?.verb;
  if (verb === undefined || job.value['interruptible'] !== true) return [];
  const says = `interruptible: true lets a newer pipeline of the same ref end ${verb} half-way`;
  return [{ where: whereOf(job), says, fix: 'set interruptible: false in the job' }];
}

/** Without a git tag its variable is empty. */
function needsTag(job: ScriptedJob): boolean {
  return runs(job).some(({ verb, line }) => verb === 'publish' && /\$\{?CI_COMMIT_TAG\b/.test(line));
}

function tagTraps(job: ScriptedJob): Trap[] {
  const { rules, only, except } = job.value;
  if (!needsTag(job) || !job.isWhole) return [];
  const isStarted: Known = Array.isArray(rules) ? starts(rules, tagVariables) : startsForTag(only, except);
  if (isStarted !== false) return [];
  const says = 'it publishes $CI_COMMIT_TAG, and no git tag starts it: by its rules it runs without one, or never';
  return [{ where: whereOf(job), says, fix: 'add to its rules: - if: $CI_COMMIT_TAG' }];
}

/** `workflow: rules` decide over every job. */
function workflowTraps(there: PipelineFiles, ours: readonly ScriptedJob[]): Trap[] {
  const { workflow } = wholePipeline(there.files);
  const rules = isJsonObject(workflow) ? workflow['rules'] : undefined;
  if (!Array.isArray(rules) || !ours.some(needsTag) || starts(rules, tagVariables) !== false) return [];
  const path = there.files.findLast(({ keys }) => keys.has('workflow'))?.path ?? there.main.path;
  const says = 'its rules start no pipeline for a git tag, and a job publishes $CI_COMMIT_TAG';
  return [{ where: `${path} workflow`, says, fix: 'add to its rules: - if: $CI_COMMIT_TAG' }];
}

/** @see https://docs.gitlab.com/ci/docker/using_docker_build/#docker-in-docker-with-tls-disabled-in-the-docker-executor */
function daemonTraps(job: ScriptedJob): Trap[] {
  const { services } = job.value;
  const names = (Array.isArray(services) ? services : []).flatMap((service: unknown) =>
    isJsonObject(service) ? textsIn(service['name']) : textsIn(service),
  );
  if (!names.some((name) => /(?:^|\/)docker:\S*dind\b/.test(name))) return [];
  const { DOCKER_TLS_CERTDIR: certificates, DOCKER_HOST: host = '' } = job.variables;
  if (certificates !== '' && !/^tcp:\/\/[^:/]+:2375\b/.test(host)) return [];
  const says =
    'the Docker daemon beside the job is spoken to without TLS: whatever reaches its port controls it, and can read what is built there';
  return [{ where: whereOf(job), says, fix: 'set DOCKER_TLS_CERTDIR: /certs, and leave DOCKER_HOST out' }];
}

/** @see https://docs.gitlab.com/ci/yaml/signing_examples/ */
function keylessTraps(job: ScriptedJob, isAll: boolean): Trap[] {
  const { script, value, variables, isWhole } = job;
  const signer = keylessSigner(script, variables);
  const tokens = isJsonObject(value['id_tokens']) ? value['id_tokens'] : {};
  const name = 'SIGSTORE_ID_TOKEN';
  const hasToken = name in tokens || name in variables || script.includes(name);
  if (signer === null || hasToken || !isAll || !isWhole) return [];
  const says = `${signer} signs without a key there, and the job has no ID token to sign with`;
  const fix = 'add to the job: id_tokens: { SIGSTORE_ID_TOKEN: { aud: sigstore } }';
  return [{ where: whereOf(job), says, fix }];
}
