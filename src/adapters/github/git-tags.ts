import { z } from 'zod';
import { parseInstant } from '../../domain/instant.ts';
import { isRevision } from '../../domain/release.ts';
import { maxPages, type GithubClient } from './github-client.ts';
import { unreadable } from './github-failure.ts';

export interface GitTag {
  readonly name: string;
  /** The commit it leads to, through however many tag objects. */
  readonly revision: string;
  /** The committer's date of that commit; `null` where the list does not have it. */
  readonly committedAt: string | null;
}

/** The smallest that reads releases and git tags; a public repository needs no token at all. */
export const readingPermission = 'contents: read';

/**
 * Every git tag that leads to a commit, a hundred a request.
 *
 * GraphQL has the commit's date and answers nobody without a token; REST answers everybody and has no date. A release's
 * own `created_at` is no stand-in that can be relied on: of an annotated git tag it may be the tagger's date.
 *
 * @throws {OutsideError} SOURCE_FAILED, ABORTED
 * @see https://docs.github.com/en/graphql/reference/objects#commit
 * @see https://github.com/badges/shields/issues/6309
 */
export async function listGitTags(client: GithubClient, signal?: AbortSignal): Promise<readonly GitTag[]> {
  if (!client.hasToken) {
    const items = await client.list('tags', tagItem, readingPermission, signal);
    return items.map(({ name, commit }) => ({ name, revision: commit.sha, committedAt: null }));
  }
  const tags: GitTag[] = [];
  let after: string | null = null;
  for (let pages = 1; ; pages += 1) {
    const what = `git tags, page ${pages}`;
    const page: z.output<typeof refsPage> = await client.query({ text: refsQuery, after, what }, refsPage, signal);
    const { nodes, pageInfo } = page.repository.refs;
    tags.push(...nodes.flatMap(toGitTag));
    if (!pageInfo.hasNextPage) return tags;
    if (pages === maxPages) throw unreadable(client.name, what, `more than ${maxPages} pages`, 'a list');
    if (pageInfo.endCursor === after) throw unreadable(client.name, what, 'the same page once more', 'the next one');
    after = pageInfo.endCursor;
  }
}

const sha = z.string().refine(isRevision, 'expected a git commit of 40 hex digits');
const tagItem = z.object({ name: z.string(), commit: z.object({ sha }) });

const refsQuery = `query ($owner: String!, $name: String!, $after: String) {
  repository(owner: $owner, name: $name) {
    refs(refPrefix: "refs/tags/", first: 100, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes { name target { ...commit ... on Tag { target { ...commit ... on Tag { target { ...commit } } } } } }
    }
  }
}
fragment commit on Commit { oid committedDate }`;

/** A commit has both; a tag object has a target instead; a tree or a file has neither. */
interface Target {
  readonly oid?: string | undefined;
  readonly committedDate?: string | undefined;
  readonly target?: Target | undefined;
}

const target: z.ZodType<Target> = z.object({
  oid: sha.optional(),
  committedDate: z
    .string()
    .refine((text) => parseInstant(text) !== null, 'expected an instant')
    .optional(),
  get target() {
    return target.optional();
  },
});

const refsPage = z.object({
  repository: z.object({
    refs: z.object({
      pageInfo: z.discriminatedUnion('hasNextPage', [
        z.object({ hasNextPage: z.literal(false) }),
        z.object({ hasNextPage: z.literal(true), endCursor: z.string() }),
      ]),
      nodes: z.array(z.object({ name: z.string(), target })),
    }),
  }),
});

function toGitTag(node: { readonly name: string; readonly target: Target }): GitTag[] {
  let last = node.target;
  while (last.target !== undefined) last = last.target;
  const { oid, committedDate } = last;
  return oid === undefined || committedDate === undefined
    ? []
    : [{ name: node.name, revision: oid, committedAt: committedDate }];
}
