/** Expected against seen, tag by tag: the whole audit as one function from data to data. */
import { InternalError } from '../domain/errors.ts';
import { formatInstant } from '../domain/instant.ts';
import type { Digest } from '../domain/digest.ts';
import type { Seen } from '../domain/snapshot.ts';
import { becauseConvenience } from '../plan/because.ts';
import { moveRank, ownerOf } from '../plan/plan.ts';
import type { Move } from '../plan/types.ts';
import type { Cell } from '../plan/cell.ts';
import { type Charge, type Court, digestOf, type Verdict } from './charge.ts';
import { cellKey, type Expected, type ExpectedTag } from './expected.ts';
import { identifyDigests } from './identify.ts';
import type { AuditInput } from './input.ts';
import { judgeConvenience } from './judge-convenience.ts';
import { judgeListed } from './judge-listed.ts';
import { judgePinned } from './judge-pinned.ts';
import { partsOfIndexes } from './judge-content.ts';
import { deleteCommand } from './fix.ts';
import { findingKinds, nowhere, type Finding, type FindingKind } from './types.ts';

/** What came of an audit, before anybody asked what it means. */
export interface Audited {
  readonly findings: readonly Judged[];
  /** Tags that are right and still moving, or pinned. */
  readonly ok: number;
  readonly notes: readonly string[];
}

/** A finding with the tags whose digests it rests on, itself included: they are confirmed before it is told. */
export interface Judged {
  readonly finding: Finding;
  readonly evidence: readonly string[];
  /** The cell it should stand on, or that it is a pinned tag of. */
  readonly cell: Cell | null;
  /** The move that fixes it, where moving is all it takes. */
  readonly move: Move | null;
}

/** Judges every expected tag in scope that was looked at, and every listed one that no plan has. */
export function auditTags(input: AuditInput): Audited {
  const foreign = (input.listing ?? []).filter((tag) => !input.expected.tags.has(tag));
  const court = openCourt(input, foreign);
  const judged: Judged[] = [];
  let ok = 0;
  for (const tag of input.expected.tags.values()) {
    const seen = input.seen.get(tag.tag);
    if (seen === undefined || !input.inScope(tag.tag)) continue;
    const found = judgeExpected(tag, seen, court);
    if (found === null) ok += 1;
    else judged.push(found);
  }
  for (const tag of foreign.toSorted(byCodeUnit)) {
    if (!input.inScope(tag)) continue;
    const found = judgeForeign(tag, court);
    if (found !== null) judged.push(found);
  }
  return { findings: judged.toSorted(byKind(input.expected)), ok, notes: notesOf(court) };
}

function openCourt(input: AuditInput, foreign: readonly string[]): Court {
  const recorded = new Map(
    (input.lock?.entries ?? []).map((entry) => [cellKey(entry.version, entry.axes), entry.digest]),
  );
  const verdicts = new Map<string, Verdict | null>();
  const court: Court = {
    input,
    expected: input.expected,
    identities: identifyDigests(input, foreign),
    recorded: { of: (version, axes): Digest | null => recorded.get(cellKey(version, axes)) ?? null },
    parents: partsOfIndexes({ input }),
    pinnedVerdict: (tag) => {
      const known = verdicts.get(tag);
      if (known !== undefined) return known;
      const planned = input.expected.tags.get(tag);
      const seen = input.seen.get(tag);
      const isJudged = planned?.kind === 'pinned' && seen !== undefined && seen.kind !== 'unknown';
      const verdict = isJudged ? judgePinned(planned, seen, court) : null;
      verdicts.set(tag, verdict);
      return verdict;
    },
  };
  return court;
}

function judgeExpected(tag: ExpectedTag, seen: Seen, court: Court): Judged | null {
  const cell = tag.kind === 'pinned' ? tag.cell : tag.owner;
  if (seen.kind === 'unknown') return unseen(tag, seen.reason, cell);
  const verdict = tag.kind === 'pinned' ? court.pinnedVerdict(tag.tag) : judgeConvenience(tag, seen, court);
  if (verdict === null) throw new InternalError(`${tag.tag} was seen and not judged`);
  const [first, ...others] = verdict.charges.toSorted((a, b) => rankOf(a.kind) - rankOf(b.kind));
  if (first !== undefined) return toJudged(tag, verdict, first, others, cell, court);
  if (tag.kind === 'pinned' || !tag.frozen) return null;
  const because = `right; ${becauseConvenience(tag.planned)}`;
  return {
    finding: {
      ...blank('frozen', tag.tag, because),
      rule: tag.rule.name,
      expected: verdict.expected,
      actual: verdict.actual,
    },
    evidence: [tag.tag],
    cell,
    move: null,
  };
}

function unseen(tag: ExpectedTag, reason: string, cell: Cell | null): Judged {
  const because = `the registry would not say: ${reason}`;
  const expected = cell === null ? nowhere : { owner: ownerOf(cell), digest: null };
  return {
    finding: { ...blank('unknown', tag.tag, because), rule: tag.rule.name, expected },
    evidence: [tag.tag],
    cell,
    move: null,
  };
}

function toJudged(
  tag: ExpectedTag,
  verdict: Verdict,
  first: Charge,
  others: readonly Charge[],
  cell: Cell | null,
  court: Court,
): Judged {
  const since = first.since ?? null;
  const also = others.map((charge) => `also ${charge.kind}: ${charge.because}`);
  return {
    finding: {
      kind: first.kind === 'ok' ? 'unknown' : first.kind,
      tag: tag.tag,
      rule: tag.rule.name,
      expected: verdict.expected,
      actual: verdict.actual,
      because: [first.because, ...also].join('; '),
      since: since === null ? null : formatInstant(since),
      fix: first.kind === 'unknown' ? null : verdict.fix,
      excused: excuse(first, cell, court),
    },
    evidence: [...new Set([tag.tag, ...first.evidence, ...others.flatMap((charge) => charge.evidence)])],
    cell,
    move: verdict.isMovable && first.kind !== 'unknown' ? moveOf(tag.tag, verdict, first.because) : null,
  };
}

function moveOf(tag: string, { expected, actual }: Verdict, because: string): Move {
  const isNew = actual.digest === null;
  return { kind: isNew ? 'create' : 'move', tag, from: isNew ? null : actual, to: expected, because };
}

/** The moves that fix what was found, in the order in which they are made. */
export function fixingMoves(audited: Audited, expected: Expected): readonly Move[] {
  const rankOf = (tag: string): number => {
    const planned = expected.tags.get(tag);
    return planned?.kind === 'convenience' ? moveRank(planned) : 0;
  };
  return audited.findings
    .flatMap(({ move }) => move ?? [])
    .toSorted((a, b) => rankOf(a.tag) - rankOf(b.tag) || byCodeUnit(a.tag, b.tag));
}

/** A release that came out within the grace time may still be incomplete, and its tags on the release before. */
function excuse(charge: Charge, cell: Cell | null, { input }: Court): string | null {
  if (cell === null || (charge.kind !== 'missing' && charge.kind !== 'stale')) return null;
  const began = charge.since ?? cell.release.publishedAt;
  const ageMs = input.now - began;
  if (ageMs < 0 || ageMs >= input.graceMs) return null;
  const minutes = Math.floor(ageMs / 60_000);
  return `${cell.release.version.text} came out ${minutes} min ago and may still be on its way`;
}

function judgeForeign(tag: string, court: Court): Judged | null {
  const { input, expected } = court;
  const listed = judgeListed(tag, expected);
  if (listed === null) return null;
  const digest = digestOf(input.seen.get(tag));
  const owner = digest === null ? null : (court.identities.of(digest)[0]?.owner ?? null);
  const isDisposable = listed.kind === 'excluded' || listed.kind === 'orphan' || listed.isStaging;
  const finding: Finding = {
    ...blank(listed.kind, tag, listed.because),
    rule: listed.kind === 'unmanaged' ? null : listed.rule,
    actual: { owner: listed.kind === 'excluded' ? (owner ?? listed.owner) : owner, digest },
    fix: isDisposable ? deleteCommand(input.repository, tag) : null,
  };
  return { finding, evidence: [tag], cell: expected.leftOut.get(tag)?.cell ?? null, move: null };
}

function blank(kind: Finding['kind'], tag: string, because: string): Finding {
  return { kind, tag, rule: null, expected: nowhere, actual: nowhere, because, since: null, fix: null, excused: null };
}

function notesOf({ input }: Court): string[] {
  const notes: string[] = [];
  const read = [...input.contents.values()].flatMap((content) => (content.kind === 'read' ? [content.image] : []));
  const bare = read.filter(
    (image) => image.configs.length > 0 && image.configs.every((config) => !tells(config.labels)),
  );
  if (bare.length > 0 && !input.requireLabels) {
    notes.push(
      `${bare.length} of ${read.length} images without labels that tell their cell; --require-labels makes that a finding`,
    );
  }
  return notes;
}

function tells(labels: Readonly<Record<string, string>>): boolean {
  return Object.keys(labels).some(
    (name) => name.startsWith('io.tagwright.') || name.startsWith('org.opencontainers.image.'),
  );
}

/** By kind; of one kind the tags that most people pull first, then pinned tags, then what no plan has. */
function byKind(expected: Expected): (a: Judged, b: Judged) => number {
  const breadth = (tag: string): number => {
    const planned = expected.tags.get(tag);
    if (planned === undefined) return -2;
    return planned.kind === 'pinned' ? -1 : moveRank(planned);
  };
  return (a, b) => rankOf(a.finding.kind) - rankOf(b.finding.kind) || breadth(b.finding.tag) - breadth(a.finding.tag);
}

const ranks: ReadonlyMap<FindingKind, number> = new Map(findingKinds.map((kind, rank) => [kind, rank]));

function rankOf(kind: FindingKind): number {
  return ranks.get(kind) ?? findingKinds.length;
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
