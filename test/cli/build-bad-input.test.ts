/** What cannot be built, or not be shipped as it was built: said by name before anything is pushed. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { startMemoryRegistry, type MemoryRegistry } from '../../src/adapters/memory-registry/memory-registry.ts';
import { recordFile, type BuildRecord } from '../../src/build/record.ts';
import { passFile, passOf } from '../../src/build/pass.ts';
import { mediaTypes } from '../../src/domain/media-types.ts';
import { digestNamed } from '../support/digests.ts';
import { fakeDocker, type Looks } from '../support/fake-docker.ts';
import { git } from '../support/git-repository.ts';
import { fact, revisionOf, smallConfig } from '../support/history.ts';
import { pushImage } from '../support/push-image.ts';
import { runCli } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp-folder.ts';

let registry: MemoryRegistry;
beforeAll(async () => {
  registry = await startMemoryRegistry();
  const at = { registryHost: registry.host, repository: 'base/python', tag: '3' };
  baseDigest = await pushImage(at, [{ architecture: 'amd64', layers: [], config: {} }]);
});
afterAll(() => registry.close());
afterEach(() => {
  vi.unstubAllEnvs();
});

interface Row {
  readonly name: string;
  readonly config?: () => object;
  readonly files?: Readonly<Record<string, string>>;
  readonly looks?: Looks;
  /** Done in the folder before the command. @returns more arguments */
  readonly before?: (folder: string) => Promise<readonly string[]>;
  readonly exit?: 2 | 3;
  /** The code, and what its line has. */
  readonly says: readonly string[];
}

const both = ['linux/amd64', 'linux/arm64'];
const dockerfile = 'ARG PYTHON\nFROM a:$PYTHON\nRUN x\n';
const onBase = 'FROM BASE\nARG PYTHON\nRUN x\n';
const nodes = (...platforms: readonly string[]): Looks => ({
  inspect: `printf 'Name: b\\nDriver: remote\\n\\nNodes:\\nName: b0\\nPlatforms: ${platforms.join(', ')}\\n'`,
});
let baseDigest = '';

/** In a git repository with one commit, where 1.0.0 is another. */
async function inGit(folder: string): Promise<readonly string[]> {
  git(folder, 'init', '--quiet', '--initial-branch=main');
  git(folder, 'add', '--all');
  git(folder, 'commit', '--quiet', '-m', 'x');
  return Promise.resolve([]);
}

/** A folder with one record, or with one and a pass for it. */
async function written(folder: string, files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  await mkdir(join(folder, 'records'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, 'records', name), text);
  return ['--from-records', join(folder, 'records')];
}

function recordOf(version: string): BuildRecord {
  const cell = `${version.replaceAll('.', '-')}_python-3-9_flavor-standard`;
  const where = { repository: `${registry.host}/acme/app`, cell, platforms: ['linux/amd64'] };
  const what = { state: 'built' as const, digest: digestNamed('gone'), mediaType: mediaTypes.ociIndex };
  const builds = [{ ...where, ...what, stagingTag: null, attestations: 0 }];
  return { schema: 1, release: { version, revision: revisionOf(version) }, builds };
}

/** The record of a real push by digest, and a pass for another digest. */
async function foreignPass(folder: string): Promise<readonly string[]> {
  const file = join(folder, 'whole.json');
  const config = join(folder, 'matrix.config.json');
  const pushing = ['--builder', 'stand-in', '--push-by-digest', '--record', file];
  const { code, stderr } = await runCli(['build', '1.0.0', ...pushing, '--config', config]);
  if (code !== 0) throw new Error(stderr);
  const text = await readFile(file, 'utf8');
  const record: BuildRecord = JSON.parse(text);
  const pass = passOf(record, 'scan', false);
  const other = pass.answers.map((answer) => ({ ...answer, digest: digestNamed('other') }));
  return written(folder, { 'r.json': text, 'p.json': passFile({ ...pass, answers: other }, digestNamed) });
}

const standard = (more: object): object => ({ flavors: { standard: { dockerfile: 'Dockerfile', ...more } } });
const recipe = { dockerfile: 'wheel.Dockerfile' };
const reading = { dockerfile: 'all.Dockerfile', contexts: { deps: 'target:deps' } };
const sharing = (more: object): object => ({
  ...standard({ contexts: { wheel: 'target:wheel' } }),
  shared: { wheel: { ...recipe, ...more } },
});
const onPlatforms = (base: string): object => ({ ...standard({ base, args: {} }), platforms: both });

const rows: readonly Row[] = [
  {
    name: 'an arm64 build on a base that exists for amd64 only',
    config: () => onPlatforms(`${registry.host}/base/python:3`),
    files: { Dockerfile: onBase },
    says: ['BASE_MISSING', '/base/python:3 is for linux/amd64, and not for linux/arm64'],
  },
  {
    name: 'the same base by its public name, through a mirror',
    config: () => ({ ...onPlatforms('python:3'), mirrors: { 'docker.io/library': `${registry.host}/base` } }),
    files: { Dockerfile: onBase.replace('BASE', 'python:3') },
    says: ['BASE_MISSING', '/base/python:3 is for linux/amd64, and not for linux/arm64'],
  },
  {
    name: 'the same base, locked by its digest',
    config: () => onPlatforms(`${registry.host}/base/python:3`),
    files: { Dockerfile: onBase },
    before: async (folder) => {
      const bases = { [`${registry.host}/base/python:3`]: baseDigest };
      await writeFile(join(folder, 'bases.lock.json'), JSON.stringify({ schema: 1, bases }));
      return [];
    },
    says: ['BASE_MISSING', '/base/python@sha256:', 'is for linux/amd64, and not for linux/arm64'],
  },
  {
    name: 'the same base, as a named context in the place of another',
    config: () => ({
      ...onPlatforms('python:3'),
      contexts: { 'python:3': `docker-image://${registry.host}/base/python:3` },
    }),
    files: { Dockerfile: onBase.replace('BASE', 'python:3') },
    says: ['BASE_MISSING', '/base/python:3 is for linux/amd64, and not for linux/arm64'],
  },
  {
    name: 'a base that does not exist',
    config: () => standard({ base: `${registry.host}/base/python:4` }),
    files: { Dockerfile: onBase.replace('BASE', 'BASE4') },
    says: ['BASE_MISSING', '/base/python:4 does not exist'],
  },
  {
    name: 'a base of a shared build that does not exist',
    config: () => sharing({ base: `${registry.host}/base/python:4` }),
    files: { 'wheel.Dockerfile': 'FROM BASE4\nRUN x\n' },
    says: ['BASE_MISSING', '/base/python:4 does not exist'],
  },
  {
    name: 'a base of a shared build that exists for amd64 only, where a cell that reads it is for arm64 too',
    config: () => ({ ...sharing({ base: `${registry.host}/base/python:3` }), platforms: both }),
    files: { 'wheel.Dockerfile': 'FROM BASE\nRUN x\n' },
    says: ['BASE_MISSING', '/base/python:3 is for linux/amd64, and not for linux/arm64'],
  },
  {
    name: 'a base of what a shared build reads',
    config: () => {
      const more = { shared: { deps: { ...recipe, base: `${registry.host}/base/python:4` }, wheel: reading } };
      return { ...sharing({}), ...more };
    },
    files: { 'wheel.Dockerfile': 'FROM BASE4\nRUN x\n', 'all.Dockerfile': 'FROM scratch\nCOPY --from=deps / /\n' },
    says: ['BASE_MISSING', '/base/python:4 does not exist'],
  },
  {
    name: 'a build argument that is a secret',
    config: () => standard({ args: { TOKEN: 'ghp_0123456789abcdef' } }),
    files: { Dockerfile: `${dockerfile}ARG TOKEN\n` },
    says: ['SECRET_IN_BUILD', 'TOKEN'],
  },
  {
    name: 'a context outside the root',
    config: () => standard({ context: '../x' }),
    says: ['PATH_OUTSIDE_ROOT', '../x'],
  },
  {
    name: 'a commit that is not in the clone',
    config: () => ({ ...standard({}), context: { from: 'release' } }),
    before: inGit,
    says: ['CONTEXT_MISSING', `does not have the commit ${revisionOf('1.0.0')}`],
  },
  {
    name: 'a submodule that cannot be fetched',
    config: () => ({ ...standard({}), context: { from: 'release' } }),
    before: async (folder) => {
      git(folder, 'init', '--quiet', '--initial-branch=main');
      await writeFile(join(folder, '.gitmodules'), '[submodule "lib"]\n\tpath = lib\n\turl = ../no-such.git\n');
      git(folder, 'add', 'Dockerfile', '.gitmodules');
      git(folder, 'update-index', '--add', '--cacheinfo', `160000,${revisionOf('lib')},lib`);
      git(folder, 'commit', '--quiet', '-m', 'x');
      const revision = git(folder, 'rev-parse', 'HEAD');
      await writeFile(join(folder, 'releases.json'), JSON.stringify([fact('1.0.0', '2024-01-01', { revision })]));
      return [];
    },
    says: ['CONTEXT_MISSING', 'lib'],
  },
  { name: 'an empty Dockerfile', files: { Dockerfile: '' }, says: ['DOCKERFILE_INVALID', 'Dockerfile', 'is empty'] },
  {
    name: 'a Dockerfile that cannot be read',
    files: { Dockerfile: `${dockerfile}INSTALL x\n` },
    says: ['DOCKERFILE_INVALID', 'Dockerfile:4', 'INSTALL'],
  },
  {
    name: 'a target that no stage has',
    config: () => standard({ target: 'slim' }),
    says: ['TARGET_UNKNOWN', 'has no stage "slim"'],
  },
  {
    name: 'a record of another release',
    before: (folder) => written(folder, { 'r.json': recordFile(recordOf('0.9.0'), digestNamed) }),
    says: ['RECORD_INVALID', 'records "0.9.0", and this publish is of 1.0.0'],
  },
  {
    name: 'a record for a digest that the registry lacks',
    before: (folder) => written(folder, { 'r.json': recordFile(recordOf('1.0.0'), digestNamed) }),
    exit: 3,
    says: ['RECORD_MISSING', digestNamed('gone'), 'is not in'],
  },
  {
    name: 'a pass for another digest',
    config: () => ({ ...standard({}), checks: { scan: { before: 'pinned' } } }),
    before: foreignPass,
    exit: 3,
    says: ['CHECK_MISSING', 'scan'],
  },
  {
    name: 'a buildx that is too old for what the config asks',
    config: () => standard({ ulimits: { nofile: '1' } }),
    looks: { print: `sed 's/"ulimits"/"no"/; s/"annotations"/"none"/' "$file"` },
    says: ['BUILDER_UNFIT', 'buildx 0.10.5 is too old for this config: it would ignore annotations, ulimits'],
  },
  {
    name: 'no builder',
    looks: { inspect: `echo 'ERROR: no builder "b" found' >&2; exit 1` },
    exit: 3,
    says: ['BUILD_FAILED', 'nothing was built: the builder cannot be reached: ERROR: no builder "b" found'],
  },
  {
    name: 'a builder without a platform that is needed',
    config: () => ({ ...standard({}), platforms: both }),
    looks: nodes('linux/amd64'),
    says: ['BUILDER_UNFIT', 'the builder b cannot run linux/arm64: it has linux/amd64'],
  },
];

const place = { pythons: ['3.9'], flavors: { standard: { dockerfile: 'Dockerfile' } }, defaults: { python: '3.9' } };

async function ran(
  row: Row,
): Promise<{ readonly code: number; readonly lines: readonly string[]; readonly pushed: boolean }> {
  const base = { ...smallConfig, ...place, repository: `${registry.host}/acme/app`, source: { file: 'releases.json' } };
  const docker = await fakeDocker('exit 1', `echo 'buildx v0.10.5'; exit 0`, row.looks);
  const folder = await tempFolder({
    'matrix.config.json': JSON.stringify({ ...base, ...row.config?.() }),
    'releases.json': JSON.stringify([fact('1.0.0', '2024-01-01')]),
    Dockerfile: dockerfile,
    ...Object.fromEntries(
      Object.entries(row.files ?? {}).map(([name, text]) => [
        name,
        text.replace(/BASE(?<version>4?)/, (_, other: string) => `${registry.host}/base/python:${other || '3'}`),
      ]),
    ),
  });
  const more = (await row.before?.(folder)) ?? [];
  const at = ['--config', `${folder}/matrix.config.json`, '--journal', `${folder}/journal`, '--settle', '0'];
  const { code, stdout, stderr } = await runCli(['publish', '1.0.0', ...at, ...more]);
  const pushed = registry.tags('acme/app').size > 0 || (await docker.calls()).length > 0;
  return { code, lines: `${stderr}${stdout}`.split('\n'), pushed };
}

describe('said before anything is pushed', () => {
  test.each(rows)('$name', async (row) => {
    const { code, lines, pushed } = await ran(row);
    const lacking = lines.filter((line) => row.says.every((part) => line.includes(part))).length === 0 ? lines : [];
    expect({ code, lacking, pushed }).toEqual({ code: row.exit ?? 2, lacking: [], pushed: false });
  });

  test('a base for the builder alone, and one that no registry answers for, keep no cell from being built', async () => {
    const cross =
      'ARG PYTHON\nFROM --platform=$BUILDPLATFORM BASE AS b\nARG PYTHON\nRUN x\nFROM scratch\nCOPY --from=b /x /x\n';
    const config = { ...place, platforms: both };
    for (const base of [`${registry.host}/base/python:3`, '127.0.0.1:9/base/python:3']) {
      const files = { Dockerfile: cross.replace('BASE', base) };
      const row: Row = { name: '', config: () => ({ ...config, ...standard({ base }) }), files, says: [] };
      const { code, lines } = await ran(row);
      // It was begun, and the docker of this test builds nothing.
      expect([code, lines.join('\n')]).toEqual([3, expect.stringContaining('nothing was built: exit code 1')]);
      expect(lines.some((line) => line.includes('is not known'))).toBe(base.startsWith('127.0.0.1:9/'));
    }
  });

  test('nor does the base of a shared build that runs on the builder alone, or of one that no cell reads', async () => {
    const base = (version: number): object => ({ base: `${registry.host}/base/python:${version}` });
    const shared = { wheel: { ...recipe, ...base(3) }, unread: { dockerfile: 'unread.Dockerfile', ...base(4) } };
    const files = {
      'wheel.Dockerfile': 'FROM --platform=$BUILDPLATFORM BASE\nRUN x\n',
      'unread.Dockerfile': 'FROM BASE4\n',
    };
    const config = (): object => ({ ...sharing({}), shared, platforms: both });
    const { code, lines } = await ran({ name: '', config, files, says: [] });
    expect([code, lines.join('\n')]).toEqual([3, expect.stringContaining('nothing was built: exit code 1')]);
  });
});
