/** A file of statements that a run may not add to stops it before its first PUT. */
import { generateKeyPairSync } from 'node:crypto';
import { chmod, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createMemoryJournals } from '../../../src/adapters/journal/memory-journals.ts';
import { startMemoryRegistry, type MemoryRegistry } from '../../../src/adapters/memory-registry/memory-registry.ts';
import { applyCommand } from '../../../src/commands/apply.ts';
import { yankCommand } from '../../../src/commands/yank.ts';
import type { PublishOptions } from '../../../src/commands/publish/index.ts';
import type { World } from '../../../src/commands/world.ts';
import { InputError } from '../../../src/domain/errors.ts';
import { daily } from '../../support/history.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { fourCells, publish, publishOptions, publishWorld, type Published } from '../../support/publish-world.ts';

let registry: MemoryRegistry;
let count = 0;
beforeAll(async () => {
  registry = await startMemoryRegistry();
});
afterAll(() => registry.close());

const facts = daily('1.0.0', '1.0.1', '1.0.2');
const oneCell = { ...fourCells, pythons: ['3.10'], flavors: { standard: { dockerfile: 'Dockerfile' } } };

interface Scene {
  readonly folder: string;
  readonly file: string;
  readonly repository: string;
  readonly world: World & { readonly said: string[] };
  readonly publish: (version: string, more?: Partial<PublishOptions>) => Promise<Published>;
  readonly tags: () => ReadonlyMap<string, string>;
}

async function scene(): Promise<Scene> {
  const path = `ready/app-${(count += 1)}`;
  const repository = `${registry.host}/${path}`;
  const folder = await tempFolder();
  const journals = createMemoryJournals();
  const world = { ...publishWorld({ config: oneCell, facts }), journals: () => journals };
  return {
    folder,
    file: join(folder, registry.host.replace(':', '_'), path, 'evidence.jsonl'),
    repository,
    world,
    publish: (version, more = {}) =>
      publish(publishOptions(version, repository, folder, { at: version, ...more }), world),
    tags: () => new Map(registry.tags(path)),
  };
}

async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  throw new Error('it was not refused');
}

/** Refused, and no tag is other than before. */
async function refusedRun({ publish: run, tags }: Scene, more: Partial<PublishOptions> = {}): Promise<string> {
  const before = tags();
  const said = await refusal(run('1.0.1', more));
  expect(tags()).toEqual(before);
  return said;
}

async function keys(): Promise<{ readonly signKey: string; readonly pub: string }> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const folder = await tempFolder({
    'evidence.key': privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    'evidence.pub': publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  });
  await chmod(join(folder, 'evidence.key'), 0o600);
  return { signKey: join(folder, 'evidence.key'), pub: join(folder, 'evidence.pub') };
}

describe('nothing moves', () => {
  test('where a statement in the file was changed', async () => {
    const one = await scene();
    await one.publish('1.0.0');
    const text = await readFile(one.file, 'utf8');
    await writeFile(one.file, text.replace('"actor":"', '"actor":"mallory-'));
    const said = await refusedRun(one);
    expect(said).toMatch(
      /^EVIDENCE_INVALID {2}.*evidence\.jsonl: statement 1 in it cannot be trusted: it was changed: /,
    );
    expect(said).toMatch(/Nothing was moved; bring the file back as the last run left it; .* move it away/);
  });

  test('where the file is of another repository', async () => {
    const [one, other] = [await scene(), await scene()];
    await other.publish('1.0.0');
    await mkdir(dirname(one.file), { recursive: true });
    await writeFile(one.file, await readFile(other.file));
    expect(await refusedRun(one)).toContain(`it is of ${other.repository}, and this file is of ${one.repository}`);
  });

  test('where one file is named for several repositories', async () => {
    const [one, other] = [await scene(), await scene()];
    const shared = { evidence: join(one.folder, 'kept.jsonl'), repository: [one.repository, other.repository] };
    expect(await refusedRun(one, shared)).toContain('it is one file, and the image has 2 repositories');
  });

  test('where the file is a link, or a folder, or below a file, and the message says what to do', async () => {
    const one = await scene();
    await mkdir(dirname(one.file), { recursive: true });
    await writeFile(join(one.folder, 'elsewhere'), '');
    await symlink(join(one.folder, 'elsewhere'), one.file);
    expect(await refusedRun(one)).toContain('is a symbolic link; put the file itself in place of the link');
    await rm(one.file);
    await mkdir(one.file);
    expect(await refusedRun(one)).toMatch(/it is a folder; move it away/);
    const evidence = join(one.folder, 'elsewhere');
    expect(await refusedRun(one, { evidence })).toMatch(/elsewhere is not a folder; make it writable, or name another/);
  });

  test('where the file is read-only', async () => {
    const one = await scene();
    await one.publish('1.0.0');
    await chmod(one.folder, 0o755);
    await chmod(one.file, 0o444);
    // Root may write to what is read-only.
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) process.seteuid?.(65_534);
    try {
      expect(await refusedRun(one)).toMatch(/no statement can be written there: .* is read-only for this account/);
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  });

  test('without the key of a file that is signed, or with another key', async () => {
    const [one, { signKey, pub }, other] = [await scene(), await keys(), await keys()];
    await one.publish('1.0.0', { signKey });
    const without = 'its statements are signed, from statement 1 on, and this run has no key. Nothing was moved';
    expect(await refusedRun(one)).toContain(`${without}; give the key with --sign-key, or TAGWRIGHT_SIGN_KEY`);
    const said = await refusedRun(one, { signKey: other.signKey });
    expect(said).toContain('statement 1 in it is signed by another key than --sign-key. Nothing was moved');
    expect(said).toContain('name the public key of the other with --earlier-key');
    // A key that takes the place of another says so once, and from then on each time: both have signed.
    const taking = { signKey: other.signKey, earlierKeys: [pub] };
    expect((await one.publish('1.0.1', taking)).result).toBe('as-planned');
    expect((await one.publish('1.0.2', taking)).result).toBe('as-planned');
    expect((await readFile(one.file, 'utf8')).split('"signatures"')).toHaveLength(4);
  });

  test('where a statement after a signed one has lost its signature', async () => {
    const [one, { signKey }] = [await scene(), await keys()];
    await one.publish('1.0.0', { signKey });
    await one.publish('1.0.1', { signKey });
    const text = await readFile(one.file, 'utf8');
    await writeFile(one.file, text.replace(/,"signatures":\[[^\]]*\]\}\n$/, '}\n'));
    const before = one.tags();
    expect(await refusal(one.publish('1.0.2', { signKey }))).toContain('statement 2 in it is not signed');
    expect(one.tags()).toEqual(before);
  });

  test('by apply and yank either, and the config is as it was', async () => {
    const one = await scene();
    await one.publish('1.0.0');
    await one.publish('1.0.1');
    await one.publish('1.0.2');
    await writeFile(one.file, 'rubbish\n');
    const before = one.tags();
    const files = { write: () => Promise.reject(new Error('the config was written')) };
    const world = { ...one.world, files: () => ({ ...one.world.files('/'), ...files }) };
    const common = { ...publishOptions('', one.repository, one.folder), yes: true, revision: null };
    const wanted = { kind: 'yank', version: '1.0.2', reason: 'it loses state' } as const;
    expect(await refusal(yankCommand({ ...common, wanted }, world))).toContain('line 1 in it cannot be trusted');
    // Without the newest release the tags belong elsewhere.
    const apply = { ...common, at: '1.0.1', plan: null, allowBackward: true };
    expect(await refusal(applyCommand(apply, world))).toContain('line 1 in it cannot be trusted');
    expect(one.tags()).toEqual(before);
    const dry = await applyCommand({ ...apply, dryRun: true }, world);
    expect([dry.result, one.world.said.at(-1)]).toEqual([
      'as-planned',
      expect.stringMatching(/^a run that moves tags would be refused: .*line 1 in it/),
    ]);
  });
});

describe('a run goes on', () => {
  test('after a line that was cut off, and keeps it aside', async () => {
    const one = await scene();
    await one.publish('1.0.0');
    const text = await readFile(one.file, 'utf8');
    await writeFile(one.file, `${text}{"digest":"sha`);
    expect((await one.publish('1.0.1')).result).toBe('as-planned');
    expect(one.world.said).toContainEqual(
      expect.stringMatching(/the last line of .* is cut off, .*evidence\.jsonl\.cut$/),
    );
    expect(await readFile(`${one.file}.cut`, 'utf8')).toBe('{"digest":"sha\n');
    expect((await readFile(one.file, 'utf8')).trimEnd().split('\n')).toHaveLength(2);
  });

  test('after git or an editor changed the ends of lines', async () => {
    const one = await scene();
    await one.publish('1.0.0');
    const text = await readFile(one.file, 'utf8');
    await writeFile(one.file, text.replaceAll('\n', '\r\n'));
    await one.publish('1.0.1');
    await writeFile(one.file, (await readFile(one.file, 'utf8')).trimEnd());
    await one.publish('1.0.2');
    expect((await readFile(one.file, 'utf8')).trimEnd().split(/\r?\n/)).toHaveLength(3);
    await expect(readFile(`${one.file}.cut`)).rejects.toThrow('ENOENT');
  });

  test('after tags that were moved by hand', async () => {
    const one = await scene();
    await one.publish('1.0.0');
    const opened = await one.world.registries([]);
    const at = opened.open({ registry: registry.host, path: one.repository.split('/').slice(1).join('/') });
    const found = await at.manifest('1.0.0-python3.10');
    await one.publish('1.0.1');
    await at.putManifest('1-latest', found!);
    await opened.close();
    const apply = { ...publishOptions('', one.repository, one.folder), yes: true, at: '1.0.1', plan: null };
    expect((await applyCommand(apply, one.world)).result).toBe('as-planned');
    expect((await one.publish('1.0.2')).result).toBe('as-planned');
  });

  test('and says that a first signature vouches for what is before it', async () => {
    const [one, { signKey }] = [await scene(), await keys()];
    await one.publish('1.0.0');
    await one.publish('1.0.1', { signKey });
    const said = /this run puts the first signature behind 1 statement without one, and vouches for it$/;
    expect(one.world.said).toContainEqual(expect.stringMatching(said));
    expect((await readFile(one.file, 'utf8')).split('"signatures"')).toHaveLength(2);
  });
});

describe('nothing moves, where the registry knows better', () => {
  test('and somebody took the signatures out of the file', async () => {
    const [one, { signKey }] = [await scene(), await keys()];
    await one.publish('1.0.0', { signKey });
    const text = await readFile(one.file, 'utf8');
    await writeFile(one.file, text.replace(/,"signatures":\[[^\]]*\]/, ''));
    const said = await refusedRun(one, { signKey });
    expect(said).toMatch(
      /a signed statement that counts for this run is attached to sha256:.*, and no statement in the file is signed/,
    );
    // Another key has signed nothing, and says what it vouches for.
    expect((await one.publish('1.0.1', { signKey: (await keys()).signKey })).result).toBe('as-planned');
  });
});
