/** Why a tag has its owner, in one sentence a reader of a pull request understands. */
import { formatInstant } from '../domain/instant.ts';
import type { Release } from '../domain/release.ts';
import { describeAxes, type Cell, type CellOrStandIn } from './cell.ts';
import type { ConvenienceTag } from './convenience-rule.ts';
import type { PinnedTag } from './tag-map.ts';

export function becausePinned({ rule, cell }: PinnedTag): string {
  const axes = describeAxes(cell.shape.axes);
  return `the ${rule.name} tag of ${cell.release.version.text}${axes === '' ? '' : `, ${axes}`}; pinned, never moved`;
}

export function becauseConvenience(tag: ConvenienceTag): string {
  const { owner, rule } = tag;
  const yanked = tag.withdrawn.length === 0 ? '' : `; ${describeYanked(tag.withdrawn)}`;
  if (owner === null && tag.overtaken !== null)
    return `no pre-release is above ${tag.overtaken.version.text}, so nobody owns it; rule ${rule.name}`;
  if (owner === null) return `no release may own it${yanked}; rule ${rule.name}`;
  const what = describeAxes(owner.shape.axes);
  const kind = rule.releases === 'pre' && rule.fallback === null ? 'pre-release' : 'release';
  const before = owner.release.isBeforeFinals === true && rule.fallback === 'pre' ? '; there is no final yet' : '';
  const of = tag.candidates === 1 ? `the only ${kind}` : `the highest of ${tag.candidates} ${kind}s`;
  const frozen = describeFrozen(tag);
  const built = what === '' ? '' : ` with ${what}`;
  return `${owner.release.version.text} is ${of}${built}${describeAliases(tag)}${before}${yanked}${frozen}; rule ${rule.name}`;
}

/** `; alpine stands for os alpine3.24, flavor cli goes without saying`. */
export function describeAliases({ aliases, owner }: Pick<ConvenienceTag, 'aliases' | 'owner'>): string {
  return Object.entries(aliases)
    .map(([axis, alias]) => {
      const value = `${axis} ${owner?.shape.axes[axis] ?? ''}`;
      return alias === '' ? `; ${value} goes without saying` : `; ${alias} stands for ${value}`;
    })
    .join('');
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

/** Why a tag goes to a build that is not a release; `null` for one that is. */
export function becauseBuild({ ref, revision, labelVersions }: Release, rule: string): string | null {
  if (labelVersions === undefined) return null;
  return `the newest build of ${ref ?? 'a schedule'} is of commit ${revision ?? 'unknown'}; rule ${rule}`;
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
