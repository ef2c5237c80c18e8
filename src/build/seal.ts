/** Files that one job writes and another reads carry the digest of what they hold, so that an edited one shows. */
import type { Digest } from '../domain/digest.ts';

/** The digest of a text. */
export type SumOf = (text: string) => Digest;

/** The JSON file of a text that is JSON itself, with its sum beside its keys. */
export function sealedFile(text: string, sumOf: SumOf): string {
  const document: unknown = JSON.parse(text);
  return `${JSON.stringify(Object.assign({}, document, { sum: sumOf(text) }), null, 2)}\n`;
}
