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
import { sharedBuilds } from '../../plan/shared-builds.ts';
import type { Builder, Checkout, SourceRepository } from '../../ports.ts';
import { readsContext } from '../../render/reads-context.ts';
import type { Project } from '../read-project.ts';
import type { World } from '../world.ts';
import { refuseUnfitBases } from './bases.ts';
import { contractOf } from './contract.ts';
import { unfitPaths } from './unfit-paths.ts';

export interface SourceOptions {
  readonly builder: Builder['name'];
  /** Build what lies in the working tree, and say so in a label. */
  readonly fromWorkingTree: boolean;
}

export interface Sources {
  /**
   * Throws `InputError` with everything that keeps these cells from the source and the base they are to be built from.
   *
   * @param chosen the platforms that are built; left out: all of each cell
   */
  check(cells: readonly Cell[], chosen?: ReadonlyMap<Cell, readonly string[]>): Promise<void>;
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
    check: async (cells, chosen) => {
      if (options.builder === 'stand-in' || cells.length === 0) return;
      const decisions = isHere ? new Map<Cell, Decision>() : await decided(cells);
      if (!isHere) {
        const read = (path: string, cell: Cell): string | null => decisions.get(cell)?.texts.get(path) ?? null;
        const broken = await contractOf(cells, project.image, async (path, cell) => read(path, cell));
        if (broken.length > 0) throw new InputError(broken);
      }
      const built = cells.map((cell) => ({
        cell,
        platforms: chosen?.get(cell) ?? cell.platforms,
        texts: decisions.get(cell)?.texts ?? new Map<string, string | null>(),
      }));
      await refuseUnfitBases(built, project, world);
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
    const paths = [recipe, ...recipe.shared].flatMap((one) => [one.dockerfile, one.context]);
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
  return async (path, cell) => {
    const { decisions } = await decideAll([cell], { project, release, repository, world });
    return decisions.get(cell)?.texts.get(path) ?? null;
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
interface Recipe extends RecipeFiles {
  readonly build: BuildSpec;
  /** Of builds that it shares with other cells: they are built from the same commit. */
  readonly shared: readonly RecipeFiles[];
}

interface RecipeFiles {
  readonly dockerfile: string;
  readonly context: string;
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
    const { dockerfile, context, build, shared } = recipe;
    const key = JSON.stringify([dockerfile, context, build.template, build.contextFrom, shared]);
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
  const files = ({ dockerfile, context }: BuildSpec): RecipeFiles => ({
    dockerfile: dockerfile === null ? 'Dockerfile' : renderTemplate(dockerfile, values),
    context: context === null ? '.' : renderTemplate(context, values),
  });
  return { ...files(build), build, shared: sharedBuilds(build, image).map(([, spec]) => files(spec)) };
}

interface Decision {
  readonly source: ContextSource;
  /** The Dockerfiles that are built, by path; `null`: there is none. */
  readonly texts: ReadonlyMap<string, string | null>;
  readonly problems: readonly Problem[];
}

async function decide(recipe: Recipe, { project, release, repository, world }: Scene): Promise<Decision> {
  const { build, shared } = recipe;
  const { revision } = release;
  const isThere = repository !== null && revision !== null && (await repository.hasCommit(revision));
  const isOwn = isThere || (await repository?.isSourceOf(project.config.source)) === true;
  const files = world.files(project.root);
  const all = [recipe, ...shared];
  const found = await Promise.all(
    all.map(async (one) => {
      const isRendered = one === recipe && build.template !== null;
      const entry = isThere && !isRendered ? await repository.at(revision, one.dockerfile) : null;
      const committed = entry?.kind === 'file' ? entry.text : null;
      return { ...one, here: await files.read(one.dockerfile), committed, isRendered };
    }),
  );
  const reads = found.some(({ here, committed }) =>
    [here, committed].some((text) => text !== null && readsContext(text)),
  );
  const source = chooseSource({ written: build.contextFrom, inGit: repository !== null, isOwn, reads });
  const paths = all.flatMap(({ dockerfile, context }) => (reads ? [dockerfile, context] : [dockerfile]));
  const problems =
    source === 'release'
      ? await releaseProblems(recipe, release, repository, isThere)
      : await uncommittedProblems(repository, paths, recipe);
  const texts = found.map(
    ({ dockerfile, here, committed, isRendered }) =>
      [dockerfile, source === 'release' && !isRendered ? committed : here] as const,
  );
  return { source, problems, texts: new Map(texts) };
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
  const problems: Problem[] = [];
  for (const one of [recipe, ...recipe.shared]) {
    const { dockerfile, context } = one;
    const folder = await repository.at(revision, context);
    if (folder?.kind !== 'folder') problems.push(missingAtCommit(context, 'folder', revision));
    if (one === recipe && recipe.build.template !== null) {
      problems.push(...(await uncommittedProblems(repository, [dockerfile], recipe)));
      continue;
    }
    const file = await repository.at(revision, dockerfile);
    if (file?.kind !== 'file') problems.push(missingAtCommit(dockerfile, 'Dockerfile', revision));
  }
  return problems;
}

async function uncommittedProblems(
  repository: SourceRepository | null,
  paths: readonly string[],
  { dockerfile }: Recipe,
): Promise<readonly Problem[]> {
  const found = (await repository?.uncommitted(paths)) ?? [];
  return found.length === 0 ? [] : [uncommittedProblem(`the build of ${dockerfile}`, found)];
}
