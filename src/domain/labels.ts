/** Labels on every image: OCI's words where it has them, ours for the axes. */

/** @see https://github.com/opencontainers/image-spec/blob/v1.1.1/annotations.md#pre-defined-annotation-keys */
export const labelNames = {
  version: 'org.opencontainers.image.version',
  revision: 'org.opencontainers.image.revision',
  created: 'org.opencontainers.image.created',
  baseName: 'org.opencontainers.image.base.name',
  baseDigest: 'org.opencontainers.image.base.digest',
} as const;

/** The git repository an image comes from: GHCR joins a package to its repository by it. */
export const repositoryLabel = 'org.opencontainers.image.source';

/** What an image says of the files it was built from, where they were no commit's: `working-tree`. */
export const sourceLabel = 'io.tagwright.source';

/** The ref that was built, of a build that is not a release: `refs/heads/main`, `refs/pull/12`. */
export const refLabel = 'io.tagwright.ref';

/** `io.tagwright.python`, `io.tagwright.flavor`, and so for any other axis. */
export function axisLabel(axis: string): string {
  return `io.tagwright.${axis}`;
}
