/** Plan and sight to findings, tag by tag: the whole audit as one function from data to data. */
import { count } from '../domain/count.ts';
import type { Digest } from '../domain/digest.ts';
import { InternalError } from '../domain/errors.ts';
import { formatInstant } from '../domain/instant.ts';
import type { Seen } from '../domain/snapshot.ts';
import { holdRepair } from '../moves/hold-repair.ts';
import { isRefused, planMoves, type PlannedMoves } from '../moves/plan-moves.ts';
import { noRepair, type Repair } from '../moves/repair.ts';
import { becauseConvenience } from '../plan/because.ts';
import { describeCell, type Cell } from '../plan/cell.ts';
import { moveRank, ownerOf } from '../plan/plan.ts';
import type { Move } from '../plan/types.ts';
import type { Expected, ExpectedTag } from '../sight/expected.ts';
import { digestOf } from '../sight/input.ts';
import { otherReason } from '../sight/says.ts';
import { createSight, type Sight } from '../sight/sight.ts';
import { decideOnce } from './decide-once.ts';
import type { AuditInput } from './input.ts';
import { judgeConvenience } from './judge-convenience.ts';
import type { AuditContext, Fault, Judgement } from './judgement.ts';
import { evidenceFindings, judgeStatements, lastMoves } from './judge-evidence.ts';
import { judgeListed, listedRepair } from './judge-listed.ts';
import { judgePinned } from './judge-pinned.ts';
import { judgeProofs } from './judge-proofs.ts';
import { rankOf } from './kinds.ts';
import { nowhere, type Finding } from './types.ts';

/** What came of an audit. */
export interface Audited {
  readonly findings: readonly Found[];
  /** Tags that are right and still moving, or pinned. */
  readonly ok: number;
  readonly notes: readonly string[];
  readonly planned: PlannedMoves;
  /** The moves of the tags in scope: `apply` makes the same. None where it refuses as a whole. */
  readonly moves: readonly Move[];
  /** What has to be done before `apply` does not refuse; `null` where it does not. */
  readonly refused: Repair | null;
  readonly sight: Sight;
}

/** A finding with the tags whose digests it rests on, itself included: they are confirmed before it is reported. */
export interface Found {
  readonly finding: Finding;
  readonly evidence: readonly string[];
  /** The cell it should point to, or that it is a pinned tag of. */
  readonly cell: Cell | null;
  /** The move that fixes it, where moving is all it takes. */
  readonly move: Move | null;
}

/** Judges every expected tag in scope that was read, and every listed one that is not in the plan. */
export function auditTags(input: AuditInput): Audited {
  const context = openContext(input);
  const found: Found[] = [];
  let ok = 0;
  for (const tag of input.expected.tags.values()) {
    const seen = input.seen.get(tag.tag);
    if (seen === undefined || !input.inScope(tag.tag)) continue;
    const finding = judgeExpected(tag, seen, context);
    if (finding !== null) found.push(finding);
    else if (seen.kind === 'present') ok += 1;
  }
  const foreign = (input.listing ?? []).filter((tag) => !input.expected.tags.has(tag) && input.inScope(tag));
  for (const tag of foreign.toSorted(byCodeUnit)) found.push(...judgeForeign(tag, context));
  for (const finding of input.evidence === undefined ? [] : evidenceFindings(input.evidence))
    found.push({ finding, evidence: [], cell: null, move: null });
  const { moves: planned, sight, refused } = context;
  const moves = refused === null ? planned.moves : [];
  const findings = decideOnce(found, found).toSorted(byKind(input.expected));
  return { findings, ok, notes: notesOf(context), planned, moves, refused, sight };
}

function openContext(input: AuditInput): AuditContext {
  const { expected, repository, flags, partial, others } = input;
  const sight = createSight(input);
  const tags = [...expected.tags.values()].flatMap((tag) =>
    tag.kind === 'convenience' && input.seen.has(tag.tag) && input.inScope(tag.tag) ? [tag] : [],
  );
  const judged = new Map<string, Judgement | null>();
  const moves = planMoves(tags, sight, { partial, allowBackward: false });
  const repair = { sight, repository, flags, others };
  const refusal = moves.held.find((held) => isRefused(held));
  const context: AuditContext = {
    input,
    expected,
    sight,
    moves,
    repair,
    lastMoves: input.evidence === undefined ? new Map() : lastMoves(input.evidence),
    refused: refusal === undefined ? input.refused : holdRepair(refusal, repair),
    pinned: (tag) => {
      const known = judged.get(tag);
      if (known !== undefined) return known;
      const planned = expected.tags.get(tag);
      const seen = input.seen.get(tag);
      const isJudged = planned?.kind === 'pinned' && seen !== undefined && seen.kind !== 'unknown';
      const judgement = isJudged ? judgePinned(planned, seen, context) : null;
      judged.set(tag, judgement);
      return judgement;
    },
  };
  return context;
}

function judgeExpected(tag: ExpectedTag, seen: Seen, context: AuditContext): Found | null {
  const cell = tag.kind === 'pinned' ? tag.cell : tag.owner;
  if (seen.kind === 'unknown') return unseen(tag, seen.reason, cell);
  const judgement = tag.kind === 'pinned' ? context.pinned(tag.tag) : judgeConvenience(tag, seen, context);
  if (judgement === null) throw new InternalError(`${tag.tag} was seen and not judged`);
  const { proofs, repository } = context.input;
  const digest = digestOf(seen);
  const unproven = digest === null ? [] : judgeProofs(digest, repository, proofs?.get(digest));
  const faults = [...judgement.faults, ...unproven, ...unexplainedIn(tag, digest, context)];
  const [first, ...others] = faults.toSorted((a, b) => rankOf(a.kind) - rankOf(b.kind));
  if (first !== undefined) return toFound(tag, judgement, [first, ...others], cell, context);
  if (tag.kind === 'pinned' || !tag.frozen) return null;
  const because = `right; ${becauseConvenience(tag.planned)}`;
  const { expected, actual } = judgement;
  return {
    finding: { ...blank('frozen', tag.tag, because), rule: tag.rule.name, expected, actual },
    evidence: [tag.tag],
    cell,
    move: null,
  };
}

function unexplainedIn(tag: ExpectedTag, digest: Digest | null, { input, lastMoves }: AuditContext): readonly Fault[] {
  if (input.evidence === undefined || tag.kind === 'pinned' || digest === null) return [];
  return judgeStatements(tag.tag, digest, tag.owner, input.evidence, lastMoves);
}

function unseen(tag: ExpectedTag, reason: string, cell: Cell | null): Found {
  const because = `the registry did not answer: ${reason}`;
  const expected = cell === null ? nowhere : { owner: ownerOf(cell), digest: null };
  return {
    finding: { ...blank('unknown', tag.tag, because), rule: tag.rule.name, expected },
    evidence: [tag.tag],
    cell,
    move: null,
  };
}

function toFound(
  tag: ExpectedTag,
  { expected, actual, repair, move }: Judgement,
  [first, ...others]: readonly [Fault, ...Fault[]],
  cell: Cell | null,
  context: AuditContext,
): Found {
  const since = first.since ?? null;
  const also = others.map((fault) => `also ${fault.kind}: ${fault.because}`);
  const { fix, choices } = first.kind === 'unknown' ? noRepair : (first.repair ?? repair);
  return {
    finding: {
      kind: first.kind === 'ok' ? 'unknown' : first.kind,
      tag: tag.tag,
      rule: tag.rule.name,
      expected,
      actual,
      because: [first.because, ...also].join('; '),
      since: since === null ? null : formatInstant(since),
      fix,
      choices,
      excused: excuse(first, cell, context),
    },
    evidence: [...new Set([tag.tag, ...first.evidence, ...others.flatMap((fault) => fault.evidence)])],
    cell,
    move: first.kind === 'unknown' ? null : move,
  };
}

/** A release that came out within the grace time may still be incomplete, and its tags on the release before. */
function excuse(fault: Fault, cell: Cell | null, { input }: AuditContext): string | null {
  if (cell === null || (fault.kind !== 'missing' && fault.kind !== 'stale')) return null;
  const began = fault.since ?? cell.release.publishedAt;
  const ageMs = input.now - began;
  if (ageMs < 0 || ageMs >= input.graceMs) return null;
  const minutes = Math.floor(ageMs / 60_000);
  return `${cell.release.version.text} came out ${minutes} min ago and may still be on its way`;
}

function judgeForeign(tag: string, { input, expected, sight }: AuditContext): Found[] {
  const listed = judgeListed(tag, expected);
  if (listed === null) return [];
  const digest = sight.digestAt(tag);
  const owner = digest === null ? null : (sight.identities(digest)[0]?.owner ?? null);
  const finding: Finding = {
    ...blank(listed.kind, tag, listed.because),
    rule: listed.kind === 'unmanaged' ? null : listed.rule,
    actual: { owner: listed.kind === 'excluded' ? (owner ?? listed.owner) : owner, digest },
    choices: listedRepair(tag, listed, input.repository, input.partial),
  };
  return [{ finding, evidence: [tag], cell: expected.leftOut.get(tag)?.cell ?? null, move: null }];
}

function blank(kind: Finding['kind'], tag: string, because: string): Finding {
  const nothing = {
    rule: null,
    expected: nowhere,
    actual: nowhere,
    since: null,
    fix: null,
    choices: [],
    excused: null,
  };
  return { kind, tag, because, ...nothing };
}

function notesOf(context: AuditContext): string[] {
  return [...lockNotes(context), ...labelNotes(context)];
}

/** Lines of the lock that the image itself contradicts: they do not count. */
function lockNotes({ input, expected, sight }: AuditContext): string[] {
  return (input.lock?.entries ?? []).flatMap(({ version, axes, digest }) => {
    const cell = expected.cell(version, axes);
    if (cell === null || sight.says(cell, digest) !== 'another') return [];
    const said = otherReason(cell, digest, input);
    return [`the lock file's line of ${describeCell(cell)} does not count: ${digest} is another image (${said})`];
  });
}

function labelNotes({ input }: AuditContext): string[] {
  const read = [...input.contents.values()].flatMap((content) => (content.kind === 'read' ? [content.image] : []));
  const bare = read.filter(
    ({ configs }) => configs.length > 0 && configs.every(({ labels }) => !Object.keys(labels).some(isTelling)),
  );
  if (bare.length === 0 || input.requireLabels) return [];
  return [
    `${bare.length} of ${count(read.length, 'image has', 'images have')} no label that names their cell; --require-labels makes that a finding`,
  ];
}

function isTelling(name: string): boolean {
  return name.startsWith('io.tagwright.') || name.startsWith('org.opencontainers.image.');
}

/** By kind; of one kind the tags that most people pull first, then pinned tags, then what is not in the plan. */
function byKind(expected: Expected): (a: Found, b: Found) => number {
  const breadth = (tag: string): number => {
    const planned = expected.tags.get(tag);
    if (planned === undefined) return -2;
    return planned.kind === 'pinned' ? -1 : moveRank(planned);
  };
  return (a, b) => rankOf(a.finding.kind) - rankOf(b.finding.kind) || breadth(b.finding.tag) - breadth(a.finding.tag);
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
