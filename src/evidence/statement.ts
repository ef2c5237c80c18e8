/**
 * Statements of moves: in-toto statements with a predicate of our own, one for each run that moved tags. Made from what a
 * journal holds; read back from texts that anybody may have written.
 *
 * @see https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md
 */
import { z } from 'zod';
import { isDigest, type Digest } from '../domain/digest.ts';
import type { RunFacts } from '../domain/run-facts.ts';
import type { Stand } from '../plan/types.ts';
import { ciRunShape, moverShape, type Mover, type UnstatedMove } from '../publish/journal.ts';

export const statementType = 'https://in-toto.io/Statement/v1';
export const movesPredicate = 'https://github.com/tagwright/tagwright/moves/v1';

/** As cosign names it. */
export const predicateAnnotation = 'dev.sigstore.bundle.predicateType';

const digest = z.string().refine(isDigest, 'expected a digest');
const end = z.object({
  digest,
  /** The version of the cell; `null` where nobody knows whose image it is. */
  release: z.string().nullable(),
  /** Of the cell: `{ python: '3.12' }`. */
  axes: z.record(z.string(), z.string()),
});

const move = z.object({
  tag: z.string().min(1),
  /** `null`: the tag was absent. */
  from: end.nullable(),
  /** `null`: the tag was deleted. */
  to: end.nullable(),
  /** The rule of the config that gives the tag; `null` where no rule does. */
  rule: z.string().nullable(),
  /** `already`: it was there when the run came to it. */
  how: z.enum(['moved', 'already', 'deleted']),
  /** RFC 3339, UTC. */
  at: z.string(),
  /** Of a move that another run made, which ended before it could say so; left out where this run made it. */
  by: moverShape.optional(),
});

/** The run that a rollback takes back, by its journal. */
const undone = z.object({
  /** The file, as it was given. */
  journal: z.string(),
  command: z.string(),
  /** The release it was about, or what it was kept under. */
  version: z.string(),
  /** RFC 3339. */
  at: z.string(),
});

const predicate = z.object({
  /** `registry/path` */
  repository: z.string(),
  /** From 1, without a gap, in each file. */
  sequence: z.number().int().positive(),
  /** Digest of the statement before; `null` for the first. */
  previous: digest.nullable(),
  /** When the statement was made: RFC 3339, UTC. */
  at: z.string(),
  command: z.enum(['publish', 'apply', 'rollback', 'yank', 'unyank']),
  /** What the run was about; `null` if it was about all releases. */
  release: z.string().nullable(),
  /** The commit of that release. */
  commit: z.string().nullable(),
  /** Of a yank: why. */
  reason: z.string().optional(),
  /** Of a rollback: what. */
  undoes: undone.optional(),
  moves: z.array(move).min(1),
  /** Who started the run; `null` where the CI does not say. */
  actor: z.string().nullable(),
  /** Who let it move; `null` where the CI does not say. */
  approver: z.string().nullable(),
  /** `null` outside of a CI. */
  run: ciRunShape.nullable(),
  /** Digest of the config as it was used. */
  config: digest,
  /** Version of this tool. */
  tagwright: z.string(),
});

const statement = z.object({
  _type: z.literal(statementType),
  subject: z.array(z.object({ name: z.string(), digest: z.object({ sha256: z.string() }) })).min(1),
  predicateType: z.literal(movesPredicate),
  predicate,
});

export type MovesStatement = z.output<typeof statement>;
export type MovesPredicate = z.output<typeof predicate>;
export type StatedMove = z.output<typeof move>;
export type StatedEnd = z.output<typeof end>;
export type Undone = z.output<typeof undone>;

/** What a run is about, besides its moves. */
export interface StatementFacts extends RunFacts {
  readonly repository: string;
  readonly command: MovesPredicate['command'];
  readonly release: string | null;
  readonly commit: string | null;
  readonly reason?: string;
  readonly undoes?: Undone;
  readonly config: Digest;
  readonly tagwright: string;
  /** The name of the rule that gives a tag. */
  readonly ruleOf: (tag: string) => string | null;
}

/** The place of a statement in its file. */
export interface Link {
  readonly sequence: number;
  readonly previous: Digest | null;
}

/**
 * @param at RFC 3339
 * @returns `null` where nothing moved: what was found in place is told of beside a move alone
 */
export function makeStatement(
  moves: readonly UnstatedMove[],
  facts: StatementFacts,
  link: Link,
  at: string,
): MovesStatement | null {
  const stated = moves.flatMap((one) => statedMove(one, facts, at));
  if (!stated.some(({ how }) => how !== 'already')) return null;
  const { repository, command, release, commit, reason, undoes, actor, approver, run, config, tagwright } = facts;
  const why = { ...(reason === undefined ? {} : { reason }), ...(undoes === undefined ? {} : { undoes }) };
  const about = { command, release, commit, ...why, moves: stated, actor, approver, run, config, tagwright };
  return {
    _type: statementType,
    subject: subjectsOf(repository, stated),
    predicateType: movesPredicate,
    predicate: { repository, ...link, at, ...about },
  };
}

function statedMove({ tag, from, to, how, at, by }: UnstatedMove, facts: StatementFacts, now: string): StatedMove[] {
  if (how === null) return [];
  const ends = { from: endOf(from), to: how === 'deleted' ? null : endOf(to) };
  const other = by === undefined || isSame(by, facts) ? {} : { by };
  return [{ tag, ...ends, rule: facts.ruleOf(tag), how, at: at ?? now, ...other }];
}

function isSame(by: Mover, { actor, run }: StatementFacts): boolean {
  const told = ({ actor: who, run: where }: Mover): string =>
    JSON.stringify([who, where?.ci, where?.id, where?.attempt, where?.url]);
  return told(by) === told({ actor, run });
}

/** Whose run moved the tag. */
export function moverOf({ by }: StatedMove, { actor, run }: MovesPredicate): Mover {
  return by ?? { actor, run };
}

function endOf(stand: Stand | null): StatedEnd | null {
  if (stand === null || stand.digest === null) return null;
  return { digest: stand.digest, release: stand.owner?.version ?? null, axes: { ...stand.owner?.axes } };
}

/** What was moved to; of a tag that was deleted, what it pointed to: a statement is about something. */
export function subjectsOf(repository: string, moves: readonly StatedMove[]): MovesStatement['subject'] {
  return moves.flatMap(({ tag, from, to }) => {
    const about = to ?? from;
    if (about === null) return [];
    return [{ name: `${repository}:${tag}`, digest: { sha256: about.digest.slice('sha256:'.length) } }];
  });
}

/** @returns `null` if it is not a statement of moves */
export function readStatement(value: unknown): MovesStatement | null {
  const read = statement.safeParse(value);
  return read.success ? read.data : null;
}
