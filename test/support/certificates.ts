/** A small authority, a server's certificate for made-up names and a client's: the caller removes the folder. */
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { opensslAuthority } from './openssl.ts';

export interface Certificates {
  readonly folder: string;
  readonly ca: string;
  readonly server: Pair;
  readonly client: Pair;
}

interface Pair {
  readonly key: string;
  readonly cert: string;
}

export async function makeCertificates(names: readonly string[]): Promise<Certificates> {
  const alternatives = `subjectAltName=${[...names.map((name) => `DNS:${name}`), 'IP:127.0.0.1'].join(',')}`;
  const folder = await mkdtemp(join(tmpdir(), 'tagwright-certificates-'));
  await writeFile(join(folder, 'alternatives'), alternatives);
  await writeFile(join(folder, 'none'), '');
  const authority = opensslAuthority(folder, '/CN=test authority');
  for (const [name, extensions] of [
    ['server', 'alternatives'],
    ['client', 'none'],
  ] as const) {
    authority.sign(name, { subject: `/CN=${name}`, days: '2', extensions, certificate: `${name}.cert` });
  }
  const read = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');
  const pair = async (name: string): Promise<Pair> => ({
    key: await read(`${name}.key`),
    cert: await read(`${name}.cert`),
  });
  return { folder, ca: await read('ca.crt'), server: await pair('server'), client: await pair('client') };
}
