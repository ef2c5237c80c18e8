/** One image of the config: its axes and what is left out of their product. */
import {
  buildStepOf,
  excludedCells,
  flavorBuild,
  jobsWith,
  missingCells,
  platformsOf,
  type FlavorBuild,
} from './build-step.ts';
import { entry, list, object, type DraftEntry, type DraftObject } from './config-text.ts';
import type { FoundStep } from './find-step.ts';
import type { Combination } from './matrix.ts';
import { valueIn, type RoleAxis, type Roles } from './roles.ts';

export interface ImageInput {
  readonly found: FoundStep;
  readonly roles: Roles;
  /** The jobs that push this image. */
  readonly jobs: readonly Combination[];
  readonly usesSuffix: boolean;
  readonly file: string;
}

/** `pythons`, `flavors`, `axes`, `platforms` and `exclude`, where there are such. */
export function imageEntries(input: ImageInput): DraftEntry[] {
  const { roles, jobs } = input;
  const axes = roles.axes.map((axis) => ({
    ...axis,
    values: axis.values.filter(({ name }) => isBuilt(name, axis, jobs)),
  }));
  const further = axes.filter(({ name }) => name !== 'python' && name !== 'flavor');
  const around = { run: input.found.run, jobs };
  const platforms = platformsOf(buildStepOf(input.found.job, input.found.step), roles, around);
  const exclude = excludeDraft(axes, input);
  return [
    ...axes.filter(({ name }) => name === 'python').map((axis) => valuesEntry('pythons', axis, input)),
    flavorsEntry(
      axes.find(({ name }) => name === 'flavor'),
      input,
    ),
    ...(further.length === 0
      ? []
      : [entry('axes', object(further.map((axis) => valuesEntry(axis.name, axis, input))))]),
    ...(platforms === null ? [] : [entry('platforms', list(platforms))]),
    ...(exclude === null ? [] : [exclude]),
  ];
}

function isBuilt(name: string, axis: RoleAxis, jobs: readonly Combination[]): boolean {
  return jobs.some((job) => valueIn(job, axis) === name);
}

function valuesEntry(name: string, axis: RoleAxis, { found }: ImageInput): DraftEntry {
  const key = found.job.matrix?.keys.get(axis.key);
  const items = axis.values.map((value) => ({
    value: value.name,
    comments: key?.valueComments.get(value.written) ?? [],
  }));
  return entry(name, { kind: 'list', items }, key?.comments ?? []);
}

function flavorsEntry(axis: RoleAxis | undefined, input: ImageInput): DraftEntry {
  const { found, roles, jobs } = input;
  const around = { run: found.run, jobs };
  const step = buildStepOf(found.job, found.step);
  if (axis === undefined) {
    const build = flavorBuild(step, null, jobs, roles, around);
    return entry('flavors', object([entry('standard', flavorDraft(build, ''), build.comments)]));
  }
  const key = found.job.matrix?.keys.get(axis.key);
  const flavors = axis.values.map((value) => {
    const build = flavorBuild(step, value.name, jobsWith(jobs, axis, value.name), roles, around);
    const comments = [...(key?.valueComments.get(value.written) ?? []), ...build.comments];
    return entry(value.name, flavorDraft(build, input.usesSuffix ? value.suffix : ''), comments);
  });
  return entry('flavors', object(flavors), key?.comments ?? []);
}

function flavorDraft({ dockerfile, context, args }: FlavorBuild, suffix: string): DraftObject {
  const entries = [entry('dockerfile', dockerfile)];
  if (context !== null) entries.push(entry('context', context));
  if (suffix !== '') entries.push(entry('suffix', suffix));
  if (args.size > 0) entries.push(entry('args', object([...args].map(([name, value]) => entry(name, value)))));
  return object(entries);
}

/** Rows of the matrix's own `exclude`, and whatever else of the product has no job. */
function excludeDraft(axes: readonly RoleAxis[], { found, roles, jobs, file }: ImageInput): DraftEntry | null {
  const missing = missingCells(jobs, axes);
  const covers = (row: ReadonlyMap<string, string>, cell: readonly string[]): boolean =>
    axes.every((axis, index) => (row.get(axis.name) ?? cell[index]) === cell[index]);
  const given = (found.job.matrix?.excluded ?? []).flatMap(({ values, comments }) => {
    const own = new Map([...values].filter(([key]) => key !== roles.imageKey));
    const row = excludedCells(own, axes);
    return row === null || !missing.some((cell) => covers(row, cell)) ? [] : [{ row, comments }];
  });
  const rest = missing.filter((cell) => !given.some(({ row }) => covers(row, cell)));
  const rows = [
    ...given.map(({ row, comments }) => excludeRow(row, comments.join(' '), file)),
    ...grouped(rest, axes).map((row) => excludeRow(row, '', file)),
  ];
  return rows.length === 0 ? null : entry('exclude', list(rows));
}

function excludeRow(row: ReadonlyMap<string, string | readonly string[]>, reason: string, file: string): DraftObject {
  const values = [...row].map(([name, value]) => entry(name, typeof value === 'string' ? value : list(value)));
  return object([...values, entry('reason', reason === '' ? `not in the matrix of ${file}` : reason)]);
}

/** Cells that differ in the first axis alone, as one row. */
function grouped(
  cells: readonly (readonly string[])[],
  axes: readonly RoleAxis[],
): Map<string, string | readonly string[]>[] {
  const rows = new Map<string, { readonly first: string[]; readonly others: readonly string[] }>();
  for (const [first = '', ...others] of cells) {
    const key = JSON.stringify(others);
    const row = rows.get(key) ?? { first: [], others };
    row.first.push(first);
    rows.set(key, row);
  }
  return [...rows.values()].map(({ first, others }) => {
    const [only, ...more] = first;
    const values = [more.length === 0 && only !== undefined ? only : first, ...others];
    return new Map(axes.map((axis, index) => [axis.name, values[index] ?? '']));
  });
}
