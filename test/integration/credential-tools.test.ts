/** The table of credentials, run by docker, crane and skopeo themselves: what each of them sends, or that it stops. */
import { createServer } from 'node:http';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Password } from '../../src/adapters/registry/credentials.ts';
import { credentialCase, type CredentialCase } from '../support/credential-case.ts';
import { listenOnLoopback, type LoopbackServer } from '../support/loopback.ts';
import { credentialRows } from '../tables/credentials.ts';

let registry: LoopbackServer;
let daemon: LoopbackServer;
/** What the registry was sent, and what docker's client handed to its daemon. */
let sent: string[] = [];
let handed: string | null = null;

const decode = (text: string): string => Buffer.from(text, 'base64').toString('utf8');

beforeAll(async () => {
  registry = await listenOnLoopback(
    createServer((request, response) => {
      const { authorization = '' } = request.headers;
      if (authorization.startsWith('Basic ')) sent.push(decode(authorization.slice('Basic '.length)));
      response.writeHead(401, { 'www-authenticate': 'Basic realm="tests"' }).end();
    }),
  );
  daemon = await listenOnLoopback(
    createServer((request, response) => {
      const { url = '' } = request;
      if (url.includes('/images/create')) handed = decode(String(request.headers['x-registry-auth'] ?? ''));
      response.setHeader('Api-Version', '1.43');
      response.writeHead(url.includes('_ping') ? 200 : 500, { 'content-type': 'application/json' });
      response.end('{"message":"not here"}');
    }),
  );
});
afterAll(async () => {
  await registry.close();
  await daemon.close();
});

interface Ran {
  readonly output: string;
  readonly isFailed: boolean;
}

async function run(command: string, args: readonly string[], env: CredentialCase['env']): Promise<Ran> {
  const ran = await execa(command, args, { env, extendEnv: false, reject: false, timeout: 30_000, all: true });
  return { output: ran.all, isFailed: ran.exitCode !== 0 };
}

const isLocal = ({ registry: host }: CredentialCase): boolean => host.startsWith('127.');
const imageOf = ({ registry: host, path }: CredentialCase): string => `${host}/${path}:1`;

const tools: Readonly<Record<'docker' | 'crane' | 'skopeo', (at: CredentialCase) => Promise<string>>> = {
  docker: async (at) => {
    await run('docker', ['-H', daemon.url.replace('http:', 'tcp:'), 'pull', imageOf(at)], at.env);
    const { username, password }: Partial<Password> = JSON.parse(handed ?? '{}');
    return username === undefined ? 'none' : `${username}:${password ?? ''}`;
  },
  crane: async (at) => {
    if (isLocal(at)) return whatWasSent(await run('crane', ['manifest', '--insecure', imageOf(at)], at.env));
    const { output, isFailed } = await run('crane', ['auth', 'get', at.registry], at.env);
    if (isFailed) return 'none';
    const { Username, Secret }: { Username: string; Secret: string } = JSON.parse(output);
    return `${Username}:${Secret}`;
  },
  skopeo: async (at) => {
    const inspect = ['inspect', '--tls-verify=false', `docker://${imageOf(at)}`];
    if (isLocal(at)) return whatWasSent(await run('skopeo', inspect, at.env));
    const { output, isFailed } = await run('skopeo', ['login', '--get-login', `${at.registry}/${at.path}`], at.env);
    return isFailed ? 'none' : output;
  },
};

/** The registry refuses everybody: a tool that failed for another reason stopped by itself. A port may have 401 in it. */
function whatWasSent({ output }: Ran): string {
  const first = sent[0];
  if (first !== undefined && first !== ':') return first;
  return /\b401\b|unauthorized/i.test(output) ? 'none' : 'error';
}

/** `login --get-login` of skopeo shows the user name alone. */
const shown = (result: string, at: CredentialCase, tool: string): string =>
  tool === 'skopeo' && !isLocal(at) ? result.replace(/:.*/, '') : result;

test.each(credentialRows)('$name', async (row) => {
  const at = await credentialCase(row, new URL(registry.url).host);
  for (const tool of ['docker', 'crane', 'skopeo'] as const) {
    sent = [];
    handed = null;
    const expected = shown(row[tool], at, tool).split('|');
    expect({ tool, found: await tools[tool](at) }).toEqual({ tool, found: expect.toBeOneOf(expected) });
  }
});
