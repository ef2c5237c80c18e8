import { execFileSync } from 'node:child_process';
import { chmod, cp, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { configOnDefaultBranch } from '../../../src/adapters/git/default-branch.ts';
import { readGitFacts } from '../../../src/adapters/git/git-facts.ts';
import { gitTagSource } from '../../../src/adapters/git/git-tag-source.ts';
import { guards } from '../../../src/adapters/git/guards.ts';
import { runGit, type GitRun } from '../../../src/adapters/git/run-git.ts';
import { openSourceRepository } from '../../../src/adapters/git/source-repository.ts';
import { git, gitRepository } from '../../support/git-repository.ts';
import { problemsOf } from '../../support/problems.ts';
import { tempFolder } from '../../support/temp-folder.ts';

interface Trap {
  /** The working tree that holds it. */
  readonly root: string;
  /** A bare repository, committed as files of the working tree. */
  readonly bare: string;
  /** The same repository as one that git finds in the usual way. */
  readonly tree: string;
  /** Names of the levers that ran something, in order. */
  readonly ran: () => Promise<readonly string[]>;
}

/** A repository whose settings name a program wherever git takes one. Each leaves a file behind. */
async function trap(): Promise<Trap> {
  const root = await gitRepository([{ date: '1692900000 +0000' }]);
  const ran = join(await tempFolder(), 'ran');
  await mkdir(ran);
  const inner = await gitRepository([{ date: '1692900000 +0000', tags: ['1.0.0'] }]);
  const gitFolder = join(inner, '.git');
  const tree = git(inner, 'rev-parse', '1.0.0^{tree}');
  const person = 'A Person <person@example.com> 1692900000 +0000';
  const signed = `tree ${tree}\nauthor ${person}\ncommitter ${person}\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----\n\nx\n`;
  const id = written(inner, 'commit', signed);
  git(inner, 'tag', 'signed', id);
  git(inner, 'tag', '-a', '-m', 'x', 'inner', id);
  git(inner, 'tag', '-a', '-m', 'x', 'nested', 'inner');
  const leave = (name: string): string => `touch ${join(ran, name)}`;
  const settings = {
    'core.fsmonitor': `${leave('fsmonitor')}; false`,
    'core.pager': leave('pager'),
    'core.sshCommand': leave('ssh'),
    'core.alternateRefsCommand': leave('alternates'),
    'log.showSignature': 'true',
    'gpg.program': join(gitFolder, 'gpg'),
    'extensions.partialClone': 'origin',
    'core.repositoryFormatVersion': '1',
    'remote.origin.promisor': 'true',
    'remote.origin.url': `ext::sh -c ${leave('fetch').replaceAll(' ', '% ')}`,
    'protocol.ext.allow': 'always',
  };
  for (const [name, value] of Object.entries(settings)) git(inner, 'config', name, value);
  for (const hook of ['reference-transaction', 'post-index-change', 'pre-auto-gc']) {
    await program(join(gitFolder, 'hooks', hook), leave(`hook-${hook}`));
  }
  await program(join(gitFolder, 'gpg'), leave('signature'));
  // A tag of an object that is not there: whoever reads it would fetch it.
  await writeFile(join(gitFolder, 'refs/tags/gone'), `${'1'.repeat(40)}\n`);
  await cp(gitFolder, join(root, 'facts'), { recursive: true });
  git(root, 'config', '--file', join(root, 'facts/config'), 'core.bare', 'true');
  await rm(ran, { recursive: true });
  await mkdir(ran);
  return { root, bare: join(root, 'facts'), tree: inner, ran: async () => (await readdir(ran)).toSorted() };
}

function written(folder: string, type: string, text: string): string {
  const args = ['-C', folder, 'hash-object', '-t', type, '-w', '--stdin'];
  return execFileSync('git', args, { input: text, encoding: 'utf8' }).trim();
}

async function program(path: string, command: string): Promise<void> {
  await writeFile(path, `#!/bin/sh\n${command}\n`);
  await chmod(path, 0o755);
}

/** What is run today, and what would show the guards against reading the index and writing a ref. */
const commands: readonly { readonly args: readonly string[]; readonly input?: string }[] = [
  { args: ['for-each-ref', '--format=%(refname)%00%(objecttype)%00%(*objecttype)%00%(committerdate)', 'refs/tags'] },
  { args: ['cat-file', '--batch-check=%(objectname)'], input: 'refs/tags/nested^{commit}\nrefs/tags/gone^{commit}\n' },
  { args: ['log', '--no-walk=unsorted', '--format=%H %cI', '--stdin'], input: 'refs/tags/signed\n' },
  { args: ['rev-parse', '--is-shallow-repository'] },
  { args: ['config', '--list', '--null', '--includes'] },
  { args: ['status', '--porcelain'] },
  { args: ['update-ref', 'refs/tags/other', 'refs/tags/1.0.0'] },
];

/** Runs them all; what fails is as good as what is refused. */
async function runAll(folder: string, without: readonly string[]): Promise<void> {
  const left = Object.entries(guards).flatMap(([name, guard]) => (without.includes(name) ? [] : [guard]));
  for (const { args, input = '' } of commands) {
    const run: GitRun = { input, guards: left };
    await runGit({ folder, source: 'test' }, args, run).catch(() => undefined);
  }
}

describe('a repository whose settings name programs', { timeout: 60_000 }, () => {
  test('runs them without the guards: the trap works', async () => {
    const { bare, tree, ran } = await trap();
    await runAll(bare, Object.keys(guards));
    expect(await ran()).toEqual(['fetch', 'hook-reference-transaction', 'signature']);
    await runAll(tree, Object.keys(guards));
    expect(await ran()).toEqual(
      expect.arrayContaining(['fetch', 'fsmonitor', 'hook-reference-transaction', 'signature']),
    );
  });

  test.each(Object.keys(guards))(
    'runs nothing as a folder of a working tree, without the guard %s too',
    async (name) => {
      const { bare, ran } = await trap();
      await runAll(bare, [name]);
      await mkdir(join(bare, 'deeper'));
      await runAll(join(bare, 'deeper'), [name]);
      expect(await ran()).toEqual([]);
    },
  );

  test('runs nothing where git knows nothing of bare repositories in a working tree', async () => {
    const { bare, tree, ran } = await trap();
    await runAll(bare, ['look', 'bareRepository']);
    await runAll(tree, []);
    expect(await ran()).toEqual([]);
  });

  test.each([
    { without: ['signatures'], what: 'signature' },
    { without: ['fsmonitor'], what: 'fsmonitor' },
    { without: ['hooks'], what: 'hook-reference-transaction' },
    // git before 2.45 knows nothing of the first of them.
    { without: ['lazyFetch', 'protocols'], what: 'fetch' },
  ])('needs each guard there: without $without it runs $what', async ({ without, what }) => {
    const { tree, ran } = await trap();
    await runAll(tree, ['look', 'bareRepository', ...without]);
    expect(await ran()).toContain(what);
  });

  test('is refused by name, and so is one that keeps its objects elsewhere', async () => {
    const { root, bare, ran } = await trap();
    const thin = join(root, 'thin');
    await mkdir(thin);
    await cp(join(bare, 'HEAD'), join(thin, 'HEAD'));
    await writeFile(join(thin, 'commondir'), '../facts\n');
    await symlink('facts', join(root, 'linked'));
    const beside = join(root, 'beside');
    await cp(bare, beside, { recursive: true });
    await mkdir(join(beside, '.git'));
    for (const [folder, found] of [
      [bare, bare],
      [thin, thin],
      [join(root, 'linked'), bare],
      [beside, beside],
      [join(root, '.git'), join(root, '.git')],
    ] as const) {
      const problem = {
        code: 'CONFIG_INVALID',
        where: `git tags of ${folder}`,
        message: `${found} is a bare git repository, and git would obey its settings, which can name programs to run`,
        fix: 'name a folder of a working tree',
      };
      expect(await problemsOf(() => gitTagSource(folder).list())).toEqual([problem]);
    }
    expect(await problemsOf(() => readGitFacts(bare))).toMatchObject([{ code: 'CONFIG_INVALID' }]);
    expect(await ran()).toEqual([]);
  });
});

/** A `git` that writes down what it was started with. */
async function recorder(): Promise<() => Promise<string>> {
  const bin = await tempFolder();
  const record = join(bin, 'record');
  await program(join(bin, 'git'), `env > ${record}; printf 'args %s\\n' "$*" >> ${record}`);
  vi.stubEnv('PATH', `${bin}:${process.env['PATH'] ?? ''}`);
  return async () => readFile(record, 'utf8');
}

describe('each lever is there for itself', () => {
  const asks = async (run: GitRun = {}): Promise<string> => {
    const recorded = await recorder();
    await runGit({ folder: await tempFolder(), source: 'test' }, ['for-each-ref'], run);
    return recorded();
  };

  test.each([
    ['bareRepository', /^args .*-c safe\.bareRepository=explicit /m],
    ['hooks', /^args .*-c core\.hooksPath=\/dev\/null /m],
    ['fsmonitor', /^args .*-c core\.fsmonitor=false /m],
    ['signatures', /^args .*-c log\.showSignature=false /m],
    ['lazyFetch', /^GIT_NO_LAZY_FETCH=1$/m],
    ['protocols', /^GIT_ALLOW_PROTOCOL=$/m],
    ['prompt', /^GIT_TERMINAL_PROMPT=0$/m],
  ] as const)('%s', async (name, lever) => {
    expect(await asks()).toMatch(lever);
    const others = Object.entries(guards).flatMap(([other, guard]) => (other === name ? [] : [guard]));
    expect(await asks({ guards: others })).not.toMatch(lever);
  });

  test('what of the environment leads elsewhere is taken away, and safe.directory stays', async () => {
    const away = ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_OBJECT_DIRECTORY', 'GIT_ALTERNATE_OBJECT_DIRECTORIES'];
    for (const name of away) vi.stubEnv(name, '/elsewhere');
    vi.stubEnv('GIT_CONFIG_COUNT', '1');
    vi.stubEnv('GIT_CONFIG_KEY_0', 'safe.directory');
    vi.stubEnv('GIT_CONFIG_VALUE_0', '*');
    const kept = (text: string): string[] => away.filter((name) => text.includes(`${name}=/elsewhere`));
    const text = await asks();
    expect(kept(text)).toEqual([]);
    expect(text).toContain('GIT_CONFIG_KEY_0=safe.directory');
    const others = Object.entries(guards).flatMap(([name, guard]) => (name === 'elsewhere' ? [] : [guard]));
    expect(kept(await asks({ guards: others }))).toEqual(away);
  });

  test('a fetch may use three protocols, whatever the environment says', async () => {
    vi.stubEnv('GIT_ALLOW_PROTOCOL', 'ext:http');
    expect(await asks()).toMatch(/^GIT_ALLOW_PROTOCOL=$/m);
    expect(await asks({ mayFetch: true })).toMatch(/^GIT_ALLOW_PROTOCOL=file:https:ssh$/m);
  });
});

test('git refuses a bare repository by itself too, where it is new enough', async () => {
  const { bare, ran } = await trap();
  const others = Object.entries(guards).flatMap(([name, guard]) => (name === 'look' ? [] : [guard]));
  const run = runGit({ folder: bare, source: 'test' }, ['for-each-ref'], { guards: others });
  await expect(run).rejects.toMatchObject({ facts: { stderr: expect.stringContaining('cannot use bare repository') } });
  expect(await ran()).toEqual([]);
});

test.each([
  ['without objects', { HEAD: 'ref: refs/heads/main\n' }],
  ['without a HEAD that git reads', { HEAD: 'x\n', 'objects/x': '', 'refs/x': '' }],
  ['that is empty', {}],
] as const)('a folder .git %s hides no bare repository beside it', async (_, files) => {
  const { bare, ran } = await trap();
  for (const [path, text] of Object.entries({ x: '', ...files })) {
    await mkdir(dirname(join(bare, '.git', path)), { recursive: true });
    await writeFile(join(bare, '.git', path), text);
  }
  expect(await problemsOf(() => gitTagSource(bare).list())).toMatchObject([{ code: 'CONFIG_INVALID' }]);
  await runAll(bare, ['bareRepository']);
  expect(await ran()).toEqual([]);
});

/** A clone as somebody may have prepared it: every setting that names a program, by an include too. */
async function prepared(): Promise<{ root: string; head: string; ran: Trap['ran'] }> {
  const ran = join(await tempFolder(), 'ran');
  await mkdir(ran);
  const leave = (name: string): string => `touch ${join(ran, name)}; cat`;
  const root = await tempFolder({ '.gitattributes': '* filter=evil diff=evil\n', a: 'x\n' });
  git(root, 'init', '--quiet', '--initial-branch=main');
  git(root, 'add', '--all');
  git(root, 'commit', '--quiet', '-m', 'x');
  git(root, 'tag', '1.0.0');
  const head = git(root, 'rev-parse', 'HEAD');
  git(root, 'checkout', '--quiet', '--detach');
  const elsewhere = await gitRepository([{ date: '1692900000 +0000' }]);
  await writeFile(join(root, '.git/objects/info/alternates'), `${join(elsewhere, '.git/objects')}\n`);
  const sections: Readonly<Record<string, readonly string[]>> = {
    core: ['sshCommand', 'gitProxy', 'askPass', 'editor', 'pager', 'alternateRefsCommand', 'fsmonitor'],
    'filter "evil"': ['clean', 'smudge', 'process'],
    'diff "evil"': ['command', 'textconv'],
    diff: ['external'],
    uploadpack: ['packObjectsHook'],
    credential: ['helper'],
    gpg: ['program'],
    'remote "origin"': ['uploadpack', 'receivepack'],
    interactive: ['diffFilter'],
    alias: ['for-each-ref', 'rev-parse', 'status', 'fetch', 'checkout'],
  };
  const quoted = (text: string): string => JSON.stringify(text);
  const lines = Object.entries(sections).map(([section, keys]) =>
    [`[${section}]`, ...keys.map((key) => `${key} = ${quoted(leave(`${section.replaceAll(/\W/g, '')}-${key}`))}`)].join(
      '\n',
    ),
  );
  const included = join(root, '.git/included');
  await writeFile(included, `${lines.join('\n')}\n`);
  const own = `[include]\npath = ${included}\n[log]\nshowSignature = true\n[remote "origin"]\nurl = git@nowhere.invalid:a/b\nvcs = evil\n`;
  await writeFile(join(root, '.git/config'), own, { flag: 'a' });
  for (const hook of ['post-checkout', 'reference-transaction', 'post-index-change', 'pre-auto-gc'])
    await program(join(root, '.git/hooks', hook), leave(`hook-${hook}`));
  await writeFile(join(root, 'a'), 'y\n');
  return { root, head, ran: async () => (await readdir(ran)).toSorted() };
}

describe('a clone whose own settings name programs', { timeout: 60_000 }, () => {
  test('runs none of them where it is read, where its default branch is fetched and where a release is checked out', async () => {
    const { root, head, ran } = await prepared();
    await gitTagSource(root).list();
    await readGitFacts(root);
    await configOnDefaultBranch(join(root, 'matrix.config.json'), { branch: 'other', mayFetch: true });
    const repository = await openSourceRepository(root);
    expect(await repository?.at(head, 'a')).toEqual({ kind: 'file', text: 'x\n' });
    const made = await repository?.checkout(head);
    expect(await readFile(join(made?.root ?? '', 'a'), 'utf8')).toBe('x\n');
    await made?.remove();
    expect(await ran()).toEqual([]);
  });

  // git-lfs is one: without it a file that was fetched would read as changed.
  test('runs the filter that git asks for a file that was touched, and nothing else', async () => {
    const { root, ran } = await prepared();
    const repository = await openSourceRepository(root);
    await repository?.uncommitted(['.']).catch(() => undefined);
    expect((await ran()).filter((name) => !name.startsWith('filterevil-'))).toEqual([]);
  });
});
