/**
 * Statements on disk: `<folder>/<registry>/<repository>/evidence.jsonl`, appended and flushed line by line. A line names
 * the one before it, so two runs may not add one at a time: a file beside it is the lock.
 */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, lstat, open, rename, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { InputError, OutsideError } from '../../domain/errors.ts';
import { isWholeJsonLine } from '../../domain/json.ts';
import type { Repository } from '../../domain/reference.ts';
import type { EvidenceStore } from '../../ports.ts';
import { makeFolder } from '../make-folder.ts';
import { readRegularFile, systemCode, UnreadFile } from '../read-regular-file.ts';

/** A line a publish, a few kB each: decades. */
const maxBytes = 256 * 1_048_576;
/** A lock that nobody has touched for as long was left by a run that was killed. */
const staleMs = 20_000;
/** Signing without a key asks services, which may take longer. */
const defaultTouchMs = 5_000;
const waitMs = 60_000;
/** Who waits longer than this is told for what. */
const patienceMs = 1_000;

export interface EvidenceStoreOptions {
  /** Throws `InputError` for a path that a link leads out of the working directory. */
  readonly keepInside?: (path: string) => Promise<void>;
  readonly say?: (line: string) => void;
  /** How often a lock is touched by the run that holds it. */
  readonly touchMs?: number;
}

/** @param path absolute, or relative to the working directory */
export function createEvidenceStore(
  path: string,
  { keepInside = () => Promise.resolve(), say = () => undefined, touchMs = defaultTouchMs }: EvidenceStoreOptions = {},
): EvidenceStore {
  const pathOf = ({ registry, path: name }: Repository): string =>
    path.endsWith('.jsonl') ? normalize(path) : join(path, safeName(registry), ...name.split('/'), 'evidence.jsonl');
  return {
    pathOf,
    cutPathOf: (repository) => cutPath(pathOf(repository)),
    read: async (repository) => readIfThere(pathOf(repository)),
    ready: async (repository) => {
      const file = pathOf(repository);
      await keepInside(dirname(file));
      await refuseUnwritable(file);
    },
    append: async (repository, make) => {
      const file = pathOf(repository);
      await keepInside(dirname(file));
      await attempt(file, async () => {
        await makeFolder(dirname(file));
        await alone(file, { say, touchMs }, () => appendTo(file, make));
      });
    },
  };
}

/** As journals have it: no name on Windows, or in what a workflow on GitHub uploads, has a colon. */
function safeName(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9._+-]/g, '_');
}

async function appendTo(path: string, make: (text: string) => Promise<string | null>): Promise<void> {
  const text = (await readIfThere(path)) ?? '';
  const last = text.slice(text.lastIndexOf('\n') + 1);
  const cut = isWholeJsonLine(last) ? '' : last;
  const whole = text.slice(0, text.length - cut.length);
  const line = await make(whole);
  if (line === null) return;
  if (cut !== '') await keepCut(cutPath(path), cut);
  const file = await open(path, 'a');
  const wholeBytes = Buffer.byteLength(whole);
  try {
    if (cut !== '') await file.truncate(wholeBytes);
    try {
      await file.appendFile(`${whole === '' || whole.endsWith('\n') ? '' : '\n'}${line}\n`);
      await file.datasync();
    } catch (error) {
      await file.truncate(wholeBytes).catch(() => undefined);
      throw error;
    }
  } finally {
    await file.close();
  }
}

/** Where lines that were cut off are kept, one after the other. */
function cutPath(path: string): string {
  return `${path}.cut`;
}

async function keepCut(path: string, cut: string): Promise<void> {
  // Not through a link: it may lead anywhere.
  const file = await open(path, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | noFollow);
  try {
    await file.appendFile(`${cut}\n`);
    await file.datasync();
  } finally {
    await file.close();
  }
}

/** Windows has no such flag. */
const noFollow = constants.O_NOFOLLOW ?? 0;

/** @throws {InputError} where a line cannot be added, as far as that can be told without adding one */
async function refuseUnwritable(path: string): Promise<void> {
  let folder = dirname(path);
  while (dirname(folder) !== folder && !(await isThere(folder))) folder = dirname(folder);
  if (!(await stat(folder)).isDirectory()) throw unwritable(path, `${folder} is not a folder`);
  await refuseDenied(path, folder, () => access(folder, constants.W_OK | constants.X_OK));
  if (await isThere(path)) await refuseDenied(path, path, async () => (await open(path, 'r+')).close());
}

async function refuseDenied(path: string, at: string, look: () => Promise<void>): Promise<void> {
  try {
    await look();
  } catch (error) {
    throw unwritable(path, `${at} is read-only for this account (${systemCode(error)})`, error);
  }
}

function unwritable(where: string, because: string, cause?: unknown): InputError {
  const message = `no statement can be written there: ${because}`;
  const fix = 'make it writable, or name another folder with --evidence';
  return new InputError([{ code: 'EVIDENCE_INVALID', where, message, fix }], { cause });
}

function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    (error: unknown) => !['ENOENT', 'ENOTDIR'].includes(systemCode(error)),
  );
}

/** @returns `null` where it is not there */
async function readIfThere(path: string): Promise<string | null> {
  const isLink = await lstat(path).then(
    (found) => found.isSymbolicLink(),
    () => false,
  );
  if (isLink) throw invalid(path, 'is a symbolic link', 'put the file itself in place of the link');
  try {
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(await readRegularFile(path, maxBytes));
  } catch (error) {
    if (!(error instanceof UnreadFile)) throw error;
    if (error.kind === 'missing') return null;
    const isOther = error.kind === 'folder' || error.kind === 'special';
    const fix = isOther ? 'move it away, or name another folder with --evidence' : 'name the file that publish wrote';
    throw invalid(path, `cannot be read: ${error.message}`, fix);
  }
}

function invalid(where: string, message: string, fix: string): InputError {
  return new InputError([{ code: 'EVIDENCE_INVALID', where, message, fix }]);
}

/** Locks are kept by name, so that of two runs that find an old one the second finds it gone. */
async function alone(
  path: string,
  { say, touchMs }: Required<Pick<EvidenceStoreOptions, 'say' | 'touchMs'>>,
  work: () => Promise<void>,
): Promise<void> {
  const lock = `${path}.lock`;
  const mark = createHash('sha256').update(`${process.pid} ${Math.random()}`).digest('hex').slice(0, 12);
  for (let waited = 0; ; waited += 50) {
    if (await isTaken(lock)) break;
    const age = await stat(lock).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    if (waited === patienceMs) say(`waiting for ${lock}: another run adds its statement, or was killed while it did`);
    if (age > staleMs) await rename(lock, `${lock}.${mark}`).then(() => rm(`${lock}.${mark}`), unlessGone);
    else if (waited >= waitMs) throw new Error(`another run holds ${lock}; delete that file if no run is at work`);
    else await sleep(50);
  }
  // One that somebody deleted is not missed: the file is added to in any case.
  const touch = (): void => void utimes(lock, new Date(), new Date()).catch(() => undefined);
  const touching = setInterval(touch, touchMs);
  try {
    await work();
  } finally {
    clearInterval(touching);
    await rm(lock, { force: true });
  }
}

async function isTaken(lock: string): Promise<boolean> {
  try {
    await (await open(lock, 'wx')).close();
    return true;
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
    return false;
  }
}

function unlessGone(error: unknown): void {
  if (systemCode(error) !== 'ENOENT') throw error;
}

async function attempt(path: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (error instanceof OutsideError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    const message = `the tags moved, and their statement cannot be written to ${path}: ${reason}. The journal has the moves: run the same command again, and it writes the statement`;
    throw new OutsideError('FILE_FAILED', message, { path }, { cause: error });
  }
}
