/** The moves of a plan that was written earlier, held against what facts and registry say now. */
import { isDigest, type Digest } from '../domain/digest.ts';
import type { Problem } from '../domain/errors.ts';
import { failed, ok, type Result } from '../domain/result.ts';
import { quote } from '../domain/tag.ts';
import { describeAxes } from '../plan/cell.ts';
import type { Move, Owner, Plan } from '../plan/types.ts';
import { holdText } from './hold-text.ts';
import type { PlannedMoves, TagState } from './plan-moves.ts';

/**
 * Whether a plan file is the one that was approved, byte by byte.
 *
 * @param approved `sha256:` and 64 hex, as `publish --stop-before-moves` printed it
 * @param actual the digest of the file's bytes
 */
export function approvalProblem(approved: string, actual: Digest, path: string): Problem | null {
  if (approved === actual) return null;
  if (!isDigest(approved)) {
    const message = `${quote(approved)} is no hash of a file; one is sha256: and 64 hexadecimal digits`;
    const fix = isDigest(`sha256:${approved}`)
      ? `write --approved sha256:${approved}`
      : 'copy it from where it was printed';
    return { code: 'USAGE', where: '--approved', message, fix };
  }
  const message = `is ${actual}, and ${quote(approved)} was approved. Nothing was moved`;
  const fix = 'the file was changed since, or another one was approved: have this one looked at, and give its hash';
  return { code: 'PLAN_FILE_NOT_APPROVED', where: path, message, fix };
}

/**
 * The file's moves, provided that facts and registry still say the same of each; those that were carried out since are
 * left out.
 *
 * @param path the file, for messages
 * @returns in the order of moving
 */
export function chooseMoves(
  file: Pick<Plan, 'moves' | 'repository'>,
  now: PlannedMoves,
  path: string,
): Result<readonly Move[]> {
  const current = new Map(now.moves.map((move) => [move.tag, move]));
  const problems: Problem[] = [];
  const chosen = new Set<Move>();
  const seen = new Set<string>();
  for (const move of file.moves) {
    const { tag } = move;
    const fresh = current.get(tag) ?? null;
    const where = `${path} ${file.repository}:${tag}`;
    if (seen.has(tag)) problems.push(edited(where, 'appears twice'));
    else if (move.kind === 'move' && move.from === null) problems.push(offline(where));
    else {
      const settled = now.settled.get(tag);
      const fault = settled === undefined ? staleness(move, fresh, now.states.get(tag)) : settledFault(move, settled);
      if (fault !== null) problems.push(stale(where, fault));
      else if (fresh !== null) chosen.add(fresh);
    }
    seen.add(tag);
  }
  if (problems.length > 0) return failed(...problems);
  return ok(now.moves.filter((move) => chosen.has(move)));
}

function staleness(planned: Move, fresh: Move | null, state: TagState | undefined): string | null {
  if (fresh === null) return stillness(state);
  const from = planned.from?.digest ?? null;
  const actual = fresh.from?.digest ?? null;
  if (from !== actual)
    return `it pointed to ${from ?? 'nothing'} when the plan was made, and points to ${actual ?? 'nothing'} now`;
  if (ownerText(planned.to.owner) !== ownerText(fresh.to.owner))
    return `the plan gives it to ${ownerText(planned.to.owner)}; the rule gives it to ${ownerText(fresh.to.owner)}`;
  if (planned.to.digest !== null && planned.to.digest !== fresh.to.digest)
    return `the plan takes it to ${planned.to.digest}; its owner is ${fresh.to.digest ?? 'not in the registry'}`;
  return null;
}

/** Why a tag of the file does not move now. */
function stillness(state: TagState | undefined): string {
  if (state?.kind === 'held') return `it cannot move now: ${holdText(state)}`;
  if (state?.kind === 'unknown') return `it could not be read: ${state.reason}`;
  return state === undefined ? 'it is no convenience tag of the plan' : 'no release may own it now';
}

function settledFault({ to }: Move, digest: string): string | null {
  if (to.digest === null || to.digest === digest) return null;
  return `the plan takes it to ${to.digest}; it points to its owner's image already, ${digest}`;
}

function ownerText(owner: Owner | null): string {
  return owner === null ? 'nobody' : `${owner.version} (${describeAxes(owner.axes)})`;
}

function stale(where: string, message: string): Problem {
  const fix = 'make the plan anew: the facts, the config or the registry changed since, or the file was edited';
  return { code: 'PLAN_FILE_STALE', where, message, fix };
}

function edited(where: string, message: string): Problem {
  return { code: 'PLAN_FILE_INVALID', where, message, fix: 'make the plan anew: this one was edited' };
}

function offline(where: string): Problem {
  const message = 'the plan does not say where it pointed';
  return { code: 'PLAN_FILE_INVALID', where, message, fix: 'make the plan anew, without --offline' };
}
