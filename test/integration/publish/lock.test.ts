import { execa } from 'execa';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import { OutsideError } from '../../../src/domain/errors.ts';
import { publishCommand } from '../../../src/commands/publish/index.ts';
import { daily } from '../../support/history.ts';
import { place, problemsOf, put, remove, type Place } from '../../support/publish-place.ts';
import { publish, publishOptions, publishWorld, tally } from '../../support/publish-world.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const host = inject('registryHost');
const full = '1.0.1-python3.9';
const dockerfile = 'FROM scratch\nARG PYTHON\n';

/** A repository and the folder of a config of its own, as a publish with `--write-lock` leaves them. */
async function locked(): Promise<{ at: Place; root: string; lock: string }> {
  const [at, root] = [await place(host), await tempFolder({ Dockerfile: dockerfile, 'conda.Dockerfile': dockerfile })];
  await at.publish('1.0.1', { root }, { writeLock: true });
  return { at, root, lock: join(root, 'tags.lock.json') };
}

interface LockText {
  readonly schema: number;
  readonly repository: string;
  readonly releases: readonly {
    readonly version: string;
    readonly cells: readonly {
      readonly python: string;
      readonly flavor: string;
      readonly digest: string;
      readonly platforms: string[];
    }[];
  }[];
}

async function readLock(path: string): Promise<LockText> {
  const text: LockText = JSON.parse(await readFile(path, 'utf8'));
  return text;
}

/** What a lock should hold of some releases, by what the registry says of the full tags. */
async function expectedLock(at: Place, versions: readonly string[]): Promise<LockText> {
  const tags = await at.tags();
  const cells = [
    { python: '3.9', flavor: 'standard', suffix: '' },
    { python: '3.9', flavor: 'conda', suffix: '-conda' },
    { python: '3.10', flavor: 'standard', suffix: '' },
    { python: '3.10', flavor: 'conda', suffix: '-conda' },
  ];
  const releases = versions.map((version) => ({
    version,
    cells: cells.map(({ python, flavor, suffix }) => ({
      python,
      flavor,
      digest: tags[`${version}-python${python}${suffix}`]!,
      platforms: ['linux/amd64', 'linux/arm64'],
    })),
  }));
  return { schema: 1, repository: at.repository, releases };
}

const nothingBuilt = (): never => {
  throw new Error('nothing may be built');
};

describe('a publish writes the lock', () => {
  test('only where there is one, or where it is asked to begin one; a dry run never does', async () => {
    const [at, root] = [
      await place(host),
      await tempFolder({ Dockerfile: dockerfile, 'conda.Dockerfile': dockerfile }),
    ];
    const lock = join(root, 'tags.lock.json');
    await at.publish('1.0.0', { root, facts: daily('1.0.0') });
    await at.publish('1.0.1', { root }, { writeLock: true, dryRun: true });
    expect(existsSync(lock)).toBe(false);
    await at.publish('1.0.0', { root, facts: daily('1.0.0') }, { writeLock: true });
    expect(await readLock(lock)).toEqual(await expectedLock(at, ['1.0.0']));
    await at.publish('1.0.1', { root });
    expect(await readLock(lock)).toEqual(await expectedLock(at, ['1.0.0', '1.0.1']));
    const before = await readFile(lock, 'utf8');
    await at.publish('1.0.1', { root });
    expect(await readFile(lock, 'utf8')).toBe(before);
  });

  test('not of a release that is not out: one cell failed', async () => {
    const [at, root] = [
      await place(host),
      await tempFolder({ Dockerfile: dockerfile, 'conda.Dockerfile': dockerfile }),
    ];
    const standIn = { failing: new Set(['1-0-1_python-3-9_flavor-standard']) };
    expect((await at.publish('1.0.1', { root, standIn }, { writeLock: true })).result).toBe('outside-failed');
    expect(existsSync(join(root, 'tags.lock.json'))).toBe(false);
  });

  test('of the one repository that it names; another image’s is left alone, and is no place to write to', async () => {
    const { at, root, lock } = await locked();
    const [other, before] = [await place(host), await readFile(lock, 'utf8')];
    expect((await other.publish('1.0.1', { root })).result).toBe('as-planned');
    expect(await problemsOf(other.publish('1.0.1', { root }, { writeLock: true }))).toEqual([
      {
        code: 'LOCK_INVALID',
        where: 'tags.lock.json',
        message: `it is the lock of ${at.repository}, and this is ${other.repository}`,
        fix: 'restore the lock of this image from git, or move this file away',
      },
    ]);
    expect(await readFile(lock, 'utf8')).toBe(before);
    const both = publishOptions('1.0.0', [other.repository, at.repository], at.journal);
    await publish(both, publishWorld({ root }));
    expect(await readLock(lock)).toEqual(await expectedLock(at, ['1.0.0', '1.0.1']));
  });

  test('one that cannot be written is told, and the release is out', async () => {
    const { at, root } = await locked();
    const world = publishWorld({ root });
    const files = world.files(root);
    const write = (): Promise<void> =>
      Promise.reject(new OutsideError('FILE_FAILED', 'tags.lock.json cannot be written: EROFS'));
    const outcome = await publishCommand(publishOptions('1.0.0', at.repository, at.journal, { json: false }), {
      ...world,
      files: () => ({ ...files, write }),
    });
    expect(outcome.result).toBe('outside-failed');
    expect(outcome.stdout).toContain('FILE_FAILED  tags.lock.json cannot be written: EROFS');
    expect(Object.keys(await at.tags())).toContain('1.0.0-python3.9');
    expect(tally(await at.publish('1.0.0', { root }))).toEqual({ cells: { there: 4 }, moves: {} });
    expect(await readLock(join(root, 'tags.lock.json'))).toEqual(await expectedLock(at, ['1.0.0', '1.0.1']));
  });
});

describe('a publish reads the lock', () => {
  test('both pinned tags of a cell overwritten by an image with fitting labels: refused, nothing moves', async () => {
    const { at, root } = await locked();
    const other = await place(host);
    await other.publish('1.0.1', { standIn: { reproducible: false } });
    const [tags, theirs] = [await at.tags(), await other.tags()];
    const sha = Object.keys(tags).find((tag) => tag.startsWith('sha-') && tags[tag] === tags[full])!;
    await copyTo(`docker://${other.repository}:${full}`, `docker://${at.repository}:${full}`);
    await put(at, sha, theirs[full]!);
    const before = await at.tags();
    expect(before[full]).toBe(theirs[full]);
    const [problem, ...others] = await problemsOf(at.publish('1.0.1', { root }));
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ code: 'PINNED_CONFLICT', where: at.repository });
    expect(problem?.message).toContain(
      `${full} is ${theirs[full]}, and the lock file recorded ${tags[full]}: both say the same of themselves`,
    );
    expect(await at.tags()).toEqual(before);
    // Without the lock both may be it: the convenience tags still point to the image that was published.
    const [doubt] = await problemsOf(at.publish('1.0.1'));
    expect(doubt?.message).toContain('two images claim to be 1.0.1 (python 3.9, flavor standard)');
    expect(await at.tags()).toEqual(before);
  });

  test('pinned tags that are gone are put back on the image that was published, and nothing is built', async () => {
    const { at, root } = await locked();
    const before = await at.tags();
    for (const tag of Object.keys(before)) {
      if (tag === full || (tag.startsWith('sha-') && before[tag] === before[full])) await remove(at, tag);
    }
    expect(Object.keys(await at.tags()).length).toBe(Object.keys(before).length - 2);
    const again = await at.publish('1.0.1', { root, builder: nothingBuilt });
    expect([again.result, tally(again)]).toEqual(['as-planned', { cells: { copied: 1, there: 3 }, moves: {} }]);
    expect(await at.tags()).toEqual(before);
  });

  test('one that is torn or of another schema stops everything', async () => {
    const { at, root, lock } = await locked();
    const [before, text] = [await at.tags(), await readFile(lock, 'utf8')];
    for (const [bad, message] of [
      [text.slice(0, 100), /expected object/],
      [text.replace('"schema": 1', '"schema": 2'), /expected 1; the file is of another version/],
      [text.replace(/sha256:[0-9a-f]{64}/, 'sha256:1'), /expected sha256:/],
    ] as const) {
      await writeFile(lock, bad);
      const [problem] = await problemsOf(at.publish('1.0.0', { root }));
      expect(problem).toMatchObject({ code: 'LOCK_INVALID', fix: expect.stringContaining('restore it from git') });
      expect(problem?.message).toMatch(message);
    }
    expect(await at.tags()).toEqual(before);
  });
});

async function copyTo(from: string, to: string): Promise<void> {
  const insecure = ['--src-tls-verify=false', '--dest-tls-verify=false', '--preserve-digests', '--all'];
  await execa('skopeo', ['copy', ...insecure, from, to]);
}
