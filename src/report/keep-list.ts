/** Digests that must stay, in the forms that cleanup tools and policies read. */
import { alternatives, joined } from '../protect/alternatives.ts';
import type { Digest } from '../domain/digest.ts';
import { assertNever, InputError } from '../domain/errors.ts';
import { jsonText } from './plan-json.ts';
import { count } from './words.ts';

export type KeepFormat = 'text' | 'ghcr' | 'ecr' | 'harbor' | 'gitlab';

export interface KeepList {
  /** `registry/path` */
  readonly name: string;
  /** The repository's name in its registry. */
  readonly path: string;
  /** By code unit. */
  readonly digests: readonly Digest[];
  /** Tags that hold them, by code unit, those that belong to a digest included. */
  readonly tags: readonly string[];
  /** Tags that nothing holds. */
  readonly looseTags: readonly string[];
}

/** @throws {InputError} KEEP_INEXPRESSIBLE if the policy has no words for it */
export function keepText(lists: readonly KeepList[], format: KeepFormat): string {
  switch (format) {
    case 'text':
      return lists.flatMap(({ name, digests }) => digests.map((digest) => `${name}@${digest}\n`)).join('');
    case 'ghcr':
      return ghcr(lists);
    case 'ecr':
      return ecr(lists);
    case 'harbor':
      return harbor(lists);
    case 'gitlab':
      return gitlab(lists);
    default:
      return assertNever(format);
  }
}

/**
 * One line for the input `skip-shas` of snok/container-retention-policy, digests parted by commas.
 *
 * @see https://github.com/snok/container-retention-policy#skip-shas
 */
function ghcr(lists: readonly KeepList[]): string {
  return `${[...new Set(lists.flatMap(({ digests }) => digests))].join(',')}\n`;
}

/**
 * The shape of `imageIds` that `aws ecr list-images` and `batch-delete-image` have, to be taken away from what is deleted.
 * Lifecycle policies take tags, ages and counts, and no digest: they may delete what is listed here.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageIdentifier.html
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
 */
function ecr(lists: readonly KeepList[]): string {
  return jsonText(
    lists.map(({ path, digests }) => ({
      repositoryName: path,
      imageIds: digests.map((digest) => ({ imageDigest: digest })),
    })),
  );
}

/**
 * A retention rule a repository, in the form of `POST /api/v2.0/retentions`. Harbor's rules take tags and no digest: it
 * keeps the artifact under a tag with its children and accessories.
 *
 * @see https://goharbor.io/docs/main/working-with-projects/working-with-images/create-tag-retention-rules/
 */
function harbor(lists: readonly KeepList[]): string {
  return jsonText({
    algorithm: 'or',
    rules: lists.map(({ path, tags }) => ({
      action: 'retain',
      template: 'always',
      tag_selectors: [{ kind: 'doublestar', decoration: 'matches', pattern: `{${tags.join(',')}}` }],
      scope_selectors: {
        repository: [{ kind: 'doublestar', decoration: 'repoMatches', pattern: path.split('/').slice(1).join('/') }],
      },
    })),
  });
}

/** Characters of `name_regex_keep`. */
const gitlabLimit = 255;

/**
 * The body of `PUT /projects/ID` that sets which tags a cleanup policy keeps. GitLab's policies take one regular
 * expression over tags and no digest, for all repositories of a project.
 *
 * @see https://docs.gitlab.com/user/packages/container_registry/reduce_container_registry_storage/#cleanup-policy
 */
function gitlab(lists: readonly KeepList[]): string {
  const held = [...new Set(lists.flatMap(({ tags }) => tags))];
  const loose = lists.flatMap(({ looseTags }) => looseTags).filter((tag) => !held.includes(tag));
  const pattern = joined(alternatives(held, loose));
  if (pattern.length <= gitlabLimit)
    return jsonText({ container_expiration_policy_attributes: { name_regex_keep: pattern } });
  const message = `${count(held.length, 'tag needs', 'tags need')} a regular expression of ${pattern.length} characters, and GitLab takes ${gitlabLimit}`;
  const fix =
    'switch the cleanup policy off for this project and use tagwright prune, or --keep text for your own tool';
  throw new InputError([{ code: 'KEEP_INEXPRESSIBLE', where: '--keep gitlab', message, fix }]);
}
