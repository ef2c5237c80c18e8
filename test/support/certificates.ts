/** A small authority, a server's certificate for made-up names and a client's: the caller removes the folder. */
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

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
  const openssl = (...args: string[]): void => {
    const { status, stderr } = spawnSync('openssl', args, { cwd: folder, encoding: 'utf8' });
    if (status !== 0) throw new Error(`openssl ${args.join(' ')}: ${stderr}`);
  };
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...newKey,
    '-keyout',
    'ca.key',
    '-out',
    'ca.crt',
    '-days',
    '2',
    '-subj',
    '/CN=test authority',
  );
  for (const [name, extensions] of [
    ['server', 'alternatives'],
    ['client', 'none'],
  ] as const) {
    openssl('req', ...newKey, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
    const signing = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', extensions];
    openssl('x509', '-req', '-in', `${name}.csr`, ...signing, '-out', `${name}.cert`);
  }
  const read = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');
  const pair = async (name: string): Promise<Pair> => ({
    key: await read(`${name}.key`),
    cert: await read(`${name}.cert`),
  });
  return { folder, ca: await read('ca.crt'), server: await pair('server'), client: await pair('client') };
}
