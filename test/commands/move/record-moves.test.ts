/** One statement for each run that moved tags, made from its journal: whole, however the run ended. */
import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createMemoryEvidence } from '../../../src/adapters/evidence/memory-evidence.ts';
import { createMemoryJournals } from '../../../src/adapters/journal/memory-journals.ts';
import { startMemoryRegistry, type MemoryRegistry } from '../../../src/adapters/memory-registry/memory-registry.ts';
import { applyCommand } from '../../../src/commands/apply.ts';
import { rollbackCommand } from '../../../src/commands/rollback.ts';
import type { World } from '../../../src/commands/world.ts';
import { valueAt } from '../../../src/domain/json.ts';
import { parseReferrers, referrersTag } from '../../../src/domain/referrers.ts';
import { OutsideError } from '../../../src/domain/errors.ts';
import { tagEvidence } from '../../../src/evidence/answer.ts';
import { checkEvidence, type CheckedEvidence } from '../../../src/evidence/check.ts';
import { readEvidence } from '../../../src/evidence/lines.ts';
import { movesPredicate, moverOf, predicateAnnotation } from '../../../src/evidence/statement.ts';
import type { EvidenceStore, JournalStore, JournalWriter } from '../../../src/ports.ts';
import { daily } from '../../support/history.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { fourCells, publish, publishOptions, publishWorld, type Published } from '../../support/publish-world.ts';

let registry: MemoryRegistry;
let count = 0;
beforeAll(async () => {
  registry = await startMemoryRegistry();
});
afterAll(() => registry.close());

const facts = daily('1.0.0', '1.0.1');
/** Two Pythons of one flavor. */
const twoCells = { ...fourCells, flavors: { standard: { dockerfile: 'Dockerfile' } } };

interface Scene {
  readonly path: string;
  readonly repository: string;
  readonly journals: JournalStore;
  readonly evidence: EvidenceStore;
  readonly world: (changes?: Partial<World>) => World;
  readonly publish: (version: string, changes?: Partial<World>) => Promise<Published>;
  readonly checked: () => Promise<CheckedEvidence>;
}

function scene(): Scene {
  const path = `record/app-${(count += 1)}`;
  const repository = `${registry.host}/${path}`;
  const journals = createMemoryJournals();
  const evidence = createMemoryEvidence();
  let nowMs = Date.parse('2026-01-01T00:00:00Z');
  const world = (changes: Partial<World> = {}): World => ({
    ...publishWorld({ config: twoCells, facts }),
    journals: () => journals,
    evidence: () => evidence,
    runFacts: () => Promise.resolve({ actor: 'octocat', approver: null, run: null }),
    toolVersion: '1.2.3',
    clock: { nowMs: () => (nowMs += 1000), sleep: () => Promise.resolve() },
    ...changes,
  });
  const at = { registry: registry.host, path };
  return {
    path,
    repository,
    journals,
    evidence,
    world,
    // As of the day it came out: what came later owns the tags today.
    publish: (version, changes) =>
      publish(publishOptions(version, repository, 'journals', { at: version }), world(changes)),
    checked: async () => {
      const text = (await evidence.read(at)) ?? '';
      const read = readEvidence(text, (part) => publishWorld().digestOf(new TextEncoder().encode(part)));
      return checkEvidence(read, { repository, now: nowMs });
    },
  };
}

/** Whether a journal ends, before or after an entry is written. */
interface Kill {
  readonly at: number;
  readonly when: 'before' | 'after';
}

class Killed extends Error {}

interface Killing {
  readonly store: JournalStore;
  /** What each entry was about. */
  readonly steps: readonly unknown[];
}

/** Journals of a process that is killed at one entry. */
function killing(journals: JournalStore, { at, when }: Kill): Killing {
  let entries = 0;
  const steps: unknown[] = [];
  const wrapped = (writer: JournalWriter): JournalWriter => ({
    ...writer,
    append: async (entry) => {
      entries += 1;
      steps.push(entry['step']);
      if (entries > at || (entries === at && when === 'before')) throw new Killed();
      await writer.append(entry);
      if (entries === at) throw new Killed();
    },
  });
  const store: JournalStore = {
    ...journals,
    create: async (...to) => wrapped(await journals.create(...to)),
    resume: async (file) => wrapped(await journals.resume(file)),
  };
  return { store, steps };
}

const movesOf = ({ statements }: CheckedEvidence): readonly (readonly unknown[])[] =>
  statements.map(({ statement }) =>
    statement.predicate.moves
      .map(({ tag, from, to, how }) => [tag, from?.release ?? null, to?.release ?? null, how].join(' '))
      .toSorted(),
  );

/** One signed statement of moves hangs there. */
const onceEach = [['application/vnd.dev.sigstore.bundle.v0.3+json', movesPredicate]];

async function signingKey(): Promise<string> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return join(await tempFolder({ 'evidence.key': key }), 'evidence.key');
}

/** What hangs on each image that the first statement moved a tag to. This registry keeps no lists: they are under tags. */
async function attachedTo({ statements }: CheckedEvidence, path: string, world: World): Promise<unknown[]> {
  const opened = await world.registries([]);
  const reader = opened.open({ registry: registry.host, path });
  const images = new Set(statements[0]?.statement.predicate.moves.flatMap(({ to }) => to?.digest ?? []));
  const lists = await Promise.all([...images].map((image) => reader.manifest(referrersTag(image))));
  await opened.close();
  return lists.map((list) =>
    (parseReferrers(list?.bytes ?? new Uint8Array()) ?? []).map(({ entry }) => [
      entry['artifactType'],
      valueAt(entry, 'annotations', predicateAnnotation),
    ]),
  );
}

describe('a publish', async () => {
  test('writes one statement, with everything that an auditor asks for', async () => {
    const { publish: run, checked, repository, path } = scene();
    await run('1.0.0');
    await run('1.0.1');
    const { statements, faults } = await checked();
    expect(faults).toEqual([]);
    expect(statements.map(({ statement }) => statement.predicate.sequence)).toEqual([1, 2]);
    const { statement } = statements[1]!;
    const latest = registry.tags(path).get('1-latest')!;
    expect(statement.subject).toContainEqual({
      name: `${repository}:1-latest`,
      digest: { sha256: latest.slice('sha256:'.length) },
    });
    const { moves, ...predicate } = statement.predicate;
    expect(predicate).toEqual({
      repository,
      sequence: 2,
      previous: statements[0]?.digest,
      at: expect.stringMatching(/^2026-01-01T00:\d\d:\d\dZ$/),
      command: 'publish',
      release: '1.0.1',
      commit: facts[1]?.revision,
      actor: 'octocat',
      approver: null,
      run: null,
      config: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      tagwright: '1.2.3',
    });
    expect(moves.find(({ tag }) => tag === '1-latest')).toEqual({
      tag: '1-latest',
      from: { digest: expect.any(String), release: '1.0.0', axes: { python: '3.10', flavor: 'standard' } },
      to: { digest: latest, release: '1.0.1', axes: { python: '3.10', flavor: 'standard' } },
      rule: 'latest',
      how: 'moved',
      at: expect.stringMatching(/^2026-01-01T00:\d\d:\d\dZ$/),
    });
  });

  test('that moved nothing writes none', async () => {
    const { publish: run, checked } = scene();
    await run('1.0.0');
    await run('1.0.0');
    expect((await checked()).statements).toHaveLength(1);
  });

  test('killed at any entry of its journal and run again leaves what an undisturbed one leaves', async () => {
    const undisturbed = scene();
    await undisturbed.publish('1.0.0');
    const all = killing(undisturbed.journals, { at: Number.POSITIVE_INFINITY, when: 'before' });
    await undisturbed.publish('1.0.1', { journals: () => all.store });
    const expected = movesOf(await undisturbed.checked());
    // The pushes before them have tests of their own: from the first move on.
    const first = all.steps.indexOf('move') + 1;
    const kills = all.steps
      .slice(first - 1)
      .flatMap((_, index) => [
        { at: first + index, when: 'before' } as const,
        { at: first + index, when: 'after' } as const,
      ]);
    expect(kills.length).toBeGreaterThan(20);
    for (const kill of kills) {
      const { publish: run, checked, journals } = scene();
      await run('1.0.0');
      await expect(run('1.0.1', { journals: () => killing(journals, kill).store })).rejects.toThrow(Killed);
      const again = await run('1.0.1');
      const found = await checked();
      expect([kill, again.result, found.faults, movesOf(found)]).toEqual([kill, 'as-planned', [], expected]);
    }
  }, 120_000);

  test('that signs attaches its statement once to each image, however often it is run', async () => {
    const signKey = await signingKey();
    for (const when of ['before', 'after'] as const) {
      const { repository, world, journals, checked, path } = scene();
      const options = { ...publishOptions('1.0.0', repository, 'journals', { at: '1.0.0' }), signKey };
      const all = killing(createMemoryJournals(), { at: Number.POSITIVE_INFINITY, when });
      const dry = scene();
      await publish({ ...options, repository: [dry.repository] }, dry.world({ journals: () => all.store }));
      // The line is written, and this entry would say that the statement hangs on the images too.
      const at = all.steps.lastIndexOf('evidence') + (when === 'before' ? 1 : 0);
      const killed = world({ journals: () => killing(journals, { at, when }).store });
      await expect(publish(options, killed)).rejects.toThrow(Killed);
      expect((await publish(options, world())).result).toBe('as-planned');
      const found = await checked();
      const signatures = found.statements.map(({ signature }) => signature);
      expect([when, signatures, found.faults]).toEqual([when, ['signed'], []]);
      expect(await attachedTo(found, path, world())).toEqual([onceEach, onceEach]);
    }
  }, 60_000);

  test('whose statement cannot be attached fails after its moves, and the next run attaches it', async () => {
    const { repository, world, checked, path } = scene();
    const options = {
      ...publishOptions('1.0.0', repository, 'journals', { at: '1.0.0' }),
      signKey: await signingKey(),
    };
    const refusing = world();
    const failed = await publish(options, {
      ...refusing,
      registries: async (insecure) => {
        const registries = await refusing.registries(insecure);
        const referrers = (): Promise<never> => Promise.reject(new OutsideError('REGISTRY_UNREACHABLE', 'gone'));
        return { ...registries, open: (at) => ({ ...registries.open(at), referrers }) };
      },
    });
    expect([failed.result, failed.report.repositories[0]?.lags]).toEqual([
      'outside-failed',
      ['REGISTRY_UNREACHABLE  gone'],
    ]);
    expect((await publish(options, world())).result).toBe('as-planned');
    const found = await checked();
    expect([found.statements.length, found.faults]).toEqual([1, []]);
    expect(await attachedTo(found, path, world())).toEqual([onceEach, onceEach]);
  });

  test('with a key that cannot be read moves nothing', async () => {
    const { repository, world, path } = scene();
    const signKey = join(await tempFolder({ 'evidence.key': 'rubbish' }), 'evidence.key');
    const options = { ...publishOptions('1.0.0', repository, 'journals', { at: '1.0.0' }), signKey };
    await expect(publish(options, world())).rejects.toMatchObject({ problems: [{ code: 'CONFIG_INVALID' }] });
    expect(registry.tags(path).size).toBe(0);
  });

  test('whose statement cannot be written fails after its moves, and the next run writes it', async () => {
    const { publish: run, checked, evidence, path } = scene();
    const full: EvidenceStore = {
      ...evidence,
      append: () => Promise.reject(new OutsideError('FILE_FAILED', 'no space left on device')),
    };
    const failed = await run('1.0.0', { evidence: () => full });
    expect([failed.result, failed.report.repositories[0]?.lags]).toEqual([
      'outside-failed',
      ['FILE_FAILED  no space left on device'],
    ]);
    expect(registry.tags(path).has('1-latest')).toBe(true);
    expect((await checked()).statements).toEqual([]);
    expect((await run('1.0.0')).result).toBe('as-planned');
    const { statements, faults } = await checked();
    expect([statements.length, faults]).toEqual([1, []]);
    expect(statements[0]?.statement.predicate.moves.map(({ tag }) => tag)).toContain('1-latest');
  });

  test('names whoever moved a tag, and not the one whose run could say so', async () => {
    const { publish: run, checked, evidence } = scene();
    const full = { ...evidence, append: () => Promise.reject(new OutsideError('FILE_FAILED', 'no space left')) };
    const by = (actor: string) => (): ReturnType<World['runFacts']> =>
      Promise.resolve({ actor, approver: null, run: { ci: 'GitLab CI', id: actor, attempt: null, url: null } });
    await run('1.0.0', { evidence: () => full, runFacts: by('alice') });
    await run('1.0.0', { runFacts: by('bob') });
    await run('1.0.1', { runFacts: by('bob') });
    const told = (await checked()).statements.map(({ statement: { predicate } }) => [
      predicate.actor,
      [...new Set(predicate.moves.map(({ by: mover }) => JSON.stringify(mover)))],
      moverOf(predicate.moves[0]!, predicate).actor,
    ]);
    const alice = JSON.stringify({ actor: 'alice', run: { ci: 'GitLab CI', id: 'alice', attempt: null, url: null } });
    expect(told).toEqual([
      ['bob', [alice], 'alice'],
      ['bob', [undefined], 'bob'],
    ]);
  });

  test('says that a new file knows nothing of tags that were there before', async () => {
    const { publish: run } = scene();
    const said: string[] = [];
    const say = (line: string): void => void said.push(line);
    await run('1.0.0', { say });
    expect(said.filter((line) => line.includes('nothing before'))).toEqual([]);
    const other = createMemoryEvidence();
    await run('1.0.1', { say, evidence: () => other });
    await run('1.0.1', { say, evidence: () => other });
    expect(said.filter((line) => line.includes('nothing before'))).toEqual([
      expect.stringMatching(/is new, and \d+ of these tags were there before: nothing before this statement is known/),
    ]);
  });
});

test('a statement that comes late has its moves in their place: nothing is wrong, and the newest move is the last', async () => {
  const { publish: run, checked, evidence, path, repository, world } = scene();
  const full: EvidenceStore = {
    ...evidence,
    append: () => Promise.reject(new OutsideError('FILE_FAILED', 'no space left')),
  };
  await run('1.0.0', { evidence: () => full });
  await run('1.0.1');
  // With what came out since nothing of it moves any more; what it moved then is told now.
  await publish(publishOptions('1.0.0', repository, 'journals'), world());
  const { statements, faults } = await checked();
  expect([statements.map(({ statement }) => statement.predicate.release), faults]).toEqual([['1.0.1', '1.0.0'], []]);
  const [latest] = tagEvidence(statements, '1-latest', null);
  expect(latest?.moves.map(({ move }) => move.to?.release)).toEqual(['1.0.0', '1.0.1']);
  expect(latest?.moves.at(-1)?.move.to?.digest).toBe(registry.tags(path).get('1-latest'));
});

describe('apply and rollback', () => {
  test('say what they moved, by which command, and for no release', async () => {
    const { publish: run, checked, repository, journals, world } = scene();
    await run('1.0.0');
    await run('1.0.1');
    const [file] = await journals.find(
      { registry: registry.host, path: repository.split('/').slice(1).join('/') },
      '1.0.1',
    );
    const common = { ...publishOptions('', repository, 'journals'), yes: true, only: [] };
    await rollbackCommand({ ...common, file: file?.path ?? '' }, world());
    await applyCommand({ ...common, plan: null }, world());
    const { statements, faults } = await checked();
    expect(faults).toEqual([]);
    expect(
      statements.map(({ statement: { predicate } }) => {
        const latest = predicate.moves.find(({ tag }) => tag === '1-latest');
        return [predicate.command, predicate.release, latest?.from?.release ?? null, latest?.to?.release, latest?.rule];
      }),
    ).toEqual([
      ['publish', '1.0.0', null, '1.0.0', 'latest'],
      ['publish', '1.0.1', '1.0.0', '1.0.1', 'latest'],
      ['rollback', null, '1.0.1', '1.0.0', 'latest'],
      ['apply', null, '1.0.0', '1.0.1', 'latest'],
    ]);
    expect(statements.map(({ statement }) => statement.predicate.undoes)).toEqual([
      undefined,
      undefined,
      { journal: file?.path, command: 'publish', version: '1.0.1', at: expect.stringMatching(/^2026-01-01T00:/) },
      undefined,
    ]);
  });

  test('an apply with nothing to move writes the statement that an earlier one could not', async () => {
    const { publish: run, checked, evidence, repository, world } = scene();
    await run('1.0.0');
    await run('1.0.1');
    const common = { ...publishOptions('', repository, 'journals'), yes: true, only: [], plan: null };
    const full = { ...evidence, append: () => Promise.reject(new OutsideError('FILE_FAILED', 'no space left')) };
    const opened = await world().registries([]);
    const at = opened.open({ registry: registry.host, path: repository.split('/').slice(1).join('/') });
    const old = await at.manifest('1.0.0-python3.10');
    await at.putManifest('1-latest', old!);
    await opened.close();
    const failed = await applyCommand(common, world({ evidence: () => full }));
    expect([failed.result, failed.stdout]).toEqual(['outside-failed', expect.stringContaining('FILE_FAILED')]);
    expect((await checked()).statements).toHaveLength(2);
    expect((await applyCommand(common, world())).result).toBe('as-planned');
    const { statements } = await checked();
    expect(statements[2]?.statement.predicate).toMatchObject({
      command: 'apply',
      moves: [{ tag: '1-latest', how: 'moved' }],
    });
  });
});
