/** A forward proxy on loopback: CONNECT and whole addresses, every host led to one port, with a login where wanted. */
import { createServer, request as httpRequest, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { onTestFinished } from 'vitest';
import { listenOnLoopback } from './loopback.ts';

export interface ProxyServer {
  readonly host: string;
  /** `CONNECT registry.test:443`, `GET http://registry.test/v2/`. */
  readonly asked: readonly string[];
}

export interface ProxyOptions {
  /** Where everything goes to. */
  readonly port: number;
  /** The only `proxy-authorization` that is let through. */
  readonly login?: string;
  /** Answered to everybody in place of passing on. */
  readonly status?: number;
}

export async function startProxy({ port, login, status }: ProxyOptions): Promise<ProxyServer> {
  const asked: string[] = [];
  const refusal = (authorization: string | undefined): number | undefined =>
    status ?? (login !== undefined && authorization !== login ? 407 : undefined);
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const refused = refusal(request.headers['proxy-authorization']);
    if (refused === undefined) passOn(request.url ?? '', port, request, response);
    else response.writeHead(refused).end();
  });
  server.on('connect', (request, socket) => {
    asked.push(`CONNECT ${request.url}`);
    socket.on('error', () => undefined);
    const refused = refusal(request.headers['proxy-authorization']);
    if (refused !== undefined) {
      socket.end(`HTTP/1.1 ${refused} No\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    const upstream = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(socket);
      socket.pipe(upstream);
    });
    upstream.on('error', () => undefined).on('close', () => socket.destroy());
    socket.on('close', () => upstream.destroy());
  });
  const listening = await listenOnLoopback(server);
  onTestFinished(() => listening.close());
  return { host: new URL(listening.url).host, asked };
}

function passOn(
  address: string,
  port: number,
  { method, headers }: { readonly method?: string | undefined; readonly headers: NodeJS.Dict<string | string[]> },
  response: ServerResponse,
): void {
  const { pathname, search } = new URL(address);
  const options = {
    host: '127.0.0.1',
    port,
    path: `${pathname}${search}`,
    headers,
    ...(method === undefined ? {} : { method }),
  };
  const upstream = httpRequest(options, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  upstream.end();
}
