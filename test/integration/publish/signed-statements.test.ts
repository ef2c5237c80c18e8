/** Signed statements of moves in a real registry, verified by cosign, and by an audit, with a key or by identity, and no internet. */
import { generateKeyPairSync } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { movesPredicate } from '../../../src/evidence/statement.ts';
import { builtCli } from '../../support/built-cli.ts';
import { daily } from '../../support/history.ts';
import { place } from '../../support/publish-place.ts';
import { fourCells } from '../../support/publish-world.ts';
import { runCli, type CliRun } from '../../support/run-cli.ts';
import { githubIssuer, sigstoreServices, workflow } from '../../support/sigstore-services.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const host = inject('registryHost');
const passphrase = 'only for tests';

interface Keys {
  readonly folder: string;
  readonly key: string;
  readonly pub: string;
}

async function keys(): Promise<Keys> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const folder = await tempFolder({
    'evidence.key': privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase }).toString(),
    'evidence.pub': publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  });
  return { folder, key: join(folder, 'evidence.key'), pub: join(folder, 'evidence.pub') };
}

describe('a publish with --sign-key', () => {
  test('attaches its statement to every image that tags move to: cosign and an audit accept it', async () => {
    const at = await place(host);
    const { folder, key, pub } = await keys();
    const env = { TAGWRIGHT_SIGN_PASSPHRASE: passphrase };
    const signing = { signKey: key, evidence: folder };
    await at.publish('1.0.0', { facts: daily('1.0.0'), env }, signing);
    await at.publish('1.0.1', { env }, signing);
    const tags = await at.tags();

    const insecure = '--insecure-ignore-tlog=true';
    const tag = `${at.repository}:1-latest`;
    const verified = await execa(
      'cosign',
      ['verify-attestation', '--key', pub, '--type', movesPredicate, insecure, '--allow-insecure-registry', tag],
      { env: { HOME: folder }, reject: false },
    );
    expect({ failed: verified.failed, said: verified.failed ? verified.stderr : '' }).toEqual({
      failed: false,
      said: '',
    });
    const [line = ''] = verified.stdout.split('\n');
    const { payload }: { payload: string } = JSON.parse(line);
    const statement: { predicate: { release: string; moves: { tag: string; to: { digest: string } }[] } } = JSON.parse(
      Buffer.from(payload, 'base64').toString(),
    );
    expect(statement.predicate.release).toBe('1.0.1');
    expect(statement.predicate.moves.find(({ tag }) => tag === '1-latest')?.to.digest).toBe(tags['1-latest']);

    const config = { ...fourCells, repository: at.repository, source: { file: 'releases.json' } };
    await writeFile(join(folder, 'matrix.config.json'), JSON.stringify(config));
    await writeFile(join(folder, 'releases.json'), JSON.stringify(daily('1.0.0', '1.0.1')));
    const audit = (publicKey: string): Promise<CliRun> => {
      const statements = ['--evidence', folder, '--evidence-key', publicKey];
      return runCli(['audit', ...statements, '--config', join(folder, 'matrix.config.json'), '--json']);
    };
    expect(await kindsOf(audit(pub))).toEqual([]);
    // By another key every one of them is somebody else's.
    const other = await keys();
    expect(await kindsOf(audit(other.pub))).toEqual(['foreign statement 1', 'foreign statement 2']);

    // Whoever can write the file can write the whole chain anew, but not sign it.
    const file = join(folder, `${host.replaceAll(':', '_')}/${at.path}/evidence.jsonl`);
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replaceAll(/,"signatures":\[[^\]]*\]/g, ''));
    expect(await kindsOf(audit(pub))).toEqual(['foreign statement 1', 'foreign statement 2']);
  });
});

describe('a publish with --sign-keyless', () => {
  test('attaches its statement with a certificate and an entry of the log: cosign and an audit accept it', async () => {
    const services = await sigstoreServices();
    onTestFinished(() => services.close());
    const at = await place(host);
    const folder = await tempFolder({ 'trusted_root.json': services.trustedRoot });
    const trustRoot = join(folder, 'trusted_root.json');
    const identity = { identities: [workflow], issuer: githubIssuer, trustRoot };
    const keyless = { fulcio: services.url, rekor: services.url };
    const signing = { keyless, identity, evidence: folder };
    const env = services.githubEnv;
    await at.publish('1.0.0', { facts: daily('1.0.0'), env }, signing);
    await at.publish('1.0.1', { env }, signing);

    const tag = `${at.repository}:1-latest`;
    const issuer = ['--certificate-oidc-issuer', githubIssuer];
    const type = ['--type', movesPredicate, '--allow-insecure-registry'];
    const cosign = (name: string, root = trustRoot): Promise<{ failed: boolean; said: string }> =>
      cosignVerify(folder, ['--certificate-identity', name, '--trusted-root', root, ...issuer, ...type, tag]);
    expect(await cosign(workflow)).toEqual({ failed: false, said: '' });
    expect(await cosign(workflow.replace('v1.0.0', 'v1.0.1'))).toEqual({
      failed: true,
      said: expect.stringContaining('expected SAN value'),
    });
    // The authority alone does not count: certificate and entry are looked at too.
    for (const [part, said] of [
      ['tlogs', 'failed to verify log inclusion'],
      ['ctlogs', 'failed to verify signed certificate timestamp'],
    ] as const) {
      const root = join(folder, `without-${part}.json`);
      const other = await sigstoreServices();
      onTestFinished(() => other.close());
      const foreign: Record<string, unknown> = JSON.parse(other.trustedRoot);
      await writeFile(root, JSON.stringify({ ...JSON.parse(services.trustedRoot), [part]: foreign[part] }));
      expect(await cosign(workflow, root)).toEqual({ failed: true, said: expect.stringContaining(said) });
    }

    const config = { ...fourCells, repository: at.repository, source: { file: 'releases.json' } };
    await writeFile(join(folder, 'matrix.config.json'), JSON.stringify(config));
    await writeFile(join(folder, 'releases.json'), JSON.stringify(daily('1.0.0', '1.0.1')));
    const audit = (name: string): Promise<CliRun> => {
      const by = ['--evidence-identity', name, '--evidence-issuer', githubIssuer, '--trust-root', trustRoot];
      const args = ['audit', '--evidence', folder, ...by, '--config', join(folder, 'matrix.config.json'), '--json'];
      return runCli(args);
    };
    expect(await kindsOf(audit('https://github.com/acme/app/*'))).toEqual([]);
    expect(await kindsOf(audit('https://github.com/mallory/*'))).toEqual([
      'foreign statement 1',
      'foreign statement 2',
    ]);
  });
});

test('the built command line signs without a key, and audits by identity', async () => {
  const services = await sigstoreServices();
  onTestFinished(() => services.close());
  const path = builtCli();
  const at = await place(host);
  const folder = await tempFolder({
    'trusted_root.json': services.trustedRoot,
    'releases.json': JSON.stringify(daily('1.0.0')),
    'matrix.config.json': JSON.stringify({
      ...fourCells,
      pythons: ['3.10'],
      flavors: { standard: { dockerfile: 'Dockerfile' } },
      repository: at.repository,
      source: { file: 'releases.json' },
    }),
    Dockerfile: 'FROM scratch\n',
  });
  const env = {
    ...services.githubEnv,
    TAGWRIGHT_CONFIG: 'matrix.config.json',
    TAGWRIGHT_EVIDENCE: 'evidence',
    TAGWRIGHT_EVIDENCE_IDENTITY: workflow.replace(/@.*$/, '@refs/tags/*'),
    TAGWRIGHT_EVIDENCE_ISSUER: githubIssuer,
    TAGWRIGHT_TRUST_ROOT: 'trusted_root.json',
  };
  const keyless = {
    TAGWRIGHT_SIGN_KEYLESS: 'true',
    TAGWRIGHT_FULCIO_URL: services.url,
    TAGWRIGHT_REKOR_URL: services.url,
  };
  const run = (args: readonly string[], more = {}): Promise<{ exitCode?: number | undefined; stderr: string }> =>
    execa(process.execPath, [path, ...args], { cwd: folder, env: { ...env, ...more }, reject: false });
  const published = await run(
    ['publish', '1.0.0', '--builder', 'stand-in', '--from-working-tree', '--verbose'],
    keyless,
  );
  expect([published.exitCode, published.stderr]).toEqual([0, expect.stringContaining(', signed, and attached to ')]);
  for (const secret of services.secrets) expect(published.stderr).not.toContain(secret);
  expect((await run(['audit'])).exitCode).toBe(0);
  expect((await run(['audit'], { TAGWRIGHT_EVIDENCE_ISSUER: 'https://gitlab.com' })).exitCode).toBe(1);
});

async function cosignVerify(home: string, args: readonly string[]): Promise<{ failed: boolean; said: string }> {
  const { failed, stderr } = await execa('cosign', ['verify-attestation', ...args], {
    env: { HOME: home },
    reject: false,
  });
  return { failed, said: failed ? stderr : '' };
}

async function kindsOf(run: Promise<CliRun>): Promise<readonly string[]> {
  const { stdout } = await run;
  const { findings }: { findings: readonly { kind: string; tag: string }[] } = JSON.parse(stdout);
  return findings.flatMap(({ kind, tag }) =>
    ['altered', 'foreign', 'unexplained'].includes(kind) ? [`${kind} ${tag}`] : [],
  );
}
