/** Whether a run may add its statement to a file: what follows a statement vouches for it. */
import { printable } from '../domain/text.ts';
import { checkEvidence, type EvidenceRules } from './check.ts';
import type { EvidenceLine, EvidenceText, LineSignature } from './lines.ts';

export interface ExtendRules extends Pick<EvidenceRules, 'now'> {
  /** `registry/path` */
  readonly repository: string;
  /** Left out by a run that does not sign. */
  readonly signing?: RunSigning;
}

export interface RunSigning {
  readonly kind: 'key' | 'keyless';
  /** What is wrong with a signature for this run: by what it signs with, and by those before it; `null`: nothing. */
  readonly verify: (text: string, signature: LineSignature) => string | null;
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
  return { because: `${place} in it cannot be trusted: ${printable(because, 500)}`, fix };
}

function signatureFault(lines: readonly EvidenceLine[], { signing }: ExtendRules): ExtendFault | null {
  const first = lines.find(({ signature }) => signature !== null);
  if (first === undefined) return null;
  if (signing === undefined) return unsignedRun(first);
  for (const line of lines.filter(({ number, text }) => number >= first.number && text !== null)) {
    if (line.signature === null)
      return { because: `${placeOf(line)} in it is not signed, and ${placeOf(first)} before it is`, fix: restore };
    const because = signing.verify(line.text ?? '', line.signature);
    if (because !== null) return otherSignature(line, line.signature, signing.kind, because);
  }
  return null;
}

function unsignedRun(first: EvidenceLine): ExtendFault {
  const signed = `its statements are signed, from ${placeOf(first)} on`;
  return isKeyless(first.signature)
    ? { because: `${signed}, without a key, and this run signs nothing`, fix: 'sign with --sign-keyless' }
    : { because: `${signed}, and this run has no key`, fix: 'give the key with --sign-key, or TAGWRIGHT_SIGN_KEY' };
}

function otherSignature(
  line: EvidenceLine,
  signature: LineSignature,
  kind: RunSigning['kind'],
  because: string,
): ExtendFault {
  const place = placeOf(line);
  if (!isKeyless(signature))
    return kind === 'key'
      ? {
          because: `${place} in it is signed by another key than --sign-key`,
          fix: 'sign with that key; if this one takes its place, name the public key of the other with --earlier-key',
        }
      : {
          because: `${place} in it is signed with a key, and this run signs without one`,
          fix: 'name the public key with --earlier-key, from now on in each run',
        };
  const name = '--evidence-identity, --evidence-issuer and --trust-root';
  return kind === 'key'
    ? {
        because: `${place} in it is signed without a key, and does not count for this run: ${because}`,
        fix: `name whoever signed it with ${name}, from now on in each run`,
      }
    : {
        because: `${place} in it does not count: ${because}`,
        fix: 'if that identity may sign too, name it as well with --evidence-identity; otherwise bring the file back as the last run left it',
      };
}

function isKeyless(signature: LineSignature | null): boolean {
  return signature?.verificationMaterial !== undefined;
}

/** How many statements of a file a first signature would vouch for; 0 where one before has. */
export function unsignedBefore({ lines }: EvidenceText): number {
  return lines.some(({ signature }) => signature !== null) ? 0 : lines.length;
}

function placeOf({ statement, number }: EvidenceLine): string {
  return statement === null ? `line ${number}` : `statement ${statement.predicate.sequence}`;
}
