import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { startRegistry } from '../support/registry-process.ts';
import { startTokenServer } from '../support/token-server.ts';
import type { TokenServer, TokenServerOptions } from '../support/token-server.ts';

const toStop: { stop(): Promise<void> }[] = [];
afterEach(() => Promise.all(toStop.splice(0).map((one) => one.stop())));

const users = {
  writer: { password: 'w', actions: ['pull', 'push'] },
  reader: { password: 'r', actions: ['pull'] },
} as const;

async function start(options: TokenServerOptions): Promise<{ tokens: TokenServer; url: string }> {
  const tokens = await startTokenServer(options);
  toStop.push(tokens);
  const registry = await startRegistry({ tokenAuth: tokens.registryAuth });
  toStop.push(registry);
  return { tokens, url: `http://${registry.host}/v2` };
}

const tokenAnswer = z.looseObject({
  token: z.string().optional(),
  access_token: z.string().optional(),
  expires_in: z.number().optional(),
});
type TokenAnswer = z.infer<typeof tokenAnswer>;

async function ask(tokens: TokenServer, scopes: string[], basic?: string): Promise<{ status: number } & TokenAnswer> {
  const query = new URLSearchParams({ service: tokens.registryAuth.service });
  for (const scope of scopes) query.append('scope', scope);
  const headers: Record<string, string> = {};
  if (basic !== undefined) headers['authorization'] = `Basic ${Buffer.from(basic).toString('base64')}`;
  const response = await fetch(`${tokens.registryAuth.realm}?${query.toString()}`, { headers });
  return { status: response.status, ...tokenAnswer.parse(await response.json()) };
}

async function status(url: string, token?: string, method = 'GET'): Promise<number> {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const response = await fetch(url, { method, headers });
  await response.body?.cancel();
  return response.status;
}

describe('a registry behind the token server', () => {
  test('sends its challenge with realm, service and scope', async () => {
    const { tokens, url } = await start({ users });
    const response = await fetch(`${url}/some/repository/tags/list`);
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe(
      `Bearer realm="${tokens.registryAuth.realm}",service="registry.test",scope="repository:some/repository:pull"`,
    );
  });

  test('takes a token for what the user may do, and for no more and no other repository', async () => {
    const { tokens, url } = await start({ users });
    const scope = 'repository:some/repository:pull,push';
    const uploads = `${url}/some/repository/blobs/uploads/`;

    const writer = await ask(tokens, [scope], 'writer:w');
    expect(await status(uploads, writer.token, 'POST')).toBe(202);
    expect(await status(`${url}/another/repository/tags/list`, writer.token)).toBe(401);

    const reader = await ask(tokens, [scope], 'reader:r');
    expect(await status(uploads, reader.token, 'POST')).toBe(401);
    expect(await status(`${url}/some/repository/tags/list`, reader.token)).toBe(404); // allowed to look, nothing there

    expect(tokens.requests).toEqual([
      { user: 'writer', scopes: [scope], granted: [scope], status: 200 },
      { user: 'reader', scopes: [scope], granted: ['repository:some/repository:pull'], status: 200 },
    ]);
  });

  test('gives nothing to a wrong password, and to a stranger a token that allows what is allowed to strangers', async () => {
    const { tokens, url } = await start({ users, anonymous: ['pull'] });
    expect((await ask(tokens, ['repository:a:pull'], 'writer:wrong')).status).toBe(401);
    const stranger = await ask(tokens, ['repository:a:pull,push repository:b:pull']);
    expect(await status(`${url}/a/tags/list`, stranger.token)).toBe(404);
    expect(await status(`${url}/b/tags/list`, stranger.token)).toBe(404);
    expect(await status(`${url}/a/blobs/uploads/`, stranger.token, 'POST')).toBe(401);
    expect(tokens.requests.map((request) => request.status)).toEqual([401, 200]);
  });

  test('refuses a token once its lifetime is over, whatever the client was told', async () => {
    const { tokens, url } = await start({ users, lifetimeSeconds: 2, expiresIn: 300 });
    const answer = await ask(tokens, ['repository:a:pull'], 'reader:r');
    expect(answer.expires_in).toBe(300);
    expect(await status(`${url}/a/tags/list`, answer.token)).toBe(404);
    await expect.poll(() => status(`${url}/a/tags/list`, answer.token), { timeout: 6000, interval: 250 }).toBe(401);
  });

  test('accepts a token that came as access_token only and without expires_in', async () => {
    const { tokens, url } = await start({ users, fields: ['access_token'], expiresIn: null });
    const answer = await ask(tokens, ['repository:a:pull'], 'reader:r');
    expect(Object.keys(answer).toSorted()).toEqual(['access_token', 'issued_at', 'status']);
    expect(await status(`${url}/a/tags/list`, answer.access_token)).toBe(404);
  });

  test('refuses the token of another server', async () => {
    const { url } = await start({ users });
    const other = await start({ users });
    const answer = await ask(other.tokens, ['repository:a:pull'], 'reader:r');
    expect(await status(`${url}/a/tags/list`, answer.token)).toBe(401);
  });
});
