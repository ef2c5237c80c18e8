/** One repository of a publish: its registry, what earlier runs recorded of it, and this run's journal. */
import type { Digest } from '../../domain/digest.ts';
import { InputError } from '../../domain/errors.ts';
import { formatRepository } from '../../domain/reference.ts';
import type { JournalFile, JournalStore, Registry } from '../../ports.ts';
import { readJournal, type JournalBegin, type JournalState } from '../../publish/journal.ts';
import { createInspector, type Inspector } from './inspector.ts';
import { laneJournal, runInProgress, type LaneJournal } from './lane-journal.ts';

export interface Lane {
  readonly registry: Registry;
  /** `registry/path`. */
  readonly name: string;
  readonly past: PastRuns;
  readonly inspect: Inspector;
  readonly journal: LaneJournal;
  /** Marks earlier unfinished journals as brought to their end by this run. */
  settlePast(): Promise<void>;
}

/** Evidence of unfinished runs on this repository and version. */
export interface PastRuns {
  /** Full tags whose push began and was not seen to end. */
  readonly pushing: ReadonlySet<string>;
  readonly digests: ReadonlyMap<string, Digest>;
}

export interface LaneInput {
  readonly registry: Registry;
  /** What the journal is kept under: a release, or the command where it is about no release. */
  readonly version: string;
  readonly command: JournalBegin['command'];
  /** A run that only looks is in nobody's way. */
  readonly dryRun: boolean;
  readonly journals: JournalStore;
  readonly now: () => string;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/**
 * @throws {InputError} JOURNAL_INVALID for a journal found there that was altered
 * @throws {OutsideError} RUN_IN_PROGRESS where another process is at it
 */
export async function openLane(input: LaneInput): Promise<Lane> {
  const { registry, version, journals, say, now } = input;
  const name = formatRepository(registry.repository);
  const found = await journals.find(registry.repository, version);
  const running = found.find((file) => file.inUse);
  if (running !== undefined && !input.dryRun) throw runInProgress(name, version, running);
  const unfinished = found
    .filter((file) => !file.inUse)
    .flatMap((file) => usableRun(file, name))
    .filter(({ state }) => !state.finished);
  const last = unfinished.at(-1);
  if (last !== undefined) say(resumeText(last.file, last.state, input.dryRun));
  const journal = laneJournal({ ...input, repository: registry.repository }, last?.file ?? null);
  return {
    registry,
    name,
    past: {
      pushing: new Set(unfinished.flatMap(({ state }) => [...state.pushing])),
      digests: new Map(unfinished.flatMap(({ state }) => [...state.digests])),
    },
    inspect: createInspector(registry, input.signal),
    journal,
    settlePast: async () => {
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
  const open = state.pushing.size === 0 ? '' : `, ${state.pushing.size} pushes not seen to end`;
  const torn = file.torn ? '; its last line was cut off and is left out' : '';
  const why = state.stopped === null ? 'it was cut off' : `it stopped: ${state.stopped}`;
  const verb = dryRun ? 'would go on with' : 'going on with';
  return `${verb} ${file.path} of ${state.begin.at} (${why}): ${state.digests.size} pinned tags recorded${open}, ${moved} moves done${torn}`;
}
