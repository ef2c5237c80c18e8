/** This run's journal in one repository: begun by its first entry, or an unfinished one that this run continues. */
import { OutsideError } from '../../domain/errors.ts';
import type { Repository } from '../../domain/reference.ts';
import { formatRepository } from '../../domain/reference.ts';
import type { JournalFile, JournalStore, JournalWriter } from '../../ports.ts';
import type { JournalBegin, JournalEntry, Mover } from '../../publish/journal.ts';
import { count } from '../../report/words.ts';

/** Opened by its first entry, so that a run with nothing to do leaves none behind. */
export interface RunJournal {
  write(entry: JournalEntry): Promise<void>;
  /** Everything that the file holds by now. */
  entries(): readonly unknown[];
  /** The file, once there is one. */
  path(): string | null;
  /** True once this run has written to it. */
  isBegun(): boolean;
  /** For the person who sees the run end early. */
  leftText(): string;
  close(): Promise<void>;
}

export interface JournalInput {
  readonly journals: JournalStore;
  readonly repository: Repository;
  readonly version: string;
  readonly command: JournalBegin['command'];
  readonly now: () => string;
  /** Whose run it is; left out by one that moves no tags. */
  readonly mover?: () => Promise<Mover>;
}

/** @param resumed the unfinished journal that this run goes on with */
export function runJournal(input: JournalInput, resumed: JournalFile | null): RunJournal {
  let writer: JournalWriter | null = null;
  let path = resumed?.path ?? null;
  let isBegun = false;
  const entries: unknown[] = [...(resumed?.entries ?? [])];
  const done = { push: 0, copy: 0, move: 0 };
  // One line after the other: steps run side by side, and each line carries the sum of those before it.
  let last: Promise<void> = Promise.resolve();
  async function append(entry: JournalEntry): Promise<void> {
    writer ??= resumed === null ? await begin(input, entries) : await goOn(input, resumed, entries);
    ({ path } = writer);
    isBegun = true;
    await writer.append(entry);
    entries.push(entry);
    if (entry.step !== 'evidence' && entry.step in done && 'state' in entry && entry.state === 'done')
      done[entry.step] += 1;
  }
  return {
    write: (entry) => {
      const written = last.then(() => append(entry));
      last = written.catch(() => undefined);
      return written;
    },
    entries: () => entries,
    path: () => path,
    isBegun: () => isBegun,
    leftText: () => {
      const tags = `${count(done.push + done.copy, 'pinned tag')} put and ${count(done.move, 'convenience tag')} moved`;
      return `${tags} before the end, on record in ${path ?? ''}; run the same command again to continue`;
    },
    close: async () => {
      await last;
      await writer?.close();
    },
  };
}

async function goOn(input: JournalInput, resumed: JournalFile, entries: unknown[]): Promise<JournalWriter> {
  const entry: JournalEntry = { step: 'resumed', at: input.now(), ...(await moverIn(input)) };
  const writer = await input.journals.resume(resumed);
  await append(writer, entry);
  entries.push(entry);
  return writer;
}

async function moverIn({ mover }: JournalInput): Promise<{ readonly by?: Mover }> {
  return mover === undefined ? {} : { by: await mover() };
}

async function begin(input: JournalInput, entries: unknown[]): Promise<JournalWriter> {
  const { journals, repository, version, command, now } = input;
  const by = await moverIn(input);
  const writer = await journals.create(repository, version);
  const name = formatRepository(repository);
  const first: JournalEntry = { step: 'begin', schema: 1, command, repository: name, version, at: now(), ...by };
  await append(writer, first);
  entries.push(first);
  // Two that started in one instant saw no journal of each other's: now they do, and the later one gives way.
  const others = await journals.find(repository, version);
  const before = others.find((file) => file.inUse && file.path < writer.path);
  if (before === undefined) return writer;
  await append(writer, { step: 'finished', at: now(), by: before.path });
  await writer.close();
  throw runInProgress(name, version, before);
}

function append(writer: JournalWriter, entry: JournalEntry): Promise<void> {
  return writer.append(entry);
}

/** Another process is at it: the journal it writes says so, and is no longer in use once that process is gone. */
export function runInProgress(repository: string, version: string, { path }: JournalFile): OutsideError {
  const message = `another run on ${repository} (${version}) is at work and writes ${path}; nothing was done. Let it end, then run this again`;
  return new OutsideError('RUN_IN_PROGRESS', message, { repository, version, journal: path });
}
