/** Tags that point to a higher release than their owner, or on what no known release explains. */
import type { ImageConfig } from '../config/types.ts';
import type { Digest } from '../domain/digest.ts';
import type { PartialSource } from '../domain/release.ts';
import type { Version } from '../domain/version.ts';
import type { Cell } from '../plan/cell.ts';
import { releaseEligibility } from '../plan/eligibility.ts';
import type { Expected, ExpectedConvenience } from '../sight/expected.ts';
import { isCandidate, type Identity } from '../sight/identify.ts';
import { foreignVersion, imageOf } from '../sight/says.ts';
import type { Sight } from '../sight/sight.ts';
import type { Hold } from './hold.ts';

/** Where a tag stands. */
export interface StandingPlace {
  readonly before: Identity | null;
  readonly from: Digest;
}

interface BackwardPolicy {
  readonly sight: Sight;
  readonly partial: readonly PartialSource[];
  readonly allowBackward: boolean;
}

/** The cell a tag points to: of several, the one that it could point to. */
export function standingAt(tag: ExpectedConvenience, digest: Digest, sight: Sight): Identity | null {
  const identities = sight.identities(digest);
  return (
    identities.find(({ cell }) => cell === tag.owner) ??
    identities.find((identity) => isCandidate(tag.tag, identity, sight.input.expected)) ??
    identities[0] ??
    null
  );
}

/** What a source does not know is not taken for gone. */
export function backwardHold(
  tag: ExpectedConvenience,
  owner: Cell,
  { before, from }: StandingPlace,
  { sight, partial, allowBackward }: BackwardPolicy,
): Hold | null {
  const { expected } = sight.input;
  const said = before === null ? saidVersion(from, sight) : before.owner.version;
  if (partial.length > 0 && !isExplained(before, sight))
    return { kind: 'partial', sources: partial, stands: standsText(from, said, before) };
  if (allowBackward || said === null) return null;
  const known = before === null ? null : expected.release(said);
  const isHigher = isAbove(known?.version ?? null, said, owner, expected);
  if (known === null) {
    // Labels of somebody else name any version: only one above the owner is held against the move.
    const isHeld = before !== null || isHigher;
    return isHeld && !isExcludedText(said, expected.image)
      ? {
          kind: 'backward',
          stands: said,
          isUnknown: true,
          isForeign: before === null,
          isDropped: false,
          sources: partial,
        }
      : null;
  }
  if (!isHigher) return null;
  const hold = { kind: 'backward', stands: said, isUnknown: false, isForeign: false, sources: [] } as const;
  if (expected.holding.has(said)) return { ...hold, isDropped: true };
  if (isExcludedText(said, expected.image)) return null;
  const found = releaseEligibility(known, tag.rule, expected.image);
  const isLeftOut = !found.may && found.code !== 'outside-rule' && found.code !== 'no-default';
  return isLeftOut ? null : { ...hold, isDropped: false };
}

function standsText(from: Digest, said: string | null, before: Identity | null): string {
  if (said === null) return from;
  return before === null ? `${from}, which says it is ${said}` : `${said}, as ${before.tag ?? 'its tag'} says`;
}

/** Labels of ours explain an image, and so do the lock and pinned tags of a release that is known. */
function isExplained(before: Identity | null, { input }: Sight): boolean {
  return before !== null && (before.by !== 'tag' || input.expected.release(before.owner.version) !== null);
}

/** The version that labels of somebody else tell. */
export function saidVersion(digest: Digest, { input }: Sight): string | null {
  const read = imageOf(input.contents.get(digest));
  return read === null ? null : foreignVersion(read, input.expected.image);
}

function isAbove(known: Version | null, text: string, to: Cell, { image, grammar }: Expected): boolean {
  const from = known ?? readVersion(text, image) ?? readVersion(grammar(text)?.version ?? '', image);
  return from !== null && image.scheme.compare(from, to.release.version) > 0;
}

/** Labels of somebody else may hold a whole tag, or a `v`. */
function readVersion(text: string, { scheme }: ImageConfig): Version | null {
  return scheme.parse(text) ?? scheme.parse(text.replace(/^v/, ''));
}

function isExcludedText(text: string, image: ImageConfig): boolean {
  const version = image.scheme.parse(text);
  return image.excludedReleases.some(
    (entry) => entry.version === text || (version !== null && entry.range?.includes(version) === true),
  );
}

/** Whether bringing a cell's convenience tags takes one back from a higher release that is known and does not own it. */
export function takesBack(cell: Cell, sight: Sight): boolean {
  const { expected } = sight.input;
  const image = sight.image(cell);
  return expected.owned(cell).some((text) => {
    const tag = expected.tags.get(text);
    const from = sight.digestAt(text);
    if (tag?.kind !== 'convenience' || from === null || (image.state === 'sound' && image.digest === from))
      return false;
    const place = { before: standingAt(tag, from, sight), from };
    const hold = backwardHold(tag, cell, place, { sight, partial: [], allowBackward: false });
    return hold !== null && isKnownBackward(hold);
  });
}

/** No line of the config is about it: the release is there, and may not own the tag. */
export function isKnownBackward(hold: Hold): boolean {
  return hold.kind === 'backward' && !hold.isUnknown && !hold.isDropped;
}
