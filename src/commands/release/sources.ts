/** The files that cells are built from: decided before anything is pushed, and checked out when a build needs them. */
import {
  chooseSource,
  commitProblem,
  missingAtCommit,
  otherCommitProblem,
  rootsAt,
  uncommittedProblem,
  workingTreeLabels,
  type BuildRoots,
  type ContextSource,
} from '../../build/source.ts';
import { renderTemplate } from '../../config/tag-template.ts';
import type { BuildSpec } from '../../config/types.ts';
import { formatProblem, InputError, InternalError, type Problem } from '../../domain/errors.ts';
import type { Release } from '../../domain/release.ts';
import { buildOf } from '../../plan/build-of.ts';
import type { Cell } from '../../plan/cell.ts';
import { cellValues } from '../../plan/expected-image.ts';
import type { Builder, Checkout, SourceRepository } from '../../ports.ts';
import { readsContext } from '../../render/reads-context.ts';
import type { Project } from '../read-project.ts';
import type { World } from '../world.ts';
import { contractOf } from './contract.ts';
import { unfitPaths } from './unfit-paths.ts';

export interface SourceOptions {
  readonly builder: Builder['name'];
  /** Build what lies in the working tree, and say so in a label. */
  readonly fromWorkingTree: boolean;
}

export interface Sources {
  /** Throws `InputError` with everything that keeps these cells from the source they are to be built from. */
  check(cells: readonly Cell[]): Promise<void>;
  /** Folders to build each cell in; a checkout is made for the first that needs one. */
  prepare(cells: readonly Cell[]): Promise<ReadonlyMap<Cell, BuildRoots>>;
  /** Removes what was made. */
  close(): Promise<void>;
}

/** A stand-in reads no files, so there is nothing to check or to check out. */
export function openSources(project: Project, release: Release, options: SourceOptions, world: World): Sources {
  const { root } = project;
  const here = rootsAt(root, workingTreeLabels(options.fromWorkingTree));
  const isHere = options.fromWorkingTree || options.builder === 'stand-in';
  let checkout: Checkout | null = null;
  const decided = async (cells: readonly Cell[]): Promise<ReadonlyMap<Cell, Decision>> => {
    const repository = await world.sourceRepository(root);
    const { decisions, problems } = await decideAll(cells, { project, release, repository, world });
    if (problems.length > 0) throw new InputError(problems);
    return decisions;
  };
  return {
    check: async (cells) => {
      if (isHere || cells.length === 0) return;
      const decisions = await decided(cells);
      const broken = await contractOf(cells, project.image, async (_, cell) => decisions.get(cell)?.text ?? null);
      if (broken.length > 0) throw new InputError(broken);
    },
    prepare: async (cells) => {
      if (isHere) return new Map(cells.map((cell) => [cell, here]));
      const decisions = await decided(cells);
      const released = cells.filter((cell) => decisions.get(cell)?.source === 'release');
      if (released.length > 0 && checkout === null) checkout = await checkOut(released, project, release, world);
      const context = checkout?.root ?? root;
      const rootsOf = (cell: Cell): BuildRoots => {
        if (decisions.get(cell)?.source !== 'release') return here;
        return { ...here, context, dockerfile: buildOf(cell.shape, project.image).template === null ? context : root };
      };
      return new Map(cells.map((cell) => [cell, rootsOf(cell)]));
    },
    close: async () => {
      await checkout?.remove();
    },
  };
}

/** What would keep a publish from building these cells now: said, and no reason to stop, by what builds nothing. */
export async function saySourceProblems(
  cells: readonly Cell[],
  project: Project,
  release: Release,
  world: World,
): Promise<void> {
  const repository = await world.sourceRepository(project.root);
  const { problems } = await decideAll(cells, { project, release, repository, world });
  for (const problem of problems) world.say(`publish would be refused now: ${formatProblem(problem)}`);
}

/**
 * What keeps another build tool from building these cells as a publish would: that one checks the release's commit out,
 * the tool builds the files that lie here.
 */
export async function handedOverProblems(
  cells: readonly Cell[],
  project: Project,
  release: Release,
  world: World,
): Promise<readonly Problem[]> {
  const repository = await world.sourceRepository(project.root);
  const { decisions, problems } = await decideAll(cells, { project, release, repository, world });
  const released = cells.filter((cell) => decisions.get(cell)?.source === 'release');
  const { revision, version } = release;
  if (problems.length > 0 || released.length === 0 || repository === null || revision === null) return problems;
  const head = await repository.head();
  if (head !== revision) return [otherCommitProblem(`the build context of ${version.text}`, revision, head)];
  const found = new Map<string, Problem>();
  for (const cell of released) {
    const recipe = recipeOf(cell, project);
    const paths = [recipe.dockerfile, recipe.context];
    for (const problem of await uncommittedProblems(repository, paths, recipe))
      found.set(JSON.stringify(problem), problem);
  }
  return [...found.values()];
}

/** Reads the Dockerfile that each cell would be built with, whether or not it could be built now. */
export async function dockerfilesToBuild(
  project: Project,
  release: Release,
  world: World,
): Promise<(path: string, cell: Cell) => Promise<string | null>> {
  const repository = await world.sourceRepository(project.root);
  return async (_, cell) => {
    const { decisions } = await decideAll([cell], { project, release, repository, world });
    return decisions.get(cell)?.text ?? null;
  };
}

/** @throws {InputError} for a path that leaves the checkout, by a link of that commit */
async function checkOut(
  cells: readonly Cell[],
  { root, image }: Project,
  { revision }: Release,
  world: World,
): Promise<Checkout> {
  const repository = await world.sourceRepository(root);
  if (repository === null || revision === null) throw new InternalError('a release without a commit was let through');
  world.say(`checking out ${revision} to build from`);
  const checkout = await repository.checkout(revision);
  const problems = await unfitPaths(cells, image, world.files(checkout.root));
  if (problems.length === 0) return checkout;
  await checkout.remove();
  throw new InputError(problems);
}

interface Scene {
  readonly project: Project;
  readonly release: Release;
  readonly repository: SourceRepository | null;
  readonly world: World;
}

/** What cells share is looked at once. */
interface Recipe {
  readonly dockerfile: string;
  readonly context: string;
  readonly build: BuildSpec;
}

async function decideAll(
  cells: readonly Cell[],
  scene: Scene,
): Promise<{ readonly decisions: ReadonlyMap<Cell, Decision>; readonly problems: readonly Problem[] }> {
  const decisions = new Map<Cell, Decision>();
  const known = new Map<string, Promise<Decision>>();
  const problems = new Map<string, Problem>();
  for (const cell of cells) {
    const recipe = recipeOf(cell, scene.project);
    const { dockerfile, context, build } = recipe;
    const key = JSON.stringify([dockerfile, context, build.template, build.contextFrom]);
    const deciding = known.get(key) ?? decide(recipe, scene);
    known.set(key, deciding);
    const decision = await deciding;
    decisions.set(cell, decision);
    for (const problem of decision.problems) problems.set(JSON.stringify(problem), problem);
  }
  return { decisions, problems: [...problems.values()] };
}

function recipeOf(cell: Cell, { image }: Project): Recipe {
  const build = buildOf(cell.shape, image);
  const values = cellValues(cell);
  const dockerfile = build.dockerfile === null ? 'Dockerfile' : renderTemplate(build.dockerfile, values);
  return { dockerfile, context: build.context === null ? '.' : renderTemplate(build.context, values), build };
}

interface Decision {
  readonly source: ContextSource;
  /** The Dockerfile that is built; `null`: there is none. */
  readonly text: string | null;
  readonly problems: readonly Problem[];
}

async function decide(recipe: Recipe, { project, release, repository, world }: Scene): Promise<Decision> {
  const { dockerfile, build } = recipe;
  const { revision } = release;
  const isThere = repository !== null && revision !== null && (await repository.hasCommit(revision));
  const isOwn = isThere || (await repository?.isSourceOf(project.config.source)) === true;
  const here = await world.files(project.root).read(dockerfile);
  const entry = isThere && build.template === null ? await repository.at(revision, dockerfile) : null;
  const committed = entry?.kind === 'file' ? entry.text : null;
  const reads = [here, committed].some((text) => text !== null && readsContext(text));
  const source = chooseSource({ written: build.contextFrom, inGit: repository !== null, isOwn, reads });
  const problems =
    source === 'release'
      ? await releaseProblems(recipe, release, repository, isThere)
      : await uncommittedProblems(repository, reads ? [dockerfile, recipe.context] : [dockerfile], recipe);
  return { source, problems, text: source === 'release' && build.template === null ? committed : here };
}

/** The rendered Dockerfile is the config's, so it is committed; one that is written by hand is the commit's own. */
async function releaseProblems(
  recipe: Recipe,
  { version, revision }: Release,
  repository: SourceRepository | null,
  isThere: boolean,
): Promise<readonly Problem[]> {
  const problem = commitProblem({ version: version.text, revision }, { inGit: repository !== null, isThere });
  if (problem !== null || repository === null || revision === null) return problem === null ? [] : [problem];
  const { dockerfile, context, build } = recipe;
  const folder = await repository.at(revision, context);
  const lacking = folder?.kind === 'folder' ? [] : [missingAtCommit(context, 'folder', revision)];
  if (build.template !== null) return [...lacking, ...(await uncommittedProblems(repository, [dockerfile], recipe))];
  const file = await repository.at(revision, dockerfile);
  return file?.kind === 'file' ? lacking : [...lacking, missingAtCommit(dockerfile, 'Dockerfile', revision)];
}

async function uncommittedProblems(
  repository: SourceRepository | null,
  paths: readonly string[],
  { dockerfile }: Recipe,
): Promise<readonly Problem[]> {
  const found = (await repository?.uncommitted(paths)) ?? [];
  return found.length === 0 ? [] : [uncommittedProblem(`the build of ${dockerfile}`, found)];
}
