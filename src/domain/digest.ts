/** Digests and descriptors: what a tag points at. */

/** `sha256:` and 64 lower-case hex digits, of a manifest's or blob's bytes. */
export type Digest = string & { readonly __digest: true };

const digestPattern = /^sha256:[0-9a-f]{64}$/;

export function isDigest(text: string): text is Digest {
  return digestPattern.test(text);
}

/** @returns the digest, or `null` where the text is none */
export function parseDigest(text: string): Digest | null {
  return isDigest(text) ? text : null;
}

/** Media type, digest and size in bytes of one manifest or blob. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly sizeBytes: number;
}

/** A manifest as the registry holds it: the exact bytes that its digest is the hash of. */
export interface Manifest extends Descriptor {
  readonly bytes: Uint8Array;
}
