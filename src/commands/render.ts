/** `tagwright render [--check]`: Dockerfiles from their templates. */
import { releaseNames, renderTemplate as fillTemplate, type TagTemplate } from '../config/tag-template.ts';
import { basesLockProblems } from '../build/bases-lock.ts';
import type { BuildSpec, Config, ImageConfig } from '../config/types.ts';
import { argumentReferences, taggedName } from '../domain/build-arguments.ts';
import { formatProblem, InputError, type Problem } from '../domain/errors.ts';
import { mirroredImage } from '../domain/mirrors.ts';
import { failed, ok, type Result } from '../domain/result.ts';
import { buildOf } from '../plan/build-of.ts';
import { allShapes } from '../plan/shapes.ts';
import { renderDockerfile, type DockerfileBase } from '../render/dockerfile.ts';
import type { TemplateSource } from '../render/template-input.ts';
import type { ProjectFiles } from '../ports.ts';
import { updateBasesLock } from './bases-lock.ts';
import type { CommonOptions } from './options.ts';
import { readImage, readWithoutLock } from './read-project.ts';
import type { Outcome, World } from './world.ts';

export interface RenderOptions extends Pick<CommonOptions, 'config' | 'image'> {
  readonly check: boolean;
  /** Ask for the digests of the base images first, and write them into the base lock. */
  readonly updateBases: boolean;
}

export async function renderCommand(options: RenderOptions, world: World): Promise<Outcome> {
  const { config, image, root, updated } = await readForRender(options, world);
  const files = world.files(root);
  const behind = basesLockProblems(image.basesLock, config.images);
  if (behind.length > 0) throw new InputError(behind);
  const rendered = await renderAll(image, files);
  const drifted = rendered.filter((file) => file.text !== file.committed);
  if (options.check) {
    if (drifted.length > 0) throw new InputError(drifted.map(driftProblem));
    return {
      stdout: `${rendered.map((file) => `${file.path} is as its template renders it`).join('\n')}\n`,
      result: 'as-planned',
    };
  }
  for (const file of drifted) await files.write(file.path, file.text);
  const written = rendered.map((file) => `${file.path} ${drifted.includes(file) ? 'written' : 'unchanged'}`);
  const lines = [...updated, ...written];
  return { stdout: `${lines.join('\n')}\n`, result: 'as-planned' };
}

/** Of the config's images, with the lock that is there or the one that is written now. */
async function readForRender(
  options: RenderOptions,
  world: World,
): Promise<{ config: Config; image: ImageConfig; root: string; updated: readonly string[] }> {
  const asked = { ...options, repository: [] };
  if (!options.updateBases) return { ...(await readImage(asked, world)), updated: [] };
  const loaded = await readWithoutLock(asked, world);
  const { lock, lines } = await updateBasesLock(loaded.config, loaded.root, world);
  return { ...loaded, image: { ...loaded.image, basesLock: lock }, updated: lines };
}

export interface RenderedFile {
  readonly path: string;
  readonly template: string;
  readonly text: string;
  /** What is there now; `null`: nothing. */
  readonly committed: string | null;
}

/** @throws {InputError} with everything that is wrong with the templates */
export async function renderAll(image: ImageConfig, files: ProjectFiles): Promise<RenderedFile[]> {
  // Recipes share partials: what is wrong with one is told once.
  const problems = new Map<string, Problem>();
  const rendered: RenderedFile[] = [];
  const recipes = recipesOf(image);
  for (const recipe of recipes.ok ? recipes.value : []) {
    const { path, template } = recipe;
    const result = await renderRecipe(recipe, image, files);
    if (result.ok) rendered.push({ path, template, text: result.value, committed: await files.read(path) });
    else for (const problem of result.problems) problems.set(formatProblem(problem), problem);
  }
  if (!recipes.ok) throw new InputError(recipes.problems);
  if (problems.size > 0) throw new InputError([...problems.values()]);
  return rendered;
}

/** Rendered files are committed, so that what builds is what was reviewed: what differs, or cannot be rendered. */
export async function driftProblems(image: ImageConfig, files: ProjectFiles): Promise<readonly Problem[]> {
  try {
    return (await renderAll(image, files)).filter((file) => file.text !== file.committed).map(driftProblem);
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
}

/** One Dockerfile that a template renders to, and the cells it is for. */
interface Recipe {
  readonly path: string;
  readonly template: string;
  readonly build: BuildSpec;
  /** The axis values that have this Dockerfile and no other. */
  readonly axes: Readonly<Record<string, string>>;
}

/** A rendered Dockerfile is one for every release: what differs comes in as build arguments. */
function recipesOf(image: ImageConfig): Result<Recipe[]> {
  const recipes = new Map<string, Recipe>();
  for (const shape of allShapes(image.axes)) {
    const { axes, variables } = shape;
    const build = buildOf(shape, image);
    const { dockerfile, template } = build;
    if (template === null || dockerfile === null) continue;
    const byRelease = [...dockerfile.names].filter((name) => releaseNames[name] !== undefined);
    if (byRelease.length > 0) {
      return failed({
        code: 'TEMPLATE_INVALID',
        where: template,
        message: `renders to ${dockerfile.text}, which differs from release to release`,
        fix: `name no ${byRelease.map((name) => `{{${name}}}`).join(', ')} in it, or leave out template`,
      });
    }
    const path = fillTemplate(dockerfile, { ...variables, ...axes });
    const told = Object.entries(axes).filter(([axis]) => build.chosenBy.includes(axis) || dockerfile.names.has(axis));
    if (!recipes.has(path)) recipes.set(path, { path, template, build, axes: Object.fromEntries(told) });
  }
  return ok([...recipes.values()]);
}

async function renderRecipe(recipe: Recipe, image: ImageConfig, files: ProjectFiles): Promise<Result<string>> {
  const { path, template, build, axes } = recipe;
  const text = await files.read(template);
  if (text === null) {
    return failed({
      code: 'TEMPLATE_MISSING',
      where: `the template of ${path}`,
      message: `there is no ${template}`,
      fix: 'write the template, or leave the key out for a Dockerfile written by hand',
    });
  }
  const base = build.base === null ? null : baseWithArguments(recipe, build.base, image);
  if (base?.ok === false) return base;
  return renderDockerfile({
    template: { path: template, text },
    partials: await readPartials(template, files),
    axes,
    dockerfile: path,
    ...(base === null ? {} : { base: base.value }),
  });
}

/** `python:{{python}}-slim` becomes `python:${PYTHON}-slim`: the file is one for all cells, the argument differs. */
function baseWithArguments(
  { path, build, axes }: Recipe,
  base: TagTemplate,
  image: ImageConfig,
): Result<DockerfileBase> {
  const references = argumentReferences(Object.fromEntries(image.axes.map(({ name }) => [name, axes[name] ?? null])));
  const unknown = [...base.names].filter((name) => !Object.hasOwn(references, name));
  if (unknown.length > 0) {
    return failed({
      code: 'TEMPLATE_UNKNOWN_NAME',
      where: `the base of ${path}`,
      message: `no build argument tells ${unknown.map((name) => `{{${name}}}`).join(', ')}`,
      fix: `a base image can be named after ${Object.keys(references).join(', ')}`,
    });
  }
  const name = fillTemplate(base, references);
  // A name with an argument in it has no one digest: buildx is given those as contexts.
  const locked = name.includes('$') || name.includes('@') ? undefined : image.basesLock.get(taggedName(name));
  const digest = build.baseDigest ?? locked ?? null;
  const pulled = mirroredImage(name, image.mirrors, `the base of ${path}`);
  if (!pulled.ok) return pulled;
  return ok({
    image: name,
    ...(pulled.value === name ? {} : { pulled: pulled.value }),
    ...(digest === null ? {} : { digest }),
  });
}

/** Partials lie in `partials/` beside the template and are called by their name without `.hbs`. */
async function readPartials(template: string, files: ProjectFiles): Promise<Record<string, TemplateSource>> {
  const folder = [...template.split('/').slice(0, -1), 'partials'].join('/');
  const partials: Record<string, TemplateSource> = {};
  for (const path of await files.list(folder)) {
    if (!path.endsWith('.hbs')) continue;
    const text = await files.read(path);
    if (text !== null) partials[path.slice(folder.length + 1, -'.hbs'.length)] = { path, text };
  }
  return partials;
}

function driftProblem(file: RenderedFile): Problem {
  const message =
    file.committed === null
      ? `is not there; ${file.template} renders to it`
      : `differs from what ${file.template} renders to`;
  return {
    code: 'TEMPLATE_DRIFT',
    where: file.path,
    message,
    fix: 'run tagwright render, look at the difference, and commit it',
  };
}
