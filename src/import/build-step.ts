/** What the build step of a job says of Dockerfiles, platforms and build arguments. */
import { truthy } from '@actions/expressions/result';
import { asText, type Combination } from './matrix.ts';
import { piecesOf, type Surroundings } from './pieces.ts';
import { templateOf, valueIn, valuesOf, type RoleAxis, type Roles } from './roles.ts';
import { evaluateText, scopeOf } from './scope.ts';
import { splitList } from './tag-line.ts';
import type { Job, Step } from './workflow.ts';

export interface FlavorBuild {
  readonly dockerfile: string;
  readonly context: string | null;
  readonly args: ReadonlyMap<string, string>;
  readonly comments: readonly string[];
}

/** The step that pushes what the step of the tags named; else the last one that builds. */
export function buildStepOf(job: Job, tags: Step): Step | null {
  const steps = job.steps.filter(({ uses }) => uses === 'docker/build-push-action');
  const named = steps.findLast(
    ({ inputs }) => tags.id !== null && (inputs.get('tags')?.value ?? '').includes(`steps.${tags.id}.`),
  );
  return named ?? steps.at(-1) ?? null;
}

/** @param jobs those of one flavor */
export function flavorBuild(
  step: Step | null,
  flavor: string | null,
  jobs: readonly Combination[],
  roles: Roles,
  around: Surroundings,
): FlavorBuild {
  const comments: string[] = [];
  const one = (name: string): string | null => {
    const written = step?.inputs.get(name)?.value.trim() ?? '';
    if (written === '') return null;
    const found = textOf(written, jobs, around);
    if (found === null) comments.push(`${name}: ${written}: only a run knows it`);
    return found;
  };
  const given = one('context');
  const context = given === null || given === '' ? null : cleanPath(given);
  const inFolder = context === null || context === '.' ? 'Dockerfile' : `${context}/Dockerfile`;
  const file = one('file');
  const args = new Map<string, string>();
  for (const line of splitList(step?.inputs.get('build-args')?.value ?? '').lines) {
    const arg = argumentOf(line.text, jobs, roles, around);
    if (typeof arg === 'string') comments.push(arg);
    else if (arg !== null) args.set(arg.name, arg.template);
  }
  const dockerfile = cleanPath(file === null || file === '' ? inFolder : file);
  if (isOutside(dockerfile)) comments.push(`file: ${dockerfile} is outside of this folder`);
  return {
    dockerfile: isOutside(dockerfile) ? 'Dockerfile' : dockerfile,
    context: context === '.' || context === null || isOutside(context) ? null : context,
    args,
    comments: [...comments, ...(flavor === null ? otherInputs(step) : [])],
  };
}

/** The text that all of these jobs give; `null` where they differ or a run alone knows it. */
function textOf(written: string, jobs: readonly Combination[], { run }: Surroundings): string | null {
  const texts = jobs.map((job) => {
    const value = evaluateText(written, scopeOf(run, job));
    return value.kind === 'known' ? value.data.coerceString() : null;
  });
  const [first, ...others] = texts;
  return first !== undefined && others.every((other) => other === first) ? first : null;
}

function cleanPath(path: string): string {
  const plain = path.replace(/^(?:\.\/)+/, '').replace(/\/+$/, '');
  return plain === '' ? '.' : plain;
}

function isOutside(path: string): boolean {
  return path.startsWith('/') || /[:\\]/.test(path) || path.split('/').includes('..');
}

/** `NAME=value`, or an expression that gives one for some jobs; `null` where it gives nothing; a text says why not. */
function argumentOf(
  line: string,
  jobs: readonly Combination[],
  roles: Roles,
  around: Surroundings,
): { readonly name: string; readonly template: string } | string | null {
  const plain = /^(?<name>[A-Za-z_][A-Za-z0-9_]*)=(?<value>[^]*)$/.exec(line)?.groups;
  if (plain !== undefined) {
    const template = valueTemplate(plain['value'] ?? '', jobs, roles, around);
    return template === null ? `build-args: ${line}: only a run knows it` : { name: plain['name'] ?? '', template };
  }
  const texts = new Set(
    jobs.map((job) => {
      const value = evaluateText(line, scopeOf(around.run, job));
      if (value.kind !== 'known') return null;
      return truthy(value.data) ? value.data.coerceString() : '';
    }),
  );
  const [text = null, ...more] = texts;
  if (text === '' && more.length === 0) return null;
  if (text === null || more.length > 0 || !text.includes('=')) return `build-args: ${line}: only a run knows it`;
  return argumentOf(text, jobs, roles, around);
}

function valueTemplate(
  written: string,
  jobs: readonly Combination[],
  roles: Roles,
  around: Surroundings,
): string | null {
  const texts = piecesOf(written, around).map((piece): string | null => {
    if (piece.kind === 'text') return piece.text.includes('{{') ? null : piece.text;
    if (piece.kind === 'git-tag') return piece.assumed === null ? '{{version}}' : null;
    if (piece.kind === 'part') return `{{${piece.name}}}`;
    return piece.kind === 'key' ? templateOf(piece, roles) : null;
  });
  if (!texts.includes(null)) return texts.join('');
  const same = textOf(written, jobs, around);
  return same === null || same.includes('{{') ? null : same;
}

/** Inputs that say something the config has no word for. */
function otherInputs(step: Step | null): string[] {
  const unsaid = ['target', 'secrets', 'secret-files', 'ssh', 'build-contexts', 'add-hosts', 'shm-size', 'ulimit'];
  return unsaid.flatMap((name) => {
    const written = step?.inputs.get(name)?.value.trim() ?? '';
    return written === '' ? [] : [`${name} of the build step has no counterpart: ${written.split('\n')[0] ?? ''}`];
  });
}

/** Platforms of the build step, or the key of the matrix that holds them; `null` where nothing says them. */
export function platformsOf(step: Step | null, roles: Roles, around: Surroundings): readonly string[] | null {
  if (roles.platformKey !== null) return valuesOf(around.jobs, roles.platformKey);
  const written = step?.inputs.get('platforms')?.value ?? '';
  const text = written === '' ? null : textOf(written, around.jobs, around);
  const platforms = (text ?? '').split(/[\s,]+/).filter((platform) => /^[a-z0-9]+\/[a-z0-9/]+$/.test(platform));
  return platforms.length === 0 ? null : platforms;
}

/** Jobs of one value of an axis. */
export function jobsWith(jobs: readonly Combination[], axis: RoleAxis, value: string): Combination[] {
  return jobs.filter((job) => valueIn(job, axis) === value);
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
