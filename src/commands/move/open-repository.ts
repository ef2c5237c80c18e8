/** One repository that is about to be written to: its registry, what earlier runs recorded, and this run's journal. */
import { count } from '../../domain/count.ts';
import type { Digest } from '../../domain/digest.ts';
import { InputError } from '../../domain/errors.ts';
import { formatInstant } from '../../domain/instant.ts';
import { formatRepository } from '../../domain/reference.ts';
import type { JournalFile, JournalStore, Registry } from '../../ports.ts';
import { readJournal, type JournalBegin, type JournalState, type UnstatedMove } from '../../publish/journal.ts';
import { createInspector, type Inspector } from '../inspector.ts';
import type { World } from '../world.ts';
import type { RunEvidence } from './record-moves.ts';
import { runInProgress, runJournal, type RunJournal } from './run-journal.ts';

export interface OpenRepository {
  readonly world: MoveWorld;
  readonly registry: Registry;
  /** `registry/path`. */
  readonly name: string;
  readonly past: PastRuns;
  readonly inspect: Inspector;
  readonly journal: RunJournal;
  /** `null`: this run moves no tags. */
  readonly evidence: RunEvidence | null;
  /** How long to wait for the registry to show a write. */
  readonly waitMs: number;
  /** Marks earlier unfinished journals as brought to their end by this run. */
  readonly finishPast: () => Promise<void>;
}

/** What of the world moving tags takes. */
export type MoveWorld = Pick<World, 'clock' | 'say' | 'signal'>;

/** Evidence of unfinished runs on this repository and version. */
export interface PastRuns {
  /** Full tags whose push began and was not seen to end. */
  readonly pushing: ReadonlySet<string>;
  readonly digests: ReadonlyMap<string, Digest>;
  /** Moves in journals that this run does not go on with, which no statement has. */
  readonly unstated: readonly UnstatedMove[];
}

export interface OpenInput {
  readonly registry: Registry;
  /** What the journal is kept under: a release, or the command if it is not about a release. */
  readonly version: string;
  readonly command: JournalBegin['command'];
  /** A run that only looks is in nobody's way. */
  readonly dryRun: boolean;
  readonly journals: JournalStore;
  /** Left out by a run that moves no tags. */
  readonly evidence?: RunEvidence;
  readonly waitMs: number;
}

/**
 * @throws {InputError} JOURNAL_INVALID for a journal found there that was altered
 * @throws {OutsideError} RUN_IN_PROGRESS if another process is at work on it
 */
export async function openRepository(input: OpenInput, world: MoveWorld): Promise<OpenRepository> {
  const { registry, version, journals, waitMs } = input;
  const now = (): string => formatInstant(world.clock.nowMs());
  const name = formatRepository(registry.repository);
  const found = await journals.find(registry.repository, version);
  const running = found.find((file) => file.inUse);
  if (running !== undefined && !input.dryRun) throw runInProgress(name, version, running);
  const unfinished = found
    .filter((file) => !file.inUse)
    .flatMap((file) => usableRun(file, name))
    .filter(({ state }) => !state.finished);
  const last = unfinished.at(-1);
  if (last !== undefined) world.say(resumeText(last.file, last.state, input.dryRun));
  const mover = input.evidence === undefined ? {} : { mover: input.evidence.mover };
  const journal = runJournal({ ...input, ...mover, now, repository: registry.repository }, last?.file ?? null);
  return {
    world,
    registry,
    name,
    past: {
      pushing: new Set(unfinished.flatMap(({ state }) => [...state.pushing])),
      digests: new Map(unfinished.flatMap(({ state }) => [...state.digests])),
      unstated: unfinished.flatMap((run) => (run === last ? [] : run.state.unstated)),
    },
    inspect: createInspector(registry, world.signal),
    journal,
    evidence: input.evidence ?? null,
    waitMs,
    finishPast: async () => {
      for (const { file } of unfinished) {
        if (file === last?.file) continue;
        const writer = await journals.resume(file);
        await writer.append({ step: 'finished', at: now(), by: journal.path() ?? name });
        await writer.close();
      }
    },
  };
}

interface Run {
  readonly file: JournalFile;
  readonly state: JournalState;
}

/** A journal of another repository that lies here is none of ours. */
function usableRun(file: JournalFile, repository: string): Run[] {
  if (file.entries.length === 0) return [];
  const read = readJournal(file.entries, file.path);
  if (!read.ok) throw new InputError(read.problems);
  return read.value.begin.repository === repository ? [{ file, state: read.value }] : [];
}

function resumeText(file: JournalFile, state: JournalState, dryRun: boolean): string {
  const moved = state.moves.filter((move) => move.done).length;
  const open = state.pushing.size === 0 ? '' : `, ${count(state.pushing.size, 'push', 'pushes')} not seen to end`;
  const torn = file.torn ? '; its last line was cut off and is left out' : '';
  const why = state.stopped === null ? 'it was cut off' : `it stopped: ${state.stopped}`;
  const verb = dryRun ? 'would go on with' : 'going on with';
  return `${verb} ${file.path} of ${state.begin.at} (${why}): ${count(state.digests.size, 'pinned tag')} recorded${open}, ${count(moved, 'move')} done${torn}`;
}
