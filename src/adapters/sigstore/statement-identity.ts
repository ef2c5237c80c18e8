/** Statements signed without a key: verified by the identity in their certificates, with a trust root and no service. */
import { createHash } from 'node:crypto';
import { toTrustMaterial } from '@sigstore/verify';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { parseJsonObject } from '../../domain/json.ts';
import type { StatementSignature, StatementVerifier } from '../../ports.ts';
import {
  createSignatureVerifier,
  otherSigner,
  trustRoot,
  verifierOf,
  type FoundSigner,
  type IdentityRule,
} from './signature-verifier.ts';
import { statementBundle } from './statement-bundle.ts';

/** @throws {InputError} CONFIG_INVALID for a trust root that cannot be read */
export function createIdentityVerifier(rule: IdentityRule): StatementVerifier {
  const verifier = createSignatureVerifier(rule);
  // A certificate takes milliseconds, and a run looks at its file more than once.
  const known = new Map<string, string | null>();
  return (text, signature) => {
    if (signature.verificationMaterial === undefined) return 'it is signed with a key, and an identity counts';
    const bytes = statementBundle(text, signature);
    const name = createHash('sha256').update(bytes).digest('base64');
    const before = known.get(name);
    if (before !== undefined) return before;
    const found = verifier.verify({ kind: 'bundle', bytes });
    const fault = found.ok ? null : found.reason;
    known.set(name, fault);
    return fault;
  };
}

export type CertificateFault =
  | { readonly kind: 'untrusted'; readonly because: string }
  /** Of somebody who does not count. */
  | { readonly kind: 'other'; readonly because: string };

/** Whether a certificate counts by itself, before anything that it signs is in a log. */
export function createCertificateCheck(
  rule: IdentityRule,
): (text: string, signature: StatementSignature) => CertificateFault | null {
  const root = { ...parseJsonObject(rule.root), tlogs: [], timestampAuthorities: [] };
  const trust = toTrustMaterial(TrustedRoot.fromJSON(root));
  return (text, signature) => {
    let signer: FoundSigner;
    const verifier = verifierOf(trust, (found) => {
      signer = found;
      return null;
    });
    const found = verifier.verify({ kind: 'bundle', bytes: statementBundle(text, signature) });
    if (!found.ok) return { kind: 'untrusted', because: found.reason };
    const because = otherSigner(rule, signer);
    return because === null ? null : { kind: 'other', because };
  };
}

/** The numbers of the logs that the root names: the SHA-256 of their keys, in base64. */
export function logsOf({ root, file }: IdentityRule): ReadonlySet<string> {
  return new Set(trustRoot(root, file).tlogs.map(({ logID }) => Buffer.from(logID).toString('base64')));
}
