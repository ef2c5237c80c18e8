/** How many statements are signed, by whom nobody knows, and what that is worth. */
import type { SignatureState, SoundStatement } from '../evidence/check.ts';
import { count, grouped } from './words.ts';

/** How many are `verified`, how many `signed` and not checked, how many `unsigned`. */
export function signatureCounts(
  statements: readonly Pick<SoundStatement, 'signature'>[],
): Record<SignatureState, number> {
  const counts = { verified: 0, signed: 0, unsigned: 0 };
  for (const { signature } of statements) counts[signature] += 1;
  return counts;
}

/** A sentence for each state that is worth less than it looks; none if all are verified. */
export function signatureNotes(statements: readonly Pick<SoundStatement, 'signature'>[]): readonly string[] {
  const { verified, signed, unsigned } = signatureCounts(statements);
  const of = (number: number): string => {
    const some = `${grouped(number)} of ${count(statements.length, 'statement')}`;
    return `${some} ${number === 1 ? 'is' : 'are'}`;
  };
  const notes: string[] = [];
  if (signed > 0)
    notes.push(
      `${of(signed)} signed and not checked: give the public key with --evidence-key, or the signer with --evidence-identity`,
    );
  if (unsigned > 0 && verified > 0) notes.push(`${of(verified)} verified`);
  if (unsigned > 0) notes.push(`${of(unsigned)} unsigned: whoever can write the file can write ${them(unsigned)}`);
  return notes;
}

function them(number: number): string {
  return number === 1 ? 'it' : 'any of them';
}
