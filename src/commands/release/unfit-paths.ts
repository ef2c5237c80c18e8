/** Paths of Dockerfiles and contexts that must not reach a builder. */
import { renderTemplate, type TagTemplate } from '../../config/tag-template.ts';
import type { ImageConfig } from '../../config/types.ts';
import type { Problem } from '../../domain/errors.ts';
import { contextPath } from '../../domain/path-fault.ts';
import { buildOf } from '../../plan/build-of.ts';
import type { Cell } from '../../plan/cell.ts';
import { cellValues } from '../../plan/expected-image.ts';
import { sharedBuilds } from '../../plan/shared-builds.ts';
import type { ProjectFiles } from '../../ports.ts';

/** Cells share what builds them: each path is looked at once. */
export async function unfitPaths(
  cells: readonly Cell[],
  image: ImageConfig,
  files: ProjectFiles,
): Promise<readonly Problem[]> {
  const asked = new Map<string, () => Promise<readonly Problem[]>>();
  for (const cell of cells) {
    const build = buildOf(cell.shape, image);
    const values = cellValues(cell);
    const where = placeOfBuild(cell, image);
    const ask = (key: string, template: TagTemplate | null, kind: 'file' | 'folder', at = where): void => {
      const path = template === null ? '.' : contextPath(renderTemplate(template, values));
      if (path !== null) asked.set(`${key} ${path}`, () => files.unfit(path, `${at}${key}`, kind));
    };
    ask('dockerfile', build.dockerfile, 'file');
    ask('context', build.context, 'folder');
    for (const [name, template] of build.contexts) ask(`contexts.${name}`, template, 'folder');
    for (const [name, spec] of sharedBuilds(build, image)) {
      const own = (key: string, template: TagTemplate | null, kind: 'file' | 'folder'): void =>
        ask(`shared.${name}.${key}`, template, kind, '');
      own('dockerfile', spec.dockerfile, 'file');
      own('context', spec.context, 'folder');
      for (const [key, template] of spec.contexts) own(`contexts.${key}`, template, 'folder');
    }
  }
  return (await Promise.all([...asked.values()].map((look) => look()))).flat();
}

/** Where the config says how a cell is built: `flavors.conda.`, `axes.os.trixie.`, or nothing for the image itself. */
function placeOfBuild({ shape }: Cell, image: ImageConfig): string {
  const axis = buildOf(shape, image).chosenBy.at(-1);
  if (axis === undefined) return '';
  const value = shape.axes[axis] ?? '';
  if (axis === 'python') return `pythons.${value}.`;
  return axis === 'flavor' ? `flavors.${value}.` : `axes.${axis}.${value}.`;
}
