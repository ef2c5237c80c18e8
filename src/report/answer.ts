/** The one sentence that most readers want: what people get who follow the broadest tag. Markdown and pages have it alike. */
import type { Phrase } from '../browser/page-data.ts';
import type { Owner, PlannedTag } from '../plan/types.ts';
import { broadest, broadestMove, endsOf, type GridMove } from './move-grid.ts';
import { ownerText } from './words.ts';

/** `People who pull 2-latest get 2.20.25 (python 3.10, flavor standard) instead of 2.20.24.` Empty if nothing moves. */
export function movesAnswer(moves: readonly GridMove[]): Phrase {
  const move = broadestMove(moves);
  if (move === null) return [];
  const { tag, from, to } = move;
  const name = { code: tag };
  if (to === null) return ['Nobody owns ', name, ' any more.'];
  const owner = to.owner === null ? ['an image of no known release'] : ownerPhrase(to.owner);
  const [before, after] = endsOf(move);
  const people = ['People who pull ', name, ' get ', ...owner];
  if (from === null || before === null) return [...people, '; the tag is new.'];
  const isSame = after?.startsWith(`${before},`) === true;
  return [...people, isSame ? ', another image of it than before.' : ` instead of ${before}.`];
}

/** Of a plan in which nothing moves: who owns the tag that most people follow. */
export function standingAnswer(convenience: readonly PlannedTag[]): Phrase {
  const owned = convenience.filter(({ owner }) => owner !== null);
  const tag = broadest(owned, ({ owner }) => owner?.version ?? '');
  return tag === null || tag.owner === null ? [] : [{ code: tag.tag }, ' belongs to ', ...ownerPhrase(tag.owner), '.'];
}

function ownerPhrase(owner: Owner): Phrase {
  const axes = ownerText(owner, 'with-axes').slice(owner.version.length).trim();
  return [{ strong: owner.version }, axes === '' ? '' : ` (${axes})`];
}
