/** The commands that fix findings: ours where we have one, the registry's own where a tag has to go. */
import type { Digest } from '../domain/digest.ts';
import { formatReference, formatRepository, type Repository } from '../domain/reference.ts';

/** @param flags each with a space before it, or nothing */
export function applyCommand(flags: string): string {
  return `tagwright apply${flags}`;
}

export function publishCommand(version: string, flags: string, ...more: readonly string[]): string {
  return [`tagwright publish ${version}${flags}`, ...more].join(' ');
}

/** The same command with a flag, once. */
export function withFlag(command: string, flag: string): string {
  return command.split(' ').includes(flag) ? command : `${command} ${flag}`;
}

/** Gives a tag a manifest back, byte for byte. */
export function restoreCommand(repository: Repository, tag: string, digest: Digest): string {
  return `crane tag ${formatRepository(repository)}@${digest} ${tag}`;
}

export interface Deletion {
  /** `null` where the registry cannot delete a tag without its image. */
  readonly command: string | null;
  /** What a person should know before; `null` where the command takes the tag alone. */
  readonly note: string | null;
}

/**
 * How one tag is deleted, and nothing that other tags point to.
 *
 * @see https://docs.docker.com/reference/api/hub/latest/ deletes a tag by name
 * @see https://docs.projectquay.io/api_quay.html deletes a tag by name
 * @see https://docs.github.com/en/rest/packages/packages deletes a package version with all its tags, never a tag alone
 * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_BatchDeleteImage.html removes the tag that is named
 * @see https://cloud.google.com/sdk/gcloud/reference/artifacts/docker/tags/delete
 * @see https://docs.gitlab.com/api/container_registry/#delete-a-registry-repository-tag
 * @see https://github.com/regclient/regclient/blob/main/docs/regctl.md deletes a tag where the registry deletes manifests only
 */
export function deletion(repository: Repository, tag: string): Deletion {
  const { registry, path } = repository;
  const alone = (command: string): Deletion => ({ command, note: null });
  if (registry === 'docker.io')
    return alone(
      `curl -fX DELETE -H "Authorization: Bearer $HUB_TOKEN" https://hub.docker.com/v2/repositories/${path}/tags/${tag}/`,
    );
  if (registry === 'quay.io')
    return alone(
      `curl -fX DELETE -H "Authorization: Bearer $QUAY_TOKEN" https://quay.io/api/v1/repository/${path}/tag/${tag}`,
    );
  if (registry === 'ghcr.io')
    return {
      command: null,
      note: 'GitHub deletes a package version with every tag on it, so delete it on the package page only if this is its one tag',
    };
  const ecr = /^\d{12}\.dkr\.ecr\.(?<region>[a-z0-9-]+)\.amazonaws\.com/.exec(registry)?.groups?.['region'];
  if (ecr !== undefined)
    return alone(`aws ecr batch-delete-image --region ${ecr} --repository-name ${path} --image-ids imageTag=${tag}`);
  if (registry.endsWith('-docker.pkg.dev'))
    return alone(`gcloud artifacts docker tags delete ${formatReference(repository, tag)} --quiet`);
  return alone(`regctl tag delete ${formatReference(repository, tag)}`);
}
