/**
 * Journals on disk: one file a run, `<directory>/<registry>/<repository>/<version>/<run>.jsonl`, appended and flushed line
 * by line. The run's name holds the process that writes it, so that a journal whose process is gone is told from one in use.
 */
import { mkdir, open, readdir, readFile, truncate, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError, OutsideError } from '../../domain/errors.ts';
import type { Repository } from '../../domain/reference.ts';
import type { Clock, JournalFile, JournalStore, JournalWriter } from '../../ports.ts';
import { chainLine, firstSum, readChain } from './chain.ts';
import { processMark, isRunning } from './process-mark.ts';

/** @param directory absolute, or relative to the working directory */
export function createJournalStore(directory: string, clock: Pick<Clock, 'nowMs'>): JournalStore {
  const folderOf = (repository: Repository, version: string): string =>
    join(directory, repository.registry, ...repository.path.split('/'), version.replaceAll(/[^A-Za-z0-9._+-]/g, '_'));

  return {
    find: async (repository, version) => {
      const folder = folderOf(repository, version);
      const names = await listFolder(folder);
      return Promise.all(
        names
          .filter((name) => name.endsWith('.jsonl'))
          .toSorted()
          .map((name) => readFileAt(join(folder, name))),
      );
    },
    read: readFileAt,
    create: async (repository, version) => {
      const folder = folderOf(repository, version);
      const stamp = new Date(clock.nowMs())
        .toISOString()
        .replaceAll(/[-:]/g, '')
        .replace(/\.(?<ms>\d+)Z$/, '$<ms>Z');
      const path = join(folder, `${stamp}-${processMark()}.jsonl`);
      return attempt(path, async () => {
        await mkdir(folder, { recursive: true });
        return writer(path, await open(path, 'ax'), firstSum);
      });
    },
    resume: (file) =>
      attempt(file.path, async () => {
        const chain = readChain(await readFile(file.path, 'utf8'));
        if (chain.torn) await truncate(file.path, chain.wholeBytes);
        return writer(file.path, await open(file.path, 'a'), chain.sum);
      }),
  };
}

async function readFileAt(path: string): Promise<JournalFile> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new InputError([
      {
        code: 'JOURNAL_INVALID',
        where: path,
        message: `cannot be read: ${reasonOf(error)}`,
        mend: 'name a journal of an earlier run',
      },
    ]);
  });
  const chain = readChain(text);
  if (chain.altered !== null) {
    const message = 'was altered: its sum does not fit what stands before it';
    throw new InputError([
      {
        code: 'JOURNAL_INVALID',
        where: `${path}:${chain.altered}`,
        message,
        mend: 'move the file away; the registry itself is read either way',
      },
    ]);
  }
  return { path, entries: chain.entries, torn: chain.torn, inUse: openHere.has(path) || isRunning(path) };
}

/** Journals that this process writes at the moment. */
const openHere = new Set<string>();

function writer(path: string, file: FileHandle, start: string): JournalWriter {
  openHere.add(path);
  let sum = start;
  return {
    path,
    append: (entry) =>
      attempt(path, async () => {
        const next = chainLine(sum, entry);
        await file.appendFile(next.line);
        await file.datasync();
        sum = next.sum;
      }),
    close: async () => {
      openHere.delete(path);
      await file.close();
    },
  };
}

/** A disk that is full or read-only stops the run before the step that was to be recorded. */
async function attempt<T>(path: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    throw new OutsideError(
      'FILE_FAILED',
      `the journal ${path} cannot be written: ${reasonOf(error)}. Nothing is done that is not recorded first`,
      { path },
      { cause: error },
    );
  }
}

async function listFolder(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw new OutsideError(
      'FILE_FAILED',
      `the journals in ${folder} cannot be listed: ${reasonOf(error)}`,
      { folder },
      { cause: error },
    );
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
