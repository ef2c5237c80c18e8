/** Whom TLS trusts beyond Node's own list, and what we show of ourselves: read once a host, from the usual places. */
import { readdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { OutsideError } from '../../domain/errors.ts';
import type { Environment } from './proxy.ts';

export interface TlsOptions {
  readonly ca?: string[];
  readonly cert?: string;
  readonly key?: string;
}

/**
 * For a host: authorities of `SSL_CERT_FILE` and `SSL_CERT_DIR` (`NODE_EXTRA_CA_CERTS` is Node's own business, until
 * something else is trusted too), and the `certs.d/<host[:port]>` folders of Docker and Podman, with authorities (`*.crt`)
 * and a client certificate (`*.cert` with its `*.key`). Empty where there is nothing of that.
 *
 * @throws {OutsideError} FILE_FAILED for what is named and cannot be read
 * @see https://docs.docker.com/engine/security/certificates/
 * @see https://github.com/containers/image/blob/main/docs/containers-certs.d.5.md
 */
export async function tlsOptionsOf(host: string, env: Environment): Promise<TlsOptions> {
  const named = [env['SSL_CERT_FILE'] ?? ''].filter((path) => path !== '');
  const bundles = await Promise.all(named.map((path) => read(path, 'SSL_CERT_FILE')));
  const folders = (env['SSL_CERT_DIR'] ?? '').split(':').filter((path) => path !== '');
  for (const folder of folders) bundles.push(...(await readAll(folder, /\.(?:pem|crt|cer)$/)));
  const own: { cert?: string; key?: string } = {};
  for (const folder of hostFolders(host, env)) {
    bundles.push(...(await readAll(folder, /\.crt$/)));
    if (own.cert === undefined) Object.assign(own, await clientCertificate(folder));
  }
  if (bundles.length === 0) return own;
  const extra = env['NODE_EXTRA_CA_CERTS'] ?? '';
  if (extra !== '') bundles.push(await read(extra, 'NODE_EXTRA_CA_CERTS'));
  return { ...own, ca: [...rootCertificates, ...bundles] };
}

function hostFolders(host: string, env: Environment): readonly string[] {
  const home = env['HOME'] ?? homedir();
  const config = env['XDG_CONFIG_HOME'] ?? join(home, '.config');
  const roots = [join(config, 'containers'), '/etc/containers', join(config, 'docker'), '/etc/docker'];
  const names = host === 'registry-1.docker.io' ? [host, 'docker.io'] : [host];
  return roots.flatMap((root) => names.map((name) => join(root, 'certs.d', name)));
}

async function clientCertificate(folder: string): Promise<Pick<TlsOptions, 'cert' | 'key'>> {
  const name = (await list(folder)).find((file) => file.endsWith('.cert'));
  if (name === undefined) return {};
  const key = `${name.slice(0, -'.cert'.length)}.key`;
  return {
    cert: await read(join(folder, name), 'the client certificate'),
    key: await read(join(folder, key), `the key of ${name}`),
  };
}

async function readAll(folder: string, pattern: RegExp): Promise<readonly string[]> {
  const names = (await list(folder)).filter((name) => pattern.test(name));
  return Promise.all(names.map((name) => read(join(folder, name), 'an authority')));
}

/** What is not there, and what this user may not look into, is as good as empty. */
async function list(folder: string): Promise<readonly string[]> {
  return readdir(folder).then(
    (names) => names.toSorted(),
    (error: unknown) => {
      if (['ENOENT', 'ENOTDIR', 'EACCES'].includes(codeOf(error))) return [];
      throw failed(folder, 'certificates', error);
    },
  );
}

async function read(path: string, what: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    throw failed(path, what, error);
  });
}

function failed(path: string, what: string, error: unknown): OutsideError {
  return new OutsideError(
    'FILE_FAILED',
    `${path}: ${what} cannot be read (${codeOf(error)})`,
    { path },
    { cause: error },
  );
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'no code';
}
