/** The plan as its JSON document. Key order and indentation are part of the promise: same input, same bytes. */
import type { Move, Owner, Plan, PlanNote, PlannedCell, PlannedTag, Stand } from '../plan/types.ts';

export function planJson(plan: Plan): string {
  return jsonText(planDocument(plan));
}

/** Plans of several repositories are in one document; of one, its plan is the document. */
export function plansJson(plans: readonly [Plan, ...Plan[]]): string {
  const [first, ...others] = plans;
  return others.length === 0 ? planJson(first) : jsonText({ schema: 1, repositories: plans.map(planDocument) });
}

function planDocument(plan: Plan): object {
  return {
    schema: plan.schema,
    repository: plan.repository,
    release: plan.release,
    cells: plan.cells.map(cellJson),
    tags: plan.tags.map(tagJson),
    moves: plan.moves.map(moveJson),
    warnings: plan.warnings,
    ...(plan.notes === undefined ? {} : { notes: plan.notes.map(noteJson) }),
  };
}

/** Two spaces, and a newline at the end. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function cellJson(cell: PlannedCell): object {
  return { version: cell.version, revision: cell.revision, ...cell.axes, platforms: cell.platforms, tags: cell.tags };
}

function tagJson(tag: PlannedTag): object {
  return {
    tag: tag.tag,
    kind: tag.kind,
    rule: tag.rule,
    owner: ownerJson(tag.owner),
    frozen: tag.frozen,
    because: tag.because,
  };
}

export function moveJson(move: Move): object {
  return { kind: move.kind, tag: move.tag, from: standJson(move.from), to: standJson(move.to), because: move.because };
}

function noteJson({ kind, message, moves }: PlanNote): object {
  return { kind, message, ...(moves === undefined ? {} : { moves: moves.map(moveJson) }) };
}

/** A tag that was absent stands nowhere: both are `null`. */
export function standJson(stand: Stand | null): object {
  return { owner: ownerJson(stand?.owner ?? null), digest: stand?.digest ?? null };
}

export function ownerJson(owner: Owner | null): object | null {
  return owner === null ? null : { version: owner.version, ...owner.axes };
}
