/** What the steps that build say of Dockerfiles, platforms and build arguments. */
import { readBake } from './bake-step.ts';
import { isBake, isBuild, jobsAt, type BuildSite } from './builds.ts';
import type { Origin } from './combine.ts';
import { asText, type Combination } from './matrix.ts';
import { checkedOutAt, checkedOutElsewhere, fromCheckout } from './checked-out.ts';
import { argumentsOf } from './build-arguments.ts';
import { textOf, type Place } from './places.ts';
import { platformsOf } from './platforms.ts';
import { valueIn, valuesOf, type RoleAxis, type Roles } from './roles.ts';
import { readScriptedBuild } from './scripted-build.ts';
import { splitList } from './tag-line.ts';
import type { Step, Workflow } from './workflow.ts';
import { asWritten, type WorkflowFiles } from './workflow-files.ts';

export interface FlavorBuild {
  readonly dockerfile: string;
  readonly context: string | null;
  readonly target: string | null;
  readonly contexts: ReadonlyMap<string, string>;
  readonly args: ReadonlyMap<string, string>;
  /** `null` where nothing says them. */
  readonly platforms: readonly string[] | null;
  readonly comments: readonly string[];
}

export interface BuildScene {
  readonly workflow: Workflow;
  readonly files: WorkflowFiles;
  readonly roles: Roles;
  readonly sitesOf: (origin: Origin) => readonly BuildSite[];
}

const nothingSaid = 'CHECK THIS: nothing in the workflow says which Dockerfile and which platforms it is built with';

/** @param origins those of one flavor */
export function flavorBuild(origins: readonly Origin[], scene: BuildScene): FlavorBuild {
  const places = placesOf(origins, scene);
  const [first] = places;
  const plain = {
    dockerfile: 'Dockerfile',
    context: null,
    target: null,
    contexts: new Map(),
    args: new Map(),
    platforms: null,
  };
  if (first === undefined) {
    const { platformKey } = scene.roles;
    const jobs = origins.map(({ job }) => job);
    return { ...plain, platforms: platformKey === null ? null : valuesOf(jobs, platformKey), comments: [nothingSaid] };
  }
  const comments = new Set<string>();
  const say = (comment: string): void => void comments.add(asWritten(comment));
  const inputs = places.map((place) => inputsOf(place, scene, say));
  const read = (name: string): string | null => {
    const texts = places.map(({ site, jobs }, index) => textOf(inputs[index]?.get(name) ?? '', jobs, site.run));
    const [text = null, ...others] = texts;
    if (text !== null && others.every((other) => other === text)) return text;
    say(
      `CHECK THIS: ${name}: ${[...new Set(inputs.map((given) => given.get(name) ?? ''))].join(' and ')}: which one only a run knows`,
    );
    return null;
  };
  const written = read('context') ?? '';
  const context = inCheckout(cleanContext(written, say), written === '' ? '' : checkedOutAt(first), say);
  const named = read('file') ?? '';
  // Without a context it is read from git, wherever the job has its files.
  const file = written === '' ? named : (fromCheckout(checkedOutAt(first), cleanPath(named)) ?? named);
  const inFolder = context.folder === '.' ? '' : `${context.folder}/`;
  const given = cleanPath(named === '' ? `${inFolder}Dockerfile` : context.isGit ? `${inFolder}${file}` : file);
  const dockerfile = isOutside(given) ? 'Dockerfile' : given;
  if (isOutside(given)) say(`CHECK THIS: file: ${given} is outside of this folder`);
  for (const comment of checkedOutElsewhere(first, [dockerfile, ...(context.folder === '.' ? [] : [context.folder])]))
    say(comment);
  const target = read('target') ?? '';
  for (const input of inputs) for (const comment of otherInputs(input)) say(comment);
  return {
    dockerfile,
    context: context.folder === '.' ? null : context.folder,
    target: target === '' ? null : target,
    contexts: contextsOf(read('build-contexts') ?? '', say),
    args: argumentsOf(first, inputs[0]?.get('build-args') ?? '', scene.roles, say),
    platforms: platformsOf(places, inputs, say),
    comments: [...comments],
  };
}

/** The sites of a flavor's origins, each with the jobs that fit. */
function placesOf(origins: readonly Origin[], { sitesOf }: BuildScene): Place[] {
  const wanted = new Map<BuildSite, Combination[]>();
  for (const origin of origins) {
    for (const site of sitesOf(origin)) wanted.set(site, [...(wanted.get(site) ?? []), origin.job]);
  }
  return [...wanted].flatMap(([site, jobs]): Place[] => {
    const own = jobsAt(site, jobs);
    return own.length === 0 ? [] : [{ site, jobs: own }];
  });
}

/** Inputs of docker/build-push-action, or what a bake file and a script say in their terms. */
function inputsOf(
  { site, jobs }: Place,
  { files }: BuildScene,
  say: (comment: string) => void,
): ReadonlyMap<string, string> {
  const { step } = site;
  const values = new Map([...step.inputs].map(([name, { value }]) => [name, value.trim()]));
  const known = (text: string): string => textOf(text, jobs, site.run) ?? text;
  if (isBake(step))
    return readBake(new Map([...values].map(([name, text]) => [name, known(text)])), files, say, site.bakeTarget);
  return isBuild(step) ? renamed(values) : readScriptedBuild(known(step.run), say);
}

/** Other actions call them otherwise. */
function renamed(values: Map<string, string>): Map<string, string> {
  for (const [from, to] of [
    ['containerfiles', 'file'],
    ['dockerfiles', 'file'],
    ['archs', 'platforms'],
  ] as const) {
    const given = values.get(from);
    if (given !== undefined && !values.has(to))
      values.set(to, from === 'archs' ? given.replaceAll(/(?<![\w/])(?=[a-z]\w+)/g, 'linux/') : given);
  }
  return values;
}

interface Context {
  readonly folder: string;
  /** Files are named from inside of it. */
  readonly isGit: boolean;
}

function cleanContext(written: string, say: (comment: string) => void): Context {
  const inGit = /^\{\{defaultContext\}\}(?::(?<folder>.*))?$/.exec(written);
  if (inGit !== null) return { folder: cleanPath(inGit.groups?.['folder'] ?? ''), isGit: true };
  const folder = cleanPath(written);
  if (!isOutside(folder)) return { folder, isGit: false };
  say(`CHECK THIS: context: ${written} is outside of this folder`);
  return { folder: '.', isGit: false };
}

/** A folder of the job as one of the git repository, which may be checked out into a folder of its own. */
function inCheckout(context: Context, folder: string, say: (comment: string) => void): Context {
  const own = context.isGit ? context.folder : fromCheckout(folder, context.folder);
  if (own === null)
    say(`CHECK THIS: context: ${context.folder} is outside of ${folder}, where the repository is checked out`);
  return { ...context, folder: own ?? context.folder };
}

function cleanPath(path: string): string {
  const plain = path
    .replace(/^(?:\.\/)+/, '')
    .replaceAll(/\/(?:\.\/)+/g, '/')
    .replace(/(?<!\/)\/+$/, '');
  return plain === '' ? '.' : plain;
}

function isOutside(path: string): boolean {
  return path.startsWith('/') || /[:\\]/.test(path) || path.split('/').includes('..');
}

function contextsOf(text: string, say: (comment: string) => void): Map<string, string> {
  const found = new Map<string, string>();
  for (const { text: line } of splitList(text).lines) {
    const given = /^(?<name>[^=]+)=(?<value>.+)$/.exec(line)?.groups;
    const value = given?.['value'] ?? '';
    const isPath = !/^[a-z-]+:\/\//.test(value) && isOutside(value);
    if (given === undefined || isPath) say(`build-contexts: ${line} has no counterpart`);
    else found.set(given['name'] ?? '', value);
  }
  return found;
}

/** Inputs that say something the config has no word for. */
function otherInputs(inputs: ReadonlyMap<string, string>): string[] {
  const unsaid = [
    'secrets',
    'secret-files',
    'secret-envs',
    'ssh',
    'add-hosts',
    'shm-size',
    'ulimit',
    'network',
    'no-cache-filters',
    'allow',
  ];
  return unsaid.flatMap((name) => {
    const written = inputs.get(name) ?? '';
    return written === '' ? [] : [`${name} of the build step has no counterpart: ${written.split('\n')[0] ?? ''}`];
  });
}

/** `provenance`, `sbom` and caches of the build step, as far as they are written out. */
export function buildOptions(step: Step | null): ReadonlyMap<string, string | boolean | readonly string[]> {
  const options = new Map<string, string | boolean | readonly string[]>();
  const input = (name: string): string => step?.inputs.get(name)?.value.trim() ?? '';
  if (input('provenance') === 'false') options.set('provenance', 'off');
  if (/mode=max/.test(input('provenance'))) options.set('provenance', 'max');
  if (input('sbom') === 'true') options.set('sbom', true);
  for (const [name, key] of [
    ['cache-from', 'cacheFrom'],
    ['cache-to', 'cacheTo'],
  ] as const) {
    const lines = splitList(input(name)).lines.map(({ text }) => text);
    if (lines.length > 0 && lines.every((line) => !line.includes('${{'))) options.set(key, lines);
  }
  return options;
}

/** Cells of the axes' product that no job builds, one row each. */
export function missingCells(jobs: readonly Combination[], axes: readonly RoleAxis[]): string[][] {
  const built = new Set(jobs.map((job) => JSON.stringify(axes.map((axis) => valueIn(job, axis)))));
  let cells: string[][] = [[]];
  for (const axis of axes) {
    const values = axis.values.map(({ name }) => name);
    cells = cells.flatMap((cell) => values.map((value) => [...cell, value]));
  }
  return cells.filter((cell) => !built.has(JSON.stringify(cell)));
}

/** A row of `exclude` in the matrix, as the axes have it; `null` where it is about another key. */
export function excludedCells(values: Combination, axes: readonly RoleAxis[]): ReadonlyMap<string, string> | null {
  const found = new Map<string, string>();
  for (const [key, value] of values) {
    const axis = axes.find((candidate) => candidate.key === key);
    const name = axis?.values.find(({ written }) => written === asText(value))?.name;
    if (axis === undefined || name === undefined) return null;
    found.set(axis.name, name);
  }
  return found.size === 0 ? null : found;
}
