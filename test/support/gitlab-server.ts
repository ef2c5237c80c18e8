/**
 * A server on loopback that answers as GitLab's API v4 does for the notes of a merge request and the issues of one
 * project: pages of at most a hundred with `x-next-page`, its statuses and shapes.
 *
 * @see https://docs.gitlab.com/api/notes/ and https://docs.gitlab.com/api/issues/
 */
import { createServer, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import { listenOnLoopback } from './loopback.ts';

export interface GitlabUser {
  readonly id: number;
  readonly username: string;
}

export interface GitlabNote {
  readonly id: number;
  readonly author: GitlabUser;
  readonly body: string;
  readonly system?: boolean;
}

export interface GitlabIssue {
  readonly iid: number;
  readonly author: GitlabUser;
  readonly title: string;
  readonly description: string;
  readonly state: 'opened' | 'closed';
  readonly notes: readonly string[];
}

export interface GitlabAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface GitlabRequest {
  readonly method: string;
  /** Below the API: `projects/7/issues`. */
  readonly path: string;
  readonly token: string | null;
}

export interface GitlabState {
  notes: GitlabNote[];
  issues: GitlabIssue[];
}

export interface GitlabServerOptions extends Partial<GitlabState> {
  /** Asked first for every request, `earlier` counting those of the same method and path; `null`: as usual. */
  readonly answer?: (
    request: GitlabRequest,
    earlier: number,
    carryOut: () => GitlabAnswer,
  ) => GitlabAnswer | null | Promise<GitlabAnswer | null>;
}

export interface GitlabServer {
  readonly apiUrl: string;
  readonly requests: readonly GitlabRequest[];
  /** As it is now. */
  readonly state: GitlabState;
}

export const gitlabToken = 'glpat-right';
/** Whose token that is. */
export const projectBot: GitlabUser = { id: 40, username: 'project_7_bot_0123456789abcdef' };
export const mergeRequest = 12;

export async function gitlabServer(options: GitlabServerOptions = {}): Promise<GitlabServer> {
  const state: GitlabState = { notes: [...(options.notes ?? [])], issues: [...(options.issues ?? [])] };
  const requests: GitlabRequest[] = [];
  const server = createServer((message, response) => {
    text(message)
      .then(async (body) => {
        const url = new URL(message.url ?? '/', 'http://localhost');
        const { 'private-token': token } = message.headers;
        const path = url.pathname.replace(/^\/api\/v4\//, '');
        const request = { method: message.method ?? '', path, token: typeof token === 'string' ? token : null };
        const earlier = requests.filter((one) => one.method === request.method && one.path === path).length;
        requests.push(request);
        const asUsual = (): GitlabAnswer => respond(request, url.searchParams, body, state);
        send(response, (await options.answer?.(request, earlier, asUsual)) ?? asUsual());
      })
      .catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  const listening = await listenOnLoopback(server);
  onTestFinished(() => listening.close());
  return { apiUrl: `${listening.url}/api/v4`, requests, state };
}

const notFound: GitlabAnswer = { status: 404, body: { message: '404 Not found' } };

const noteBody = z.strictObject({ body: z.string().min(1).max(1_000_000) });
const issueBody = z.strictObject({ title: z.string().min(1).max(255), description: z.string().max(1_048_576) });
const issueEdit = issueBody.partial().extend({ state_event: z.literal('close').optional() });

function respond(
  { method, path, token }: GitlabRequest,
  query: URLSearchParams,
  body: string,
  state: GitlabState,
): GitlabAnswer {
  if (token !== gitlabToken) return { status: 401, body: { message: '401 Unauthorized' } };
  if (`${method} ${path}` === 'GET user') return { status: 200, body: projectBot };
  const json: unknown = body === '' ? null : JSON.parse(body);
  const [, id] = /\/(\d+)(?:\/notes)?$/.exec(path) ?? [];
  const route = path
    .replace(/^projects\/7\//, '')
    .replace(`merge_requests/${mergeRequest}/`, '')
    .replace(/\/\d+/, '/N');
  switch (`${method} ${route}`) {
    case 'GET notes':
      return page(state.notes, query);
    case 'POST notes': {
      const note = { id: nextOf(state.notes.map((one) => one.id)), author: projectBot, ...noteBody.parse(json) };
      state.notes.push(note);
      return { status: 201, body: note };
    }
    case 'PUT notes/N': {
      const found = state.notes.find((note) => note.id === Number(id));
      if (found === undefined) return notFound;
      if (found.author.id !== projectBot.id) return { status: 403, body: { message: '403 Forbidden' } };
      const edited = { ...found, ...noteBody.parse(json) };
      state.notes = state.notes.map((note) => (note === found ? edited : note));
      return { status: 200, body: edited };
    }
    case 'DELETE notes/N':
      if (!state.notes.some((note) => note.id === Number(id))) return notFound;
      state.notes = state.notes.filter((note) => note.id !== Number(id));
      return { status: 204 };
    case 'GET issues':
      return page(state.issues.filter((issue) => issue.state === query.get('state')).map(issueItem), query);
    case 'POST issues': {
      const iid = nextOf(state.issues.map((one) => one.iid));
      const issue = { iid, author: projectBot, state: 'opened', notes: [], ...issueBody.parse(json) } as const;
      state.issues.push(issue);
      return { status: 201, body: issueItem(issue) };
    }
    case 'PUT issues/N': {
      const found = state.issues.find((issue) => issue.iid === Number(id));
      if (found === undefined) return notFound;
      const { state_event, title = found.title, description = found.description } = issueEdit.parse(json);
      const edited = {
        ...found,
        title,
        description,
        state: state_event === 'close' ? ('closed' as const) : found.state,
      };
      state.issues = state.issues.map((issue) => (issue === found ? edited : issue));
      return { status: 200, body: issueItem(edited) };
    }
    case 'GET issues/N/notes': {
      const found = state.issues.find((issue) => issue.iid === Number(id));
      return found === undefined ? notFound : page(found.notes.map(issueNote), query);
    }
    case 'POST issues/N/notes': {
      const before = state.issues.find((issue) => issue.iid === Number(id))?.notes.length ?? 0;
      const words = noteBody.parse(json).body;
      state.issues = state.issues.map((issue) =>
        issue.iid === Number(id) ? { ...issue, notes: [...issue.notes, words] } : issue,
      );
      return { status: 201, body: issueNote(words, before) };
    }
    default:
      return notFound;
  }
}

function issueNote(body: string, index: number): object {
  return { id: 900 + index, author: projectBot, body };
}

function nextOf(numbers: readonly number[]): number {
  return Math.max(0, ...numbers) + 1;
}

function issueItem(issue: GitlabIssue): object {
  return { ...issue, id: 7000 + issue.iid, web_url: `https://gitlab.example/acme/app/-/issues/${issue.iid}` };
}

function page(items: readonly object[], query: URLSearchParams): GitlabAnswer {
  const size = Math.min(Number(query.get('per_page') ?? '20'), 100);
  const number = Number(query.get('page') ?? '1');
  const isLast = number * size >= items.length;
  const headers = { 'x-page': String(number), 'x-next-page': isLast ? '' : String(number + 1) };
  return { status: 200, headers, body: items.slice((number - 1) * size, number * size) };
}

function send(response: ServerResponse, { status, headers = {}, body }: GitlabAnswer): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(body === undefined ? '' : JSON.stringify(body));
}
