/**
 * Journals on disk: one file a run, `<directory>/<registry>/<repository>/<version>/<run>.jsonl`, appended and flushed line
 * by line. The run's name holds the process that writes it, so that a journal whose process is gone is told from one in
 * use; who goes on with one renames it, which no two can.
 */
import { lstat, open, readdir, rename, truncate, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { InputError, OutsideError } from '../../domain/errors.ts';
import type { Repository } from '../../domain/reference.ts';
import type { Clock, JournalFile, JournalStore, JournalWriter } from '../../ports.ts';
import { readRegularFile, UnreadFile } from '../read-regular-file.ts';
import { chainLine, firstSum, readChain } from './chain.ts';
import { processMark, isRunning, startOfName } from './process-mark.ts';
import { makeFolder } from '../make-folder.ts';

/** A line a step of one publish: far more than any has. */
const maxBytes = 67_108_864;

/**
 * @param directory absolute, or relative to the working directory
 * @param keepInside throws `InputError` for a path that a link leads out of the working directory
 */
export function createJournalStore(
  directory: string,
  clock: Pick<Clock, 'nowMs'>,
  keepInside: (path: string) => Promise<void> = () => Promise.resolve(),
): JournalStore {
  // A port's colon is not allowed in names on Windows, nor in what a workflow on GitHub uploads.
  const folderOf = ({ registry, path }: Repository, version: string): string =>
    join(directory, safeName(registry), ...path.split('/'), safeName(version));

  return {
    find: async (repository, version) => {
      const folder = folderOf(repository, version);
      await keepInside(folder);
      const names = (await listFolder(folder)).filter((name) => name.endsWith('.jsonl')).toSorted();
      const found = await Promise.all(names.map((name) => readIfThere(join(folder, name))));
      return found.filter((file) => file !== null);
    },
    read: async (path) => {
      const file = await readIfThere(path);
      if (file !== null) return file;
      throw new InputError([
        {
          code: 'JOURNAL_INVALID',
          where: path,
          message: 'there is no such file',
          fix: 'name a journal of an earlier run',
        },
      ]);
    },
    create: async (repository, version) => {
      const folder = folderOf(repository, version);
      await keepInside(folder);
      const path = join(folder, `${stampOf(clock.nowMs())}-${processMark()}.jsonl`);
      return attempt(path, async () => {
        await makeFolder(folder);
        const file = await open(path, 'ax');
        await flushFolder(folder);
        return writer(path, file, { sum: firstSum, wholeBytes: 0 });
      });
    },
    resume: async (file) => {
      const own = join(dirname(file.path), `${startOfName(basename(file.path))}-${processMark()}.jsonl`);
      if (openHere.has(file.path) || openHere.has(own)) throw takenUp(file.path);
      return attempt(own, async () => {
        await claim(file.path, own);
        const chain = readChain((await readJournal(own)).toString('utf8'));
        if (chain.torn) await truncate(own, chain.wholeBytes);
        return writer(own, await open(own, 'a'), chain);
      });
    },
  };
}

function safeName(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9._+-]/g, '_');
}

/** `20241124T093000123Z`: sorts by time. */
function stampOf(ms: number): string {
  return new Date(ms).toISOString().replaceAll(/[-:.]/g, '');
}

/** Of two processes that would go on with one journal, the second finds that it is gone. */
async function claim(path: string, own: string): Promise<void> {
  try {
    await rename(path, own);
  } catch (error) {
    throw codeOf(error) === 'ENOENT' ? takenUp(path) : error;
  }
  await flushFolder(dirname(own));
}

function takenUp(path: string): OutsideError {
  const message = `the journal ${path} was taken up by another run just now; let it end, then run this again`;
  return new OutsideError('RUN_IN_PROGRESS', message, { journal: path });
}

/** @returns `null` where it is not there */
async function readIfThere(path: string): Promise<JournalFile | null> {
  let bytes: Buffer;
  try {
    bytes = await readJournal(path);
  } catch (error) {
    if (!(error instanceof UnreadFile)) throw error;
    if (error.kind === 'missing') return null;
    if (error.kind === 'folder') throw invalid(path, 'is a folder', 'name a journal in it: a file that ends in .jsonl');
    throw invalid(path, `cannot be read: ${error.message}`);
  }
  const chain = readChain(bytes.toString('utf8'));
  if (chain.altered !== null) {
    throw invalid(`${path}:${chain.altered}`, 'was modified: checksum mismatch');
  }
  return { path, entries: chain.entries, torn: chain.torn, inUse: openHere.has(path) || isRunning(path) };
}

/** One that is a link is none of ours: it may lead anywhere. */
async function readJournal(path: string): Promise<Buffer> {
  const isLink = await lstat(path).then(
    (found) => found.isSymbolicLink(),
    () => false,
  );
  if (isLink) throw invalid(path, 'is a symbolic link');
  return readRegularFile(path, maxBytes);
}

const away = 'move the file away; the registry itself is read either way';

function invalid(where: string, message: string, fix = away): InputError {
  return new InputError([{ code: 'JOURNAL_INVALID', where, message, fix }]);
}

/** Journals that this process writes at the moment. */
const openHere = new Set<string>();

function writer(
  path: string,
  file: FileHandle,
  end: { readonly sum: string; readonly wholeBytes: number },
): JournalWriter {
  openHere.add(path);
  let { sum, wholeBytes } = end;
  let failure: OutsideError | null = null;
  return {
    path,
    append: async (entry) => {
      if (failure !== null) throw failure;
      const next = chainLine(sum, entry);
      try {
        await file.appendFile(next.line);
        await file.datasync();
      } catch (error) {
        // Half a line would spoil what comes after it, should there be room again: it is taken back, and that was the end.
        failure = cannotWrite(path, error);
        await file.truncate(wholeBytes).catch(() => undefined);
        throw failure;
      }
      ({ sum } = next);
      wholeBytes += Buffer.byteLength(next.line);
    },
    close: async () => {
      if (openHere.delete(path)) await file.close();
    },
  };
}

/** A name is on disk only once its folder is; systems that cannot flush a folder do it by themselves. */
async function flushFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A disk that is full or read-only stops the run before the step that was to be recorded. */
async function attempt<T>(path: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    throw error instanceof OutsideError ? error : cannotWrite(path, error);
  }
}

function cannotWrite(path: string, cause: unknown): OutsideError {
  const message = `the journal ${path} cannot be written: ${reasonOf(cause)}. Nothing is done that is not recorded first`;
  return new OutsideError('FILE_FAILED', message, { path }, { cause });
}

async function listFolder(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    const message = `the journals in ${folder} cannot be listed: ${reasonOf(error)}`;
    throw new OutsideError('FILE_FAILED', message, { folder }, { cause: error });
  }
}

function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
