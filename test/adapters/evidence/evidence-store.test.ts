/** The file of statements: appended whole, by one run at a time, and never over somebody else's file. */
import { mkdir, readFile, rm, stat, symlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { createEvidenceStore } from '../../../src/adapters/evidence/evidence-store.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const repository = { registry: 'registry.example:5000', path: 'acme/app' };

describe('a file of statements', () => {
  test('is in a folder for each repository, without a colon, and is added to', async () => {
    const folder = await tempFolder();
    const store = createEvidenceStore(folder);
    expect(await store.read(repository)).toBeNull();
    await store.append(repository, () => Promise.resolve('one'));
    await store.append(repository, (text) => Promise.resolve(text === 'one\n' ? 'two' : 'what was there is not known'));
    await store.append(repository, () => Promise.resolve(null));
    expect(await readFile(join(folder, 'registry.example_5000/acme/app/evidence.jsonl'), 'utf8')).toBe('one\ntwo\n');
    expect(await store.read(repository)).toBe('one\ntwo\n');
  });

  test('may be named itself', async () => {
    const folder = await tempFolder({ 'kept.jsonl': 'one\n' });
    const store = createEvidenceStore(join(folder, 'kept.jsonl'));
    expect([await store.read(repository), store.pathOf(repository)]).toEqual(['one\n', join(folder, 'kept.jsonl')]);
  });

  test('keeps half a line that a kill left aside, and loses nothing', async () => {
    const folder = await tempFolder({ 'kept.jsonl': 'ein Übel\n{"digest":"sha' });
    await createEvidenceStore(join(folder, 'kept.jsonl')).append(repository, () => Promise.resolve('two'));
    expect(await readFile(join(folder, 'kept.jsonl'), 'utf8')).toBe('ein Übel\ntwo\n');
    expect(await readFile(join(folder, 'kept.jsonl.cut'), 'utf8')).toBe('{"digest":"sha\n');
  });

  test('says what it waits for', async () => {
    const folder = await tempFolder({ 'kept.jsonl': '', 'kept.jsonl.lock': '' });
    const said: string[] = [];
    const store = createEvidenceStore(join(folder, 'kept.jsonl'), {
      say: (line) => {
        said.push(line);
        void rm(join(folder, 'kept.jsonl.lock'));
      },
    });
    await store.append(repository, () => Promise.resolve('one'));
    expect(said).toEqual([expect.stringMatching(/^waiting for .*kept\.jsonl\.lock: another run adds its statement/)]);
  });

  test('has one writer at a time: each sees what the one before it wrote', async () => {
    const folder = await tempFolder();
    const count = (text: string): Promise<string> => Promise.resolve(String(text.split('\n').length));
    const stores = Array.from({ length: 12 }, () => createEvidenceStore(folder));
    await Promise.all(stores.map((store) => store.append(repository, count)));
    expect(await stores[0]?.read(repository)).toBe('1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n');
  });

  test('is not held for ever by a run that was killed while it wrote', async () => {
    const folder = await tempFolder({ 'kept.jsonl': '', 'kept.jsonl.lock': '' });
    const minuteAgo = new Date(Date.now() - 60_000);
    await utimes(join(folder, 'kept.jsonl.lock'), minuteAgo, minuteAgo);
    await createEvidenceStore(join(folder, 'kept.jsonl')).append(repository, () => Promise.resolve('one'));
    expect(await readFile(join(folder, 'kept.jsonl'), 'utf8')).toBe('one\n');
  });

  test('is held by a run that takes long, for as long as it works', async () => {
    const folder = await tempFolder({ 'kept.jsonl': '' });
    const store = createEvidenceStore(join(folder, 'kept.jsonl'), { touchMs: 5 });
    const lock = join(folder, 'kept.jsonl.lock');
    await store.append(repository, async () => {
      const minuteAgo = new Date(Date.now() - 60_000);
      await utimes(lock, minuteAgo, minuteAgo);
      await vi.waitFor(async () => expect((await stat(lock)).mtimeMs).toBeGreaterThan(Date.now() - 20_000));
      return 'one';
    });
    expect(await readFile(join(folder, 'kept.jsonl'), 'utf8')).toBe('one\n');
  });

  test('that cannot be written fails with what to do, and the same for a link', async () => {
    const folder = await tempFolder({ file: '', 'other.jsonl': 'not ours\n' });
    const below = createEvidenceStore(join(folder, 'file/below')).append(repository, () => Promise.resolve('one'));
    await expect(below).rejects.toMatchObject({
      code: 'FILE_FAILED',
      message: expect.stringMatching(/the tags moved, .* run the same command again/),
    });
    await mkdir(join(folder, 'linked'));
    await symlink(join(folder, 'other.jsonl'), join(folder, 'linked/kept.jsonl'));
    const store = createEvidenceStore(join(folder, 'linked/kept.jsonl'));
    await expect(store.append(repository, () => Promise.resolve('one'))).rejects.toMatchObject({ code: 'FILE_FAILED' });
    await expect(store.read(repository)).rejects.toMatchObject({ problems: [{ code: 'EVIDENCE_INVALID' }] });
    expect(await readFile(join(folder, 'other.jsonl'), 'utf8')).toBe('not ours\n');
  });

  test('that is a folder is refused by a reader', async () => {
    const folder = await tempFolder({ 'kept.jsonl/other': '' });
    await expect(createEvidenceStore(join(folder, 'kept.jsonl')).read(repository)).rejects.toMatchObject({
      problems: [{ code: 'EVIDENCE_INVALID' }],
    });
  });
});
