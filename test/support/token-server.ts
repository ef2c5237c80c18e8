import { spawnSync } from 'node:child_process';
import { createHash, createPrivateKey, createPublicKey, randomUUID, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TokenAuth } from './registry-process.ts';

export type Action = 'pull' | 'push' | 'delete';

export interface TokenServerOptions {
  readonly users?: Readonly<Record<string, { readonly password: string; readonly actions: readonly Action[] }>>;
  /** What a client without credentials may do; nothing unless said. It gets a token all the same, as Docker Hub gives. */
  readonly anonymous?: readonly Action[];
  /** How long the registry really accepts a token, in seconds; 300 unless said. */
  readonly lifetimeSeconds?: number;
  /** The `expires_in` that is told to the client: the lifetime unless said, left out for `null` (which means 60). */
  readonly expiresIn?: number | null;
  /** The names under which the answer carries the token. Both unless said; some servers send only `access_token`. */
  readonly fields?: readonly ('token' | 'access_token')[];
}

/** One answered request for a token: who asked, for what, and what the token allows. `status` is 200 or 401. */
export interface TokenRequest {
  readonly user: string | null;
  readonly scopes: readonly string[];
  readonly granted: readonly string[];
  readonly status: number;
}

export interface TokenServer {
  /** Goes into `startRegistry({ tokenAuth })`. */
  readonly registryAuth: TokenAuth;
  /** Every request so far, in order. */
  readonly requests: readonly TokenRequest[];
  stop(): Promise<void>;
}

const service = 'registry.test';
const issuer = 'tests';

/** Distribution accepts a token this much longer than its `exp` says. */
const leewaySeconds = 60;

/**
 * Starts a token server on a free loopback port that a Distribution registry trusts, with a key of its own.
 *
 * @see https://distribution.github.io/distribution/spec/auth/token/
 * @see https://distribution.github.io/distribution/spec/auth/jwt/
 */
export async function startTokenServer(options: TokenServerOptions = {}): Promise<TokenServer> {
  const folder = await mkdtemp(join(tmpdir(), 'tagwright-token-server-'));
  const signer = await makeSigner(folder);
  const requests: TokenRequest[] = [];

  const server = createServer((request, response) => {
    const { body, ...seen } = answer(request, options, signer.key, signer.keyId);
    if (seen.status !== 404) requests.push(seen);
    send(response, seen.status, body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the token server has no port');

  return {
    registryAuth: {
      realm: `http://127.0.0.1:${address.port}/token`,
      service,
      issuer,
      rootCertBundle: signer.certificateFile,
    },
    requests,
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Makes a key and a certificate for it. Distribution 2.8 finds the key by an id of libtrust's making: the first 240 bits
 * of the SHA-256 of the public key (DER), in base 32, in groups of four.
 */
async function makeSigner(folder: string): Promise<{ key: KeyObject; keyId: string; certificateFile: string }> {
  const keyFile = join(folder, 'key.pem');
  const certificateFile = join(folder, 'certificate.pem');
  const request = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=tests'.split(' ');
  const ran = spawnSync('openssl', [...request, '-keyout', keyFile, '-out', certificateFile], { encoding: 'utf8' });
  if (ran.status !== 0) throw new Error(`openssl: ${ran.error?.message ?? ran.stderr}`);
  const key = createPrivateKey(await readFile(keyFile));
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'der' });
  const fingerprint = base32(createHash('sha256').update(publicKey).digest().subarray(0, 30));
  return { key, keyId: fingerprint.match(/.{4}/g)!.join(':'), certificateFile };
}

function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return bits
    .match(/.{5}/g)!
    .map((five) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[Number.parseInt(five, 2)])
    .join('');
}

interface Answer extends TokenRequest {
  readonly body: object;
}

function answer(request: IncomingMessage, options: TokenServerOptions, key: KeyObject, keyId: string): Answer {
  const url = new URL(request.url ?? '/', 'http://token.test');
  // Clients that try the OAuth 2 form (POST) first fall back to this one on a 404.
  if (request.method !== 'GET' || url.pathname !== '/token') {
    return { user: null, scopes: [], granted: [], status: 404, body: {} };
  }
  const scopes = url.searchParams.getAll('scope').flatMap((scope) => scope.split(' '));
  const credentials = basicCredentials(request.headers.authorization);
  const user = credentials?.user ?? null;
  const known = user === null ? undefined : options.users?.[user];
  if (credentials !== undefined && (known === undefined || known.password !== credentials.password)) {
    return { user, scopes, granted: [], status: 401, body: { details: 'incorrect username or password' } };
  }
  const access = scopes.map((scope) => grant(scope, known?.actions ?? options.anonymous ?? []));
  const lifetime = options.lifetimeSeconds ?? 300;
  const token = makeToken(key, keyId, user ?? '', lifetime, access);
  const expiresIn = options.expiresIn === undefined ? lifetime : options.expiresIn;
  return {
    user,
    scopes,
    granted: access.map(({ type, name, actions }) => `${type}:${name}:${actions.join(',')}`),
    status: 200,
    body: {
      ...Object.fromEntries((options.fields ?? ['token', 'access_token']).map((field) => [field, token])),
      ...(expiresIn !== null && { expires_in: expiresIn }),
      issued_at: new Date().toISOString(),
    },
  };
}

function basicCredentials(header: string | undefined): { user: string; password: string } | undefined {
  if (header === undefined || !/^basic /i.test(header)) return undefined;
  const text = Buffer.from(header.slice('basic '.length), 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

interface Access {
  readonly type: string;
  readonly name: string;
  readonly actions: readonly string[];
}

/** `repository:some/name:pull,push` → what of it is allowed. The name may hold a colon (a port), the ends may not. */
function grant(scope: string, allowed: readonly Action[]): Access {
  const { type, name, actions } = /^(?<type>\w+):(?<name>.+):(?<actions>[^:]*)$/.exec(scope)?.groups ?? {};
  if (type === undefined || name === undefined || actions === undefined) return { type: '', name: scope, actions: [] };
  return { type, name, actions: actions.split(',').filter((action) => allowed.some((one) => one === action)) };
}

function makeToken(key: KeyObject, keyId: string, user: string, lifetime: number, access: readonly Access[]): string {
  const now = Math.floor(Date.now() / 1000);
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const header = encode({ typ: 'JWT', alg: 'ES256', kid: keyId });
  const claims = encode({
    iss: issuer,
    sub: user,
    aud: service,
    exp: now + lifetime - leewaySeconds,
    nbf: now - leewaySeconds,
    iat: now,
    jti: randomUUID(),
    access,
  });
  const signature = sign('sha256', Buffer.from(`${header}.${claims}`), { key, dsaEncoding: 'ieee-p1363' });
  return `${header}.${claims}.${signature.toString('base64url')}`;
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
