/**
 * Statements signed without a key of one's own: by a key that lives for one certificate, which says who runs this, and
 * recorded in a transparency log, which says when. What does not count for the trust root is not written.
 *
 * A certificate lasts ten minutes and a build may last an hour, so it is asked for before the first tag moves and again
 * for a signature that it would not last for.
 *
 * @see https://docs.sigstore.dev/about/overview/
 */
import { sign } from 'node:crypto';
import { InputError, OutsideError } from '../../domain/errors.ts';
import type { Clock, KeylessServers, StatementSignature, StatementSigner } from '../../ports.ts';
import type { Http } from '../http/http.ts';
import { askCertificate, type CertifiedKey } from './fulcio.ts';
import { identityToken } from './identity-token.ts';
import { logEnvelope, logId, type LogEntry } from './rekor.ts';
import type { IdentityRule } from './signature-verifier.ts';
import type { SigstoreLine } from './sigstore-request.ts';
import { envelopeOf, signedBytes, statementBundle } from './statement-bundle.ts';
import { createCertificateCheck, createIdentityVerifier, logsOf } from './statement-identity.ts';

export interface KeylessOptions {
  readonly servers: KeylessServers;
  /** Whose statements count: this run's own must be one of them. */
  readonly rule: IdentityRule;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly http: Http;
  readonly clock: Pick<Clock, 'nowMs'>;
  /** First wait between tries. */
  readonly backoffMs?: number;
  /** Time limit of one try. */
  readonly timeoutMs?: number;
}

/** Moves and the wait for the registry to show them. */
const movesMs = 300_000;
/** The entry in the log has to be made while the certificate is valid. */
const signingMs = 60_000;

/** @throws {InputError} CONFIG_INVALID for a trust root that cannot be read, or that names no log */
export function createKeylessSigner(options: KeylessOptions): StatementSigner {
  const { servers, rule, clock } = options;
  const logs = logsOf(rule);
  if (logs.size === 0) throw noLog(rule.file);
  const verify = createIdentityVerifier(rule);
  const checked = createCertificateCheck(rule);
  const lineOf = (signal: AbortSignal): SigstoreLine => {
    const { http, backoffMs = 400, timeoutMs = 20_000 } = options;
    return { http, signal, backoffMs, timeoutMs };
  };
  const ask = async (signal: AbortSignal): Promise<CertifiedKey> => {
    const line = lineOf(signal);
    const token = await identityToken({ ...line, env: options.env, nowMs: clock.nowMs() });
    const certified = await askCertificate(servers.fulcio, token, line);
    const fault = checked(probe, signatureBy(certified, probe, []));
    if (fault === null) return certified;
    if (fault.kind === 'other') throw otherIdentity(fault.because);
    throw doesNotCount(`the certificate authority ${servers.fulcio}`, fault.because, rule);
  };
  let current: Promise<CertifiedKey> | null = null;
  const certificate = async (signal: AbortSignal, leastMs: number): Promise<CertifiedKey> => {
    const last = current;
    if (last !== null) {
      const found = await last;
      if (found.notAfterMs - clock.nowMs() > leastMs) return found;
      if (current === last) current = null;
    }
    const asked = (current ??= ask(signal));
    try {
      return await asked;
    } catch (error) {
      if (current === asked) current = null;
      throw error;
    }
  };
  return {
    kind: 'keyless',
    verify,
    bundle: statementBundle,
    ready: async (signal) => {
      await certificate(signal, movesMs);
      if (!logs.has(await logId(servers.rekor, lineOf(signal))))
        throw doesNotCount(`the transparency log ${servers.rekor}`, 'it has another key', rule);
    },
    sign: async (text, signal) => {
      const certified = await certificate(signal, signingMs);
      const unlogged = signatureBy(certified, text, []);
      const pem = certified.certificate.toString();
      const entry = await logEnvelope(servers.rekor, envelopeOf(text, unlogged.sig), pem, lineOf(signal));
      const signature = withEntries(certified, unlogged.sig, [entry]);
      const fault = verify(text, signature);
      if (fault !== null) throw doesNotCount(`the transparency log ${servers.rekor}`, fault, rule);
      return signature;
    },
  };
}

/** Signed to see whether a certificate counts; it is kept nowhere. */
const probe = '{}';

function signatureBy(certified: CertifiedKey, text: string, entries: readonly LogEntry[]): StatementSignature {
  return withEntries(certified, sign('sha256', signedBytes(text), certified.key).toString('base64'), entries);
}

function withEntries({ certificate }: CertifiedKey, sig: string, tlogEntries: readonly LogEntry[]): StatementSignature {
  const rawBytes = certificate.raw.toString('base64');
  return { keyid: '', sig, verificationMaterial: { certificate: { rawBytes }, tlogEntries } };
}

function noLog(where: string): InputError {
  const message = 'it names no transparency log, and without one nothing shows when a statement was signed';
  const fix = 'name the trusted_root.json of the services that --fulcio-url and --rekor-url name';
  return new InputError([{ code: 'CONFIG_INVALID', where, message, fix }]);
}

function otherIdentity(because: string): InputError {
  const message = `the statement of this run would not count: ${because}`;
  const fix = 'name whoever runs this with --evidence-identity and --evidence-issuer, or run it where they say';
  return new InputError([{ code: 'EVIDENCE_INVALID', where: '--evidence-identity', message, fix }]);
}

function doesNotCount(service: string, because: string, { file }: IdentityRule): OutsideError {
  return new OutsideError('SIGNING_FAILED', `${service}: what it gave does not count by ${file}: ${because}`, {
    service,
  });
}
