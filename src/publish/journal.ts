/**
 * What a journal says: entries as they are written, and what they come to when they are read again.
 *
 * A `begin` without its `done` is something that may have happened: a push that was cut off, a move whose answer was
 * lost. The registry is asked; the journal only says that it was us.
 */
import { z } from 'zod';
import { isDigest, type Digest } from '../domain/digest.ts';
import type { Problem } from '../domain/errors.ts';
import { failed, ok, type Result } from '../domain/result.ts';
import type { Stand } from '../plan/types.ts';

const digest = z.string().refine(isDigest, 'expected a digest');
const owner = z.object({ version: z.string(), axes: z.record(z.string(), z.string()) });
const stand = z.object({ owner: owner.nullable(), digest: digest.nullable() });

/** A run of a CI. */
export const ciRunShape = z.object({
  /** `GitHub Actions`, `GitLab CI`, … */
  ci: z.string(),
  id: z.string().nullable(),
  attempt: z.string().nullable(),
  url: z.string().nullable(),
});

/** Whose moves follow. Left out by versions before it was written down. */
export const moverShape = z.object({
  /** Who started the run; `null` where the CI does not say. */
  actor: z.string().nullable(),
  /** `null` outside of a CI. */
  run: ciRunShape.nullable(),
});

export type Mover = z.output<typeof moverShape>;

const begin = z.object({
  step: z.literal('begin'),
  schema: z.literal(1),
  command: z.enum(['publish', 'build', 'apply', 'rollback']),
  repository: z.string(),
  version: z.string(),
  at: z.string(),
  by: moverShape.optional(),
});
const push = { step: z.literal('push'), cell: z.string(), tag: z.string() };
const move = { step: z.literal('move'), tag: z.string() };

const entryShape = z.discriminatedUnion('step', [
  begin,
  z.object({ step: z.literal('resumed'), at: z.string(), by: moverShape.optional() }),
  z.discriminatedUnion('state', [
    z.object({ ...push, state: z.literal('begin') }),
    z.object({ ...push, state: z.literal('done'), digest, how: z.enum(['built', 'adopted', 'merged']) }),
    z.object({ ...push, state: z.literal('failed'), reason: z.string() }),
  ]),
  z.object({
    step: z.literal('copy'),
    state: z.enum(['begin', 'done']),
    cell: z.string(),
    tag: z.string(),
    /** The tag or repository whose manifest it is. */
    from: z.string(),
    digest,
  }),
  z.object({ step: z.literal('verified'), cells: z.number(), waitedMs: z.number() }),
  z.discriminatedUnion('state', [
    z.object({ ...move, state: z.literal('begin'), from: stand.nullable(), to: stand }),
    z.object({
      ...move,
      state: z.literal('done'),
      digest,
      how: z.enum(['moved', 'already', 'deleted']),
      /** Left out by versions before there were statements. */
      at: z.string().optional(),
    }),
    /** Nothing was moved: what is there is neither where it came from nor where it goes to, or the registry refused. */
    z.object({ ...move, state: z.literal('not done'), reason: z.string() }),
  ]),
  z.object({ step: z.literal('settled'), waitedMs: z.number() }),
  /** The statement of the moves above: `begin` before its line is written, `done` once it is on disk. */
  z.object({ step: z.literal('evidence'), state: z.enum(['begin', 'done']), digest }),
  z.object({ step: z.literal('stopped'), code: z.string(), reason: z.string(), at: z.string() }),
  /** `by` names the journal of the later run that brought this one to its end. */
  z.object({ step: z.literal('finished'), at: z.string(), by: z.string().optional() }),
]);

export type JournalEntry = z.output<typeof entryShape>;
export type JournalBegin = z.output<typeof begin>;

/** What one journal comes to. */
export interface JournalState {
  readonly begin: JournalBegin;
  /** Full tags whose push began and was not seen to end well. */
  readonly pushing: ReadonlySet<string>;
  /** Pinned tags whose digest this run knows: built, adopted or copied. */
  readonly digests: ReadonlyMap<string, Digest>;
  readonly moves: readonly JournalMove[];
  /** Moves that no statement has yet, in the order in which they were made. */
  readonly unstated: readonly UnstatedMove[];
  /** The statement that was about to be written when the run ended; `null`: none. */
  readonly stating: Digest | null;
  /** Why the run ended early, in its own words; `null` where it was killed, or ended well. */
  readonly stopped: string | null;
  readonly finished: boolean;
}

export interface JournalMove {
  readonly tag: string;
  /** Where the tag stood before the first move of this run; `null`: it was absent. */
  readonly from: Stand | null;
  readonly to: Stand;
  readonly done: boolean;
}

/** A move that a statement has to tell of. */
export interface UnstatedMove {
  readonly tag: string;
  readonly from: Stand | null;
  readonly to: Stand;
  /** `null`: it was begun, and nobody saw whether it took place. */
  readonly how: MoveHow | null;
  /** RFC 3339; `null` where the journal does not say. */
  readonly at: string | null;
  /** Whose run moved it; left out where the journal does not say. */
  readonly by?: Mover;
  /** Begun twice without an end in between. */
  readonly begunBefore?: true;
}

/** `already`: the tag was there when this run came to it. */
export type MoveHow = 'moved' | 'already' | 'deleted';

/** @param path for messages */
export function readJournal(entries: readonly unknown[], path: string): Result<JournalState> {
  const problems: Problem[] = [];
  const read: JournalEntry[] = [];
  for (const [index, entry] of entries.entries()) {
    const parsed = entryShape.safeParse(entry);
    if (parsed.success) read.push(parsed.data);
    else problems.push(invalid(`${path}:${index + 1}`, unreadable(entry)));
  }
  const first = read[0];
  if (problems.length > 0) return failed(...problems);
  if (first?.step !== 'begin') return failed(invalid(path, 'does not begin with the entry that names its repository'));
  return ok(stateOf(first, read));
}

function invalid(where: string, message: string): Problem {
  return {
    code: 'JOURNAL_INVALID',
    where,
    message,
    fix: 'move the file away; the registry itself is read either way',
  };
}

function unreadable(entry: unknown): string {
  const schema = typeof entry === 'object' && entry !== null && 'schema' in entry ? entry.schema : 1;
  return schema === 1
    ? 'is no entry of a journal'
    : `is of schema ${JSON.stringify(schema)}, and this tagwright reads 1`;
}

function stateOf(first: JournalBegin, entries: readonly JournalEntry[]): JournalState {
  const pushing = new Set<string>();
  const digests = new Map<string, Digest>();
  const moves = new Map<string, JournalMove>();
  for (const entry of entries) {
    if (entry.step === 'push') {
      if (entry.state === 'begin') pushing.add(entry.tag);
      if (entry.state !== 'done') continue;
      pushing.delete(entry.tag);
      digests.set(entry.tag, entry.digest);
    } else if (entry.step === 'copy') {
      digests.set(entry.tag, entry.digest);
    } else if (entry.step === 'move') {
      noteMove(moves, entry);
    }
  }
  const last = entries.at(-1);
  return {
    begin: first,
    pushing,
    digests,
    moves: [...moves.values()],
    ...unstatedMoves(entries),
    stopped: last?.step === 'stopped' ? last.reason : null,
    finished: last?.step === 'finished',
  };
}

function noteMove(moves: Map<string, JournalMove>, entry: Extract<JournalEntry, { step: 'move' }>): void {
  const known = moves.get(entry.tag);
  if (entry.state === 'begin') {
    const from = known === undefined ? entry.from : known.from;
    moves.set(entry.tag, { tag: entry.tag, from, to: entry.to, done: false });
  } else if (entry.state === 'done') {
    if (known !== undefined) moves.set(entry.tag, { ...known, done: true });
  } else {
    moves.delete(entry.tag);
  }
}

/**
 * The moves that no statement has, as they come. A tag that a run was cut off at, and that is there when it is looked at
 * again, was moved by that run.
 */
function unstatedMoves(entries: readonly JournalEntry[]): Pick<JournalState, 'unstated' | 'stating'> {
  let unstated: readonly UnstatedMove[] = [];
  let stating: { readonly digest: Digest; readonly moves: readonly UnstatedMove[] } | null = null;
  let by: Mover | undefined;
  for (const entry of entries) {
    if (entry.step === 'begin' || entry.step === 'resumed') by = entry.by;
    else if (entry.step === 'move') unstated = withMove(unstated, entry, by);
    else if (entry.step === 'evidence' && entry.state === 'begin')
      stating = { digest: entry.digest, moves: unstated.filter(({ how }) => how !== null) };
    else if (entry.step === 'evidence') {
      const stated = stating?.moves ?? [];
      unstated = unstated.filter((move) => !stated.includes(move));
      stating = null;
    }
  }
  return { unstated, stating: stating?.digest ?? null };
}

function withMove(
  unstated: readonly UnstatedMove[],
  entry: Extract<JournalEntry, { step: 'move' }>,
  mover: Mover | undefined,
): readonly UnstatedMove[] {
  const { tag } = entry;
  const open = unstated.find((move) => move.tag === tag && move.how === null);
  const others = unstated.filter((move) => move !== open);
  if (entry.state === 'begin') {
    const from = open === undefined ? entry.from : open.from;
    const again = open === undefined ? {} : { begunBefore: true as const };
    // Of two runs that began it, whoever is found to have been first did it, until the other one puts it too.
    return [...others, { tag, from, to: entry.to, how: null, at: null, ...byOf(open?.by ?? mover), ...again }];
  }
  if (entry.state === 'not done' || open === undefined) return others;
  const isFirst = entry.how === 'already' && open.begunBefore === true;
  const by = isFirst || open.begunBefore !== true ? open.by : mover;
  const how = isFirst ? 'moved' : entry.how;
  return [...others, { tag, from: open.from, to: open.to, how, at: entry.at ?? null, ...byOf(by) }];
}

function byOf(by: Mover | undefined): { readonly by?: Mover } {
  return by === undefined ? {} : { by };
}
