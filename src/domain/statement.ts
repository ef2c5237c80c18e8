/**
 * What attestations and signatures say they are about: statements of in-toto, and cosign's own payload.
 *
 * @see https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md
 */
import { z } from 'zod';
import { isDigest, type Digest } from './digest.ts';

/** What `audit --require` can ask for. */
export const proofs = ['provenance', 'sbom', 'signature'] as const;
export type Proof = (typeof proofs)[number];

export interface Statement {
  /** `null`: something that nobody asks for. */
  readonly proof: Proof | null;
  /** Digests of what it is about. */
  readonly subjects: readonly Digest[];
}

const digest = z.string().refine(isDigest);
const statementShape = z.object({
  predicateType: z.string(),
  subject: z.array(z.object({ digest: z.record(z.string(), z.string()).nullish() })),
});
const payloadShape = z.object({
  critical: z.object({ image: z.object({ 'docker-manifest-digest': digest }) }),
});
const layersShape = z.object({
  layers: z.array(
    z.object({
      mediaType: z.string().catch(''),
      digest,
      annotations: z.record(z.string(), z.string()).nullish().catch(undefined),
    }),
  ),
});
const indexShape = z.object({
  manifests: z.array(z.object({ digest, annotations: z.record(z.string(), z.string()).nullish().catch(undefined) })),
});

/** @returns `null` if it is not a statement */
export function parseStatement(bytes: Uint8Array): Statement | null {
  const parsed = statementShape.safeParse(readJson(bytes));
  if (!parsed.success) return null;
  const subjects = parsed.data.subject.flatMap((subject) => {
    const text = `sha256:${subject.digest?.['sha256'] ?? ''}`;
    return isDigest(text) ? [text] : [];
  });
  return { proof: proofOf(parsed.data.predicateType), subjects };
}

/** What cosign 2 signs. */
export function parseSignedPayload(bytes: Uint8Array): Statement | null {
  const parsed = payloadShape.safeParse(readJson(bytes));
  return parsed.success
    ? { proof: 'signature', subjects: [parsed.data.critical.image['docker-manifest-digest']] }
    : null;
}

export function proofOf(predicateType: string): Proof | null {
  if (predicateType === 'https://sigstore.dev/cosign/sign/v1') return 'signature';
  if (predicateType.startsWith('https://slsa.dev/provenance/')) return 'provenance';
  if (/^https:\/\/(?:spdx\.dev\/Document|cyclonedx\.org\/bom)\b/.test(predicateType)) return 'sbom';
  return null;
}

export interface AttachedLayer {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Layers of an artifact, with their annotations; none if it has none that can be read. */
export function attachedLayers(bytes: Uint8Array): readonly AttachedLayer[] {
  const parsed = layersShape.safeParse(readJson(bytes));
  return parsed.success
    ? parsed.data.layers.map(({ annotations, ...layer }) => ({ ...layer, annotations: annotations ?? {} }))
    : [];
}

/** BuildKit's attestations in an index: the manifest of each, with the image that it says it is of. */
export function indexAttestations(bytes: Uint8Array): readonly { readonly digest: Digest; readonly of: string }[] {
  const parsed = indexShape.safeParse(readJson(bytes));
  if (!parsed.success) return [];
  return parsed.data.manifests.flatMap(({ digest: at, annotations }) =>
    annotations?.['vnd.docker.reference.type'] === 'attestation-manifest'
      ? [{ digest: at, of: annotations['vnd.docker.reference.digest'] ?? '' }]
      : [],
  );
}

function readJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
