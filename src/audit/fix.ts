/** The commands that fix findings: ours where we have one, the registry's own where a tag has to go. */
import type { Digest } from '../domain/digest.ts';
import { formatReference, formatRepository, type Repository } from '../domain/reference.ts';

/** @param flags each with a space before it, or nothing */
export function applyCommand(flags: string, isBackward: boolean): string {
  return `tagwright apply${flags}${isBackward ? ' --allow-backward' : ''}`;
}

export function publishCommand(version: string, flags: string, ...more: readonly string[]): string {
  return [`tagwright publish ${version}${flags}`, ...more].join(' ');
}

/** Gives a pinned tag its recorded manifest back, byte for byte. */
export function restoreCommand(repository: Repository, tag: string, digest: Digest): string {
  return `crane tag ${formatRepository(repository)}@${digest} ${tag}`;
}

/**
 * Takes one tag away, and nothing that other tags stand on. Docker Hub and Quay delete tags by their own API alone;
 * elsewhere `regctl` knows how to drop a tag where the registry can only delete manifests.
 *
 * @see https://docs.docker.com/reference/api/hub/latest/
 * @see https://docs.projectquay.io/api_quay.html
 * @see https://github.com/regclient/regclient/blob/main/docs/regctl.md
 */
export function deleteCommand(repository: Repository, tag: string): string {
  const { registry, path } = repository;
  if (registry === 'docker.io') {
    return `curl -fX DELETE -H "Authorization: Bearer $HUB_TOKEN" https://hub.docker.com/v2/repositories/${path}/tags/${tag}/`;
  }
  if (registry === 'quay.io') {
    return `curl -fX DELETE -H "Authorization: Bearer $QUAY_TOKEN" https://quay.io/api/v1/repository/${path}/tag/${tag}`;
  }
  return `regctl tag delete ${formatReference(repository, tag)}`;
}
