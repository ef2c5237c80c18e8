/**
 * What hangs on images, for `audit --require`: signatures of cosign 2 (tags made of the digest) and 3 (bundles that the
 * registry lists, or the tag used in its place), signed attestations, and what BuildKit puts into the index.
 */
import pMap from 'p-map';
import { auditTags } from '../../audit/audit.ts';
import type { Attached, BuiltProof, Proofs } from '../../audit/judge-proofs.ts';
import type { Digest } from '../../domain/digest.ts';
import { OutsideError } from '../../domain/errors.ts';
import { parseManifest } from '../../domain/image.ts';
import { parseReferrers, referrersTag } from '../../domain/referrers.ts';
import {
  attachedLayers,
  indexAttestations,
  parseSignedPayload,
  parseStatement,
  proofOf,
  type AttachedLayer,
  type Proof,
  type Statement,
} from '../../domain/statement.ts';
import type { RegistryReader, SignatureVerifier, SignedThing } from '../../ports.ts';
import { digestOf } from '../../sight/input.ts';
import { confirmed } from '../look/look.ts';
import type { RepositoryLook } from '../look/repository-look.ts';

export interface ProofRequest {
  readonly required: readonly Proof[];
  /** `null`: the config does not say whose signatures count. */
  readonly verifier: SignatureVerifier | null;
  readonly signal: AbortSignal;
}

/** A digest that a confirmation corrects is asked about in its turn. */
const maxRounds = 4;

/** The same look, judged with what was found on the images of the tags in scope. */
export async function withProofs(looked: RepositoryLook, request: ProofRequest): Promise<RepositoryLook> {
  if (request.required.length === 0) return looked;
  const known = new Map<Digest, Proofs>();
  let look = looked;
  for (let round = 0; round < maxRounds; round += 1) {
    const wanted = digestsOf(look).filter((digest) => !known.has(digest));
    if (wanted.length === 0 && round > 0) break;
    await pMap(wanted, async (digest) => known.set(digest, await proofsOf(looked.registry, digest, request)), {
      concurrency: 8,
    });
    const input = { ...look.input, proofs: new Map(known) };
    look = { ...look, ...(await confirmed(look.lookout, input, look.content)) };
  }
  return { ...look, audited: auditTags(look.input) };
}

/** `--content owners`: images of convenience tags; `all`: of pinned tags too. */
function digestsOf({ input, content }: RepositoryLook): Digest[] {
  const { expected, seen, inScope } = input;
  const tags = [...expected.tags.values()].filter(
    (tag) => inScope(tag.tag) && (content === 'all' || tag.kind === 'convenience'),
  );
  return [...new Set(tags.flatMap(({ tag }) => digestOf(seen.get(tag)) ?? []))];
}

async function proofsOf(registry: RegistryReader, digest: Digest, request: ProofRequest): Promise<Proofs> {
  const { required } = request;
  try {
    const attached = await attachedTo(registry, digest, request);
    const built = required.some((proof) => proof !== 'signature') ? await builtInto(registry, digest, request) : [];
    return { kind: 'read', required, attached, built };
  } catch (error) {
    if (!(error instanceof OutsideError) || error.code === 'ABORTED') throw error;
    return { kind: 'failed', reason: `${error.code} ${error.message}` };
  }
}

/** More than anybody hangs on one image. */
const maxAttached = 50;

async function attachedTo(registry: RegistryReader, digest: Digest, request: ProofRequest): Promise<Attached[]> {
  const { signal } = request;
  const listed = (await registry.referrers(digest, signal)) ?? [];
  const list = await registry.manifest(referrersTag(digest), signal);
  const tagged = list === null ? [] : (parseReferrers(list.bytes) ?? []);
  const bundles = [...new Set([...listed, ...tagged].map((referrer) => referrer.digest))].slice(0, maxAttached);
  const signed = [`${referrersTag(digest)}.sig`, `${referrersTag(digest)}.att`];
  const found = await pMap([...bundles, ...signed], (at) => attachedAt(registry, at, request), { concurrency: 4 });
  return found.flat();
}

async function attachedAt(
  registry: RegistryReader,
  at: string,
  { verifier, signal }: ProofRequest,
): Promise<Attached[]> {
  const manifest = await registry.manifest(at, signal);
  const layers = manifest === null ? [] : attachedLayers(manifest.bytes).slice(0, maxAttached);
  const found: Attached[] = [];
  for (const layer of layers) {
    const kind = kindOf(layer);
    const bytes = kind === null ? null : await registry.blob(layer.digest, signal);
    if (kind === null || bytes === null) continue;
    found.push(attachedIn({ at, layer, signed: { kind, bytes, annotations: layer.annotations } }, verifier));
  }
  return found;
}

interface Candidate {
  readonly at: string;
  readonly layer: AttachedLayer;
  readonly signed: SignedThing;
}

function attachedIn({ at, layer, signed }: Candidate, verifier: SignatureVerifier | null): Attached {
  const verified = verifier?.verify(signed) ?? { ok: false, reason: 'the config does not say whose signatures count' };
  const statement = verified.ok ? statementOf(signed.kind, verified.payload) : null;
  if (statement !== null) return { at, statement, foreign: null };
  const claimed: Statement = { proof: claimedProof(signed.kind, layer), subjects: [] };
  return { at, statement: claimed, foreign: verified.ok ? 'it says nothing of an image' : verified.reason };
}

function statementOf(kind: SignedThing['kind'], payload: Uint8Array): Statement | null {
  return kind === 'payload' ? parseSignedPayload(payload) : parseStatement(payload);
}

/** What it would be if it counted. */
function claimedProof(kind: SignedThing['kind'], { annotations }: AttachedLayer): Proof | null {
  const type = annotations['predicateType'] ?? annotations['dev.sigstore.bundle.predicateType'];
  return type === undefined || kind === 'payload' ? 'signature' : proofOf(type);
}

function kindOf({ mediaType }: AttachedLayer): SignedThing['kind'] | null {
  if (mediaType.startsWith('application/vnd.dev.sigstore.bundle')) return 'bundle';
  if (mediaType === 'application/vnd.dev.cosign.simplesigning.v1+json') return 'payload';
  return mediaType === 'application/vnd.dsse.envelope.v1+json' ? 'envelope' : null;
}

async function builtInto(registry: RegistryReader, digest: Digest, { signal }: ProofRequest): Promise<BuiltProof[]> {
  const manifest = await registry.manifest(digest, signal);
  const parsed = manifest === null ? null : parseManifest(manifest);
  if (manifest === null || parsed?.kind !== 'index') return [];
  const attestations = indexAttestations(manifest.bytes);
  return pMap(
    parsed.images,
    async ({ platform, digest: image }) => {
      const own = attestations.filter(({ of }) => of === image);
      const read = await pMap(own, ({ digest: at }) => statementsAt(registry, at, signal), { concurrency: 2 });
      return { platform, image, statements: read.flat() };
    },
    { concurrency: 4 },
  );
}

async function statementsAt(registry: RegistryReader, at: Digest, signal: AbortSignal): Promise<Statement[]> {
  const manifest = await registry.manifest(at, signal);
  const layers = manifest === null ? [] : attachedLayers(manifest.bytes);
  const read = await pMap(
    layers.filter(({ annotations }) => proofOf(annotations['in-toto.io/predicate-type'] ?? '') !== null),
    async (layer) => {
      const bytes = await registry.blob(layer.digest, signal);
      return bytes === null ? null : parseStatement(bytes);
    },
    { concurrency: 2 },
  );
  return read.filter((statement) => statement !== null);
}
