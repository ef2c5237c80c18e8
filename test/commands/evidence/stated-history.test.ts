/** `history --evidence` and `audit --evidence` as a person runs them: answers, and one clear message for bad input. */
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { evidenceLine } from '../../../src/evidence/lines.ts';
import { digestNamed } from '../../support/digests.ts';
import { runCli } from '../../support/run-cli.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const file = 'examples/evidence/evidence.jsonl';

async function copied(change: (text: string) => string = (text) => text): Promise<string> {
  const folder = await tempFolder();
  const path = join(folder, 'kept.jsonl');
  await cp(file, path);
  await writeFile(path, change(await readFile(path, 'utf8')));
  return path;
}

interface Answer {
  readonly at: string | null;
  readonly files: readonly {
    readonly unsigned: boolean;
    readonly faults: readonly { readonly kind: string; readonly place: string }[];
    readonly tags: readonly { readonly tag: string; readonly moves: readonly { readonly release: string }[] }[];
  }[];
}

async function answer(...args: readonly string[]): Promise<{ readonly code: number; readonly answer: Answer }> {
  const { code, stdout } = await runCli(['history', ...args, '--json']);
  return { code, answer: JSON.parse(stdout) };
}

describe('history by statements', () => {
  test('needs no config, no source of releases and no registry: the file alone answers', async () => {
    const path = await copied();
    const config = ['--config', '/nowhere/matrix.config.ts'];
    const asked = ['history', '2-latest', '--evidence', path, '--at', '2025-04-01', '--json'];
    const run = await runCli([...asked, ...config]);
    const { files, at }: Answer = JSON.parse(run.stdout);
    expect([run.code, at, files[0]?.unsigned]).toEqual([0, '2025-04-01T23:59:59Z', true]);
    expect(files[0]?.tags[0]?.moves.at(-1)).toEqual({
      from: { digest: expect.any(String), owner: { version: '2.20.16', python: '3.10', flavor: 'standard' } },
      to: { digest: expect.any(String), owner: { version: '2.20.17', python: '3.10', flavor: 'standard' } },
      at: '2025-03-21T20:21:53Z',
      rule: 'latest',
      how: 'moved',
      command: 'publish',
      release: '2.20.17',
      commit: '283d86a8b0ca4744f97b71cd662ddfac2bf348e9',
      actor: 'octocat',
      approver: 'hubot',
      run: {
        ci: 'GitHub Actions',
        id: '11500000001',
        attempt: '1',
        url: 'https://github.com/PrefectHQ/prefect/actions/runs/11500000001/attempts/1',
      },
      config: expect.stringMatching(/^sha256:/),
      statement: { sequence: 2, digest: expect.stringMatching(/^sha256:/), signature: 'unsigned' },
    });
  });

  test('of a time before the first move has none, and ends with 1', async () => {
    const { code, answer: none } = await answer('2-latest', '--evidence', file, '--at', '2020-01-01');
    expect([code, none.files[0]?.tags]).toEqual([1, []]);
    const text = await runCli(['history', '2-latest', '--evidence', file, '--at', '2020-01-01T00:00:00Z']);
    expect(text.stdout).toContain('no statement says that 2-latest was moved until 2020-01-01T00:00:00Z');
  });

  test.each([
    ['twice', (text: string) => `${text}${text}`, 'altered'],
    ['with a clock in the future', (text: string) => text.replaceAll('2025-04-30T20', '2099-04-30T20'), 'altered'],
    ['of another repository', (text: string) => text.replaceAll('prefecthq/prefect"', 'mallory/app"'), 'altered'],
  ])('of a statement %s says so, and ends with 1', async (_name, change, kind) => {
    const { code, answer: broken } = await answer('--evidence', await copied(change));
    expect([code, broken.files[0]?.faults[0]?.kind]).toEqual([1, kind]);
    const text = await runCli(['history', '--evidence', await copied(change)]);
    expect(text.stdout).toContain('do not rely on it:');
  });

  test('shows hostile texts as text', async () => {
    const [first = ''] = (await readFile(file, 'utf8')).split('\n');
    const { statement }: { statement: object } = JSON.parse(
      first.replaceAll('octocat', String.raw`\u001b[2J\u202eevil`),
    );
    const text = JSON.stringify(statement);
    const path = await copied(() => `${evidenceLine(text, digestNamed(text), null)}\n`);
    const { stdout } = await runCli(['history', '2-latest', '--evidence', path]);
    expect([stdout.includes('\u001B'), stdout.includes('\u202E'), stdout.includes('evil')]).toEqual([
      false,
      false,
      true,
    ]);
  });

  test.each([
    ['a version as the moment', ['--evidence', file, '--at', '2.20.17'], 'INSTANT_INVALID  --at: '],
    ['facts of releases beside it', ['--evidence', file, '--releases', 'x.json'], 'USAGE  --releases: '],
    ['a key and no statements', ['--evidence-key', 'evidence.pub'], 'USAGE  --evidence-key: no statements are read'],
    ['a key that is not there', ['--evidence', file, '--evidence-key', 'nowhere.pub'], 'USAGE  nowhere.pub: '],
    ['a key that is none', ['--evidence', file, '--evidence-key', 'package.json'], 'CONFIG_INVALID  package.json: '],
    [
      'an identity and nobody who vouches for it',
      ['--evidence', file, '--evidence-identity', 'x', '--trust-root', 'x.json'],
      'USAGE  --evidence-identity: it needs --evidence-issuer; give all three, or none',
    ],
    [
      'a trust root and no identity',
      ['--evidence', file, '--trust-root', 'x.json'],
      'USAGE  --trust-root: it needs --evidence-identity and --evidence-issuer',
    ],
    [
      'an identity and no statements',
      ['--evidence-identity', 'x', '--evidence-issuer', 'x', '--trust-root', 'x.json'],
      'USAGE  --evidence-identity: no statements are read; add --evidence, or leave it out',
    ],
    [
      'a trust root that is not there',
      ['--evidence', file, '--evidence-identity', 'x', '--evidence-issuer', 'x', '--trust-root', 'nowhere.json'],
      'USAGE  nowhere.json: ',
    ],
    [
      'a trust root that is none',
      ['--evidence', file, '--evidence-identity', 'x', '--evidence-issuer', 'x', '--trust-root', 'package.json'],
      'CONFIG_INVALID  package.json: it is not a trust root',
    ],
    ['a file that is not there', ['--evidence', 'nowhere.jsonl'], 'USAGE  nowhere.jsonl: '],
    ['a folder without one', ['--evidence', 'nowhere'], 'EVIDENCE_INVALID  nowhere (docker.io/prefecthq/prefect): '],
  ])('with %s is refused', async (_name, args, message) => {
    const run = await runCli(['history', ...args]);
    expect([run.code, run.stderr.slice(0, message.length)]).toEqual([2, message]);
  });

  test.each([
    ['', '\n'],
    ['with an empty line', '\n\n'],
  ])('of an empty file %s is as if there were none', async (_name, text) => {
    const path = await copied(() => text);
    const run = await runCli(['history', '--evidence', path]);
    expect([run.code, run.stderr]).toEqual([
      2,
      expect.stringContaining(`EVIDENCE_INVALID  ${path}: there is no statement`),
    ]);
  });

  test('where the folder is a tag says how the tag is asked for', async () => {
    const run = await runCli(['history', '--evidence', '2-latest']);
    expect([run.code, run.stderr]).toEqual([2, expect.stringContaining('tagwright history 2-latest --evidence')]);
  });

  test('of a time before the first statement says where that one found the tag', async () => {
    const rest = (text: string): string => text.split('\n').slice(1).join('\n');
    const asked = ['history', '2-latest', '--evidence', await copied(rest), '--at', '2024-01-01T00:00:00Z'];
    const { stdout } = await runCli(asked);
    expect(stdout).toContain(
      'no statement says that 2-latest was moved until 2024-01-01T00:00:00Z; statement 2, of 2025-03-21T20:21:53Z, found it at sha256:',
    );
    expect(stdout).toContain(' (2.20.16)');
    const { files }: { files: readonly { before: { from: object } | null }[] } = JSON.parse(
      (await runCli([...asked, '--json'])).stdout,
    );
    expect(files[0]?.before?.from).toMatchObject({ owner: { version: '2.20.16' } });
  });

  test('names who made a move that a later run wrote down, and why a run moved', async () => {
    const mover = { actor: 'alice', run: { ci: 'GitLab CI', id: '7', attempt: null, url: 'https://gitlab.example/7' } };
    const late = (text: string): string => {
      const [first = ''] = text.split('\n');
      const { statement }: { statement: { predicate: { moves: object[] } } } = JSON.parse(first);
      const { predicate } = statement;
      const undoes = { journal: 'kept.jsonl', command: 'publish', version: '2.20.16', at: '2024-12-19T19:00:00Z' };
      const moves = predicate.moves.map((move) => ({ ...move, by: mover }));
      const changed = JSON.stringify({ ...statement, predicate: { ...predicate, moves, reason: 'broken', undoes } });
      return `${evidenceLine(changed, digestNamed(changed), null)}\n`;
    };
    const path = await copied(late);
    const asked = ['history', '2-latest', '--evidence', path];
    const { stdout } = await runCli(asked);
    expect(stdout).toMatch(/^ {2}moved by {9}alice$/m);
    expect(stdout).toMatch(/^ {2}approved by {6}nobody that the run names$/m);
    expect(stdout).toMatch(/^ {2}run {14}GitLab CI https:\/\/gitlab\.example\/7$/m);
    expect(stdout).toMatch(/^ {2}written down by {2}octocat, GitHub Actions /m);
    expect(stdout).toMatch(/^ {2}reason {11}broken$/m);
    expect(stdout).toMatch(/^ {2}takes back {7}publish of 2024-12-19T19:00:00Z, kept\.jsonl$/m);
    const { files }: { files: { tags: { moves: object[] }[] }[] } = JSON.parse(
      (await runCli([...asked, '--json'])).stdout,
    );
    expect(files[0]?.tags[0]?.moves[0]).toMatchObject({
      ...mover,
      approver: null,
      reason: 'broken',
      writtenBy: { actor: 'octocat' },
      undoes: { journal: 'kept.jsonl' },
    });
  });

  test('does not call the run a mover that found a tag in place', async () => {
    const found = (text: string): string => {
      const [first = ''] = text.split('\n');
      const { statement }: { statement: object } = JSON.parse(first);
      const changed = JSON.stringify(statement).replace('"how":"moved"', '"how":"already"');
      return `${evidenceLine(changed, digestNamed(changed), null)}\n`;
    };
    const path = await copied(found);
    const { tag = '' } = (await answer('--evidence', path)).answer.files[0]?.tags[0] ?? {};
    const one = await runCli(['history', tag, '--evidence', path]);
    expect(one.stdout).toMatch(/^ {2}found at {8}\S+\n {2}found there by {2}octocat$/m);
    expect(one.stdout).not.toContain('moved by');
    const all = await runCli(['history', '--evidence', path]);
    expect(all.stdout).toContain('unknown; found by octocat');
  });

  test('says how many statements are signed and not checked, and how many are unsigned', async () => {
    const sign = (text: string): string => text.replace(/\}\n/, ',"signatures":[{"keyid":"","sig":""}]}\n');
    const path = await copied(sign);
    const { stdout } = await runCli(['history', '--evidence', path]);
    expect(stdout).toContain(
      '1 of 3 statements is signed and not checked: give the public key with --evidence-key, or the signer with --evidence-identity\n2 of 3 statements are unsigned: whoever can write the file can write any of them\n',
    );
    const { answer: json } = await answer('--evidence', path);
    expect(json.files[0]).toMatchObject({ signatures: { verified: 0, signed: 1, unsigned: 2 } });
  });

  test('is read from the folder that a publish writes to, by its variable too', async () => {
    const folder = await tempFolder();
    const path = join(folder, 'docker.io/prefecthq/prefect/evidence.jsonl');
    await cp(file, path, { recursive: true });
    const { stdout, code } = await runCli(['history', '2-latest', '--json'], { TAGWRIGHT_EVIDENCE: folder });
    const { files }: Answer = JSON.parse(stdout);
    expect([code, files[0]?.tags[0]?.moves.length]).toEqual([0, 3]);
  });
});
