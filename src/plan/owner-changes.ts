/**
 * Who owned one convenience tag when, by the facts: the rule of `convenience-rule.ts` at every moment at which a release
 * came out or was withdrawn, without the plan of each moment. `explain` and the page's lanes read it here; a law holds
 * it against those plans.
 */
import type { ImageConfig, Rule } from '../config/types.ts';
import { undated, type Instant } from '../domain/instant.ts';
import { compareReleases, type Release } from '../domain/release.ts';
import { isFinal } from '../releases/before-finals.ts';
import type { CellShape } from './cell.ts';
import { releaseEligibility } from './eligibility.ts';
import { valuesForRule } from './text-maker.ts';

/** A cell that was built, and that the rule gives the tag's text to. */
export interface Claim {
  readonly release: Release;
  readonly shape: CellShape;
}

export interface OwnerChange<C extends Claim> {
  readonly at: Instant;
  /** `null`: nobody. */
  readonly from: C | null;
  readonly to: C | null;
}

interface Entry<C> {
  readonly release: Release;
  /** `null` for a final above the pre-releases of a rule for those: below it nobody owns the tag. */
  readonly claim: C | null;
  /** It may own only while there is no final. */
  readonly isStopgap: boolean;
}

/**
 * @param claims ascending
 * @param releases those of the plan
 * @returns earliest first; none where a release has no date, for then nobody knows what came when
 */
export function ownerChanges<C extends Claim>(
  claims: readonly C[],
  rule: Rule,
  image: ImageConfig,
  releases: readonly Release[],
): OwnerChange<C>[] {
  const own = claims.flatMap((claim) => entryOf(claim, rule, image) ?? []);
  const entries = [...overtaking<C>(claims, rule, image, releases), ...own].toSorted((a, b) =>
    compareReleases(a.release, b.release, image.scheme),
  );
  const finals = own.some(({ isStopgap }) => isStopgap)
    ? releases.filter((release) => isFinal({ ...release, yanked: null }))
    : [];
  if (entries.some(({ release }) => release.publishedAt === undated)) return [];
  return sweep(entries, finals);
}

/** A final takes the tag of a rule for pre-releases away from those below it, and may own it itself. */
function overtaking<C extends Claim>(
  [first]: readonly C[],
  rule: Rule,
  image: ImageConfig,
  releases: readonly Release[],
): Entry<C>[] {
  if (rule.releases !== 'pre' || first === undefined) return [];
  const finals: Rule = { ...rule, releases: 'finals', fallback: null };
  const series = seriesOf(first.release, rule);
  return releases
    .filter((release) => seriesOf(release, rule) === series && mayEver(release, finals, image))
    .map((release) => ({ release, claim: null, isStopgap: false }));
}

function entryOf<C extends Claim>(claim: C, rule: Rule, image: ImageConfig): Entry<C> | null {
  const { release } = claim;
  if (mayEver(release, rule, image)) return { release, claim, isStopgap: false };
  return mayEver(release, rule, image, 'before finals') ? { release, claim, isStopgap: true } : null;
}

/** Whatever was withdrawn since, and whether or not there are finals today. */
function mayEver(release: Release, rule: Rule, image: ImageConfig, when?: 'before finals'): boolean {
  const { isBeforeFinals: _today, ...asOut } = { ...release, yanked: null };
  const isBefore = when !== undefined && release.prerelease;
  return releaseEligibility(isBefore ? { ...asOut, isBeforeFinals: true } : asOut, rule, image).may;
}

function seriesOf(release: Release, rule: Rule): string {
  const values = valuesForRule(release, rule);
  return [...rule.template.names].flatMap((name) => values[name] ?? []).join('.');
}

interface Event {
  readonly at: Instant;
  /** Of an entry, its place; of a final, `null`. */
  readonly place: number | null;
  readonly comes: boolean;
}

/** Goes through time with the highest entry that stands. */
function sweep<C extends Claim>(entries: readonly Entry<C>[], finals: readonly Release[]): OwnerChange<C>[] {
  const events = [
    ...entries.flatMap(({ release }, place) => eventsOf(release, place)),
    ...finals.flatMap((release) => eventsOf(release, null)),
  ].toSorted((a, b) => a.at - b.at);
  const stands = new Set<number>();
  let finalsOut = 0;
  let top = -1;
  const mayOwn = (place: number): boolean =>
    stands.has(place) && !(entries[place]?.isStopgap === true && finalsOut > 0);
  const apply = ({ place, comes }: Event): void => {
    if (place === null) finalsOut += comes ? 1 : -1;
    else if (comes) stands.add(place);
    else stands.delete(place);
    if (place === null) top = entries.length - 1;
    else if (comes) top = Math.max(top, place);
    while (top >= 0 && !mayOwn(top)) top -= 1;
  };
  const changes: OwnerChange<C>[] = [];
  for (const [index, event] of events.entries()) {
    apply(event);
    if (events[index + 1]?.at === event.at) continue;
    const from = changes.at(-1)?.to ?? null;
    const to = entries[top]?.claim ?? null;
    if (from?.release === to?.release && from?.shape === to?.shape) continue;
    changes.push({ at: event.at, from, to });
  }
  return changes;
}

/** A release that was withdrawn before it came out, or nobody knows when, never stood. */
function eventsOf({ publishedAt, yanked }: Release, place: number | null): Event[] {
  const out = { at: publishedAt, place, comes: true };
  if (yanked === null) return [out];
  if (yanked.since === null || yanked.since <= publishedAt) return [];
  return [out, { at: yanked.since, place, comes: false }];
}
