/** `audit --evidence --evidence-key`: the signed statements that are attached to images, compared with the file. */
import { generateKeyPairSync } from 'node:crypto';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startMemoryRegistry, type MemoryRegistry } from '../../../src/adapters/memory-registry/memory-registry.ts';
import { createStatementSigner } from '../../../src/adapters/sigstore/statement-key.ts';
import type { Digest } from '../../../src/domain/digest.ts';
import { evidenceLine } from '../../../src/evidence/lines.ts';
import { subjectsOf, type MovesStatement } from '../../../src/evidence/statement.ts';
import { digestNamed } from '../../support/digests.ts';
import { daily } from '../../support/history.ts';
import { place, put, type Place } from '../../support/publish-place.ts';
import { fourCells } from '../../support/publish-world.ts';
import { runCli } from '../../support/run-cli.ts';
import { tempFolder } from '../../support/temp-folder.ts';

let registry: MemoryRegistry;
beforeAll(async () => {
  registry = await startMemoryRegistry();
});
afterAll(() => registry.close());

const versions = ['1.0.0', '1.0.1', '1.1.0'] as const;
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const privatePem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const signer = createStatementSigner({ pem: privatePem, file: 'evidence.key' }, undefined);

interface Signed extends Place {
  readonly folder: string;
  /** Of the statements. */
  readonly file: string;
  /** Where tags were after each publish. */
  readonly states: readonly Record<string, string>[];
  readonly lines: () => Promise<readonly string[]>;
  /** `altered statement 3: …`, and the exit code. */
  readonly audit: (...more: readonly string[]) => Promise<Audited>;
}

interface Audited {
  readonly code: number;
  readonly found: readonly string[];
  readonly notes: readonly string[];
}

/** Three releases, each published with a signed statement. */
async function signed(): Promise<Signed> {
  const at = await place(registry.host);
  const config = { ...fourCells, repository: at.repository, source: { file: 'releases.json' } };
  const folder = await tempFolder({
    'evidence.key': privatePem,
    'evidence.pub': publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    'matrix.config.json': JSON.stringify(config),
    'releases.json': JSON.stringify(daily(...versions)),
  });
  const signing = { signKey: join(folder, 'evidence.key'), evidence: folder };
  const states: Record<string, string>[] = [];
  for (const [index, version] of versions.entries()) {
    await at.publish(version, { facts: daily(...versions.slice(0, index + 1)) }, signing);
    states.push(await at.tags());
  }
  const file = join(folder, `${registry.host.replaceAll(':', '_')}/${at.path}/evidence.jsonl`);
  const audit = async (...more: readonly string[]): Promise<Audited> => {
    const statements = ['--evidence', folder, '--evidence-key', join(folder, 'evidence.pub')];
    const args = ['audit', ...statements, '--config', join(folder, 'matrix.config.json'), '--json', ...more];
    const { code, stdout } = await runCli(args);
    const report: { findings: { kind: string; tag: string; because: string }[]; notes: string[] } = JSON.parse(stdout);
    const found = report.findings.filter(({ tag }) => tag.startsWith('statement ') || tag.startsWith('attached'));
    return { code, found: found.map(({ kind, tag, because }) => `${kind} ${tag}: ${because}`), notes: report.notes };
  };
  const lines = async (): Promise<readonly string[]> => (await readFile(file, 'utf8')).trimEnd().split('\n');
  return { ...at, folder, file, states, lines, audit };
}

const places = ({ found }: Audited): readonly string[] => found.map((text) => text.slice(0, text.indexOf(':')));

/** The chain written anew by somebody without the key, and signed on top by the next honest run. */
function forged(lines: readonly string[]): string {
  let previous: Digest | null = null;
  const own = lines.map((line, index) => {
    const { statement }: { statement: MovesStatement } = JSON.parse(line);
    const isLast = index === lines.length - 1;
    const actor = isLast ? statement.predicate.actor : 'nobody to blame';
    const text = JSON.stringify({ ...statement, predicate: { ...statement.predicate, previous, actor } });
    previous = digestNamed(text);
    return evidenceLine(text, previous, isLast ? signer.sign(text) : null);
  });
  return `${own.join('\n')}\n`;
}

describe('signed statements that are attached to images', () => {
  test('that nobody touched are right', async () => {
    expect(await (await signed()).audit()).toEqual({ code: 0, found: [], notes: [] });
  });

  test('by any of several keys count', async () => {
    const at = await signed();
    const { publicKey: next } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    const path = join(at.folder, 'next.pub');
    await writeFile(path, next.export({ type: 'spki', format: 'pem' }).toString());
    expect(await at.audit('--evidence-key', path)).toEqual({ code: 0, found: [], notes: [] });
  });

  test('are said to be not checked without a key', async () => {
    const at = await signed();
    const args = ['audit', '--evidence', at.folder, '--config', join(at.folder, 'matrix.config.json'), '--json'];
    const { notes }: { notes: readonly string[] } = JSON.parse((await runCli(args)).stdout);
    const said =
      '3 of 3 statements are signed and not checked: give the public key with --evidence-key, or the signer with --evidence-identity';
    expect(notes).toEqual([`${at.file}: ${said}`]);
  });

  test('that found a tag moved by hand make a note of it, and no finding', async () => {
    const at = await signed();
    const { digest, statement }: { digest: Digest; statement: MovesStatement } = JSON.parse(
      (await at.lines()).at(-1) ?? '',
    );
    const [left] = statement.predicate.moves;
    if (left === undefined) throw new Error('nothing moved');
    const now = new Date().toISOString();
    const moves = [{ ...left, from: { digest: digestNamed('elsewhere'), release: null, axes: {} }, at: now }];
    const link = { sequence: statement.predicate.sequence + 1, previous: digest };
    const predicate = { ...statement.predicate, ...link, command: 'apply' as const, release: null, at: now, moves };
    const text = JSON.stringify({ ...statement, subject: subjectsOf(at.repository, moves), predicate });
    await appendFile(at.file, `${evidenceLine(text, digestNamed(text), null)}\n`);
    const args = ['audit', '--evidence', at.folder, '--config', join(at.folder, 'matrix.config.json'), '--json'];
    const { code, stdout } = await runCli(args);
    const { notes }: { notes: readonly string[] } = JSON.parse(stdout);
    expect([code, notes.at(-1)]).toEqual([
      0,
      expect.stringContaining(
        `statement 4: ${left.tag} was moved to ${digestNamed('elsewhere')} by nobody that is known`,
      ),
    ]);
    const file = (await runCli(['history', left.tag, '--evidence', at.file])).stdout;
    expect(file).toContain(`1 move without a statement:\n  ${left.tag} was moved to `);
  });

  test('show a file that was cut, with the tags put back', async () => {
    const at = await signed();
    const lines = await at.lines();
    await writeFile(at.file, `${lines.slice(0, 2).join('\n')}\n`);
    for (const [tag, digest] of Object.entries(at.states[1] ?? {})) await put(at, tag, digest);
    const audited = await at.audit();
    expect([audited.code, places(audited)]).toEqual([1, ['altered statement 3']]);
    expect(audited.found[0]).toContain('a signed statement of publish 1.1.0 at ');
    expect(audited.found[0]).toMatch(/is attached to sha256:[0-9a-f]{64} and is not in the file$/);
  });

  test('show a file that was written anew without the key and signed on top by the next run', async () => {
    const at = await signed();
    await writeFile(at.file, forged(await at.lines()));
    const audited = await at.audit();
    expect(audited.code).toBe(1);
    expect(places(audited)).toEqual(expect.arrayContaining(['altered statement 1', 'altered statement 2']));
    expect(audited.found[0]).toContain('is not in the file, which has another statement 1');
  });

  test('show a signature that was taken out of the file', async () => {
    const at = await signed();
    const [first = '', ...others] = await at.lines();
    await writeFile(at.file, `${[first.replace(/,"signatures":.*\]/, ''), ...others].join('\n')}\n`);
    expect((await at.audit()).found).toEqual([
      expect.stringMatching(/^altered statement 1: .*it is signed in the registry, and its line has no signature$/),
    ]);
  });

  test('show a run whose file was lost, and that began with statement 1 again', async () => {
    const at = await signed();
    const { statement }: { statement: MovesStatement } = JSON.parse((await at.lines()).at(-1) ?? '');
    const predicate = { ...statement.predicate, sequence: 1, previous: null, at: new Date().toISOString() };
    const text = JSON.stringify({ ...statement, predicate });
    await writeFile(at.file, `${evidenceLine(text, digestNamed(text), signer.sign(text))}\n`);
    const audited = await at.audit();
    expect(places(audited)).toEqual(
      expect.arrayContaining(['altered statement 1', 'altered statement 2', 'altered statement 3']),
    );
  });

  test('are missed where they were deleted', async () => {
    const at = await signed();
    for (const tag of registry.tags(at.path).keys()) {
      if (!tag.startsWith('sha256-')) continue;
      const answer = await fetch(`http://${at.host}/v2/${at.path}/manifests/${tag}`, { method: 'DELETE' });
      expect(answer.status).toBe(202);
    }
    const audited = await at.audit();
    expect([audited.code, places(audited)]).toEqual([
      1,
      ['altered statement 1', 'altered statement 2', 'altered statement 3'],
    ]);
    expect(audited.found[0]).toContain('it is signed, and no longer attached to sha256:');
  });
});
