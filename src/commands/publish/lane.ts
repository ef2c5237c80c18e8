/** One repository of a publish: its registry, what earlier runs recorded of it, and this run's journal. */
import type { Digest } from '../../domain/digest.ts';
import { InputError } from '../../domain/errors.ts';
import { formatRepository } from '../../domain/reference.ts';
import type { JournalFile, JournalStore, JournalWriter, Registry } from '../../ports.ts';
import { createInspector, type Inspector } from './inspector.ts';
import { readJournal, type JournalEntry, type JournalState } from '../../publish/journal.ts';

export interface Lane {
  readonly registry: Registry;
  /** `registry/path`. */
  readonly name: string;
  readonly past: PastRuns;
  readonly inspect: Inspector;
  readonly journal: LaneJournal;
}

/** Evidence of unfinished runs on this repository and version. */
export interface PastRuns {
  readonly unfinished: readonly JournalState[];
  /** Full tags whose push began and may not have ended. */
  readonly pushed: ReadonlySet<string>;
  readonly digests: ReadonlyMap<string, Digest>;
}

/** Opened by its first entry, so that a run with nothing to do leaves none behind. */
export interface LaneJournal {
  write(entry: JournalEntry): Promise<void>;
  /** The file, once there is one. */
  path(): string | null;
  close(): Promise<void>;
}

export interface LaneInput {
  readonly registry: Registry;
  readonly version: string;
  readonly command: 'publish' | 'build' | 'apply' | 'rollback';
  readonly journals: JournalStore;
  readonly now: () => string;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

export async function openLane(input: LaneInput): Promise<Lane> {
  const { registry, version, journals, say } = input;
  const name = formatRepository(registry.repository);
  const found = await journals.find(registry.repository, version);
  const usable = found.filter((file) => !file.inUse).flatMap((file) => usableRun(file, name));
  const unfinished = usable.filter(({ state }) => !state.finished);
  const last = unfinished.at(-1);
  if (last !== undefined) say(resumeText(last.file, last.state));
  return {
    registry,
    name,
    past: {
      unfinished: unfinished.map(({ state }) => state),
      pushed: new Set(unfinished.flatMap(({ state }) => [...state.pushed])),
      digests: new Map(unfinished.flatMap(({ state }) => [...state.digests])),
    },
    inspect: createInspector(registry, input.signal),
    journal: laneJournal(input, name, last?.file ?? null),
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

function resumeText(file: JournalFile, state: JournalState): string {
  const moved = state.moves.filter((move) => move.done).length;
  const torn = file.torn ? '; its last line was cut off and is left out' : '';
  return `resuming ${file.path} of ${state.begin.at}: ${state.digests.size} pinned tags recorded, ${moved} of ${state.moves.length} moves done${torn}`;
}

function laneJournal(input: LaneInput, repository: string, resumed: JournalFile | null): LaneJournal {
  let writer: JournalWriter | null = null;
  async function open(): Promise<JournalWriter> {
    if (resumed !== null) {
      const opened = await input.journals.resume(resumed);
      await opened.append({ step: 'resumed', at: input.now() });
      return opened;
    }
    const opened = await input.journals.create(input.registry.repository, input.version);
    const begin: JournalEntry = {
      step: 'begin',
      schema: 1,
      command: input.command,
      repository,
      version: input.version,
      at: input.now(),
    };
    await opened.append(begin);
    return opened;
  }
  // One line after the other: steps run side by side, and each line carries the sum of those before it.
  let last: Promise<void> = Promise.resolve();
  async function append(entry: JournalEntry): Promise<void> {
    writer ??= await open();
    await writer.append(entry);
  }
  return {
    write: (entry) => {
      const written = last.then(() => append(entry));
      last = written.catch(() => undefined);
      return written;
    },
    path: () => writer?.path ?? resumed?.path ?? null,
    close: async () => {
      await writer?.close();
      writer = null;
    },
  };
}
