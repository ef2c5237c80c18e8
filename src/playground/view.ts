/** Plans and explanations as rows of text, in the words of the command line's own reports. */
import { groupBy } from '../domain/group-by.ts';
import type { Explanation } from '../plan/explanation.ts';
import type { Owner, Plan, PlannedTag } from '../plan/types.ts';
import { candidateRuns, explanationFacts, explanationHeadline, type CandidateRun } from '../report/explain.ts';
import { count, endTexts } from '../report/words.ts';

export interface PlanView {
  readonly repository: string;
  readonly release: string | null;
  /** `164 releases, 2,015 cells, …` */
  readonly summary: string;
  readonly axes: readonly string[];
  /** What most people pull comes first: the tags of the broadest rule, of the highest release; pinned tags last. */
  readonly tags: readonly TagRow[];
  readonly moves: readonly MoveRow[];
  readonly warnings: readonly { readonly code: string; readonly message: string; readonly fix: string | null }[];
  readonly notes: readonly string[];
}

export interface TagRow {
  readonly tag: string;
  readonly kind: 'pinned' | 'convenience';
  readonly rule: string;
  readonly owner: string;
  /** By axis; empty for a tag without an owner. */
  readonly values: readonly string[];
  readonly frozen: boolean;
}

export interface MoveRow {
  readonly tag: string;
  readonly from: string;
  readonly to: string;
}

export interface ExplanationView {
  readonly tag: string;
  readonly headline: string;
  readonly facts: readonly (readonly [label: string, text: string])[];
  readonly candidates: readonly CandidateRun[];
}

export function planView(plan: Plan): PlanView {
  const { repository, release, cells, tags, moves, warnings } = plan;
  const convenience = tags.filter(({ kind }) => kind === 'convenience');
  const pinned = tags.filter(({ kind }) => kind === 'pinned');
  const frozen = convenience.filter((tag) => tag.frozen).length;
  const releases = new Set(cells.map(({ version }) => version)).size;
  const parts = [
    ...(release === null ? [count(releases, 'release')] : []),
    count(cells.length, 'cell'),
    count(pinned.length, 'pinned tag'),
    release === null
      ? `${count(convenience.length, 'convenience tag')}${frozen === 0 ? '' : `, ${frozen} of them frozen (no longer moving)`}`
      : `${count(moves.length, 'convenience tag')} to move`,
  ];
  const axes = Object.keys(cells[0]?.axes ?? {});
  const valuesOf = (owner: Owner | null): string[] => axes.map((axis) => owner?.axes[axis] ?? '');
  return {
    repository,
    release,
    summary: parts.join(', '),
    axes,
    tags: [...byReach(convenience), ...highestFirst(pinned)].map(({ tag, kind, rule, owner, frozen }) => ({
      tag,
      kind,
      rule,
      owner: owner?.version ?? 'nobody',
      values: valuesOf(owner),
      frozen,
    })),
    moves: moves.map((move) => {
      const [from, to] = endTexts(move);
      return { tag: move.tag, from, to };
    }),
    warnings: warnings.map(({ code, message, fix }) => ({ code, message, fix: fix ?? null })),
    notes: (plan.notes ?? []).map(({ message }) => message),
  };
}

/** The plan has the most specific rules and the lowest releases first. */
function byReach(tags: readonly PlannedTag[]): PlannedTag[] {
  return [...groupBy(tags, ({ rule }) => rule).values()].toReversed().flatMap(highestFirst);
}

function highestFirst(tags: readonly PlannedTag[]): PlannedTag[] {
  return [...groupBy(tags, ({ owner }) => owner?.version ?? '').values()].toReversed().flat();
}

export function explanationView(explanation: Explanation): ExplanationView {
  const { tag, status, candidates, fix } = explanation;
  return {
    tag,
    headline: explanationHeadline(explanation),
    facts: [...explanationFacts(explanation), ...(fix === null ? [] : ([['hint', fix]] as const))],
    candidates: status === 'pinned' ? [] : candidateRuns(candidates),
  };
}
