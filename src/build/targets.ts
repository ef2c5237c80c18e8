/**
 * Which targets a build has: one a cell, with everything the Dockerfile is told.
 */
import { renderTemplate, type TagTemplate } from '../config/tag-template.ts';
import type { BuildSpec, ImageConfig } from '../config/types.ts';
import type { BuildTarget } from '../domain/build-target.ts';
import { axisArgument, releaseArguments } from '../domain/build-arguments.ts';
import { InputError, InternalError } from '../domain/errors.ts';
import { outsideRoot } from '../domain/path-fault.ts';
import { formatInstant, undated } from '../domain/instant.ts';
import { builtVersion } from '../domain/release.ts';
import { buildOf } from '../plan/build-of.ts';
import { targetId, type Cell } from '../plan/cell.ts';
import { cellValues, labelsOf } from '../plan/expected-image.ts';
import { sharedBuilds, sharedId } from '../plan/shared-builds.ts';
import { buildContexts, contextsOf } from './contexts.ts';
import type { BuildRoots } from './source.ts';

/** @param references where the cell's full tag is pushed, one a repository */
export function buildTarget(
  cell: Cell,
  image: ImageConfig,
  references: readonly string[],
  roots: BuildRoots,
): BuildTarget {
  const build = buildOf(cell.shape, image);
  if (build.dockerfile === null) throw new InternalError(`no Dockerfile for ${targetId(cell)}`);
  const values = cellValues(cell);
  const fill = (template: TagTemplate): string => renderTemplate(template, values);
  const axes = Object.entries(cell.shape.axes).map(([axis, value]) => [axisArgument(axis), value]);
  const more = [...build.args].map(([name, template]) => [name, fill(template)]);
  return {
    id: targetId(cell),
    dockerfile: inRoot(roots.dockerfile, build.dockerfile, values),
    context: inRoot(roots.context, build.context, values),
    ...(build.target === null ? {} : { target: fill(build.target) }),
    args: {
      [releaseArguments.version]: builtVersion(cell.release),
      [releaseArguments.revision]: cell.release.revision ?? '',
      [releaseArguments.created]: cell.release.committedAt === undated ? '' : formatInstant(cell.release.committedAt),
      ...Object.fromEntries(axes),
      ...Object.fromEntries(more),
    },
    labels: { ...labelsOf(cell, image), ...roots.labels },
    platforms: cell.platforms,
    references,
    contexts: buildContexts(cell, image),
    ...sharedBy(build, image, values, roots),
    ...(build.smoke === null ? {} : { smoke: 'names' in build.smoke ? fill(build.smoke) : build.smoke.map(fill) }),
    inputs: build.inputs,
  };
}

/** They are built in the folders of the cell, and given what their own templates say and nothing else. */
function sharedBy(
  build: BuildSpec,
  image: ImageConfig,
  values: Readonly<Record<string, string>>,
  roots: BuildRoots,
): Pick<BuildTarget, 'shared'> {
  const shared = sharedBuilds(build, image).map(([name, spec]): BuildTarget => {
    const fill = (template: TagTemplate): string => renderTemplate(template, values);
    return {
      id: sharedId(name, image, values),
      dockerfile: inRoot(roots.context, spec.dockerfile, values),
      context: inRoot(roots.context, spec.context, values),
      ...(spec.target === null ? {} : { target: fill(spec.target) }),
      args: Object.fromEntries([...spec.args].map(([arg, template]) => [arg, fill(template)])),
      labels: {},
      platforms: [],
      references: [],
      contexts: contextsOf(spec, image, values),
      inputs: spec.inputs,
    };
  });
  return shared.length === 0 ? {} : { shared };
}

/** @throws {InputError} where what a release or a value gives to a path leads elsewhere */
function inRoot(root: string, template: TagTemplate | null, values: Readonly<Record<string, string>>): string {
  const path = template === null ? '.' : renderTemplate(template, values);
  if (path === '.') return root;
  const steps = (text: string): number => text.split('/').filter((part) => part === '..' || part === '').length;
  if (template !== null && steps(path) > steps(template.text)) {
    throw new InputError([outsideRoot(path, `of ${template.text} leads elsewhere`, values['version'] ?? '')]);
  }
  return `${root.replace(/\/$/, '')}/${path}`;
}
