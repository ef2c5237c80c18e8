/**
 * Releases from GitHub.
 *
 * Two lists are enough, 100 items a page: releases, and git tags with their commits. No request a release, so 2,000
 * releases are 40 requests. With a token the git tags come by GraphQL, with the date of each commit; without one, so that
 * a public project is plannable by anybody, from REST, and the date is the release's `created_at`, which GitHub documents
 * as that of the commit. Where the git repository is a source too, its dates win.
 *
 * @see https://docs.github.com/en/rest/releases/releases#get-the-latest-release
 */
import { z } from 'zod';
import { parseInstant } from '../../domain/instant.ts';
import type { ReleaseFact } from '../../domain/release.ts';
import type { ReleaseSource, SourceAnswer, SourceNote } from '../../ports.ts';
import { listGitTags, readingPermission, type GitTag } from './git-tags.ts';
import { githubClient, type GithubOptions } from './github-client.ts';

/**
 * Every published release whose git tag exists is a fact, the tag's name its version as written. `[YANKED]` in a release's
 * title withdraws it, as https://keepachangelog.com/en/1.1.0/ does. Drafts are left out and counted.
 *
 * `list` throws `OutsideError` SOURCE_FAILED for any answer but the whole list: 401, 403, 404, rate limits that last
 * longer than `maxWaitMs`, 5xx after two more tries, no connection, a body that is no list.
 *
 * @throws {InputError} CONFIG_INVALID where `baseUrl` is no URL that a token may be sent to
 */
export function githubReleaseSource(options: GithubOptions): ReleaseSource {
  const client = githubClient(options);
  return {
    name: client.name,
    async list(signal) {
      // Releases first: what is released in between is then a tag without a release, not a release without its tag.
      const releases = await client.list('releases', releaseItem, readingPermission, signal);
      const tags = await listGitTags(client, signal);
      return join(releases, tags);
    },
  };
}

const instant = z.string().refine((text) => parseInstant(text) !== null, 'expected an instant');

const releaseItem = z.object({
  id: z.number(),
  tag_name: z.string(),
  name: z.string().nullish(),
  draft: z.boolean(),
  prerelease: z.boolean(),
  created_at: instant,
  published_at: instant.nullish(),
});

type ReleaseItem = z.infer<typeof releaseItem>;

const yankedTitle = /\[yanked\]/i;

function join(items: readonly ReleaseItem[], tags: readonly GitTag[]): SourceAnswer {
  // What is released while pages are read shifts an item onto the next page, where it comes a second time.
  const releases = [...new Map(items.map((item) => [item.id, item])).values()];
  const published = releases.filter(({ draft }) => !draft);
  const byName = new Map(tags.map((tag) => [tag.name, tag]));
  const released = new Set(published.map((release) => release.tag_name));
  const facts = published.flatMap((release): ReleaseFact[] => {
    const tag = byName.get(release.tag_name);
    return tag === undefined ? [] : [toFact(release, tag)];
  });
  const gitTags = [...byName.keys()];
  const drafts = releases.filter(({ draft }) => draft).map((release) => release.tag_name);
  const notes: readonly SourceNote[] = [
    note(
      'TAG_WITHOUT_RELEASE',
      'git tags without a release',
      gitTags.filter((tag) => !released.has(tag)),
    ),
    note(
      'RELEASE_WITHOUT_TAG',
      'releases without their git tag',
      [...released].filter((tag) => !byName.has(tag)),
    ),
    note('DRAFTS_IGNORED', 'drafts, which are not releases yet', drafts),
  ];
  return { kind: 'github', facts, gitTags, partial: null, notes: notes.filter(({ versions }) => versions.length > 0) };
}

function toFact(release: ReleaseItem, { revision, committedAt }: GitTag): ReleaseFact {
  const isYanked = yankedTitle.test(release.name ?? '');
  return {
    version: release.tag_name,
    revision,
    committedAt: committedAt ?? release.created_at,
    prerelease: release.prerelease,
    ...(typeof release.published_at === 'string' ? { publishedAt: release.published_at } : {}),
    ...(isYanked ? { yanked: { reason: 'the title of its GitHub release says [YANKED]', from: 'GitHub' } } : {}),
  };
}

function note(code: SourceNote['code'], message: string, versions: readonly string[]): SourceNote {
  return { code, message, versions: versions.toSorted() };
}
