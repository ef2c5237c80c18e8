/** Whether a registry has a statement that a key signed: then a file without signatures has lost them. */
import { isDigest, type Digest } from '../../domain/digest.ts';
import { parseJsonObject, valueAt } from '../../domain/json.ts';
import type { Referrer } from '../../domain/referrers.ts';
import { movedTo } from '../../evidence/artifact.ts';
import type { EvidenceText } from '../../evidence/lines.ts';
import { movesPredicate, predicateAnnotation } from '../../evidence/statement.ts';
import type { RegistryReader, StatementVerifier } from '../../ports.ts';
import { readList } from '../copy/list-of-referrers.ts';

/** Each image is a few requests, made only before the first signature of a file: those of the last statements. */
const maxImages = 12;

/** @returns an image with such a statement; `null`: none of those that were looked at */
export async function signedImage(
  { lines }: EvidenceText,
  registry: RegistryReader,
  accepts: StatementVerifier,
  signal: AbortSignal,
): Promise<Digest | null> {
  const moved = lines.toReversed().flatMap(({ statement }) => (statement === null ? [] : movedTo(statement)));
  for (const image of [...new Set(moved)].slice(0, maxImages)) {
    const held = (await registry.referrers(image, signal)) ?? (await readList(registry, image, signal));
    for (const one of held.filter(isOfMoves)) {
      if (await isSigned(one.digest, registry, accepts, signal)) return image;
    }
  }
  return null;
}

function isOfMoves({ entry }: Referrer): boolean {
  return valueAt(entry, 'annotations', predicateAnnotation) === movesPredicate;
}

async function isSigned(
  artifact: Digest,
  registry: RegistryReader,
  accepts: StatementVerifier,
  signal: AbortSignal,
): Promise<boolean> {
  const manifest = await registry.manifest(artifact, signal);
  const layers = manifest === null ? null : jsonIn(manifest.bytes)?.['layers'];
  const bundle: unknown = Array.isArray(layers) ? valueAt(layers[0], 'digest') : null;
  if (typeof bundle !== 'string' || !isDigest(bundle)) return false;
  const envelope = jsonIn((await registry.blob(bundle, signal)) ?? new Uint8Array())?.['dsseEnvelope'];
  const [payload, signatures] = [valueAt(envelope, 'payload'), valueAt(envelope, 'signatures')];
  const sig: unknown = Array.isArray(signatures) ? valueAt(signatures[0], 'sig') : null;
  if (typeof payload !== 'string' || typeof sig !== 'string') return false;
  return accepts(Buffer.from(payload, 'base64').toString('utf8'), { keyid: '', sig }) === null;
}

function jsonIn(bytes: Uint8Array): ReturnType<typeof parseJsonObject> {
  return parseJsonObject(new TextDecoder().decode(bytes));
}
