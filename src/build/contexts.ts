/** The named build contexts of a build: those of the config, and its base where that is locked or pulled from a mirror. */
import { renderTemplate } from '../config/tag-template.ts';
import type { BuildSpec, ImageConfig } from '../config/types.ts';
import { qualifiedName } from '../domain/build-arguments.ts';
import { InputError } from '../domain/errors.ts';
import { mirroredImage } from '../domain/mirrors.ts';
import { shortName } from '../domain/reference.ts';
import { sharedName, targetContext } from '../domain/shared-target.ts';
import { baseOfBuild } from '../plan/base-of.ts';
import { buildOf } from '../plan/build-of.ts';
import type { Cell } from '../plan/cell.ts';
import { cellValues } from '../plan/expected-image.ts';
import { sharedId } from '../plan/shared-builds.ts';

const ofImage = 'docker-image://';

/**
 * A Dockerfile that names the base by its public name, or by its tag alone, is given the mirror's or the locked one in its
 * place. A context that the config
 * writes for the base counts before.
 *
 * @throws {InputError} for an image that has no name at its mirror
 */
export function contextsOf(
  build: BuildSpec,
  image: ImageConfig,
  values: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const { contexts } = build;
  const base = baseOfBuild(build, image, values);
  const pulled = (name: string): string => {
    const result = mirroredImage(name, image.mirrors, values['version'] ?? '');
    if (!result.ok) throw new InputError(result.problems);
    return result.value;
  };
  const written = [...contexts].map(([name, template]) => {
    const shared = sharedName(template.text);
    if (shared !== null) return [name, targetContext(sharedId(shared, image, values))] as const;
    const text = renderTemplate(template, values);
    return [name, text.startsWith(ofImage) ? ofImage + pulled(text.slice(ofImage.length)) : text] as const;
  });
  if (base === null) return Object.fromEntries(written);
  const { name, locked } = base;
  const mirror = pulled(name);
  if (mirror === name && !locked) return Object.fromEntries(written);
  const digest = base.digest === null ? '' : `@${base.digest}`;
  const given = new Set(written.map(([key]) => contextName(key)));
  const names = [...new Set([name, `${name}${digest}`])].map(contextName).filter((key) => !given.has(key));
  return Object.fromEntries([...written, ...names.map((key) => [key, `${ofImage}${mirror}${digest}`] as const)]);
}

export function buildContexts(cell: Cell, image: ImageConfig): Readonly<Record<string, string>> {
  return contextsOf(buildOf(cell.shape, image), image, cellValues(cell));
}

/**
 * As BuildKit looks contexts up: in Docker's short form, without `:latest`.
 *
 * @see https://github.com/moby/buildkit/blob/master/frontend/dockerui/namedcontext.go
 */
export function contextName(image: string): string {
  return shortName(qualifiedName(image)).replace(/:latest$/, '');
}
