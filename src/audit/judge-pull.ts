/** Tags of pull requests: whether each is of one that is closed. */
import { formatInstant } from '../domain/instant.ts';
import { labelNames, refLabel } from '../domain/labels.ts';
import type { PullState } from '../domain/pull-state.ts';
import type { Repository } from '../domain/reference.ts';
import { deletion } from '../moves/fix.ts';
import type { Choice } from '../moves/repair.ts';
import { found, right, type EventRule, type EventSight, type Verdict } from './event-verdict.ts';

export interface PullTag {
  readonly tag: string;
  readonly rule: EventRule;
  readonly number: number;
  readonly state: PullState;
  /** The pinned tag of the same cell, built from a commit. */
  readonly pinned: (revision: string) => string;
}

/**
 * The tag of a pull request that is closed, and the pinned tag of its image if only the pull request has that.
 *
 * @param others tags of branches and schedules that are known here: what they point to stays
 */
export function judgePull(
  { tag, rule, number, state, pinned }: PullTag,
  others: readonly string[],
  sight: EventSight,
): readonly Verdict[] {
  const at = sight.digestAt(tag);
  if (at === null) return [];
  if (state.kind === 'open') return [right];
  const when = state.at === null ? '' : ` on ${formatInstant(state.at).slice(0, 10)}`;
  const what = `pull request ${number} was ${state.isMerged ? 'merged' : 'closed'}${when}`;
  const closed = (one: string, because: string): Verdict => {
    const facts = {
      because,
      actual: { owner: null, digest: at },
      since: state.at === null ? null : formatInstant(state.at),
      choices: [deletionChoice(sight.repository, one, what)],
      evidence: [one],
    };
    return { kind: 'found', found: found('closed', one, rule, facts) };
  };
  const labels = sight.labels(at);
  const revision = labels?.[labelNames.revision];
  const isItsOwn =
    labels?.[refLabel] === `refs/pull/${number}` && !others.some((other) => sight.digestAt(other) === at);
  const full = revision === undefined ? null : pinned(revision);
  const isThere = full !== null && full !== tag && sight.digestAt(full) === at;
  return [
    closed(tag, what),
    ...(isItsOwn && isThere ? [closed(full, `${what}, and nothing else that is known has this image`)] : []),
  ];
}

function deletionChoice(repository: Repository, tag: string, because: string): Choice {
  const { command, note } = deletion(repository, tag);
  return command === null ? { do: 'edit', command: note ?? '', because } : { do: 'run', command, because };
}
