import { existsSync } from 'node:fs';
import { afterAll, describe, expect, inject, test } from 'vitest';
import { startRegistry } from '../support/registry-process.ts';
import type { RegistryProcess } from '../support/registry-process.ts';

const running: RegistryProcess[] = [];
afterAll(() => Promise.all(running.map((registry) => registry.stop())));

async function start(...args: Parameters<typeof startRegistry>): Promise<RegistryProcess> {
  const registry = await startRegistry(...args);
  running.push(registry);
  return registry;
}

const beginUpload = (host: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`http://${host}/v2/some/repository/blobs/uploads/`, { method: 'POST', headers });

const basic = (user: string, password: string): { authorization: string } => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
});

describe('a registry of our own', () => {
  test('the shared one answers and takes uploads', async () => {
    expect((await fetch(`http://${inject('registryHost')}/v2/`)).status).toBe(200);
    expect((await beginUpload(inject('registryHost'))).status).toBe(202);
  });

  test('with htpasswd it wants the right password and names its realm', async () => {
    const { host } = await start({ htpasswd: { alice: 'wonder land', bob: 'builder' } });
    const anonymous = await fetch(`http://${host}/v2/`);
    expect(anonymous.status).toBe(401);
    expect(anonymous.headers.get('www-authenticate')).toBe('Basic realm="tests"');
    expect((await beginUpload(host, basic('alice', 'builder'))).status).toBe(401);
    expect((await beginUpload(host, basic('alice', 'wonder land'))).status).toBe(202);
    expect((await beginUpload(host, basic('bob', 'builder'))).status).toBe(202);
  });

  test('read-only it answers, and refuses an upload', async () => {
    const { host } = await start({ readOnly: true });
    expect((await fetch(`http://${host}/v2/`)).status).toBe(200);
    expect((await beginUpload(host)).status).toBe(405);
  });

  test('stopped, it is gone with its storage, unless that is to be kept', async () => {
    const first = await start();
    await beginUpload(first.host);
    await first.stop({ keepStorage: true });
    expect(existsSync(first.storage)).toBe(true);

    const second = await start({ storage: first.storage });
    await second.stop();
    expect(existsSync(first.storage)).toBe(false);
    await expect(fetch(`http://${second.host}/v2/`)).rejects.toThrow('fetch failed');
  });

  test('one that cannot start says why', async () => {
    const tokenAuth = { realm: 'http://127.0.0.1/token', service: 's', issuer: 'i', rootCertBundle: '/not/there.pem' };
    await expect(start({ tokenAuth })).rejects.toThrow('/not/there.pem');
  });
});
