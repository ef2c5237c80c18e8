/** A change of one file on a branch of its own, as a pull request; and who may ask for one. */
import { z } from 'zod';
import { InputError } from '../../domain/errors.ts';
import type { GithubClient } from './github-client.ts';

/**
 * Whether somebody may push. Who is `author_association: MEMBER` may have no right in this repository, so GitHub is asked.
 *
 * @see https://docs.github.com/en/rest/collaborators/collaborators#get-repository-permissions-for-a-user
 * @throws {OutsideError} SOURCE_FAILED: not answered is not allowed
 */
export async function mayWrite(client: GithubClient, login: string, signal?: AbortSignal): Promise<boolean> {
  const path = `collaborators/${encodeURIComponent(login)}/permission`;
  const found = await client.get(path, z.object({ permission: z.string() }), 'metadata: read', signal);
  // The role maintain is `write` here, triage is `read`.
  return found !== null && ['admin', 'write'].includes(found.permission);
}

export interface FileChange {
  /** From the top of the git repository. */
  readonly path: string;
  readonly before: string;
  readonly after: string;
  /** The branch it is for. */
  readonly base: string;
  /** The branch that is made for it. */
  readonly branch: string;
  readonly title: string;
  readonly body: string;
}

export interface OpenedChange {
  readonly url: string;
  readonly number: number;
  /** It was open before. */
  readonly wasOpen: boolean;
}

const refShape = z.object({ object: z.object({ sha: z.string() }) });
const fileShape = z.object({ content: z.string(), encoding: z.literal('base64'), sha: z.string() });
const pullShape = z.object({ html_url: z.string(), number: z.number() });

/**
 * Branch, commit, pull request; what an earlier run that was cut off has made is gone on with.
 *
 * @param owner of the repository, for the name of the head
 * @throws {InputError} CONFIG_DIFFERS if the branch has another text than either of the two
 * @throws {OutsideError} SOURCE_FAILED
 */
export async function openChange(
  client: GithubClient,
  owner: string,
  change: FileChange,
  signal?: AbortSignal,
): Promise<OpenedChange> {
  const { path, before, after, base, branch, title, body } = change;
  const head = encodeURIComponent(`${owner}:${branch}`);
  const pulls = await client.list(`pulls?state=open&head=${head}`, pullShape, 'pull-requests: read', signal);
  const [open] = pulls;
  if (open !== undefined) return { url: open.html_url, number: open.number, wasOpen: true };
  const permission = 'contents: write';
  if ((await client.get(`git/ref/heads/${branch}`, refShape, permission, signal)) === null) {
    const from = await client.get(`git/ref/heads/${base}`, refShape, permission, signal);
    if (from === null) throw differs(base, 'there is no such branch');
    const ref = { ref: `refs/heads/${branch}`, sha: from.object.sha };
    await client.send({ method: 'POST', path: 'git/refs', body: ref, permission }, z.unknown(), signal);
  }
  const file = `contents/${path.split('/').map(encodeURIComponent).join('/')}`;
  const found = await client.get(`${file}?ref=${encodeURIComponent(branch)}`, fileShape, permission, signal);
  const text = found === null ? null : new TextDecoder().decode(bytesOf(found.content));
  if (found === null || (text !== before && text !== after))
    throw differs(`${branch}:${path}`, 'it is another text than the one that is checked out');
  if (text === before) {
    const content = base64(new TextEncoder().encode(after));
    const write = { message: title, content, sha: found.sha, branch };
    await client.send({ method: 'PUT', path: file, body: write, permission }, z.unknown(), signal);
  }
  const request = { title, head: branch, base, body };
  const sent = { method: 'POST', path: 'pulls', body: request, permission: 'pull-requests: write' } as const;
  const made = await client.send(sent, pullShape, signal);
  return { url: made.html_url, number: made.number, wasOpen: false };
}

function differs(where: string, message: string): InputError {
  const fix = 'check out the default branch as it is now, delete the branch if it is an old one, and run again';
  return new InputError([{ code: 'CONFIG_DIFFERS', where, message, fix }]);
}

function bytesOf(content: string): Uint8Array {
  return Buffer.from(content, 'base64');
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
