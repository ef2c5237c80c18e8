/** `tagwright render [--check]`: Dockerfiles from their templates. */
import type { Flavor, ImageConfig } from '../config/types.ts';
import { axisArgument } from '../domain/build-arguments.ts';
import { InputError, type Problem } from '../domain/errors.ts';
import { renderDockerfile } from '../render/dockerfile.ts';
import type { TemplateSource } from '../render/template.ts';
import type { ProjectFiles } from '../ports.ts';
import type { CommonOptions } from './options.ts';
import { readImage } from './read-project.ts';
import type { Outcome, World } from './world.ts';

export interface RenderOptions extends Pick<CommonOptions, 'config' | 'image' | 'repository'> {
  readonly check: boolean;
}

export async function renderCommand(options: RenderOptions, world: World): Promise<Outcome> {
  const { image, root } = await readImage(options, world);
  const files = world.files(root);
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
  const lines = rendered.map((file) => `${file.path} ${drifted.includes(file) ? 'written' : 'unchanged'}`);
  return { stdout: `${lines.join('\n')}\n`, result: 'as-planned' };
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
  const problems: Problem[] = [];
  const rendered: RenderedFile[] = [];
  for (const flavor of image.flavors.values()) {
    if (flavor.template === null) continue;
    const result = await renderFlavor(flavor, flavor.template, image, files);
    if (result.ok)
      rendered.push({
        path: flavor.dockerfile,
        template: flavor.template,
        text: result.value,
        committed: await files.read(flavor.dockerfile),
      });
    else problems.push(...result.problems);
  }
  if (problems.length > 0) throw new InputError(problems);
  return rendered;
}

/** Rendered files are committed, so that what builds is what was reviewed. @throws {InputError} on drift */
export async function refuseDrift(image: ImageConfig, files: ProjectFiles): Promise<void> {
  const drifted = (await renderAll(image, files)).filter((file) => file.text !== file.committed);
  if (drifted.length > 0) throw new InputError(drifted.map(driftProblem));
}

async function renderFlavor(
  flavor: Flavor,
  path: string,
  image: ImageConfig,
  files: ProjectFiles,
): Promise<ReturnType<typeof renderDockerfile>> {
  const text = await files.read(path);
  if (text === null) {
    const problem: Problem = {
      code: 'TEMPLATE_MISSING',
      where: `flavors.${flavor.name}.template`,
      message: `there is no ${path}`,
      mend: 'write the template, or leave the key out for a Dockerfile written by hand',
    };
    return { ok: false, problems: [problem] };
  }
  const base = flavor.base === null ? undefined : baseWithArguments(flavor, image);
  return renderDockerfile({
    template: { path, text },
    partials: await readPartials(path, files),
    flavor: flavor.name,
    dockerfile: flavor.dockerfile,
    ...(base === undefined ? {} : { base }),
  });
}

/** `python:{{python}}-slim` becomes `python:${PYTHON}-slim`: the file is one for all cells, the argument differs. */
function baseWithArguments(flavor: Flavor, image: ImageConfig): { image: string; digest?: string } {
  const axes = new Set(image.axes.map((axis) => axis.name));
  const text = (flavor.base?.pieces ?? [])
    .map((piece) =>
      piece.kind === 'text'
        ? piece.text
        : axes.has(piece.name)
          ? `\${${axisArgument(piece.name)}}`
          : `\${${piece.name.toUpperCase()}}`,
    )
    .join('');
  return flavor.baseDigest === null ? { image: text } : { image: text, digest: flavor.baseDigest };
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
    mend: 'run tagwright render, look at the difference, and commit it',
  };
}
