/** What every build is told, whatever the project: the names that Dockerfiles declare with `ARG`. */
import { formatRepository, parseRepository } from './reference.ts';

/** Build arguments that every target gets, besides one for each axis. */
export const releaseArguments = { version: 'VERSION', revision: 'REVISION', created: 'CREATED' } as const;

/** The build argument of an axis: `python` gives `PYTHON`, `cudaVersion` and `cuda-version` give `CUDA_VERSION`. */
export function axisArgument(axis: string): string {
  return axis
    .replaceAll(/(?<small>[a-z0-9])(?<capital>[A-Z])/g, '$<small>_$<capital>')
    .replaceAll('-', '_')
    .toUpperCase();
}

/**
 * What the names of a cell are called inside a Dockerfile, so that one Dockerfile serves every cell: with these values
 * `python:{{python}}-slim` renders to `python:${PYTHON}-slim`.
 *
 * @param axes the axes by name; one that has a value here is written out, the others come in as arguments
 */
export function argumentReferences(axes: Readonly<Record<string, string | null>>): Readonly<Record<string, string>> {
  const reference = (name: string): string => `\${${name}}`;
  const named = Object.entries(axes).map(([axis, value]) => [axis, value ?? reference(axisArgument(axis))]);
  return {
    version: reference(releaseArguments.version),
    revision: reference(releaseArguments.revision),
    ...Object.fromEntries(named),
  };
}

/** The name of an image with its registry, as labels and other machines need it: `docker.io/library/python:3.12-slim`. */
export function qualifiedName(image: string): string {
  if (image === 'scratch') return image;
  const end = nameLength(image);
  const path = image.slice(0, end).replaceAll(/\$\{[A-Z0-9_]*\}/g, '0');
  const repository = parseRepository(path, 'base');
  const full = repository.ok ? formatRepository(repository.value) : path;
  return full.endsWith(path) ? full.slice(0, full.length - path.length) + image : full + image.slice(end);
}

/** The name of an image with its registry and its tag, without which it means `:latest`. */
export function taggedName(image: string): string {
  const full = qualifiedName(image);
  return full.lastIndexOf(':') > full.lastIndexOf('/') ? full : `${full}:latest`;
}

/** Where the name of an image ends and its tag or digest begins. */
export function nameLength(image: string): number {
  const [named = ''] = image.split('@', 1);
  const colon = named.lastIndexOf(':');
  return colon > named.lastIndexOf('/') ? colon : named.length;
}
