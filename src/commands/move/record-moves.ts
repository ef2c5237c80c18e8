/** The statement of what a run moved, made from its journal and added to the evidence of the repository. */
import { evidenceLine, nextLink, readEvidence, type EvidenceLine } from '../../evidence/lines.ts';
import { makeStatement, type StatementFacts } from '../../evidence/statement.ts';
import { type Digest } from '../../domain/digest.ts';
import { InputError, InternalError, OutsideError } from '../../domain/errors.ts';
import { formatInstant } from '../../domain/instant.ts';
import type { EvidenceStore, StatementSigner, StatementVerifier } from '../../ports.ts';
import { readJournal, type JournalState, type Mover, type UnstatedMove } from '../../publish/journal.ts';
import { count } from '../../report/words.ts';
import { attachStatement } from './attach-statement.ts';
import { noteDone } from './move-tags.ts';
import type { OpenRepository } from './open-repository.ts';
import { faultOf } from './ready-evidence.ts';
import { whereTagPoints } from './where-tag-points.ts';

/** Where statements of a run go, and what they say besides its moves. */
export interface RunEvidence {
  readonly store: EvidenceStore;
  readonly sumOf: (text: string) => Digest;
  readonly digestOf: (bytes: Uint8Array) => Digest;
  /** `null`: nothing is signed. */
  readonly signer: StatementSigner | null;
  /** Whose signatures on statements before count; `null`: nobody's. */
  readonly accepts: StatementVerifier | null;
  /** Whose run it is: no service is asked. */
  readonly mover: () => Promise<Mover>;
  readonly facts: () => Promise<StatementFacts>;
}

/**
 * Writes the statement of every move of this run, and of the unfinished ones that it goes on with, that no statement has
 * yet. A run that moved nothing writes none.
 *
 * The journal has the statement's digest before its line is written: a run that is cut off in between finds by it whether
 * the line is there.
 *
 * @throws {OutsideError} FILE_FAILED: the tags have moved, and the next run writes the statement
 */
export async function recordMoves(open: OpenRepository): Promise<void> {
  const { evidence, journal, world } = open;
  if (evidence === null || journal.path() === null) return;
  await seeEnds(open, stateOf(open).unstated);
  const { stating, unstated } = stateOf(open);
  if (stating === null && unstated.length === 0 && open.past.unstated.length === 0) return;
  const { store, sumOf, signer, facts } = evidence;
  const said = await facts();
  // Before the file is held: others may wait for it.
  if (signer !== null && unstated.length + open.past.unstated.length > 0)
    await asUnsigned(() => signer.ready(world.signal));
  const written: Written[] = [];
  await store.append(open.registry.repository, async (text) => {
    const read = readEvidence(text, sumOf);
    // It may have changed since the run looked.
    const fault = faultOf(read, open.registry.repository, evidence, world);
    if (fault !== null) throw new Error(`${fault.because}; ${fault.fix}`);
    const begun = stating === null ? undefined : read.lines.find(({ digest }) => digest === stating);
    if (stating !== null && begun !== undefined) {
      await attach(open, evidence, begun);
      await noteStated(open, stating);
    }
    const moves = [...open.past.unstated, ...stateOf(open).unstated];
    const link = nextLink(read);
    const statement = makeStatement(moves, said, link, formatInstant(world.clock.nowMs()));
    if (statement === null) return null;
    const body = JSON.stringify(statement);
    const digest = sumOf(body);
    const signature = signer === null ? null : await asUnsigned(() => signer.sign(body, world.signal));
    await journal.write({ step: 'evidence', state: 'begin', digest });
    const before = statement.predicate.moves.filter(({ from }) => from !== null);
    const unknown = link.previous === null ? before.length : 0;
    written.push({ digest, sequence: link.sequence, unknown, line: { text: body, statement, signature } });
    return evidenceLine(body, digest, signature);
  });
  for (const one of written) {
    const attached = await attach(open, evidence, one.line);
    await noteWritten(open, one, attached, store);
  }
}

/** @throws {OutsideError} SIGNING_FAILED: no statement is written, and the next run signs */
async function asUnsigned<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const isKnown = error instanceof InputError || (error instanceof OutsideError && error.code !== 'ABORTED');
    if (!isKnown) throw error;
    const message = `the tags moved, and their statement cannot be signed: ${error.message}. The journal has the moves: run the same command again, and it signs and writes the statement`;
    throw new OutsideError('SIGNING_FAILED', message, {}, { cause: error });
  }
}

/** @returns how many images have the statement now: those that tags moved to, if it is signed */
async function attach(
  open: OpenRepository,
  { signer, digestOf }: RunEvidence,
  { text, statement, signature }: Pick<EvidenceLine, 'text' | 'statement' | 'signature'>,
): Promise<number> {
  if (signer === null || text === null || statement === null || signature === null) return 0;
  return attachStatement(open, { text, statement, signature }, { signer, digestOf });
}

interface Written {
  readonly line: Pick<EvidenceLine, 'text' | 'statement' | 'signature'>;
  readonly digest: Digest;
  readonly sequence: number;
  /** Tags that were there before the first statement of a file. */
  readonly unknown: number;
}

async function noteWritten(
  open: OpenRepository,
  { digest, sequence, unknown }: Written,
  attached: number,
  store: EvidenceStore,
): Promise<void> {
  await noteStated(open, digest);
  const signed = attached === 0 ? '' : `, signed, and attached to ${count(attached, 'image')}`;
  const file = store.pathOf(open.registry.repository);
  open.world.say(`${open.name}: statement ${sequence} of its moves is in ${file}${signed}`);
  if (unknown > 0)
    open.world.say(
      `${file} is new, and ${unknown} of these tags ${unknown === 1 ? 'was' : 'were'} there before: nothing before this statement is known`,
    );
}

function noteStated({ journal }: OpenRepository, digest: Digest): Promise<void> {
  return journal.write({ step: 'evidence', state: 'done', digest });
}

function stateOf({ journal }: OpenRepository): JournalState {
  const read = readJournal(journal.entries(), journal.path() ?? '');
  if (!read.ok) throw new InternalError(`the journal of this run cannot be read: ${read.problems[0]?.message ?? ''}`);
  return read.value;
}

/** A move that was begun, by a run that was killed or whose PUT nobody answered, took place if the tag is there now. */
async function seeEnds(open: OpenRepository, moves: readonly UnstatedMove[]): Promise<void> {
  for (const { tag, from, to, how } of moves) {
    if (how !== null) continue;
    const before = from?.digest ?? null;
    const now = await endOf(open, tag, [before, to.digest]);
    if (now === undefined || now !== to.digest) continue;
    if (now !== null) await noteDone(open, tag, now, 'moved');
    else if (before !== null) await noteDone(open, tag, before, 'deleted');
  }
}

/** @returns `undefined` where nobody knows: the next run asks again */
async function endOf(
  { registry, world }: OpenRepository,
  tag: string,
  ends: readonly (Digest | null)[],
): Promise<Digest | null | undefined> {
  try {
    return await whereTagPoints(registry, tag, ends, world.signal);
  } catch (error) {
    if (!(error instanceof OutsideError) || error.code === 'ABORTED') throw error;
    return undefined;
  }
}
