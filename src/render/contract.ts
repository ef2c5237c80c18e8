/**
 * What a Dockerfile owes the cells that are built from it. Whatever breaks it would build without a word: cells that are
 * all the same, an argument that nothing reads, a base that is not the one the labels name.
 */
import { axisArgument, nameLength, qualifiedName } from '../domain/build-arguments.ts';
import type { Problem } from '../domain/errors.ts';
import { failed, ok, type Result } from '../domain/result.ts';
import { quote } from '../domain/tag.ts';
import { expand, globalValues, namesIn } from './expand.ts';
import { readStages, type Stage, type Stages } from './stages.ts';

/** One cell, as its Dockerfile sees it. */
export interface ContractCell {
  /** Cells of one release are compared with each other. */
  readonly release: string;
  readonly axes: Readonly<Record<string, string>>;
  readonly target: string | null;
  readonly args: Readonly<Record<string, string>>;
  /** Those of them that the config adds. */
  readonly ownArgs: readonly string[];
  /** Everything else that makes one build differ from another: context and named contexts. */
  readonly from: string;
  /** Names of the cell's base, its mirror's among them; none: the config does not say. */
  readonly bases: readonly string[];
  /** Contexts that are builds of the config's own: what those are built from is for their Dockerfiles to say. */
  readonly shared: readonly string[];
}

export interface ContractFile {
  /** For messages. */
  readonly path: string;
  readonly text: string;
  readonly cells: readonly ContractCell[];
}

/** @param areAll every Dockerfile of these cells is among the files, so that an argument none declares is read by none */
export function contractProblems(files: readonly ContractFile[], areAll: boolean): readonly Problem[] {
  const problems = new Map<string, Problem>();
  const unread = new Map<string, string[]>();
  for (const { path, text, cells } of files) {
    const stages = readStages(text, path);
    if (!stages.ok) for (const problem of stages.problems) problems.set(JSON.stringify(problem), problem);
    if (!stages.ok || stages.value === null) {
      // Another frontend may read any argument.
      for (const name of ownArgs(cells)) unread.set(name, []);
      continue;
    }
    const found = stages.value;
    for (const problem of cellProblems(path, found, cells)) problems.set(JSON.stringify(problem), problem);
    const declared = declaredIn(found, found.all);
    for (const name of ownArgs(cells)) {
      const paths = unread.get(name);
      if (declared.has(name) || isPredefined(name)) unread.set(name, []);
      else if (paths === undefined) unread.set(name, [path]);
      else if (paths.length > 0) paths.push(path);
    }
  }
  const lacking = areAll ? [...unread].filter(([, paths]) => paths.length > 0) : [];
  return [...problems.values(), ...lacking.map(([name, paths]) => unreadProblem(name, paths))];
}

function ownArgs(cells: readonly ContractCell[]): Set<string> {
  return new Set(cells.flatMap((cell) => cell.ownArgs));
}

function cellProblems(path: string, stages: Stages, cells: readonly ContractCell[]): readonly Problem[] {
  const problems: Problem[] = [];
  const alike = new Map<string, ContractCell[]>();
  for (const cell of cells) {
    const needed = neededStages(stages, cell.target, path);
    if (!needed.ok) {
      problems.push(...needed.problems);
      continue;
    }
    const declared = declaredIn(stages, needed.value);
    const read = Object.entries(cell.args).filter(([name]) => declared.has(name));
    const key = JSON.stringify([cell.release, cell.target, cell.from, read]);
    alike.set(key, [...(alike.get(key) ?? []), cell]);
    problems.push(...baseProblems(path, stages, needed.value, cell));
  }
  for (const group of alike.values()) if (group.length > 1) problems.push(identicalProblem(path, group));
  return problems;
}

/** The stages that a target is made of; all of them if an argument chooses one. */
function neededStages({ all }: Stages, target: string | null, path: string): Result<readonly Stage[]> {
  const last = target === null ? all.at(-1) : findStage(all, target);
  if (last === undefined) return failed(unknownTarget(path, target ?? '', all));
  const needed = new Set<Stage>();
  const open = [last];
  for (let stage = open.pop(); stage !== undefined; stage = open.pop()) {
    if (needed.has(stage)) continue;
    needed.add(stage);
    const above = all.slice(0, all.indexOf(stage));
    for (const name of [stage.from.text, ...stage.reads]) {
      if (name.includes('$') && above.length > 0) return ok(all);
      const found = findStage(above, name);
      if (found !== undefined) open.push(found);
    }
  }
  return ok(all.filter((stage) => needed.has(stage)));
}

function findStage(stages: readonly Stage[], name: string): Stage | undefined {
  return stages.find((stage) => stage.name === name.toLowerCase()) ?? stages.find((_, index) => String(index) === name);
}

/** One before the first FROM counts if a FROM line uses it: stages do not see it otherwise. */
function declaredIn(stages: Stages, needed: readonly Stage[]): ReadonlySet<string> {
  return new Set(needed.flatMap((stage) => [...stage.args, ...namesIn(stage.from, stages)]));
}

/** @see https://docs.docker.com/reference/dockerfile/#predefined-args */
function isPredefined(name: string): boolean {
  return /^(?:(?:https?|ftp|no|all)_proxy|(?:HTTPS?|FTP|NO|ALL)_PROXY|BUILDKIT_.+|SOURCE_DATE_EPOCH)$/.test(name);
}

function baseProblems(
  path: string,
  stages: Stages,
  needed: readonly Stage[],
  { args, bases, shared }: ContractCell,
): Problem[] {
  const [base] = bases;
  if (base === undefined) return [];
  const values = globalValues(stages, args);
  const images = needed.map(({ from }) => expand(from, values));
  // What an argument of the builder chooses is not known here.
  if (images.includes(null)) return [];
  const wanted = new Set(bases.map(imageName));
  const names = images.flatMap((image) => image ?? []).filter((image) => findStage(stages.all, image) === undefined);
  if (names.some((name) => wanted.has(imageName(name)) || shared.includes(name))) return [];
  const message = `the config says that the base is ${base}, and this is built from ${[...new Set(names)].join(', ')}`;
  const fix = `write FROM ${base}, with the cell's build arguments in it, or correct base in the config`;
  return [{ code: 'BASE_IGNORED', where: path, message, fix }];
}

/** Without a digest, and with the tag that is meant if there is none. */
function imageName(image: string): string {
  const [name = ''] = qualifiedName(image).split('@', 1);
  return nameLength(name) === name.length ? `${name}:latest` : name;
}

function identicalProblem(path: string, cells: readonly ContractCell[]): Problem {
  const axes = Object.keys(cells[0]?.axes ?? {});
  const valuesOf = (axis: string): string[] => [...new Set(cells.map((cell) => cell.axes[axis] ?? ''))];
  const varying = axes.filter((axis) => valuesOf(axis).length > 1);
  const shown = varying.map((axis) => `${axis} ${valuesOf(axis).join(', ')}`).join(' and ');
  const names = varying.map(axisArgument);
  return {
    code: 'CELLS_IDENTICAL',
    where: path,
    message: `builds the same image for ${shown}: no stage declares ARG ${names.join(' or ARG ')}`,
    fix: `declare ARG ${names[0] ?? ''} in the stage that uses it, or before FROM if a FROM line does`,
  };
}

function unreadProblem(name: string, paths: readonly string[]): Problem {
  return {
    code: 'ARGUMENT_UNDECLARED',
    where: paths.join(', '),
    message: `no stage declares ARG ${name}, which the config sets`,
    fix: 'declare it in the stage that uses it, or take it out of args',
  };
}

function unknownTarget(path: string, target: string, all: readonly Stage[]): Problem {
  const names = all.flatMap(({ name }) => name ?? []);
  const fix = names.length === 0 ? 'its stages have no names' : `its stages are ${names.join(', ')}`;
  return { code: 'TARGET_UNKNOWN', where: path, message: `has no stage ${quote(target)}`, fix };
}
