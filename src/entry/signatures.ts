import { createSignatureVerifier } from '../adapters/sigstore/signature-verifier.ts';
import type { SignatureRule } from '../config/types.ts';
import { InputError } from '../domain/errors.ts';
import type { ProjectFiles, SignatureVerifier } from '../ports.ts';

/** @throws {InputError} for a file of the rule that is not there or cannot be read */
export async function openSignatures(rule: SignatureRule, files: ProjectFiles): Promise<SignatureVerifier> {
  const file = rule.kind === 'key' ? rule.path : rule.trustRoot;
  const text = await files.read(file);
  if (text === null) {
    const fix = 'write the file, or correct signature in the config';
    throw new InputError([{ code: 'CONFIG_INVALID', where: file, message: 'there is no such file', fix }]);
  }
  if (rule.kind === 'key') return createSignatureVerifier({ kind: 'key', pem: text, file });
  const { issuer, identity } = rule;
  return createSignatureVerifier({ kind: 'identity', issuer, identities: [identity], root: text, file });
}
