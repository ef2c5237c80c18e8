/** Why a tag has its owner, in one sentence a reader of a pull request understands. */
import { formatInstant } from '../domain/instant.ts';
import type { Release } from '../domain/release.ts';
import { describeAxes, type Cell, type CellOrStandIn } from './cell.ts';
import type { ConvenienceTag } from './convenience-rule.ts';
import type { PinnedTag } from './tag-map.ts';

export function becausePinned({ rule, cell }: PinnedTag): string {
  return `the ${rule.name} tag of ${cell.release.version.text}, ${describeAxes(cell.shape.axes)}; pinned, never moved`;
}

export function becauseConvenience(tag: ConvenienceTag): string {
  const { owner, rule } = tag;
  const yanked = tag.withdrawn.length === 0 ? '' : `; ${describeYanked(tag.withdrawn)}`;
  if (owner === null) return `no release may own it${yanked}; rule ${rule.name}`;
  const what = describeAxes(owner.shape.axes);
  const of = tag.candidates === 1 ? 'the only release' : `the highest of ${tag.candidates} releases`;
  const frozen = describeFrozen(tag);
  return `${owner.release.version.text} is ${of} with ${what}${yanked}${frozen}; rule ${rule.name}`;
}

function describeFrozen({ ended, frozen, newest }: ConvenienceTag): string {
  if (ended !== null) return `; frozen, for its line ended on ${formatInstant(ended).slice(0, 10)}`;
  return frozen && newest !== null ? `; frozen, for ${newest.version.text} did not build it` : '';
}

/** `2.20.25 is yanked (breaks logging)`, with the number of further ones. */
function describeYanked([highest, ...others]: readonly Release[]): string {
  if (highest === undefined) return '';
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  return `${highest.version.text}${more} is yanked (${highest.yanked?.reason ?? ''})`;
}

/** Why a tag goes to `owner`, from `before`. */
export function becauseMove(
  tag: string,
  owner: Cell,
  before: CellOrStandIn | null,
  rule: string,
  yanked: Release | null,
): string {
  const what = describeAxes(owner.shape.axes);
  const to = owner.release.version.text;
  if (yanked !== null)
    return `${yanked.version.text} is yanked (${yanked.yanked?.reason ?? ''}), so ${tag} goes back to ${to}`;
  if (before === null) return `${to} is the first release of the ${rule} tag ${tag}`;
  return `${to} is the highest final with ${what}, after ${before.release.version.text}`;
}
