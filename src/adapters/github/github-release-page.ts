/**
 * The text of a release on GitHub.
 *
 * Nothing but `body` is sent, so that a draft, a pre-release and what is `latest` stay as they are. GitHub does not hold a
 * PATCH against `If-Match`: it was seen to answer 412 and write all the same.
 *
 * @see https://docs.github.com/en/rest/releases/releases#update-a-release
 * @see https://github.com/cli/cli/issues/7167
 */
import { z } from 'zod';
import { OutsideError } from '../../domain/errors.ts';
import type { RemotePage } from '../../ports.ts';
import { githubClient, type GithubOptions } from './github-client.ts';

const permission = 'contents: write';
const release = z.object({ id: z.number(), body: z.string().nullish() });

/**
 * GitHub answers "body is too long (maximum is 125000 characters)"; bytes are never fewer.
 *
 * @see https://github.com/cli/cli/issues/7705
 */
const maxBytes = 125_000;

/**
 * @param tag the git tag of the release. A draft is not found by it.
 * @throws {InputError} CONFIG_INVALID where `baseUrl` is no URL that a token may be sent to
 */
export function githubReleasePage(options: GithubOptions, tag: string): RemotePage {
  const client = githubClient(options);
  const path = `releases/tags/${encodeURIComponent(tag)}`;
  let id: number | null = null;
  return {
    name: `the release ${tag} of ${client.name}`,
    maxBytes,
    async read(signal) {
      const found = await client.get(path, release, permission, signal);
      id = found?.id ?? null;
      return found === null ? null : (found.body ?? '');
    },
    async write(text, signal) {
      id ??= (await client.get(path, release, permission, signal))?.id ?? null;
      if (id === null) throw new OutsideError('SOURCE_FAILED', `${client.name}: ${path} is not there any more`);
      const write = { method: 'PATCH', path: `releases/${id}`, body: { body: text }, permission } as const;
      await client.send(write, release, signal);
    },
  };
}
