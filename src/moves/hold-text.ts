/** Why a tag does not move, for a person: every command says it so. */
import { assertNever } from '../domain/errors.ts';
import { describeCell } from '../plan/cell.ts';
import type { HeldMove, Hold } from './hold.ts';

/** An owner that is not published yet comes last: whatever else holds the tag still holds it after the publish. */
export function holdText({ holds }: Pick<HeldMove, 'holds'>): string {
  return reasonOf(holds.find(({ kind }) => kind !== 'unpublished') ?? holds[0]);
}

function reasonOf(hold: Hold): string {
  switch (hold.kind) {
    case 'unpublished':
      return 'the owner is not in the registry';
    case 'taken':
      return `the owner's ${hold.because}`;
    case 'doubt':
      return hold.image.because;
    case 'ownerless':
      return 'no release may own it now, and only deleting it fixes that';
    case 'incomplete':
      return "the owner's image lacks a platform";
    case 'unchecked':
      return `the owner's image has no pass of ${hold.checks.join(', ')}`;
    case 'oversized':
      return `the owner's image is too large: ${hold.figures.join('; ')}`;
    case 'unseen':
      return `the registry did not answer: ${hold.reason}`;
    case 'last-tag':
      return `it is the last tag of the image of ${describeCell(hold.cell)}, which has to get its own tag back`;
    case 'backward':
      return `it points to ${hold.stands}${backwardWords(hold)}`;
    case 'partial':
      return `it points to ${hold.stands}, and ${hold.sources[0]?.reason ?? 'the known releases may be incomplete'}`;
    default:
      return assertNever(hold);
  }
}

/** What speaks against taking a tag away from the release that it points to. */
export function backwardWords({ isUnknown, isDropped }: Extract<Hold, { readonly kind: 'backward' }>): string {
  if (isUnknown) return ', a release that no source knows';
  return isDropped ? ', the newest release, which the config excludes' : '';
}
