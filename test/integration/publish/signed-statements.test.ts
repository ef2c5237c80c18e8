/** Signed statements of moves in a real registry, verified by cosign, and by an audit, with a key and no internet. */
import { generateKeyPairSync } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, inject, test } from 'vitest';
import { movesPredicate } from '../../../src/evidence/statement.ts';
import { daily } from '../../support/history.ts';
import { place } from '../../support/publish-place.ts';
import { fourCells } from '../../support/publish-world.ts';
import { runCli, type CliRun } from '../../support/run-cli.ts';
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

async function kindsOf(run: Promise<CliRun>): Promise<readonly string[]> {
  const { stdout } = await run;
  const { findings }: { findings: readonly { kind: string; tag: string }[] } = JSON.parse(stdout);
  return findings.flatMap(({ kind, tag }) =>
    ['altered', 'foreign', 'unexplained'].includes(kind) ? [`${kind} ${tag}`] : [],
  );
}
