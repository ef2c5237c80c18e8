/** What must not be in a repository, whenever the publish of a release was cut off. */

/** Tag to digest. */
export type Tags = Readonly<Record<string, string>>;

export interface Undisturbed {
  /** Every tag before the publish, and after one that nobody disturbed. */
  readonly before: Tags;
  readonly after: Tags;
  /** Its convenience tags, each with the pinned tags of its owner. */
  readonly moves: readonly { readonly tag: string; readonly pinned: readonly string[] }[];
}

/** The rule that moves keep, told anew: `1.0-…` before `1-…`, and `…-latest` last. */
function rankOf(tag: string): number {
  if (tag.includes('latest')) return 2;
  return /^\d+\.\d+-/.test(tag) ? 0 : 1;
}

/**
 * Judged from the tags alone. The builds have to be reproducible.
 *
 * @returns a line for everything that is wrong; none where the publish may have been cut off here
 */
export function violations({ before, after, moves }: Undisturbed, tags: Tags): string[] {
  const moving = new Set(moves.map(({ tag }) => tag));
  const pinned = Object.keys(after).filter((tag) => !moving.has(tag));
  const lacking = pinned.filter((tag) => tags[tag] !== after[tag]);
  const isMoved = (tag: string): boolean => tags[tag] === after[tag];
  const left = moves
    .filter(({ tag }) => !isMoved(tag))
    .toSorted((one, other) => rankOf(one.tag) - rankOf(other.tag))[0];
  return [
    ...Object.keys({ ...before, ...tags }).flatMap((tag) => strange(tag, moving.has(tag))),
    ...(lacking.length === 0
      ? []
      : moves
          .filter(({ tag }) => isMoved(tag))
          .map(({ tag }) => `${tag} is on the new release, which lacks ${lacking.join(', ')}`)),
    ...moves
      .filter(({ tag }) => left !== undefined && isMoved(tag) && rankOf(tag) > rankOf(left.tag))
      .map(({ tag }) => `${tag} was moved before ${left?.tag ?? ''}`),
  ];

  /** A pinned tag is absent or right, and stays once it is there; a convenience tag is as before, or new. */
  function strange(tag: string, isMoving: boolean): string[] {
    const now = tags[tag];
    if (now === before[tag] || now === after[tag]) return [];
    if (now === undefined) return [`${tag} is gone`];
    return [isMoving ? `${tag} is ${now}, neither old nor new` : `${tag} is ${now}`];
  }
}

/**
 * What must not be once the publish has been gone on with, by a run whose builds differ from those of the first: what
 * was pushed stays, and every convenience tag points to its owner.
 */
export function unconverged({ after, moves }: Undisturbed, cutOff: Tags, tags: Tags): string[] {
  const moving = new Set(moves.map(({ tag }) => tag));
  return [
    ...Object.keys(after).flatMap((tag) => (tags[tag] === undefined ? [`${tag} is absent`] : [])),
    ...Object.keys(tags).flatMap((tag) => (after[tag] === undefined ? [`${tag} is not a tag of the release`] : [])),
    ...Object.keys(cutOff).flatMap((tag) =>
      moving.has(tag) || tags[tag] === cutOff[tag] ? [] : [`${tag} was ${cutOff[tag]} and is ${tags[tag]}`],
    ),
    ...moves.flatMap(({ tag, pinned }) =>
      pinned
        .filter((own) => tags[own] !== tags[tag])
        .map((own) => `${tag} is ${tags[tag]}, and ${own} of its owner is ${tags[own]}`),
    ),
  ];
}
