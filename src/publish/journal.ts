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

const begin = z.object({
  step: z.literal('begin'),
  schema: z.literal(1),
  command: z.enum(['publish', 'build', 'apply', 'rollback']),
  repository: z.string(),
  version: z.string(),
  at: z.string(),
});
const entryShape = z.discriminatedUnion('step', [
  begin,
  z.object({ step: z.literal('resumed'), at: z.string() }),
  z.object({ step: z.literal('push'), state: z.literal('begin'), cell: z.string(), tag: z.string() }),
  z.object({
    step: z.literal('push'),
    state: z.literal('done'),
    cell: z.string(),
    tag: z.string(),
    digest,
    how: z.enum(['built', 'adopted']),
  }),
  z.object({
    step: z.literal('push'),
    state: z.literal('failed'),
    cell: z.string(),
    tag: z.string(),
    reason: z.string(),
  }),
  z.object({
    step: z.literal('copy'),
    state: z.enum(['begin', 'done']),
    cell: z.string(),
    tag: z.string(),
    from: z.string(),
    digest,
  }),
  z.object({ step: z.literal('verified'), cells: z.number(), waitedMs: z.number() }),
  z.object({ step: z.literal('move'), state: z.literal('begin'), tag: z.string(), from: stand.nullable(), to: stand }),
  z.object({
    step: z.literal('move'),
    state: z.literal('done'),
    tag: z.string(),
    digest,
    how: z.enum(['moved', 'already', 'deleted']),
  }),
  z.object({ step: z.literal('settled'), waitedMs: z.number() }),
  z.object({ step: z.literal('stopped'), code: z.string(), reason: z.string(), at: z.string() }),
  z.object({ step: z.literal('finished'), at: z.string() }),
]);

export type JournalEntry = z.output<typeof entryShape>;
export type JournalBegin = z.output<typeof begin>;

/** What one journal comes to. */
export interface JournalState {
  readonly begin: JournalBegin;
  /** Full tags whose push began. */
  readonly pushed: ReadonlySet<string>;
  /** Pinned tags whose digest this run knows: built, adopted or copied. */
  readonly digests: ReadonlyMap<string, Digest>;
  readonly moves: readonly JournalMove[];
  readonly finished: boolean;
}

export interface JournalMove {
  readonly tag: string;
  /** Where the tag stood before the first move of this run; `null`: it was absent. */
  readonly from: Stand | null;
  readonly to: Stand;
  readonly done: boolean;
}

/** @param path for messages */
export function readJournal(entries: readonly unknown[], path: string): Result<JournalState> {
  const problems: Problem[] = [];
  const read: JournalEntry[] = [];
  for (const [index, entry] of entries.entries()) {
    const parsed = entryShape.safeParse(entry);
    if (parsed.success) read.push(parsed.data);
    else
      problems.push({
        code: 'JOURNAL_INVALID',
        where: `${path}:${index + 1}`,
        message: 'is no entry of a journal',
        mend: 'the file was altered; leave it out',
      });
  }
  const first = read[0];
  if (problems.length > 0) return failed(...problems);
  if (first?.step !== 'begin') {
    return failed({
      code: 'JOURNAL_INVALID',
      where: path,
      message: 'does not begin with the entry that names its repository',
      mend: 'the file was altered; leave it out',
    });
  }
  return ok(stateOf(first, read));
}

function stateOf(first: JournalBegin, entries: readonly JournalEntry[]): JournalState {
  const pushed = new Set<string>();
  const digests = new Map<string, Digest>();
  const moves = new Map<string, JournalMove>();
  for (const entry of entries) {
    if (entry.step === 'push' && entry.state === 'begin') pushed.add(entry.tag);
    if (entry.step === 'push' && entry.state === 'done') digests.set(entry.tag, entry.digest);
    if (entry.step === 'copy') {
      pushed.add(entry.tag);
      digests.set(entry.tag, entry.digest);
    }
    if (entry.step !== 'move') continue;
    const known = moves.get(entry.tag);
    if (entry.state === 'begin')
      moves.set(entry.tag, {
        tag: entry.tag,
        from: known === undefined ? entry.from : known.from,
        to: entry.to,
        done: false,
      });
    else if (known !== undefined) moves.set(entry.tag, { ...known, done: true });
  }
  return { begin: first, pushed, digests, moves: [...moves.values()], finished: entries.at(-1)?.step === 'finished' };
}
