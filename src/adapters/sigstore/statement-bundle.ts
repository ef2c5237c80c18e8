/**
 * A statement as DSSE signs it, and with its signature as a bundle of sigstore's.
 *
 * @see https://github.com/secure-systems-lab/dsse/blob/master/protocol.md
 * @see https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_bundle.proto
 */
import { mediaTypes } from '../../domain/media-types.ts';
import type { StatementSignature } from '../../ports.ts';

const payloadType = mediaTypes.inTotoStatement;

/** What is signed: the type and the text, each with its length in bytes. */
export function signedBytes(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${bytes.length} `), bytes]);
}

export interface Envelope {
  readonly payload: string;
  readonly payloadType: string;
  readonly signatures: readonly { readonly sig: string; readonly keyid: string }[];
}

/** @param sig base64 */
export function envelopeOf(text: string, sig: string): Envelope {
  // Cosign takes a key's name in the envelope for another key than the one it is given, so a hint alone has it.
  return { payload: Buffer.from(text).toString('base64'), payloadType, signatures: [{ sig, keyid: '' }] };
}

/** The same signature gives the same bytes. */
export function statementBundle(text: string, { keyid, sig, verificationMaterial }: StatementSignature): Uint8Array {
  const bundle = {
    mediaType: mediaTypes.sigstoreBundle,
    verificationMaterial: verificationMaterial ?? { publicKey: { hint: keyid }, tlogEntries: [] },
    dsseEnvelope: envelopeOf(text, sig),
  };
  return Buffer.from(JSON.stringify(bundle));
}
