/** `audit` and `history` of statements signed without a key: by the identity, with the trust root, and no service. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startMemoryRegistry, type MemoryRegistry } from '../../../src/adapters/memory-registry/memory-registry.ts';
import { daily } from '../../support/history.ts';
import { place } from '../../support/publish-place.ts';
import { fourCells } from '../../support/publish-world.ts';
import { runCli } from '../../support/run-cli.ts';
import { keyPair } from '../../support/sigstore.ts';
import { githubIssuer, sigstoreServices, workflow } from '../../support/sigstore-services.ts';
import { tempFolder } from '../../support/temp-folder.ts';

let registry: MemoryRegistry;
beforeAll(async () => {
  registry = await startMemoryRegistry();
});
afterAll(() => registry.close());

const versions = ['1.0.0', '1.0.1', '1.1.0'] as const;

interface Audited {
  readonly code: number;
  readonly found: readonly string[];
  readonly notes: readonly string[];
  readonly stderr: string;
}

interface Signed {
  readonly file: string;
  readonly pub: string;
  /** As somebody who has the trust root, and no service to ask. */
  readonly audit: (identity: string, ...more: readonly string[]) => Promise<Audited>;
  readonly history: (identity: string, ...more: readonly string[]) => Promise<string>;
  /** The flags that name somebody. */
  readonly by: (identity: string) => readonly string[];
}

/** Three releases, each published with a signed statement: the first with a key, where asked for. */
async function signed(first: 'key' | 'keyless' = 'keyless'): Promise<Signed> {
  const services = await sigstoreServices();
  const at = await place(registry.host);
  const pair = keyPair();
  const folder = await tempFolder({
    'trusted_root.json': services.trustedRoot,
    'evidence.key': pair.key.export({ type: 'pkcs8', format: 'pem' }).toString(),
    'evidence.pub': pair.pem,
    'releases.json': JSON.stringify(daily(...versions)),
    'matrix.config.json': JSON.stringify({
      ...fourCells,
      repository: at.repository,
      source: { file: 'releases.json' },
    }),
  });
  const [trustRoot, pub] = [join(folder, 'trusted_root.json'), join(folder, 'evidence.pub')];
  const identity = { identities: [workflow], issuer: githubIssuer, trustRoot };
  const keyless = { keyless: { fulcio: services.url, rekor: services.url }, identity, evidence: folder };
  for (const [index, version] of versions.entries()) {
    const byKey = { signKey: join(folder, 'evidence.key'), evidence: folder };
    const signing =
      index === 0 && first === 'key' ? byKey : { ...keyless, ...(first === 'key' ? { earlierKeys: [pub] } : {}) };
    const facts = daily(...versions.slice(0, index + 1));
    await at.publish(version, { facts, env: services.githubEnv }, signing);
  }
  await services.close();
  const file = join(folder, `${registry.host.replaceAll(':', '_')}/${at.path}/evidence.jsonl`);
  const by = (name: string): string[] => {
    return ['--evidence-identity', name, '--evidence-issuer', githubIssuer, '--trust-root', trustRoot];
  };
  return {
    file,
    pub,
    by,
    audit: async (name, ...more) => {
      const args = [
        'audit',
        '--evidence',
        folder,
        ...by(name),
        '--config',
        join(folder, 'matrix.config.json'),
        '--json',
      ];
      const { code, stdout, stderr } = await runCli([...args, ...more]);
      const { findings, notes }: { findings: { kind: string; tag: string; because: string }[]; notes: string[] } =
        JSON.parse(stdout);
      const found = findings.filter(({ tag }) => tag.startsWith('statement ') || tag.startsWith('attached'));
      return { code, found: found.map(({ kind, tag, because }) => `${kind} ${tag}: ${because}`), notes, stderr };
    },
    history: async (name, ...more) =>
      (await runCli(['history', '1-latest', '--evidence', file, ...by(name), ...more])).stdout,
  };
}

describe('statements signed without a key', () => {
  test('by an identity that counts are right, and verified', async () => {
    const at = await signed();
    expect(await at.audit(workflow)).toEqual({ code: 0, found: [], notes: [], stderr: '' });
    expect(await at.history('https://github.com/acme/app/.github/workflows/*')).toContain(
      'statement    3, signature verified',
    );
  });

  test('by another identity are foreign, with the name of whoever signed', async () => {
    const at = await signed();
    const other = 'https://github.com/acme/app/.github/workflows/other.yml@*';
    const { code, found } = await at.audit(other);
    expect([code, found.map((text) => text.slice(0, 19))]).toEqual([
      1,
      ['foreign statement 1', 'foreign statement 2', 'foreign statement 3'],
    ]);
    expect(found[0]).toContain(`it is by ${workflow}, not by ${other}`);
    expect(await at.history(other)).not.toContain('verified');
  });

  test('by anybody count with a warning, in audit and history', async () => {
    const at = await signed();
    const says = `--evidence-identity '*' accepts whoever has a certificate of ${githubIssuer}, strangers too: name the workflow or the person who may sign\n`;
    for (const any of ['*', '**', '*@*']) {
      expect(await at.audit(any)).toMatchObject({ code: 0, found: [], stderr: says.replace("'*'", `'${any}'`) });
      expect(await at.history(any)).toContain('signature verified');
    }
    const asked = ['--evidence', at.file, ...at.by('*')];
    expect((await runCli(['history', ...asked])).stderr).toBe(says);
    expect((await runCli(['history', ...asked, '--evidence-identity', workflow, '--json'])).stderr).toBe(says);
    expect((await at.audit('https://github.com/acme/*')).stderr).toBe('');
  });

  test('without a checked identity are signed, and not checked', async () => {
    const at = await signed();
    const { stdout } = await runCli(['history', '1-latest', '--evidence', at.file]);
    expect(stdout).toContain(
      '3 of 3 statements are signed and not checked: give the public key with --evidence-key, or',
    );
    const byKey = await runCli(['history', '--evidence', at.file, '--evidence-key', at.pub, '--json']);
    expect([byKey.code, byKey.stdout]).toEqual([
      1,
      expect.stringContaining('it is signed without a key, and a key counts'),
    ]);
  });

  test('whose entry in the log was taken out do not count', async () => {
    const at = await signed();
    const [first = '', ...others] = (await readFile(at.file, 'utf8')).trimEnd().split('\n');
    const cut = first.replace(/"tlogEntries":\[.*\]\}\}\]\}$/, '"tlogEntries":[]}}]}');
    expect(cut).not.toBe(first);
    await writeFile(at.file, `${[cut, ...others].join('\n')}\n`);
    const { found } = await at.audit(workflow);
    expect(found).toContainEqual(
      expect.stringMatching(/^foreign statement 1: .*: its entry in the transparency log is missing or wrong: /),
    );
    expect(found).toHaveLength(2);
  });

  test('that are missing in the file, or in the registry, are found', async () => {
    const cut = await signed();
    const lines = (await readFile(cut.file, 'utf8')).trimEnd().split('\n');
    await writeFile(cut.file, `${lines.slice(0, 2).join('\n')}\n`);
    expect((await cut.audit(workflow)).found).toContainEqual(
      expect.stringMatching(/^altered statement 3: .*a signed statement of publish 1\.1\.0 .* is not in the file$/),
    );
    const bare = await signed();
    const text = await readFile(bare.file, 'utf8');
    await writeFile(bare.file, text.replace(/,"signatures":\[\{"keyid".*\]\}$/m, '}'));
    expect((await bare.audit(workflow)).found).toContainEqual(
      expect.stringMatching(/^altered statement 1: .*it is signed in the registry, and its line has no signature$/),
    );
  });

  test('after one with a key count together, if both are named', async () => {
    const at = await signed('key');
    expect(await at.audit(workflow, '--evidence-key', at.pub)).toEqual({ code: 0, found: [], notes: [], stderr: '' });
    expect((await at.audit(workflow)).found).toContainEqual(
      expect.stringMatching(/^foreign statement 1: .*: it is signed with a key, and an identity counts$/),
    );
  });
});
