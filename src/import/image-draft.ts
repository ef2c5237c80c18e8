/** One image of the config: its axes, how they are built, and what is left out of their product. */
import { endsWithArchitecture } from './written-references.ts';
import { excludedCells, flavorBuild, missingCells, type BuildScene, type FlavorBuild } from './build-step.ts';
import type { Group } from './combine.ts';
import { entry, list, object, type DraftEntry, type DraftObject } from './config-text.ts';
import type { Combination, Matrix } from './matrix.ts';
import { valueIn, type RoleAxis } from './roles.ts';

export interface ImageInput {
  readonly group: Group;
  readonly scene: BuildScene;
  /** Of the one step there is; `null` where several were put together. */
  readonly matrix: Matrix | null;
  readonly usesSuffix: boolean;
  readonly file: string;
}

/** `pythons`, `flavors`, `axes`, `platforms` and `exclude`, where there are such. */
export function imageEntries(input: ImageInput): DraftEntry[] {
  const { scene, group } = input;
  const jobs = [...group.origins.keys()];
  const axes = scene.roles.axes;
  const further = axes.filter(({ name }) => name !== 'python' && name !== 'flavor');
  const flavors = flavorsOf(
    axes.find(({ name }) => name === 'flavor'),
    input,
  );
  const platforms = imagePlatforms(flavors.builds);
  const exclude = excludeDraft(axes, jobs, input);
  return [
    ...axes.filter(({ name }) => name === 'python').map((axis) => valuesEntry('pythons', axis, input)),
    flavors.draft(platforms),
    ...(further.length === 0
      ? []
      : [entry('axes', object(further.map((axis) => valuesEntry(axis.name, axis, input))))]),
    ...(platforms === null ? [] : [entry('platforms', list(platforms))]),
    ...(exclude === null ? [] : [exclude]),
  ];
}

/** Those of every flavor; `null` for the default, or where none are known. */
function imagePlatforms(builds: readonly FlavorBuild[]): readonly string[] | null {
  const all = [...new Set(builds.flatMap(({ platforms }) => platforms ?? []))];
  return all.length === 0 || all.join() === 'linux/amd64' ? null : all;
}

function valuesEntry(name: string, axis: RoleAxis, { matrix }: ImageInput): DraftEntry {
  const key = matrix?.keys.get(axis.key);
  const items = axis.values.map((value) => ({
    value: value.name,
    comments: key?.valueComments.get(value.written) ?? [],
  }));
  return entry(name, { kind: 'list', items }, key?.comments ?? []);
}

interface Flavors {
  readonly builds: readonly FlavorBuild[];
  readonly draft: (platforms: readonly string[] | null) => DraftEntry;
}

function flavorsOf(axis: RoleAxis | undefined, { group, scene, matrix, usesSuffix }: ImageInput): Flavors {
  const origins = [...group.origins];
  if (axis === undefined) {
    const build = flavorBuild(
      origins.map(([, origin]) => origin),
      scene,
    );
    const draft = (platforms: readonly string[] | null): DraftEntry =>
      entry('flavors', object([entry('standard', flavorDraft(build, '', platforms), build.comments)]));
    return { builds: [build], draft };
  }
  const key = matrix?.keys.get(axis.key);
  const built = axis.values.map((value) => {
    const own = origins.filter(([job]) => valueIn(job, axis) === value.name).map(([, origin]) => origin);
    const build = flavorBuild(own, scene);
    return { value, build, comments: [...(key?.valueComments.get(value.written) ?? []), ...build.comments] };
  });
  const draft = (platforms: readonly string[] | null): DraftEntry => {
    const flavors = built.map(({ value, build, comments }) =>
      entry(value.name, flavorDraft(build, usesSuffix ? value.suffix : '', platforms), comments),
    );
    return entry('flavors', object(flavors), [
      ...(key?.comments ?? []),
      ...architectures(built.map(({ value }) => value.name)),
    ]);
  };
  return { builds: built.map(({ build }) => build), draft };
}

/** A build makes all platforms of an image under one tag. */
function architectures(names: readonly string[]): string[] {
  return names.every(endsWithArchitecture)
    ? [
        `CHECK THIS: ${names.join(', ')} are platforms of one image: if these tags are only its parts, write one flavor with all platforms`,
      ]
    : [];
}

function flavorDraft(build: FlavorBuild, suffix: string, platforms: readonly string[] | null): DraftObject {
  const { dockerfile, context, target, contexts, args } = build;
  const texts = (values: ReadonlyMap<string, string>): DraftObject =>
    object([...values].map(([name, value]) => entry(name, value)));
  const entries = [entry('dockerfile', dockerfile)];
  if (target !== null) entries.push(entry('target', target));
  if (context !== null) entries.push(entry('context', context));
  if (suffix !== '') entries.push(entry('suffix', suffix));
  if (contexts.size > 0) entries.push(entry('contexts', texts(contexts)));
  if (args.size > 0) entries.push(entry('args', texts(args)));
  const own = build.platforms;
  const isFewer = own !== null && platforms !== null && own.length < platforms.length;
  if (isFewer) entries.push(entry('platforms', list(own)));
  return object(entries);
}

/** Rows of the matrix's own `exclude`, and whatever else of the product has no job. */
function excludeDraft(
  axes: readonly RoleAxis[],
  jobs: readonly Combination[],
  { matrix, file }: ImageInput,
): DraftEntry | null {
  const missing = missingCells(jobs, axes);
  const covers = (row: ReadonlyMap<string, string>, cell: readonly string[]): boolean =>
    axes.every((axis, index) => (row.get(axis.name) ?? cell[index]) === cell[index]);
  const given = (matrix?.excluded ?? []).flatMap(({ values, comments }) => {
    const own = new Map([...values].filter(([key]) => axes.some((axis) => axis.key === key)));
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
