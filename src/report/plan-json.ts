/** The plan as its JSON document. Key order and indentation are part of the promise: same input, same bytes. */
import type { Several } from '../domain/several.ts';
import type { Move, Owner, Plan, PlanNote, PlannedCell, PlannedTag, Stand } from '../plan/types.ts';

export function planJson(plan: Plan): string {
  return [...documentPieces([plan])].join('');
}

/** Plans of several repositories are in one document; of one, its plan is the document. */
export function plansJson(plans: Several<Plan>): string {
  return [...documentPieces(plans)].join('');
}

/** Characters of a piece, but for the last: whoever takes pieces does so once for many rows. */
const pieceLength = 65_536;

/** The same text in pieces, made when they are asked for: that of a hundred thousand cells is larger than the plan. */
export function* plansJsonPieces(plans: Several<Plan>): Generator<string> {
  let piece = '';
  for (const text of documentPieces(plans)) {
    piece += text;
    if (piece.length < pieceLength) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}

function* documentPieces(plans: Several<Plan>): Generator<string> {
  const [first, ...others] = plans;
  if (others.length === 0) yield* planPieces(first, '');
  else {
    yield '{\n  "schema": 1,\n  "repositories": [';
    for (const [index, plan] of plans.entries()) {
      yield index === 0 ? '\n    ' : ',\n    ';
      yield* planPieces(plan, '    ');
    }
    yield '\n  ]\n}';
  }
  yield '\n';
}

/** @param indent of the object's own lines */
function* planPieces(plan: Plan, indent: string): Generator<string> {
  const { schema, repository, release, cells, tags, moves, warnings, notes } = plan;
  const inner = `${indent}  `;
  yield '{';
  for (const [key, value] of Object.entries({ schema, repository, release }))
    yield `${key === 'schema' ? '' : ','}\n${inner}"${key}": ${JSON.stringify(value)}`;
  yield* listPieces('cells', cells, cellJson, inner);
  yield* listPieces('tags', tags, tagJson, inner);
  yield* listPieces('moves', moves, moveJson, inner);
  yield* listPieces('warnings', warnings, (warning) => warning, inner);
  if (notes !== undefined) yield* listPieces('notes', notes, noteJson, inner);
  yield `\n${indent}}`;
}

function* listPieces<T>(
  key: string,
  rows: readonly T[],
  document: (row: T) => object,
  indent: string,
): Generator<string> {
  yield `,\n${indent}"${key}": [`;
  let comma = '';
  for (const row of rows) {
    yield `${comma}\n${indent}  ${JSON.stringify(document(row), null, 2).replaceAll('\n', `\n${indent}  `)}`;
    comma = ',';
  }
  yield rows.length === 0 ? ']' : `\n${indent}]`;
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
