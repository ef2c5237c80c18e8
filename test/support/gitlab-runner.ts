/**
 * Runs a pipeline of GitLab job by job as processes: each in a clone of its own, as deep as GIT_DEPTH says, with GitLab's
 * predefined variables and the artifacts of the jobs before it; a child pipeline likewise. An image is not pulled: what a
 * job finds on its PATH is this machine's, behind the programs that a test puts in front.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { git } from './git-repository.ts';
import { expand, readPipeline, type PipelineJob, type Variables } from './gitlab-rules.ts';

/** What starts a pipeline. */
export type PipelineEvent =
  | { readonly kind: 'tag'; readonly tag: string }
  | { readonly kind: 'schedule' }
  | { readonly kind: 'push'; readonly branch: string }
  | { readonly kind: 'merge-request'; readonly iid: number; readonly branch: string; readonly base?: string };

export interface Project {
  /** The git repository as the server has it. */
  readonly repository: string;
  /** Where jobs run; one folder a pipeline. */
  readonly workspace: string;
  /** In front of the PATH. */
  readonly bin: string;
  /** Of GitLab and of the project, for every job. */
  readonly variables: Variables;
  /** What the runner with a tag sets in its jobs; a job with another tag finds no runner. */
  readonly runners?: Readonly<Record<string, Variables>>;
}

export interface RanJob {
  readonly name: string;
  readonly state: 'success' | 'failed' | 'skipped';
  readonly log: string;
  readonly resourceGroup: string | null;
  /** Where its artifacts are. */
  readonly artifacts: string;
}

interface Run {
  readonly project: Project;
  readonly predefined: Variables;
  /** A commit, branch or git tag to check out. */
  readonly ref: string;
  readonly folder: string;
}

/** @returns the jobs in the order in which they ran, those of a child pipeline behind the one that started it */
export async function runPipeline(project: Project, event: PipelineEvent): Promise<readonly RanJob[]> {
  const { ref, predefined } = eventVariables(project, event);
  await mkdir(project.workspace, { recursive: true });
  const folder = await mkdtemp(join(project.workspace, 'pipeline-'));
  return runJobs(wholePipeline(project, ref), { project, predefined, ref, folder }, {});
}

/** With the files of the project that it includes, whose jobs its own replace. */
function wholePipeline({ repository }: Project, ref: string): string {
  const fileAt = (path: string): string => git(repository, 'show', `${ref}:${path}`);
  const shape = z.looseObject({ include: z.array(z.strictObject({ local: z.string() })).default([]) });
  const { include, ...own } = shape.parse(parse(fileAt('.gitlab-ci.yml')));
  const included = include.map(({ local }) => z.record(z.string(), z.unknown()).parse(parse(fileAt(local))));
  return stringify(Object.assign({}, ...included, own));
}

/** @see https://docs.gitlab.com/ci/variables/predefined_variables/ */
function eventVariables({ repository }: Project, event: PipelineEvent): { ref: string; predefined: Variables } {
  const ref = event.kind === 'tag' ? event.tag : event.kind === 'schedule' ? 'main' : event.branch;
  const commit = (name: string): string => git(repository, 'rev-parse', `${name}^{commit}`);
  const common = {
    CI: 'true',
    GITLAB_CI: 'true',
    CI_COMMIT_SHA: commit(ref),
    CI_COMMIT_REF_NAME: ref,
    CI_COMMIT_REF_SLUG: ref.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-'),
    CI_DEFAULT_BRANCH: 'main',
    CI_PROJECT_ID: '7',
  };
  const variables = (own: Variables): { ref: string; predefined: Variables } => ({
    ref,
    predefined: { ...common, ...own },
  });
  if (event.kind === 'tag') return variables({ CI_COMMIT_TAG: ref, CI_PIPELINE_SOURCE: 'push' });
  if (event.kind !== 'merge-request') return variables({ CI_COMMIT_BRANCH: ref, CI_PIPELINE_SOURCE: event.kind });
  return variables({
    CI_MERGE_REQUEST_IID: String(event.iid),
    CI_MERGE_REQUEST_PROJECT_ID: '7',
    CI_MERGE_REQUEST_SOURCE_PROJECT_ID: '7',
    CI_MERGE_REQUEST_DIFF_BASE_SHA: event.base ?? git(repository, 'merge-base', 'main', ref),
    CI_PIPELINE_SOURCE: 'merge_request_event',
  });
}

/** @param forwarded what the job that started a child pipeline passes on, which its own variables do not replace */
async function runJobs(text: string, run: Run, forwarded: Variables): Promise<readonly RanJob[]> {
  const { project, predefined } = run;
  const settings = { ...project.variables, ...forwarded };
  const pipeline = readPipeline(text, { ...predefined, ...settings });
  const ran: RanJob[] = [];
  for (const job of pipeline.jobs) {
    const before = jobsBefore(job, pipeline.jobs, pipeline.stages);
    const needed = ran.filter(({ name }) => before.includes(name));
    if (needed.length < before.length || needed.some(({ state }) => state !== 'success')) {
      ran.push({ name: job.name, state: 'skipped', log: '', resourceGroup: null, artifacts: '' });
      continue;
    }
    // https://docs.gitlab.com/ci/variables/#cicd-variable-precedence, the weakest first
    const own = { ...predefined, ...pipeline.variables, ...job.variables, ...settings };
    ran.push(
      ...(job.trigger === undefined
        ? [await runJob(job, needed, own, run)]
        : await runChild(job, needed, pipeline.variables, run)),
    );
  }
  return ran;
}

/** The jobs that this one needs, else all of the stages before it. */
function jobsBefore(job: PipelineJob, all: readonly PipelineJob[], stages: readonly string[]): readonly string[] {
  if (job.needs !== undefined) return job.needs;
  const place = ({ stage = 'test' }: PipelineJob): number => stages.indexOf(stage);
  return all.filter((other) => place(other) < place(job)).map(({ name }) => name);
}

async function runChild(
  { name, trigger }: PipelineJob,
  needed: readonly RanJob[],
  forwarded: Variables,
  run: Run,
): Promise<readonly RanJob[]> {
  const [include] = trigger?.include ?? [];
  const maker = needed.find((job) => job.name === include?.job);
  const text = await readFile(join(maker?.artifacts ?? '', include?.artifact ?? ''), 'utf8');
  const folder = await mkdtemp(join(run.folder, 'child-'));
  const predefined = { ...run.predefined, CI_PIPELINE_SOURCE: 'parent_pipeline' };
  const jobs = await runJobs(text, { ...run, predefined, folder }, forwarded);
  const state = jobs.every((job) => job.state === 'success') ? 'success' : 'failed';
  return [{ name, state, log: '', resourceGroup: null, artifacts: '' }, ...jobs];
}

async function runJob(job: PipelineJob, needed: readonly RanJob[], own: Variables, run: Run): Promise<RanJob> {
  const { project, folder } = run;
  const place = join(folder, job.name.replaceAll('/', '-'));
  const [checkout, artifacts, home] = [join(place, 'project'), join(place, 'artifacts'), join(place, 'home')];
  await Promise.all([mkdir(artifacts, { recursive: true }), mkdir(home, { recursive: true })]);
  const tag = run.predefined['CI_COMMIT_TAG'] !== undefined;
  cloneForJob(project.repository, checkout, { ref: run.ref, tag }, own['GIT_DEPTH'] ?? '20');
  for (const { artifacts: from } of needed) if (from !== '') await cp(from, checkout, { recursive: true });
  const variables = Object.fromEntries(Object.entries(own).map(([name, text]) => [name, expand(text, own)]));
  const env = {
    ...variables,
    ...runnerOf(job, project),
    CI_PROJECT_DIR: checkout,
    CI_JOB_NAME: job.name,
    HOME: home,
    PATH: `${project.bin}:${process.env['PATH']}`,
  };
  const { code, log } = await runScript([...(job.before_script ?? []), ...(job.script ?? [])], checkout, env);
  await keepArtifacts(job, code === 0, checkout, artifacts);
  const resourceGroup = job.resource_group === undefined ? null : expand(job.resource_group, own);
  return { name: job.name, state: code === 0 ? 'success' : 'failed', log, resourceGroup, artifacts };
}

function runnerOf({ name, tags = [] }: PipelineJob, { runners = {} }: Project): Variables {
  const [tag] = tags;
  const found = tag === undefined ? {} : runners[tag];
  if (found === undefined) throw new Error(`${name} waits for a runner with the tag ${tag}, and there is none`);
  return found;
}

/** As a runner fetches: everything if the depth is 0, else the last commits of the one ref. */
export function cloneForJob(
  repository: string,
  checkout: string,
  { ref, tag }: { readonly ref: string; readonly tag: boolean },
  depth: string,
): void {
  git('.', 'init', '--quiet', checkout);
  git(checkout, 'remote', 'add', 'origin', repository);
  const [from, to] = tag ? ['tags', 'tags'] : ['heads', 'remotes/origin'];
  const whole = ['origin', '+refs/heads/*:refs/remotes/origin/*', '+refs/tags/*:refs/tags/*'];
  const one = [`--depth=${depth}`, '--no-tags', 'origin', `+refs/${from}/${ref}:refs/${to}/${ref}`];
  git(checkout, 'fetch', '--quiet', ...(depth === '0' ? whole : one));
  git(checkout, 'checkout', '--quiet', '--detach', `refs/${to}/${ref}`);
}

async function runScript(
  lines: readonly string[],
  cwd: string,
  env: Variables,
): Promise<{ readonly code: number; readonly log: string }> {
  const script = lines.map((line) => `${line}\n`).join('');
  const child = spawn('bash', ['-e', '-o', 'pipefail', '-c', script], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let log = lines.map((line) => `$ ${line}\n`).join('');
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (log += chunk.toString()));
  await once(child, 'close');
  return { code: child.exitCode ?? -1, log };
}

async function keepArtifacts(job: PipelineJob, isGood: boolean, checkout: string, artifacts: string): Promise<void> {
  const { when = 'on_success', paths = [], reports = {} } = job.artifacts ?? {};
  if (!isGood && when !== 'always') return;
  for (const path of [...paths, ...Object.values(reports)]) {
    const from = join(checkout, path);
    // GitLab warns of a path that is not there.
    const isThere = await stat(from).then(
      () => true,
      () => false,
    );
    if (!isThere) continue;
    await mkdir(dirname(join(artifacts, path)), { recursive: true });
    await cp(from, join(artifacts, path), { recursive: true });
  }
}

/**
 * Programs in front of the PATH: `npx` runs the command line that is tested and takes no other version of it, `apk` has
 * installed everything already, and `docker` is the machine's. The arguments of each are written down in `calls`.
 */
export async function jobPrograms(
  bin: string,
  cli: string,
  versions: readonly string[],
): Promise<() => Promise<string>> {
  const calls = join(bin, 'calls');
  const programs = {
    npx: [
      `case "$1 $2" in ${versions.map((version) => `'--yes tagwright@${version}'`).join('|')}) ;; *) exit 65 ;; esac`,
      'shift 2',
      `exec '${process.execPath}' '${cli}' "$@"`,
    ],
    apk: ['exit 0'],
    docker: [`PATH="\${PATH#'${bin}':}" exec docker "$@"`],
  };
  await mkdir(bin, { recursive: true });
  await writeFile(calls, '');
  for (const [name, lines] of Object.entries(programs)) {
    const text = ['#!/bin/sh', `echo "${name} $*" >> '${calls}'`, ...lines, ''].join('\n');
    await writeFile(join(bin, name), text, { mode: 0o755 });
  }
  return () => readFile(calls, 'utf8');
}
