/**
 * What is wrong with a file of statements: missing, changed, somebody else's, twice, from the future. Every line names the
 * one before it; a line that does not count is left out, and the next is held against the last one that does.
 */
import type { Digest } from '../domain/digest.ts';
import { formatInstant, parseInstant, type Instant } from '../domain/instant.ts';
import { leapsIn, timeOf, type Leaps, type MoveGap, type PlacedMove } from './leaps.ts';
import type { EvidenceLine, EvidenceText, LineSignature } from './lines.ts';
import { subjectsOf, type MovesPredicate, type MovesStatement } from './statement.ts';

export interface EvidenceFault {
  /** `unexplained`: a tag moved and no statement has it. `unknown`: a registry did not answer. */
  readonly kind: 'altered' | 'foreign' | 'unexplained' | 'unknown';
  /** `statement 5`, or `line 5` where nobody can tell which it is. */
  readonly place: string;
  readonly because: string;
}

/** A statement that counts. */
export interface SoundStatement {
  readonly statement: MovesStatement;
  readonly digest: Digest;
  readonly signature: SignatureState;
}

/** `signed`: there is a signature, and no key to check it with. */
export type SignatureState = 'unsigned' | 'signed' | 'verified';

export interface CheckedEvidence {
  /** In the order of the file. */
  readonly statements: readonly SoundStatement[];
  readonly faults: readonly EvidenceFault[];
  /**
   * Moves that no statement has, and that are history by now: a run put the tag back to where it was left, or the
   * statements around are verified, so that none was taken out.
   */
  readonly gaps: readonly MoveGap[];
}

export interface EvidenceRules {
  /** `registry/path`; `null`: the one of the first statement. */
  readonly repository: string | null;
  readonly now: Instant;
  /**
   * What is wrong with a signature by the key that counts; `null`: nothing. Left out: there is no such key. What was
   * written before the first signature counts without one, for the signed statements name it.
   */
  readonly verify?: (text: string, signature: LineSignature) => string | null;
}

/** Clocks of two machines may differ by as much. */
const clockSkewMs = 300_000;

export function checkEvidence({ lines, torn }: EvidenceText, rules: EvidenceRules): CheckedEvidence {
  const faults: EvidenceFault[] = [];
  const firstSigned = lines.find(({ signature }) => signature !== null)?.number ?? 0;
  const chain = openChain(rules, firstSigned, faults);
  for (const line of lines) chain.add(line);
  const { leaps, gaps } = chain.ends();
  faults.push(...leaps);
  if (torn) {
    const because = 'the last line is cut off: a run was killed while it wrote, or somebody cut the file';
    faults.push({ kind: 'altered', place: `line ${lines.length + 1}`, because });
  }
  return { statements: chain.statements, faults, gaps };
}

interface Chain {
  readonly statements: readonly SoundStatement[];
  readonly add: (line: EvidenceLine) => void;
  /** Tags that moved without a statement, once every line was added. */
  readonly ends: () => Leaps;
}

/** What the last statement that counts leaves behind. */
interface Standing {
  sequence: number;
  digest: Digest | null;
  /** What it said that its digest is: of a statement that was changed, what the next one names. */
  stated: string | null;
  at: Instant;
  /** How many times statements were missing before. */
  part: number;
}

function openChain(rules: EvidenceRules, firstSigned: number, faults: EvidenceFault[]): Chain {
  const statements: SoundStatement[] = [];
  const seen = new Map<Digest, string>();
  const standing: Standing = {
    sequence: 0,
    digest: null,
    stated: null,
    at: Number.NEGATIVE_INFINITY,
    part: 0,
  };
  const moves: PlacedMove[] = [];
  let repository = rules.repository;
  const add = (line: EvidenceLine): void => {
    const found = statementIn(line);
    if (!found.ok) return void faults.push(found.fault);
    const { statement, digest } = found;
    const { predicate } = statement;
    const place = `statement ${predicate.sequence}`;
    const fault = (kind: EvidenceFault['kind'], because: string): void => void faults.push({ kind, place, because });
    repository ??= predicate.repository;
    if (predicate.repository !== repository)
      return fault('foreign', `it is of ${predicate.repository}, and this file is of ${repository}`);
    const twin = seen.get(digest);
    if (twin !== undefined) return fault('altered', `it is in the file twice: ${twin} is the same`);
    seen.set(digest, `line ${line.number}`);
    const foreign = signatureFault(line, firstSigned, rules);
    if (foreign !== null) return fault('foreign', foreign);
    const changed = changeIn(line, found, repository);
    if (changed !== null) fault('altered', changed);
    const gap = gapBefore(predicate, standing);
    // What the file says after it was written without it.
    if (gap !== null && predicate.sequence <= standing.sequence) return fault('altered', gap);
    if (gap !== null) {
      fault('altered', gap);
      standing.part += 1;
    }
    const clock = clockFault(predicate, standing, rules.now);
    if (clock !== null) fault('altered', clock);
    // What follows a statement that was changed was made of what it said before.
    const { sequence, command } = predicate;
    const signature = line.signature === null ? 'unsigned' : rules.verify === undefined ? 'signed' : 'verified';
    const placed = { sequence, command, isVerified: signature === 'verified', part: standing.part };
    if (changed !== null) standing.part += 1;
    else moves.push(...predicate.moves.map((move) => ({ move, ...placed })));
    standing.sequence = sequence;
    standing.digest = digest;
    standing.stated = line.stated;
    if (clock === null) standing.at = parseInstant(predicate.at) ?? standing.at;
    if (changed === null) statements.push({ statement, digest, signature });
  };
  return { statements, add, ends: () => leapsIn(moves) };
}

function signatureFault(
  { text, signature, number }: EvidenceLine,
  firstSigned: number,
  { verify }: EvidenceRules,
): string | null {
  if (verify === undefined || text === null) return null;
  if (signature !== null) return verify(text, signature);
  return number < firstSigned ? null : 'it is not signed';
}

type Found =
  | { readonly ok: true; readonly statement: MovesStatement; readonly digest: Digest }
  | { readonly ok: false; readonly fault: EvidenceFault };

function statementIn({ number, text, digest, statement }: EvidenceLine): Found {
  const place = `line ${number}`;
  if (text === null || digest === null)
    return { ok: false, fault: { kind: 'altered', place, because: 'it is not a line that tagwright writes' } };
  if (statement === null)
    return { ok: false, fault: { kind: 'foreign', place, because: 'it is not a statement of moves' } };
  return { ok: true, statement, digest };
}

/** What in a statement contradicts the rest of its line. */
function changeIn(
  line: EvidenceLine,
  { statement, digest }: { readonly statement: MovesStatement; readonly digest: Digest },
  repository: string,
): string | null {
  if (line.stated !== digest) return `it was changed: its digest is ${digest}, and its line has ${line.stated ?? ''}`;
  const expected = JSON.stringify(subjectsOf(repository, statement.predicate.moves));
  if (JSON.stringify(statement.subject) !== expected) return 'its subjects are not what its moves say';
  const { moves, at } = statement.predicate;
  const unread = [at, ...moves.map((move) => move.at)].find((text) => parseInstant(text) === null);
  return unread === undefined ? null : 'its time cannot be read';
}

function gapBefore({ sequence, previous }: MovesPredicate, standing: Standing): string | null {
  const next = standing.sequence + 1;
  const fits =
    previous === null ? standing.digest === null : previous === standing.digest || previous === standing.stated;
  if (sequence === next && fits) return null;
  if (sequence > next) {
    const missing = sequence - 1 === next ? `statement ${next} is` : `statements ${next} to ${sequence - 1} are`;
    return `${missing} missing before it`;
  }
  if (sequence === next)
    return `it follows ${previous ?? 'no statement'}, and the one before it is ${standing.digest ?? 'no statement'}`;
  return `it stands after statement ${standing.sequence}`;
}

function clockFault({ at, moves }: MovesPredicate, standing: Standing, now: Instant): string | null {
  const said = parseInstant(at);
  if (said === null) return null;
  if (said > now + clockSkewMs) return `it is from the future: ${at}, and now it is ${formatInstant(now)}`;
  if (said < standing.at - clockSkewMs)
    return `it is older than the statement before it, which is of ${formatInstant(standing.at)}: ${at}`;
  // One that could not be written at once may be of moves before the statement before it.
  const late = moves.find((move) => timeOf(move) > said + clockSkewMs);
  return late === undefined ? null : `it is of ${at}, and its move of ${late.tag} is of a later time: ${late.at}`;
}
