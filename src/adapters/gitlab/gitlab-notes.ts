/** Notes of a merge request, and issues of a project, through GitLab's API v4. */
import { z } from 'zod';
import type { CommentBoard, IssueBoard, Note } from '../../ports.ts';
import { gitlabClient, type GitlabProject } from './gitlab-client.ts';

/** @see https://docs.gitlab.com/api/notes/#merge-requests */
export function mergeRequestNotes(project: GitlabProject, mergeRequest: number): CommentBoard {
  const client = gitlabClient(project, `the notes of merge request ${mergeRequest}`);
  return notesOf(client, project, `merge_requests/${mergeRequest}`);
}

/** @param of the path of what they are below, in the API and on the page */
function notesOf(client: ReturnType<typeof gitlabClient>, { webUrl }: GitlabProject, of: string): CommentBoard {
  const all = `${of}/notes`;
  const one = (id: number): string => `${all}/${id}`;
  const toNote = ({ id, body, system, author }: z.output<typeof noteItem>, me: number | null): Note => ({
    id,
    url: `${webUrl}/-/${of}#note_${id}`,
    body: body ?? '',
    // Nobody but a maintainer may edit another's note.
    trusted: system !== true && (me === null || author.id === me),
  });
  return {
    list: async (signal) => {
      const me = await client.me(signal);
      const items = await client.list(`${all}?order_by=created_at&sort=asc`, noteItem, signal);
      return items.map((item) => toNote(item, me));
    },
    create: async ({ body }, signal) =>
      toNote(await client.send({ method: 'POST', path: all, body: { body } }, noteItem, signal), null),
    update: async (id, { body }, signal) =>
      toNote(await client.send({ method: 'PUT', path: one(id), body: { body } }, noteItem, signal), null),
    remove: async (id, signal) => {
      await client.send({ method: 'DELETE', path: one(id) }, z.unknown(), signal);
    },
  };
}

/** The open ones, newest change first. @see https://docs.gitlab.com/api/issues/ */
export function projectIssues(project: GitlabProject): IssueBoard {
  const client = gitlabClient(project, 'the issues');
  const one = (id: number): string => `issues/${id}`;
  const toNote = ({ iid, web_url, description, author }: z.output<typeof issueItem>, me: number | null): Note => ({
    id: iid,
    url: web_url,
    body: description ?? '',
    // A token that took the place of another has a bot of its own.
    trusted: me === null || author.id === me || /^(?:project|group)_\d+_bot/.test(author.username),
  });
  return {
    list: async (signal) => {
      const me = await client.me(signal);
      const items = await client.list('issues?state=opened&order_by=updated_at&sort=desc', issueItem, signal);
      return items.map((item) => toNote(item, me));
    },
    create: async ({ title, body }, signal) => {
      const write = { method: 'POST', path: 'issues', body: { title, description: body } } as const;
      return toNote(await client.send(write, issueItem, signal), null);
    },
    update: async (id, { title, body }, signal) => {
      const write = { method: 'PUT', path: one(id), body: { title, description: body } } as const;
      return toNote(await client.send(write, issueItem, signal), null);
    },
    comments: (id) => notesOf(client, project, one(id)),
    close: async (id, _isDone, signal) => {
      await client.send({ method: 'PUT', path: one(id), body: { state_event: 'close' } }, issueItem, signal);
    },
  };
}

const author = z.object({ id: z.number(), username: z.string() });
const noteItem = z.object({ id: z.number(), body: z.string().nullish(), system: z.boolean().optional(), author });
const issueItem = z.object({ iid: z.number(), web_url: z.string(), description: z.string().nullish(), author });
