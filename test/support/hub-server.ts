/**
 * A server on loopback that answers as Docker Hub's API does where an overview is read and written.
 *
 * @see https://docs.docker.com/reference/api/hub/latest/
 */
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import { listenOnLoopback } from './loopback.ts';

export interface HubRequest {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | null;
  readonly body: unknown;
}

export interface HubAnswer {
  readonly status: number;
  readonly body: unknown;
}

export interface HubServerOptions {
  /** `acme/app` to its overview. */
  readonly overviews: Readonly<Record<string, string>>;
  readonly login: { readonly user: string; readonly secret: string };
  /** Asked first, `earlier` counting requests of the same method and path; `null` lets the server answer. */
  readonly answer?: (request: HubRequest, earlier: number) => HubAnswer | null;
}

export interface HubServer {
  readonly url: string;
  readonly requests: readonly HubRequest[];
  overview(path: string): string;
  /** As if somebody edited it in a browser. */
  edit(path: string, overview: string): void;
}

const accessToken = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ0ZXN0In0.';
const loginShape = z.strictObject({ identifier: z.string(), secret: z.string() });
const patchShape = z.strictObject({ full_description: z.string() });

export async function hubServer(options: HubServerOptions): Promise<HubServer> {
  const overviews = new Map(Object.entries(options.overviews));
  const requests: HubRequest[] = [];
  const server = createServer((message, response) => {
    text(message).then(
      (body) => {
        const request: HubRequest = {
          method: message.method ?? '',
          path: message.url ?? '',
          authorization: message.headers.authorization ?? null,
          body: body === '' ? null : (JSON.parse(body) as unknown),
        };
        const earlier = requests.filter((one) => one.method === request.method && one.path === request.path).length;
        requests.push(request);
        const said = options.answer?.(request, earlier) ?? respond(request, overviews, options);
        response.writeHead(said.status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(said.body));
      },
      (error: unknown) => response.destroy(error instanceof Error ? error : undefined),
    );
  });
  const listening = await listenOnLoopback(server);
  onTestFinished(() => listening.close());
  return {
    url: listening.url,
    requests,
    overview: (path) => overviews.get(path) ?? '',
    edit: (path, overview) => void overviews.set(path, overview),
  };
}

function respond(request: HubRequest, overviews: Map<string, string>, { login }: HubServerOptions): HubAnswer {
  const { method, path, authorization, body } = request;
  if (method === 'POST' && path === '/v2/auth/token') {
    const given = loginShape.parse(body);
    const isRight = given.identifier === login.user && given.secret === login.secret;
    if (!isRight) return { status: 401, body: { detail: 'Incorrect authentication credentials' } };
    return { status: 200, body: { access_token: accessToken } };
  }
  if (authorization !== `Bearer ${accessToken}`) return { status: 401, body: { message: 'unauthorized' } };
  const read = /^\/v2\/namespaces\/(?<namespace>[^/]+)\/repositories\/(?<name>[^/]+)$/.exec(path)?.groups;
  const written = /^\/v2\/repositories\/(?<namespace>[^/]+)\/(?<name>[^/]+)\/$/.exec(path)?.groups;
  const groups = method === 'GET' ? read : method === 'PATCH' ? written : undefined;
  const repository = `${groups?.['namespace'] ?? ''}/${groups?.['name'] ?? ''}`;
  if (!overviews.has(repository)) return { status: 404, body: { message: 'object not found', errinfo: {} } };
  if (method === 'PATCH') {
    const overview = patchShape.parse(body).full_description;
    if (Array.from(overview).length > 25_000) return { status: 400, body: tooLong };
    overviews.set(repository, overview);
  }
  const full_description = overviews.get(repository);
  return { status: 200, body: { name: groups?.['name'], description: 'An app', full_description } };
}

/** As the Hub says it: https://github.com/christian-korneck/docker-pushrm/issues/28 */
const tooLong = {
  message: 'httperror 400: request had 1 validation error',
  errinfo: { fielderrors: { full_description: 'Exceeded max number of characters' } },
};
