/** Signed statements as the registry has them, attached to the images that tags moved to, compared with a file of them. */
import { z } from 'zod';
import type { Digest } from '../domain/digest.ts';
import { parseJsonObject, textAt } from '../domain/json.ts';
import { movedTo } from './artifact.ts';
import type { CheckedEvidence, EvidenceFault } from './check.ts';
import type { EvidenceText, LineSignature, SumOf } from './lines.ts';
import { readStatement, type MovesStatement } from './statement.ts';

/** A statement whose signature counts, with an image it is attached to. */
export interface AttachedStatement {
  readonly image: Digest;
  readonly text: string;
  readonly digest: Digest;
  readonly statement: MovesStatement;
  readonly signature: LineSignature;
}

export interface AttachedEvidence {
  /** Of this repository; one that is attached to several images is there once for each. */
  readonly statements: readonly AttachedStatement[];
  /** Images that are in the registry, and what is attached to them was read. */
  readonly images: ReadonlySet<Digest>;
  /** Why some of it could not be read; `null`: all was. */
  readonly unread: string | null;
}

const bundleShape = z.object({
  verificationMaterial: z.record(z.string(), z.unknown()).optional(),
  dsseEnvelope: z.object({ payload: z.string(), signatures: z.array(z.object({ sig: z.string() })).min(1) }),
});

/** What a bundle of sigstore's holds, not verified; `null` if it is not a signed statement of moves. */
export function readBundle(bytes: Uint8Array, sumOf: SumOf): Omit<AttachedStatement, 'image'> | null {
  const bundle = bundleShape.safeParse(parseJsonObject(new TextDecoder().decode(bytes)));
  if (!bundle.success) return null;
  const { dsseEnvelope, verificationMaterial } = bundle.data;
  const text = textOf(dsseEnvelope.payload);
  const statement = text === null ? null : readStatement(parseJsonObject(text));
  const [first] = dsseEnvelope.signatures;
  if (text === null || statement === null || first === undefined) return null;
  const keyid = textAt(verificationMaterial, 'publicKey', 'hint') ?? '';
  const certified = verificationMaterial?.['certificate'] === undefined ? {} : { verificationMaterial };
  return { text, digest: sumOf(text), statement, signature: { keyid, sig: first.sig, ...certified } };
}

function textOf(base64: string): string | null {
  if (base64.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(base64)) return null;
  const bytes = Uint8Array.from(atob(base64), (char) => char.codePointAt(0) ?? 0);
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

/**
 * A signed statement that the file lacks, or that the registry lacks: by them a file is seen that was cut, forked, or
 * written anew without the key.
 */
export function attachedFaults(
  { lines }: EvidenceText,
  { statements }: CheckedEvidence,
  attached: AttachedEvidence,
): readonly EvidenceFault[] {
  const known = new Map(lines.flatMap(({ digest, signature }) => (digest === null ? [] : [[digest, signature]])));
  const faults: EvidenceFault[] = [...lackingInFile(attached, known, lines)];
  const there = new Map<Digest, Set<Digest>>();
  for (const { digest, image } of attached.statements) there.set(digest, (there.get(digest) ?? new Set()).add(image));
  for (const { statement, digest, signature } of statements) {
    const place = `statement ${statement.predicate.sequence}`;
    const images = there.get(digest);
    if (signature === 'unsigned' && images !== undefined)
      faults.push({ kind: 'altered', place, because: 'it is signed in the registry, and its line has no signature' });
    if (signature !== 'verified') continue;
    const lacking = movedTo(statement).filter((image) => attached.images.has(image) && images?.has(image) !== true);
    const [first] = lacking;
    if (first !== undefined) faults.push({ kind: 'altered', place, because: detached(first, lacking.length - 1) });
  }
  if (attached.unread !== null)
    faults.push({ kind: 'unknown', place: 'attached statements', because: attached.unread });
  return faults;
}

function detached(image: Digest, others: number): string {
  const more = others === 0 ? '' : ` and ${others} more of its images`;
  return `it is signed, and no longer attached to ${image}${more}: somebody deleted it there, or its run ended before it was attached`;
}

/** One fault for each number: runs that begin a new file each time all write statement 1. */
function lackingInFile(
  { statements }: AttachedEvidence,
  known: ReadonlyMap<Digest, LineSignature | null>,
  lines: EvidenceText['lines'],
): readonly EvidenceFault[] {
  const numbers = new Set(lines.map(({ statement }) => statement?.predicate.sequence));
  const lacking = new Map<number, Map<Digest, AttachedStatement>>();
  for (const one of statements) {
    if (known.has(one.digest)) continue;
    const { sequence } = one.statement.predicate;
    const same = lacking.get(sequence) ?? new Map<Digest, AttachedStatement>();
    lacking.set(sequence, same.set(one.digest, same.get(one.digest) ?? one));
  }
  return [...lacking]
    .toSorted(([a], [b]) => a - b)
    .flatMap(([sequence, same]): EvidenceFault[] => {
      const [first] = same.values();
      if (first === undefined) return [];
      const { command, release, at } = first.statement.predicate;
      const what = [command, ...(release === null ? [] : [release])].join(' ');
      const more = same.size === 1 ? '' : `; so are ${same.size - 1} more of this number`;
      const other = numbers.has(sequence) ? `, which has another statement ${sequence}` : '';
      const because = `a signed statement of ${what} at ${at} is attached to ${first.image} and is not in the file${other}${more}`;
      return [{ kind: 'altered', place: `statement ${sequence}`, because }];
    });
}
