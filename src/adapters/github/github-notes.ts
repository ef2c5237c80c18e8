/** Comments of a pull request and issues: the texts on GitHub that a run writes and finds again. */
import { z } from 'zod';
import type { CommentBoard, IssueBoard, Note } from '../../ports.ts';
import type { GithubClient } from './github-client.ts';

/** @see https://docs.github.com/en/rest/issues/comments */
export function pullRequestComments(client: GithubClient, pullRequest: number): CommentBoard {
  return commentsOf(client, pullRequest, 'pull-requests: write');
}

/** @param number of an issue, or of a pull request, which is one to the API */
function commentsOf(client: GithubClient, number: number, permission: string): CommentBoard {
  const all = `issues/${number}/comments`;
  const one = (id: number): string => `issues/comments/${id}`;
  return {
    list: async (signal) => (await client.list(all, commentItem, permission, signal)).map(toNote),
    create: async ({ body }, signal) =>
      toNote(await client.send({ method: 'POST', path: all, body: { body }, permission }, commentItem, signal)),
    update: async (id, { body }, signal) =>
      toNote(await client.send({ method: 'PATCH', path: one(id), body: { body }, permission }, commentItem, signal)),
    remove: async (id, signal) => {
      await client.send({ method: 'DELETE', path: one(id), body: {}, permission }, z.unknown(), signal);
    },
  };
}

/** The open ones, newest change first. @see https://docs.github.com/en/rest/issues/issues */
export function openIssues(client: GithubClient): IssueBoard {
  const permission = 'issues: write';
  const one = (id: number): string => `issues/${id}`;
  return {
    list: async (signal) => {
      const items = await client.list('issues?state=open&sort=updated', issueItem, permission, signal);
      // To GitHub's API a pull request is an issue too.
      return items
        .filter((item) => item.pull_request === undefined)
        .map((item) => ({ ...toNote(item), id: item.number }));
    },
    create: async ({ title, body }, signal) => {
      const write = { method: 'POST', path: 'issues', body: { title, body }, permission } as const;
      const item = await client.send(write, issueItem, signal);
      return { ...toNote(item), id: item.number };
    },
    update: async (id, { title, body }, signal) => {
      const write = { method: 'PATCH', path: one(id), body: { title, body }, permission } as const;
      return { ...toNote(await client.send(write, issueItem, signal)), id };
    },
    comments: (id) => commentsOf(client, id, permission),
    close: async (id, isDone, signal) => {
      const body = { state: 'closed', state_reason: isDone ? 'completed' : 'not_planned' };
      await client.send({ method: 'PATCH', path: one(id), body, permission }, issueItem, signal);
    },
  };
}

const commentItem = z.object({
  id: z.number(),
  html_url: z.string(),
  body: z.string().nullish(),
  author_association: z.string().optional(),
  user: z.object({ type: z.string() }).nullish(),
});

const issueItem = commentItem.extend({ number: z.number(), pull_request: z.unknown().optional() });

/** A bot's, or of somebody who may push. @see https://docs.github.com/en/graphql/reference/enums#commentauthorassociation */
const mayPush: ReadonlySet<string> = new Set(['COLLABORATOR', 'MEMBER', 'OWNER']);

function toNote({ id, html_url, body, author_association, user }: z.output<typeof commentItem>): Note {
  const trusted = user?.type === 'Bot' || mayPush.has(author_association ?? '');
  return { id, url: html_url, body: body ?? '', trusted };
}
