/**
 * What signing without a key asks, on loopback: a CI's tokens, Fulcio and Rekor. They refuse what the real ones refuse, and
 * fail on request.
 *
 * @see https://github.com/sigstore/fulcio/blob/main/pkg/server/grpc_server.go
 * @see https://github.com/sigstore/rekor/blob/main/pkg/types/dsse/v0.0.1/entry.go
 */
import { createHash, createPublicKey, randomBytes, sign, verify, X509Certificate } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { certificateAuthority, pemOf, type CertificateAuthority } from './certificate-authority.ts';
import { listenOnLoopback } from './loopback.ts';
import { keyPair, type KeyPair } from './sigstore.ts';
import { transparencyLog, type LoggedEntry, type TransparencyLog } from './transparency-log.ts';

export const githubIssuer = 'https://token.actions.githubusercontent.com';
export const gitlabIssuer = 'https://gitlab.com';
export const workflow = 'https://github.com/acme/app/.github/workflows/release.yml@refs/tags/v1.0.0';

/** What goes wrong, and where. */
export type Fault =
  | 'down'
  | 'slow'
  | 500
  | 403
  /** An answer without an end. */
  | 'huge'
  /** Carried out, and the answer is lost. */
  | 'lost'
  /** A refusal that quotes the request. */
  | 'echo'
  | 'rubbish'
  /** Fulcio: of another key, or by another authority. */
  | 'other key'
  | 'other authority'
  /** Rekor: an entry of another body, without a proof, with a wrong one, or with a wrong promise. */
  | 'other body'
  | 'no proof'
  | 'wrong proof'
  | 'wrong promise';

export type Service = 'token' | 'fulcio' | 'rekor' | 'rekor key';

export interface SigstoreServices {
  readonly url: string;
  /** Of the tests' own root. */
  readonly trustedRoot: string;
  /** What a job of GitHub has. */
  readonly githubEnv: Readonly<Record<string, string>>;
  /** A token as a CI sets it. */
  readonly token: (claims?: Readonly<Record<string, unknown>>) => string;
  /** From now on; `null`: it works. */
  readonly fail: (service: Service, fault: Fault | null) => void;
  /** How often each was asked, by path: `POST /api/v2/signingCert`. */
  readonly asked: ReadonlyMap<string, number>;
  /** Every token that was given or taken, and the job's own secret. */
  readonly secrets: ReadonlySet<string>;
  /** Added to the clock of certificates and entries. */
  readonly turnClock: (ms: number) => void;
  readonly close: () => Promise<void>;
}

const bearer = 'the-secret-of-the-job-0123456789';

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

interface State {
  readonly issuer: KeyPair;
  readonly authority: CertificateAuthority;
  readonly other: CertificateAuthority;
  readonly log: TransparencyLog;
  readonly entries: Map<string, LoggedEntry>;
  readonly faults: Map<Service, Fault>;
  readonly secrets: Set<string>;
  skewMs: number;
}

export async function sigstoreServices(): Promise<SigstoreServices> {
  const state: State = {
    issuer: keyPair(),
    authority: certificateAuthority(),
    other: certificateAuthority(),
    log: transparencyLog(),
    entries: new Map(),
    faults: new Map(),
    secrets: new Set([bearer]),
    skewMs: 0,
  };
  const asked = new Map<string, number>();
  const server = createServer((request, response) => {
    void answer(request, response, state, asked);
  });
  const listening = await listenOnLoopback(server);
  const { url } = listening;
  return {
    url,
    trustedRoot: rootOf(state),
    githubEnv: {
      GITHUB_ACTIONS: 'true',
      ACTIONS_ID_TOKEN_REQUEST_URL: `${url}/token?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer,
    },
    token: (claims) => tokenOf(state, { aud: 'sigstore', ...claims }),
    fail: (service, fault) => {
      if (fault === null) state.faults.delete(service);
      else state.faults.set(service, fault);
    },
    asked,
    secrets: state.secrets,
    turnClock: (ms) => {
      state.skewMs += ms;
    },
    close: () => listening.close(),
  };
}

/** With what a public root has: a chain, a log of certificates and a log of signatures. */
function rootOf({ authority, log }: State): string {
  const validFor = { start: '2001-01-01T00:00:00Z' };
  const logOf = ({ pem }: KeyPair, baseUrl: string): object => {
    const raw = spkiOf(pem);
    const rawBytes = raw.toString('base64');
    return {
      baseUrl,
      hashAlgorithm: 'SHA2_256',
      publicKey: { rawBytes, keyDetails: 'PKIX_ECDSA_P256_SHA_256', validFor },
      logId: { keyId: createHash('sha256').update(raw).digest('base64') },
    };
  };
  const certificates = authority.chain.map((each) => ({ rawBytes: each.toString('base64') }));
  const subject = { organization: 'test', commonName: 'test root' };
  return JSON.stringify({
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    tlogs: [logOf(log.key, 'https://rekor.test')],
    certificateAuthorities: [{ subject, uri: 'https://fulcio.test', certChain: { certificates }, validFor }],
    ctlogs: [logOf(authority.certificateLog, 'https://ctfe.test')],
    timestampAuthorities: [],
  });
}

const services: Readonly<Record<string, Service>> = {
  'GET /token': 'token',
  'POST /api/v2/signingCert': 'fulcio',
  'POST /api/v1/log/entries': 'rekor',
  'GET /api/v1/log/publicKey': 'rekor key',
};

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  state: State,
  asked: Map<string, number>,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://loopback');
  const name = `${request.method ?? ''} ${url.pathname}`;
  asked.set(name, (asked.get(name) ?? 0) + 1);
  const service = services[name];
  const fault = service === undefined ? undefined : state.faults.get(service);
  if (fault === 'slow') return;
  if (fault === 'down') return void request.destroy();
  const text = await bodyOf(request);
  if (fault === 'huge') return endless(response);
  let answered: Answer;
  try {
    if (fault === 500 || fault === 403) throw new Refusal(fault, 'as the test wants it');
    if (fault === 'echo') throw new Refusal(400, `cannot read ${request.headers.authorization ?? ''} ${text}`);
    answered = fault === 'rubbish' ? { status: 201, body: 'rubbish' } : route(name, url, request, text, state, fault);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    // As grpc-gateway says it; Rekor has another number in the same place.
    answered = { status: error.status, body: { code: 3, message: error.message, details: [] } };
  }
  if (fault === 'lost') {
    state.faults.delete(service ?? 'rekor');
    return void request.destroy();
  }
  const { status, body, headers = {} } = answered;
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

function route(
  name: string,
  url: URL,
  request: IncomingMessage,
  text: string,
  state: State,
  fault: Fault | undefined,
): Answer {
  if (name === 'GET /token') return giveToken(url, request, state);
  if (name === 'GET /api/v1/log/publicKey')
    return { status: 200, body: state.log.key.pem, headers: { 'content-type': 'application/x-pem-file' } };
  const known = /^GET \/api\/v1\/log\/entries\/(?<id>[0-9a-f]{80})$/.exec(name)?.groups?.['id'];
  if (known !== undefined) {
    const entry = state.entries.get(known);
    return entry === undefined ? { status: 404, body: { code: 404 } } : { status: 200, body: { [known]: entry } };
  }
  if (request.headers['content-type']?.startsWith('application/json') !== true) throw new Refusal(415, 'no JSON');
  if (name === 'POST /api/v2/signingCert') return certify(JSON.parse(text), state, fault);
  if (name === 'POST /api/v1/log/entries') return log(JSON.parse(text), state, fault);
  return { status: 404, body: { code: 404, message: `path ${name} was not found` } };
}

/** GitHub's, for a job that may ask. */
function giveToken(url: URL, request: IncomingMessage, state: State): Answer {
  if (request.headers.authorization !== `Bearer ${bearer}`) throw new Refusal(401, 'no permission');
  const aud = url.searchParams.get('audience') ?? 'https://github.com/acme';
  const value = tokenOf(state, { aud });
  return { status: 200, body: { count: value.length, value } };
}

function tokenOf(state: State, claims: Readonly<Record<string, unknown>>): string {
  const now = Math.floor((Date.now() + state.skewMs) / 1000);
  const all = {
    iss: githubIssuer,
    sub: 'repo:acme/app:environment:release',
    job_workflow_ref: workflow.replace('https://github.com/', ''),
    iat: now,
    exp: now + 300,
    jti: randomBytes(8).toString('hex'),
    ...claims,
  };
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part({ typ: 'JWT', alg: 'ES256', kid: 'test' })}.${part(all)}`;
  const key = { key: state.issuer.key, dsaEncoding: 'ieee-p1363' } as const;
  const token = `${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`;
  state.secrets.add(token);
  return token;
}

interface CertificateRequest {
  readonly credentials?: { readonly oidcIdentityToken?: string };
  readonly publicKeyRequest?: {
    readonly publicKey?: { readonly algorithm?: string; readonly content?: string };
    readonly proofOfPossession?: string;
  };
}

function certify({ credentials, publicKeyRequest }: CertificateRequest, state: State, fault?: Fault): Answer {
  const claims = claimsOf(credentials?.oidcIdentityToken ?? '', state);
  const { publicKey: asked, proofOfPossession = '' } = publicKeyRequest ?? {};
  if (asked?.algorithm !== 'ECDSA')
    throw new Refusal(400, 'The public key supplied in the request could not be parsed');
  if (asked.content?.startsWith('-----BEGIN PUBLIC KEY-----\n') !== true)
    throw new Refusal(400, 'The public key supplied in the request could not be parsed');
  const publicKey = createPublicKey(asked.content);
  if (publicKey.asymmetricKeyDetails?.namedCurve !== 'prime256v1') throw new Refusal(400, 'The public key is too weak');
  const proof = Buffer.from(proofOfPossession, 'base64');
  if (!verify('sha256', Buffer.from(claims.email ?? claims.sub), publicKey, proof))
    throw new Refusal(400, 'The signature supplied in the request could not be verified');
  const identity =
    claims.email ??
    (claims.iss === gitlabIssuer
      ? `https://${claims.ci_config_ref_uri}`
      : `https://github.com/${claims.job_workflow_ref}`);
  const by = fault === 'other authority' ? state.other : state.authority;
  const certified = fault === 'other key' ? createPublicKey(keyPair().pem) : publicKey;
  const notBeforeMs = Date.now() + state.skewMs;
  const leaf = by.issue({ publicKey: certified, identity, issuer: claims.iss, notBeforeMs });
  const certificates = [leaf, ...by.chain].map(pemOf);
  return { status: 201, body: { signedCertificateEmbeddedSct: { chain: { certificates } } } };
}

interface Claims {
  readonly iss: string;
  readonly sub: string;
  readonly aud: string | readonly string[];
  readonly exp: number;
  readonly email?: string;
  readonly job_workflow_ref: string;
  readonly ci_config_ref_uri: string;
}

function claimsOf(token: string, state: State): Claims {
  state.secrets.add(token);
  const wrong = new Refusal(400, 'There was an error processing the identity token');
  const [header = '', body = '', signature = ''] = token.split('.');
  const key = { key: createPublicKey(state.issuer.pem), dsaEncoding: 'ieee-p1363' } as const;
  if (!verify('sha256', Buffer.from(`${header}.${body}`), key, Buffer.from(signature, 'base64url'))) throw wrong;
  const claims: Claims = JSON.parse(Buffer.from(body, 'base64url').toString());
  if (![claims.aud].flat().includes('sigstore')) throw wrong;
  if (claims.exp * 1000 < Date.now() + state.skewMs) throw wrong;
  return claims;
}

interface ProposedEntry {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly spec?: { readonly proposedContent?: { readonly envelope?: string; readonly verifiers?: readonly string[] } };
}

interface Envelope {
  readonly payload: string;
  readonly payloadType: string;
  readonly signatures: readonly { readonly sig: string }[];
}

function log({ apiVersion, kind, spec }: ProposedEntry, state: State, fault?: Fault): Answer {
  const { envelope: text = '', verifiers = [] } = spec?.proposedContent ?? {};
  if (kind !== 'dsse' || apiVersion !== '0.0.1') throw new Refusal(400, 'unknown kind of entry');
  const envelope: Envelope = JSON.parse(text);
  const [verifier = ''] = verifiers;
  const [{ sig } = { sig: '' }, ...more] = envelope.signatures;
  const payload = Buffer.from(envelope.payload, 'base64');
  const type = envelope.payloadType;
  const signed = Buffer.concat([Buffer.from(`DSSEv1 ${type.length} ${type} ${payload.length} `), payload]);
  const { publicKey } = new X509Certificate(Buffer.from(verifier, 'base64'));
  if (more.length > 0 || !verify('sha256', signed, publicKey, Buffer.from(sig, 'base64')))
    throw new Refusal(400, 'could not verify envelope');
  const hash = (bytes: Buffer | string): object => {
    return { algorithm: 'sha256', value: createHash('sha256').update(bytes).digest('hex') };
  };
  const own = {
    envelopeHash: hash(text),
    payloadHash: hash(fault === 'other body' ? 'another statement' : payload),
    signatures: [{ signature: sig, verifier }],
  };
  const body = Buffer.from(JSON.stringify({ apiVersion: '0.0.1', kind: 'dsse', spec: own }));
  const twin = [...state.entries].find(([, entry]) => entry.body === body.toString('base64'));
  if (twin !== undefined) {
    const message = 'an equivalent entry already exists in the transparency log';
    const headers = { location: `/api/v1/log/entries/${twin[0]}` };
    return { status: 409, body: { code: 409, message }, headers };
  }
  const entry = broken(state.log.add(body, Math.floor((Date.now() + state.skewMs) / 1000)), fault);
  const id = randomBytes(40).toString('hex');
  state.entries.set(id, entry);
  return { status: 201, body: { [id]: entry }, headers: { location: `/api/v1/log/entries/${id}` } };
}

function broken(entry: LoggedEntry, fault?: Fault): LoggedEntry {
  const { inclusionProof, ...promise } = entry.verification;
  const other = randomBytes(32).toString('hex');
  if (fault === 'no proof') return JSON.parse(JSON.stringify({ ...entry, verification: promise }));
  if (fault === 'wrong proof')
    return { ...entry, verification: { ...promise, inclusionProof: { ...inclusionProof, hashes: [other] } } };
  if (fault === 'wrong promise')
    return { ...entry, verification: { inclusionProof, signedEntryTimestamp: Buffer.from(other).toString('base64') } };
  return entry;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(Buffer.from(part));
  return Buffer.concat(parts).toString('utf8');
}

function endless(response: ServerResponse): void {
  response.writeHead(201, { 'content-type': 'application/json' });
  const piece = Buffer.alloc(65_536, ' ');
  const more = (): void => {
    while (!response.destroyed && response.write(piece)) continue;
    if (!response.destroyed) response.once('drain', more);
  };
  more();
}

function spkiOf(pem: string): Buffer {
  return createPublicKey(pem).export({ type: 'spki', format: 'der' });
}
