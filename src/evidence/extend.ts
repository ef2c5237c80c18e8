/** Whether a run may add its statement to a file: what follows a statement vouches for it. */
import { checkEvidence, type EvidenceRules } from './check.ts';
import type { EvidenceLine, EvidenceText, LineSignature } from './lines.ts';

export interface ExtendRules extends Pick<EvidenceRules, 'now'> {
  /** `registry/path` */
  readonly repository: string;
  /**
   * What is wrong with a signature by the keys of this run: the one it signs with, and those before it; `null`: nothing.
   * Left out by a run that does not sign.
   */
  readonly verify?: (text: string, signature: LineSignature) => string | null;
}

export interface ExtendFault {
  readonly because: string;
  readonly fix: string;
}

const restore =
  'bring the file back as the last run left it; if that cannot be, move it away: a new one begins, and nothing before it is known';

/**
 * Tags that moved without a statement are no fault here: the file says so itself, and nobody can take it back. A last line
 * that is cut off is none either: it is kept aside.
 *
 * @returns why not; `null`: it may
 */
export function extendFault(read: EvidenceText, rules: ExtendRules): ExtendFault | null {
  const { repository, now } = rules;
  return signatureFault(read.lines, rules) ?? soundnessFault({ ...read, torn: false }, { repository, now });
}

function soundnessFault(read: EvidenceText, rules: EvidenceRules): ExtendFault | null {
  const fault = checkEvidence(read, rules).faults.find(({ kind }) => kind !== 'unexplained');
  if (fault === undefined) return null;
  const { kind, place, because } = fault;
  const fix =
    kind === 'foreign' ? `name the folder of this image's statements with --evidence; or ${restore}` : restore;
  return { because: `${place} in it cannot be trusted: ${because}`, fix };
}

function signatureFault(lines: readonly EvidenceLine[], { verify }: ExtendRules): ExtendFault | null {
  const first = lines.find(({ signature }) => signature !== null);
  if (first === undefined) return null;
  if (verify === undefined) {
    const because = `its statements are signed, from ${placeOf(first)} on, and this run has no key`;
    return { because, fix: 'give the key with --sign-key, or TAGWRIGHT_SIGN_KEY' };
  }
  for (const line of lines.filter(({ number, text }) => number >= first.number && text !== null)) {
    if (line.signature === null)
      return { because: `${placeOf(line)} in it is not signed, and ${placeOf(first)} before it is`, fix: restore };
    if (verify(line.text ?? '', line.signature) === null) continue;
    const because = `${placeOf(line)} in it is signed by another key than --sign-key`;
    const fix = `sign with that key; if this one takes its place, name the public key of the other with --earlier-key`;
    return { because, fix };
  }
  return null;
}

/** How many statements of a file a first signature would vouch for; 0 where one before has. */
export function unsignedBefore({ lines }: EvidenceText): number {
  return lines.some(({ signature }) => signature !== null) ? 0 : lines.length;
}

function placeOf({ statement, number }: EvidenceLine): string {
  return statement === null ? `line ${number}` : `statement ${statement.predicate.sequence}`;
}
