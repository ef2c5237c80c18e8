/**
 * Which targets a build has: one a cell, with everything the Dockerfile is told.
 */
import { renderTemplate } from '../config/tag-template.ts';
import type { ImageConfig } from '../config/types.ts';
import type { BuildTarget } from '../domain/build-target.ts';
import { axisArgument, releaseArguments } from '../domain/build-arguments.ts';
import { InternalError } from '../domain/errors.ts';
import { formatInstant } from '../domain/instant.ts';
import { builtVersion } from '../domain/release.ts';
import type { Cell } from '../plan/cell.ts';
import { cellValues, expectedLabels } from '../plan/expected-image.ts';

/**
 * @param references where the cell's full tag is pushed, one a repository
 * @param root folder that the config's paths are relative to; joined by `/`
 */
export function buildTarget(cell: Cell, image: ImageConfig, references: readonly string[], root: string): BuildTarget {
  const flavor = image.flavors.get(cell.shape.axes['flavor'] ?? '');
  if (flavor === undefined) throw new InternalError(`no flavor for ${targetId(cell)}`);
  const values = cellValues(cell);
  const axes = Object.entries(cell.shape.axes).map(([axis, value]) => [axisArgument(axis), value]);
  const more = [...flavor.args].map(([name, template]) => [name, renderTemplate(template, values)]);
  return {
    id: targetId(cell),
    dockerfile: inRoot(root, flavor.dockerfile),
    context: inRoot(root, flavor.context),
    args: {
      [releaseArguments.version]: builtVersion(cell.release),
      [releaseArguments.revision]: cell.release.revision ?? '',
      [releaseArguments.created]: formatInstant(cell.release.committedAt),
      ...Object.fromEntries(axes),
      ...Object.fromEntries(more),
    },
    labels: expectedLabels(cell, image),
    platforms: cell.platforms,
    references,
    contexts: flavor.contexts,
  };
}

/** `2-11-5-python3-10-conda` would be ambiguous; axes are told by name: `2-11-5_python-3-10_flavor-conda`. */
export function targetId(cell: Pick<Cell, 'release' | 'shape'>): string {
  const axes = Object.entries(cell.shape.axes).map(([axis, value]) => `${axis}-${value}`);
  return [cell.release.version.text, ...axes].map((part) => part.replaceAll(/[^A-Za-z0-9-]/g, '-')).join('_');
}

function inRoot(root: string, path: string): string {
  if (path === '.') return root;
  return `${root.replace(/\/$/, '')}/${path}`;
}
