/** Lists and writes of a project through GitLab's API v4. @see https://docs.gitlab.com/api/rest/ */
import { z } from 'zod';
import { OutsideError } from '../../domain/errors.ts';
import { askJson, unwantedAnswer, type JsonAnswer, type JsonRequest } from '../http/ask-json.ts';
import { pageRequest } from '../http/page-request.ts';
import type { GitlabOptions } from './gitlab-release-page.ts';

export interface GitlabProject extends GitlabOptions {
  /** `https://gitlab.com/acme/app` */
  readonly webUrl: string;
}

export interface GitlabWrite {
  readonly method: 'DELETE' | 'POST' | 'PUT';
  /** Below the project: `issues/7`. */
  readonly path: string;
  readonly body?: Readonly<Record<string, string>>;
}

/** Each throws {@link OutsideError} SOURCE_FAILED with the fact `status`, `null` where there was no answer. */
export interface GitlabClient {
  /** The user that the token is of, by number. */
  me(signal: AbortSignal | undefined): Promise<number>;
  /** Every page. @param path with a query */
  list<T>(path: string, shape: z.ZodType<T>, signal: AbortSignal | undefined): Promise<readonly T[]>;
  /** A POST is sent once: a failure leaves open whether it was carried out. */
  send<T>(write: GitlabWrite, shape: z.ZodType<T>, signal: AbortSignal | undefined): Promise<T>;
}

/** The most that GitLab gives. */
const pageSize = 100;
/** 20,000 notes or open issues. */
const maxPages = 200;
const maxBytes = 64 * 1_048_576;

/** @param what is read and written, for messages: `the issues` */
export function gitlabClient(project: GitlabProject, what: string): GitlabClient {
  const { apiUrl, token, http, backoffMs } = project;
  const name = `${what} of ${project.name}`;
  const root = `${apiUrl}/projects/${encodeURIComponent(project.project)}`;
  const asked = (url: string, signal: AbortSignal | undefined): Omit<JsonRequest<never>, 'read'> => ({
    ...pageRequest({ name, secrets: [token.value], maxBytes, backoffMs, advice }, url, signal),
    headers: { [token.header]: token.value },
  });
  return {
    me: (signal) =>
      askJson(http, {
        ...asked(`${apiUrl}/user`, signal),
        read: (answer) => shaped(answer, z.object({ id: z.number() })).id,
      }),
    async list(path, shape, signal) {
      const items = [];
      for (let page = 1; page <= maxPages; page += 1) {
        const found = await askJson(http, {
          ...asked(`${root}/${path}&per_page=${pageSize}&page=${page}`, signal),
          read: (answer) => ({
            items: shaped(answer, z.array(shape)),
            isLast: (answer.headers['x-next-page'] ?? '') === '',
          }),
        });
        items.push(...found.items);
        if (found.isLast) return items;
      }
      const message = `${name}: there are more than ${maxPages * pageSize}, which is more than can be looked through`;
      throw new OutsideError('SOURCE_FAILED', message, { source: name });
    },
    send({ method, path, body }, shape, signal) {
      const request = asked(`${root}/${path}`, signal);
      const limits = method === 'POST' ? { ...request.limits, tries: 1 } : request.limits;
      const more = body === undefined ? {} : { body };
      return askJson(http, { ...request, ...more, limits, method, read: (answer) => shaped(answer, shape) });
    },
  };
}

/** What a success holds. @throws {WireFault} for every other answer */
function shaped<T>(answer: JsonAnswer, shape: z.ZodType<T>): T {
  const read = answer.status >= 200 && answer.status < 300 ? shape.safeParse(answer.value) : null;
  if (read?.success !== true) throw unwantedAnswer(answer);
  return read.data;
}

function advice(status: number | undefined): string {
  if (status === 401) return '; is GITLAB_TOKEN expired or revoked?';
  if (status === 403) return '; GITLAB_TOKEN must be a project access token with the role Reporter and the scope api';
  return '';
}
