/** Issues, pull requests and their comments as GitHub's API keeps them, for github-server.ts. */
import { z } from 'zod';

export interface GithubAuthor {
  readonly login: string;
  readonly type: 'User' | 'Bot';
  readonly association: 'NONE' | 'CONTRIBUTOR' | 'COLLABORATOR' | 'MEMBER' | 'OWNER';
}

export interface GithubComment {
  readonly id: number;
  readonly author: GithubAuthor;
  readonly body: string;
}

/** An issue, or a pull request, which has a number and comments of the same kind. */
export interface GithubIssue {
  readonly number: number;
  readonly author: GithubAuthor;
  readonly title: string;
  readonly body: string;
  /** `open`, `closed as completed`, `closed as not_planned` */
  readonly state: string;
  readonly isPullRequest: boolean;
  readonly comments: readonly GithubComment[];
}

/** Whose token a workflow has. */
export const workflowBot: GithubAuthor = { login: 'github-actions[bot]', type: 'Bot', association: 'NONE' };

/** Answers are items in GitHub's shape; `null` where there is no such thing. */
export interface GithubNotes {
  all(): readonly GithubIssue[];
  open(): readonly object[];
  openIssue(body: unknown): object;
  editIssue(number: number, body: unknown): object | null;
  comments(number: number): readonly object[];
  comment(number: number, body: unknown): object | null;
  editComment(id: number, body: unknown): object | null;
  removeComment(id: number): boolean;
}

/** GitHub answers 422 for a longer text. */
const text = z.string().max(65_536);
const newIssue = z.object({ title: z.string().min(1), body: text });
const issueEdit = z.object({
  title: z.string().min(1).optional(),
  body: text.optional(),
  state: z.enum(['open', 'closed']).optional(),
  state_reason: z.enum(['completed', 'not_planned', 'reopened']).optional(),
});
const newComment = z.object({ body: text.min(1) });

export function githubNotes(repository: { readonly issues?: readonly GithubIssue[] }): GithubNotes {
  let issues = [...(repository.issues ?? [])];
  const nextId = (): number => Math.max(1000, ...issues.flatMap((issue) => issue.comments.map(({ id }) => id))) + 1;
  const change = (changed: GithubIssue): void => {
    issues = issues.map((issue) => (issue.number === changed.number ? changed : issue));
  };
  const holding = (id: number): GithubIssue | undefined =>
    issues.find((issue) => issue.comments.some((comment) => comment.id === id));
  return {
    all: () => issues,
    open: () => issues.filter(({ state }) => state === 'open').map(issueItem),
    openIssue: (body) => {
      const number = Math.max(0, ...issues.map((issue) => issue.number)) + 1;
      const issue = { number, author: workflowBot, state: 'open', isPullRequest: false, comments: [] };
      issues.push({ ...issue, ...newIssue.parse(body) });
      return issueItem({ ...issue, ...newIssue.parse(body) });
    },
    editIssue: (number, body) => {
      const issue = issues.find((one) => one.number === number);
      if (issue === undefined) return null;
      const { title = issue.title, body: words = issue.body, state, state_reason } = issueEdit.parse(body);
      const stands = state === 'closed' ? `closed as ${state_reason ?? 'completed'}` : (state ?? issue.state);
      change({ ...issue, title, body: words, state: stands });
      return issueItem({ ...issue, title, body: words, state: stands });
    },
    comments: (number) => (issues.find((issue) => issue.number === number)?.comments ?? []).map(commentItem),
    comment: (number, body) => {
      const issue = issues.find((one) => one.number === number);
      if (issue === undefined) return null;
      const comment = { id: nextId(), author: workflowBot, body: newComment.parse(body).body };
      change({ ...issue, comments: [...issue.comments, comment] });
      return commentItem(comment);
    },
    editComment: (id, body) => {
      const issue = holding(id);
      if (issue === undefined) return null;
      const words = newComment.parse(body).body;
      const edited = issue.comments.map((comment) => (comment.id === id ? { ...comment, body: words } : comment));
      change({ ...issue, comments: edited });
      return edited.filter((comment) => comment.id === id).map(commentItem)[0] ?? null;
    },
    removeComment: (id) => {
      const issue = holding(id);
      if (issue === undefined) return false;
      change({ ...issue, comments: issue.comments.filter((comment) => comment.id !== id) });
      return true;
    },
  };
}

function issueItem({ number, author, title, body, state, isPullRequest }: GithubIssue): object {
  return {
    id: 100_000 + number,
    number,
    html_url: `https://github.com/owner/name/issues/${number}`,
    title,
    body,
    state,
    ...authorOf(author),
    ...(isPullRequest ? { pull_request: { html_url: `https://github.com/owner/name/pull/${number}` } } : {}),
  };
}

function commentItem({ id, author, body }: GithubComment): object {
  return { id, html_url: `https://github.com/owner/name/issues/7#issuecomment-${id}`, body, ...authorOf(author) };
}

function authorOf({ login, type, association }: GithubAuthor): object {
  return { user: { login, type, id: 1 }, author_association: association };
}
