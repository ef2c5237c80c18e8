/** A convenience tag on another cell's image: which of the three ways to be wrong it is. */
import { formatInstant } from '../domain/instant.ts';
import { compareReleases, type Release } from '../domain/release.ts';
import { releaseEligibility } from '../plan/eligibility.ts';
import type { ExpectedConvenience } from '../sight/expected.ts';
import { isCandidate, type Identity } from '../sight/identify.ts';
import { describeIdentity, type AuditContext, type Fault } from './judgement.ts';

export function wrongCell(tag: ExpectedConvenience, identity: Identity, context: AuditContext): Fault {
  const evidence = identity.tag === null ? [] : [identity.tag];
  const where = `it points to ${describeIdentity(identity)}`;
  const { image } = context.expected;
  if (!isCandidate(tag.tag, identity, context.expected)) return { kind: 'crossed', because: where, evidence };
  const release = identity.cell?.release ?? null;
  if (identity.leftOut !== null)
    return { kind: 'ahead', because: `${where}, which is not in the plan: ${identity.leftOut}`, evidence };
  const found = release === null ? null : releaseEligibility(release, tag.rule, image);
  if (release === null || found?.may !== true) {
    const since = release?.yanked?.since ?? null;
    const is = found?.may === false && found.code === 'yanked' ? 'is yanked' : 'may not own it';
    const because = `${where}, which ${is}${found?.may === false ? `: ${found.because}` : ''}`;
    return { kind: 'ahead', because, evidence, ...(since === null ? {} : { since }) };
  }
  const missed = missedReleases(tag, release, context);
  const [first] = missed;
  if (first === undefined) return { kind: 'stale', because: where, evidence };
  if (release.publishedAt > first.publishedAt) {
    const because = `${where}, which came out on ${dayOf(release)}, after ${first.version.text}: a backport took it`;
    return { kind: 'stale', because, evidence, since: release.publishedAt };
  }
  const ago = missed.length === 1 ? '' : `, and ${missed.length - 1} more since`;
  const because = `${where}; it should have moved when ${first.version.text} came out on ${dayOf(first)}${ago}`;
  return { kind: 'stale', because, evidence, since: first.publishedAt };
}

function dayOf(release: Release): string {
  return formatInstant(release.publishedAt).slice(0, 10);
}

/** The releases after this one that should have taken the tag along, as they came out. */
function missedReleases(tag: ExpectedConvenience, from: Release, { expected }: AuditContext): Release[] {
  const { image } = expected;
  return expected
    .candidates(tag.tag)
    .filter((cell) => releaseEligibility(cell.release, tag.rule, image).may && !expected.leftOutCells.has(cell))
    .map((cell) => cell.release)
    .filter((release) => compareReleases(release, from, image.scheme) > 0)
    .toSorted((a, b) => a.publishedAt - b.publishedAt);
}
