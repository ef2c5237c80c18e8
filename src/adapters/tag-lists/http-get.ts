import type { Dispatcher } from 'undici';
import type { GetPage } from './pages.ts';

export interface HttpGetOptions {
  /** Sent with every request; a token's header among them. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Proxies as the usual variables give them. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

const maxBytes = 32 * 1024 * 1024;

/** GET of JSON over undici, which is loaded with the first request. */
export function httpGet({ headers = {}, env = {} }: HttpGetOptions = {}): GetPage {
  let opened: Promise<Dispatcher> | undefined;
  return async (url, signal) => {
    const { request } = await import('undici');
    opened ??= openDispatcher(env);
    const answer = await request(url, {
      dispatcher: await opened,
      headers: { accept: 'application/json', 'user-agent': 'tagwright', ...headers },
      signal,
    });
    const flat = Object.entries(answer.headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]);
    return {
      status: answer.statusCode,
      headers: Object.fromEntries(flat),
      body: readJson(await readText(answer.body)),
    };
  };
}

async function openDispatcher(env: Readonly<Record<string, string | undefined>>): Promise<Dispatcher> {
  const { Agent, EnvHttpProxyAgent } = await import('undici');
  const read = (name: string): string => env[name.toLowerCase()] ?? env[name] ?? '';
  const [httpProxy, httpsProxy, noProxy] = [read('HTTP_PROXY'), read('HTTPS_PROXY'), read('NO_PROXY')];
  return httpProxy === '' && httpsProxy === ''
    ? new Agent()
    : new EnvHttpProxyAgent({ httpProxy, httpsProxy, noProxy });
}

async function readText(body: Dispatcher.ResponseData['body']): Promise<string> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > maxBytes) throw new Error(`the answer is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** An HTML page of a proxy is no JSON, and the caller says so. */
function readJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
