/** The Dockerfiles of some cells against what the cells hand over: which of them are at hand, and what breaks with each. */
import { renderTemplate, releaseNames } from '../../config/tag-template.ts';
import type { BuildSpec, ImageConfig } from '../../config/types.ts';
import { axisArgument, releaseArguments } from '../../domain/build-arguments.ts';
import type { Problem, ProblemCode } from '../../domain/errors.ts';
import { mirroredImage } from '../../domain/mirrors.ts';
import { contextPath } from '../../domain/path-fault.ts';
import { sharedName } from '../../domain/shared-target.ts';
import { buildOf } from '../../plan/build-of.ts';
import type { Cell, CellShape } from '../../plan/cell.ts';
import { cellValues } from '../../plan/expected-image.ts';
import { sharedBuilds, sharedId } from '../../plan/shared-builds.ts';
import { allShapes, goesTogether } from '../../plan/shapes.ts';
import type { ProjectFiles } from '../../ports.ts';
import type { ContractCell } from '../../render/contract.ts';

/** Mistakes of the Dockerfile and the config together: a plan that has one is not worth looking at. */
const codes: ReadonlySet<ProblemCode> = new Set([
  'DOCKERFILE_INVALID',
  'TARGET_UNKNOWN',
  'CELLS_IDENTICAL',
  'ARGUMENT_UNDECLARED',
  'BASE_IGNORED',
]);

export function isContractProblem({ code }: Problem): boolean {
  return codes.has(code);
}

/** The Dockerfiles of a release. @param read the text that a cell would be built with; `null`: it is not at hand */
export async function contractOf(
  cells: readonly Cell[],
  image: ImageConfig,
  read: (path: string, cell: Cell) => Promise<string | null>,
): Promise<readonly Problem[]> {
  const values = cells.map((cell) => ({ cell, shape: cell.shape, values: cellValues(cell) }));
  return judge(values, image, (path, { cell }) => read(path, cell));
}

/**
 * The Dockerfiles of an image whatever the release: every shape there is, with a value in place of each fact of a release.
 * A path that differs from release to release is not at hand.
 */
export async function contractOfImage(image: ImageConfig, files: ProjectFiles): Promise<readonly Problem[]> {
  const names = [...Object.keys(releaseNames), ...image.shape.names, ...image.attributeNames];
  const facts = Object.fromEntries(names.map((name) => [name, '0']));
  const shapes = allShapes(image.axes).filter((shape) => goesTogether(shape, image));
  const cells = shapes.map((shape) => ({ shape, values: { ...facts, ...shape.variables, ...shape.axes } }));
  return judge(cells, image, async (path) =>
    (await files.unfit(path, 'dockerfile', 'file')).length > 0 ? null : files.read(path),
  );
}

interface Valued {
  readonly shape: CellShape;
  readonly values: Readonly<Record<string, string>>;
}

async function judge<T extends Valued>(
  cells: readonly T[],
  image: ImageConfig,
  read: (path: string, cell: T) => Promise<string | null>,
): Promise<readonly Problem[]> {
  const files = new Map<string, { path: string; text: string; cells: ContractCell[] }>();
  const texts = new Map<string, Promise<string | null>>();
  let areAll = true;
  for (const cell of cells) {
    const { dockerfile, template, contextFrom } = buildOf(cell.shape, image);
    const path = dockerfile === null ? null : contextPath(renderTemplate(dockerfile, cell.values));
    if (path === null) continue;
    const asked = JSON.stringify([path, template, contextFrom]);
    const reading = texts.get(asked) ?? read(path, cell);
    texts.set(asked, reading);
    const text = await reading;
    areAll &&= text !== null;
    if (text === null) continue;
    const file = files.get(asked) ?? { path, text, cells: [] };
    file.cells.push(contractCell(cell, image));
    files.set(asked, file);
  }
  areAll = (await addShared(cells, image, files, read)) && areAll;
  if (files.size === 0) return [];
  // What reads a Dockerfile is large, and no config without one needs it.
  const { contractProblems } = await import('../../render/contract.ts');
  return contractProblems([...files.values()], areAll);
}

/** A build that cells share is one cell of its Dockerfile. @returns whether all of their Dockerfiles are at hand */
async function addShared<T extends Valued>(
  cells: readonly T[],
  image: ImageConfig,
  files: Map<string, { path: string; text: string; cells: ContractCell[] }>,
  read: (path: string, cell: T) => Promise<string | null>,
): Promise<boolean> {
  const seen = new Map<string, string | null>();
  for (const cell of cells) {
    const release = cell.values['version'] ?? '';
    for (const [name, build] of sharedBuilds(buildOf(cell.shape, image), image)) {
      const id = JSON.stringify([release, sharedId(name, image, cell.values)]);
      const path = build.dockerfile === null ? null : contextPath(renderTemplate(build.dockerfile, cell.values));
      if (path === null || seen.has(id)) continue;
      const text = await read(path, cell);
      seen.set(id, text);
      if (text === null) continue;
      const asked = JSON.stringify(['shared', path]);
      const file = files.get(asked) ?? { path, text, cells: [] };
      const given = Object.fromEntries([...build.args].map(([arg, one]) => [arg, renderTemplate(one, cell.values)]));
      file.cells.push({ release, axes: cell.shape.axes, args: given, ...toldBy(build, image, cell.values) });
      files.set(asked, file);
    }
  }
  return [...seen.values()].every((text) => text !== null);
}

/** What a build says of itself, be it a cell's or shared. */
function toldBy(
  build: BuildSpec,
  image: ImageConfig,
  values: Valued['values'],
): Pick<ContractCell, 'target' | 'ownArgs' | 'from' | 'bases' | 'shared'> {
  const contexts = [...build.contexts].map(([name, template]) => {
    const shared = sharedName(template.text);
    return [name, shared === null ? renderTemplate(template, values) : sharedId(shared, image, values)];
  });
  const base = build.base === null ? null : renderTemplate(build.base, values);
  const mirrored = base === null ? null : mirroredImage(base, image.mirrors, '');
  return {
    target: build.target === null ? null : renderTemplate(build.target, values),
    ownArgs: [...build.args.keys()],
    from: JSON.stringify([build.context === null ? '' : renderTemplate(build.context, values), contexts]),
    bases: base === null ? [] : [base, ...(mirrored?.ok === true ? [mirrored.value] : [])],
    shared: [...build.contexts].flatMap(([name, { text }]) => (sharedName(text) === null ? [] : [name])),
  };
}

function contractCell({ shape, values }: Valued, image: ImageConfig): ContractCell {
  const build = buildOf(shape, image);
  return {
    release: values['version'] ?? '',
    axes: shape.axes,
    args: {
      [releaseArguments.version]: values['version'] ?? '',
      [releaseArguments.revision]: values['revision'] ?? '',
      [releaseArguments.created]: '',
      ...Object.fromEntries(Object.entries(shape.axes).map(([axis, value]) => [axisArgument(axis), value])),
      ...Object.fromEntries([...build.args].map(([name, template]) => [name, renderTemplate(template, values)])),
    },
    ...toldBy(build, image, values),
  };
}
