/** Doubles of services that list tags, written from their public documentation: what is asked and answered is logged. */
import { createServer, type IncomingMessage } from 'node:http';
import { onTestFinished } from 'vitest';

export interface ListAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; a text is sent as it is. */
  readonly body: unknown;
}

export interface ListServer {
  readonly url: string;
  /** Path and query of every request. */
  readonly asked: readonly string[];
  /** `authorization` of every request. */
  readonly tokens: readonly (string | undefined)[];
}

/** @param answer `hang` never answers */
export async function startListServer(
  answer: (url: URL, request: IncomingMessage, count: number) => ListAnswer | 'hang',
): Promise<ListServer> {
  const asked: string[] = [];
  const tokens: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    tokens.push(request.headers.authorization);
    const said = answer(new URL(request.url ?? '/', 'http://list'), request, asked.length);
    if (said === 'hang') return;
    const isText = typeof said.body === 'string';
    response.writeHead(said.status ?? 200, {
      'content-type': isText ? 'text/html' : 'application/json; charset=utf-8',
      ...said.headers,
    });
    response.end(isText ? said.body : JSON.stringify(said.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return { url: `http://127.0.0.1:${address.port}`, asked, tokens };
}
