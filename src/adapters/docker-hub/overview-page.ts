/**
 * The overview of a repository on Docker Hub: its `full_description`. Nothing else of the repository is sent.
 *
 * An access token is exchanged for one of a few minutes, which the API takes. To change an overview it needs the
 * permissions read, write and delete; a token of an organization is refused.
 *
 * @see https://docs.docker.com/reference/api/hub/latest/operations/AuthCreateAccessToken/
 * @see https://github.com/peter-evans/dockerhub-description/issues/294
 */
import { z } from 'zod';
import { overviewBytes } from '../../domain/docker-hub.ts';
import type { RemotePage } from '../../ports.ts';
import { askJson, unwantedAnswer, type JsonAnswer, type JsonRequest } from '../http/ask-json.ts';
import type { Http } from '../http/http.ts';
import { pageRequest, shapedAnswer } from '../http/page-request.ts';

export interface HubLogin {
  readonly user: string;
  /** A personal access token, or a password. */
  readonly secret: string;
}

export interface OverviewOptions {
  /** `acme/app` */
  readonly path: string;
  readonly login: HubLogin;
  readonly http: Http;
  readonly baseUrl?: string;
  readonly backoffMs?: number;
}

const tokenShape = z.object({ access_token: z.string().min(1) });
const repositoryShape = z.object({ full_description: z.string().nullish() });

export function hubOverviewPage({ path, login, http, backoffMs, ...rest }: OverviewOptions): RemotePage {
  const baseUrl = rest.baseUrl ?? 'https://hub.docker.com';
  const name = `the overview of docker.io/${path}`;
  const [namespace = '', ...names] = path.split('/');
  const repository = names.join('/');
  const secrets = [login.secret];
  const asked = (url: string, signal: AbortSignal | undefined): Omit<JsonRequest<never>, 'read'> =>
    pageRequest({ name, secrets, maxBytes: 1_048_576, backoffMs, advice }, `${baseUrl}${url}`, signal);
  let token: Promise<string> | undefined;
  const authorized = async (signal: AbortSignal | undefined): Promise<{ readonly authorization: string }> => {
    token ??= askJson(http, {
      ...asked('/v2/auth/token', signal),
      method: 'POST',
      body: { identifier: login.user, secret: login.secret },
      read: tokenIn,
    });
    const value = await token;
    secrets.push(value);
    return { authorization: `Bearer ${value}` };
  };
  return {
    name,
    maxBytes: overviewBytes,
    async read(signal) {
      const headers = await authorized(signal);
      const read = (answer: JsonAnswer): string | null =>
        answer.status === 404 ? null : (shapedAnswer(answer, repositoryShape).full_description ?? '');
      return askJson(http, {
        ...asked(`/v2/namespaces/${namespace}/repositories/${repository}`, signal),
        headers,
        read,
      });
    },
    async write(text, signal) {
      const headers = await authorized(signal);
      await askJson(http, {
        ...asked(`/v2/repositories/${namespace}/${repository}/`, signal),
        method: 'PATCH',
        headers,
        body: { full_description: text },
        read: (answer) => shapedAnswer(answer, repositoryShape),
      });
    },
  };
}

/** The one request with the secret in it: of its answer nothing is quoted. */
function tokenIn(answer: JsonAnswer): string {
  const read = answer.status === 200 ? tokenShape.safeParse(answer.value) : null;
  if (read?.success !== true) throw unwantedAnswer({ ...answer, text: 'no token' });
  return read.data.access_token;
}

function advice(status: number | undefined): string {
  if (status === 401) return '; is DOCKERHUB_TOKEN a token of DOCKERHUB_USERNAME?';
  if (status === 403)
    return '; an overview takes a personal access token with the permissions read, write and delete, of somebody who may administer the repository';
  return '';
}
