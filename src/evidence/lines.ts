/**
 * The file of statements: one line of JSON each, with the digest of its statement and, if it was signed, the signature.
 * The digest is of the statement's text as the line has it; the next statement names it as the one before.
 */
import { z } from 'zod';
import type { Digest } from '../domain/digest.ts';
import { isWholeJsonLine, parseJsonObject } from '../domain/json.ts';
import { readStatement, type Link, type MovesStatement } from './statement.ts';

const signatureShape = z.object({
  keyid: z.string(),
  /** Base64. */
  sig: z.string(),
  /** Without a key: the certificate, and its entry in a transparency log. */
  verificationMaterial: z.record(z.string(), z.unknown()).optional(),
});

/** The digest of a text. */
export type SumOf = (text: string) => Digest;

/** A signature over the statement's text, as DSSE has it. */
export type LineSignature = z.output<typeof signatureShape>;

export interface EvidenceLine {
  /** From 1. */
  readonly number: number;
  /** The text that its digest and signature are of; `null` where the line is not one of ours. */
  readonly text: string | null;
  /** What the line says that it is. */
  readonly stated: string | null;
  /** What it is. */
  readonly digest: Digest | null;
  /** `null` if it is not a statement of moves. */
  readonly statement: MovesStatement | null;
  readonly signature: LineSignature | null;
}

export interface EvidenceText {
  readonly lines: readonly EvidenceLine[];
  /** The last line was cut off, as a kill in the middle of a write leaves it. */
  readonly torn: boolean;
}

const unsignedPattern = /^\{"digest":"(?<stated>sha256:[0-9a-f]{64})","statement":(?<text>\{.*\})\}$/;
const signedPattern =
  /^\{"digest":"(?<stated>sha256:[0-9a-f]{64})","statement":(?<text>\{.*\}),"signatures":\[(?<signature>\{"keyid":.*\})\]\}$/;

/** Without its line feed. */
export function evidenceLine(text: string, digest: Digest, signature: LineSignature | null): string {
  const signed = signature === null ? '' : `,"signatures":[${JSON.stringify(signature)}]`;
  return `{"digest":"${digest}","statement":${text}${signed}}`;
}

/** Line ends may be those of Windows, and the last one may be missing: git and editors change them. */
export function readEvidence(text: string, sumOf: SumOf): EvidenceText {
  const rows = text.split(/\r?\n/);
  const last = rows.at(-1) ?? '';
  const isWhole = isWholeJsonLine(last);
  const lines = (isWhole ? rows : rows.slice(0, -1)).map((row, index) => readLine(row, index + 1, sumOf));
  return { lines, torn: last !== '' && !isWhole };
}

function readLine(row: string, number: number, sumOf: SumOf): EvidenceLine {
  // Told by the end: a pattern for both would try every place in a long line that is neither.
  const parts = (row.endsWith('}]}') ? signedPattern : unsignedPattern).exec(row)?.groups;
  const text = parts?.['text'];
  if (text === undefined) return { number, text: null, stated: null, digest: null, statement: null, signature: null };
  const signature = signatureShape.safeParse(parseJsonObject(parts?.['signature'] ?? ''));
  return {
    number,
    text,
    stated: parts?.['stated'] ?? null,
    digest: sumOf(text),
    statement: readStatement(parseJsonObject(text)),
    signature: signature.success ? signature.data : null,
  };
}

/** The number of the next statement and the one before it. What cannot be read is left to an audit. */
export function nextLink({ lines }: EvidenceText): Link {
  const last = lines.findLast(({ statement }) => statement !== null);
  return { sequence: (last?.statement?.predicate.sequence ?? 0) + 1, previous: last?.digest ?? null };
}
