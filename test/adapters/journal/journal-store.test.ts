import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, open, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createJournalStore } from '../../../src/adapters/journal/journal-store.ts';
import { processMark } from '../../../src/adapters/journal/process-mark.ts';
import { InputError } from '../../../src/domain/errors.ts';
import type { JournalStore, JournalWriter } from '../../../src/ports.ts';
import { outsideError } from '../../support/errors.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const repository = { registry: '127.0.0.1:5000', path: 'acme/app' };
const at = Date.parse('2026-01-02T03:04:05.006Z');

async function store(nowMs = () => at): Promise<{ folder: string; journals: JournalStore }> {
  const folder = await tempFolder();
  return { folder, journals: createJournalStore(folder, { nowMs }) };
}

async function written(journals: JournalStore, ...steps: readonly string[]): Promise<string> {
  const writer = await journals.create(repository, '1.2.3');
  for (const step of steps) await writer.append({ step });
  await writer.close();
  return writer.path;
}

/** A journal of a process that is gone, as a kill leaves it. */
async function left(journals: JournalStore, ...steps: readonly string[]): Promise<string> {
  const path = await written(journals, ...steps);
  const gone = path.replace(processMark(), processMark().replace(/-\d+-\d+$/, '-999999999-1'));
  await rename(path, gone);
  return gone;
}

async function inputError(work: Promise<unknown>): Promise<InputError['problems']> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof InputError) return error.problems;
  throw new Error(`expected an InputError, got ${String(error)}`);
}

afterEach(() => vi.restoreAllMocks());

test('a journal that is a pipe is refused at once', async () => {
  const { folder, journals } = await store();
  const path = join(folder, 'pipe.jsonl');
  execFileSync('mkfifo', [path]);
  expect(await inputError(journals.read(path))).toMatchObject([
    { code: 'JOURNAL_INVALID', message: 'cannot be read: it is a pipe, a device or a socket, not a file' },
  ]);
});

describe('a journal on disk', () => {
  test('stands under registry, repository and version, with no colon in its name, and is read back', async () => {
    const { folder, journals } = await store();
    const path = await written(journals, 'begin', 'finished');
    expect(dirname(path)).toBe(join(folder, '127.0.0.1_5000/acme/app/1.2.3'));
    expect(basename(path)).toBe(`20260102T030405006Z-${processMark()}.jsonl`);
    expect(await journals.read(path)).toEqual({
      path,
      entries: [{ step: 'begin' }, { step: 'finished' }],
      torn: false,
      inUse: false,
    });
  });

  test('every entry is in the file when the call returns', async () => {
    const { journals } = await store();
    const writer = await journals.create(repository, '1.2.3');
    for (const step of ['one', 'two', 'three']) {
      await writer.append({ step });
      expect((await readFile(writer.path, 'utf8')).trimEnd().split('\n').at(-1)).toContain(`"step":"${step}"`);
    }
    await writer.close();
  });

  test('those of one version are found, oldest first, and other files are not', async () => {
    let now = at;
    const { folder, journals } = await store(() => now);
    const older = await written(journals, 'begin');
    now += 1;
    const newer = await written(journals, 'begin');
    await writeFile(join(dirname(older), 'notes.txt'), 'mine');
    expect((await journals.find(repository, '1.2.3')).map((file) => file.path)).toEqual([older, newer]);
    expect(await journals.find(repository, '1.2.4')).toEqual([]);
    expect(await journals.find({ ...repository, path: 'acme/other' }, '1.2.3')).toEqual([]);
    expect(await readdir(folder)).toEqual(['127.0.0.1_5000']);
  });

  test('a version cannot name a folder elsewhere', async () => {
    const { folder, journals } = await store();
    const writer = await journals.create(repository, '../../1.0/x');
    await writer.close();
    expect(dirname(writer.path)).toBe(join(folder, '127.0.0.1_5000/acme/app/.._.._1.0_x'));
  });
});

describe('going on with a journal', () => {
  test('keeps its chain, and gives it the name of the process that writes it now', async () => {
    const { journals } = await store();
    const path = await left(journals, 'begin', 'push');
    const writer = await journals.resume(await journals.read(path));
    await writer.append({ step: 'resumed' });
    await writer.close();
    expect(writer.path).toBe(path.replace('-999999999-1', processMark().replace(/^\w+/, '')));
    const [found, ...others] = await journals.find(repository, '1.2.3');
    expect(found).toEqual({
      path: writer.path,
      entries: [{ step: 'begin' }, { step: 'push' }, { step: 'resumed' }],
      torn: false,
      inUse: false,
    });
    expect(others).toEqual([]);
  });

  test('a last line that was cut off is told, left out, and taken away', async () => {
    const { journals } = await store();
    const path = await left(journals, 'begin', 'push');
    await appendFile(path, '{"sum":"0123456789abcdef","ent');
    const found = await journals.read(path);
    expect(found).toEqual({ path, entries: [{ step: 'begin' }, { step: 'push' }], torn: true, inUse: false });
    const writer = await journals.resume(found);
    await writer.append({ step: 'resumed' });
    await writer.close();
    expect((await journals.read(writer.path)).entries).toEqual([
      { step: 'begin' },
      { step: 'push' },
      { step: 'resumed' },
    ]);
  });

  test('only one of two can', async () => {
    const { journals } = await store();
    const found = await journals.read(await left(journals, 'begin'));
    const writer = await journals.resume(found);
    const error = await outsideError(journals.resume(found));
    expect([error.code, error.message]).toEqual([
      'RUN_IN_PROGRESS',
      `the journal ${found.path} was taken up by another run just now; let it end, then run this again`,
    ]);
    await writer.close();
  });
});

describe('whether a journal is in use', () => {
  test('one that this process writes is, until it is closed', async () => {
    const { journals } = await store();
    const writer = await journals.create(repository, '1.2.3');
    expect((await journals.read(writer.path)).inUse).toBe(true);
    await writer.close();
    expect((await journals.read(writer.path)).inUse).toBe(false);
  });

  test('one of another process is, until that process is gone', async () => {
    const { journals } = await store();
    const path = await written(journals, 'begin');
    const child = spawn('sleep', ['60']);
    await once(child, 'spawn');
    const stat = await readFile(`/proc/${child.pid}/stat`, 'utf8');
    const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    const theirs = path.replace(processMark(), processMark().replace(/-\d+-\d+$/, `-${child.pid}-${start}`));
    await rename(path, theirs);
    expect((await journals.read(theirs)).inUse).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect((await journals.read(theirs)).inUse).toBe(false);
  });

  const marks: { name: string; mark: string }[] = [
    { name: 'a process number that was given out again', mark: `${processMark().split('-')[0]}-1-999999999999` },
    { name: 'another machine’s process', mark: 'abcdef-1-0' },
  ];
  test.each(marks)('one of $name is not', async ({ mark }) => {
    const { journals } = await store();
    const path = await written(journals, 'begin');
    const theirs = path.replace(processMark(), mark);
    await rename(path, theirs);
    expect((await journals.read(theirs)).inUse).toBe(false);
  });
});

describe('what cannot be used', () => {
  test('an altered journal is refused, with the line, where it is found and where it is named', async () => {
    const { journals } = await store();
    const path = await left(journals, 'begin', 'push', 'finished');
    await writeFile(path, (await readFile(path, 'utf8')).replace('"push"', '"pull"'));
    const problem = {
      code: 'JOURNAL_INVALID',
      where: `${path}:2`,
      message: 'was modified: checksum mismatch',
      fix: 'move the file away; the registry itself is read either way',
    };
    expect(await inputError(journals.find(repository, '1.2.3'))).toEqual([problem]);
    expect(await inputError(journals.read(path))).toEqual([problem]);
  });

  test('a journal that is not there, or a folder', async () => {
    const { folder, journals } = await store();
    const path = join(folder, 'none.jsonl');
    expect(await inputError(journals.read(path))).toEqual([
      {
        code: 'JOURNAL_INVALID',
        where: path,
        message: 'there is no such file',
        fix: 'name a journal of an earlier run',
      },
    ]);
    expect(await inputError(journals.read(folder))).toEqual([
      {
        code: 'JOURNAL_INVALID',
        where: folder,
        message: 'is a folder',
        fix: 'name a journal in it: a file that ends in .jsonl',
      },
    ]);
  });

  test('a file where the folder should be: nothing can be listed and nothing written', async () => {
    const folder = await tempFolder({ journal: 'a file' });
    const journals = createJournalStore(join(folder, 'journal'), { nowMs: () => at });
    const listing = await outsideError(journals.find(repository, '1.2.3'));
    expect([listing.code, listing.message]).toEqual([
      'FILE_FAILED',
      expect.stringMatching(/^the journals in .*\/journal\/127.* cannot be listed: ENOTDIR/),
    ]);
    const writing = await outsideError(journals.create(repository, '1.2.3'));
    expect([writing.code, writing.message]).toEqual([
      'FILE_FAILED',
      expect.stringMatching(/^the journal .*\.jsonl cannot be written: ENOTDIR.*Nothing is done that is not recorded/),
    ]);
  });
});

describe('a full disk', () => {
  /** The disk takes half of one line, and then nothing. */
  async function fillDisk(writer: JournalWriter): Promise<void> {
    const handle = await open(writer.path, 'a');
    const prototype: typeof handle = Object.getPrototypeOf(handle);
    await handle.close();
    vi.spyOn(prototype, 'appendFile').mockImplementationOnce(async (line) => {
      await writeFile(writer.path, String(line).slice(0, 20), { flag: 'a' });
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    });
  }

  test('stops before the step that was to be recorded, and every one after it, and the journal stays usable', async () => {
    const { journals } = await store();
    const writer = await journals.create(repository, '1.2.3');
    await writer.append({ step: 'begin' });
    await fillDisk(writer);
    for (const step of ['push', 'move']) {
      const error = await outsideError(writer.append({ step }));
      expect([error.code, error.message]).toEqual([
        'FILE_FAILED',
        `the journal ${writer.path} cannot be written: ENOSPC: no space left on device, write. Nothing is done that is not recorded first`,
      ]);
    }
    await writer.close();
    expect(await journals.read(writer.path)).toEqual({
      path: writer.path,
      entries: [{ step: 'begin' }],
      torn: false,
      inUse: false,
    });
  });
});
