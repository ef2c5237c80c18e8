/** The real world behind the ports. Adapters that only some commands need are loaded when they are asked for. */
import '../domain/without-compiling.ts';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Ask, EventAccess, World } from '../commands/world.ts';
import { defineConfig } from '../config/define-config.ts';
import type { SourceConfig } from '../config/types.ts';
import { readFactsFile } from '../adapters/files/facts-file.ts';
import { loadConfigModule, loadConfigText, type LoadOptions } from '../adapters/files/load-config-module.ts';
import { readJsonFolder } from '../adapters/files/json-folder.ts';
import { depthOf, keepInside } from '../adapters/files/inside.ts';
import { createProjectFiles } from '../adapters/files/project-files.ts';
import { readInputConfig, standardInput } from '../adapters/files/standard-input.ts';
import { placeInside } from '../adapters/files/read-inside.ts';
import { readTextFile, type TextFileRules } from '../adapters/files/text-file.ts';
import { createJournalStore } from '../adapters/journal/journal-store.ts';
import type { Http } from '../adapters/http/http.ts';
import { systemClock } from '../adapters/http/system-clock.ts';
import { digestOf } from '../adapters/registry/digest-of.ts';
import { forkRun } from '../domain/ci.ts';
import { githubApi, githubCredential, strangersCredential } from '../domain/github-credential.ts';
import type { PackageIndex, Progress, ReleaseSource } from '../ports.ts';
import type { HandedTags } from '../report/metadata-action.ts';
import { cacheHome } from './cache-home.ts';
import { evidenceAccess } from './evidence.ts';
import { noProgress } from './talk.ts';
import { tracing } from './trace.ts';

export interface WorldOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly say: (line: string) => void;
  readonly progress?: Progress;
  /** Takes a line for each request to an external service; `null` or left out: they are not told. */
  readonly trace?: ((line: string) => void) | null;
  readonly ask?: Ask | null;
  readonly signal: AbortSignal;
  /** Of this tool; left out: it is not known. */
  readonly toolVersion?: string;
  readonly dataOnly?: boolean;
  readonly handsOver?: HandedTags | undefined;
  /** As the event names it. */
  readonly defaultBranch?: string | null;
  /** The default branch may be fetched: whatever started this is trusted. */
  readonly mayFetch?: boolean;
  /** As in `Surroundings`. */
  readonly isTrusted?: boolean | null;
  readonly builds?: Pick<EventAccess, 'asked'> | null;
}

/** It was loaded before. */
function ownConfig(path: string): TextFileRules {
  return {
    where: path,
    code: 'CONFIG_INVALID',
    maxBytes: 1_048_576,
    missing: { code: 'CONFIG_NOT_FOUND', fix: 'write one' },
  };
}

export function realWorld(options: WorldOptions): World {
  const { env, say, signal, dataOnly = false } = options;
  let opened: Promise<Http> | undefined;
  const http = (): Promise<Http> =>
    (opened ??= import('../adapters/http/http.ts').then(({ createHttp }) =>
      createHttp({ env, ...tracing(options.trace ?? null) }),
    ));
  return {
    ...configReading(options),
    ...registryAccess({ env, http, say }),
    ...pageAccess({ env, http, say, dataOnly }),
    ...evidenceAccess({ ...options, http }),
    sources: async (source, root, file) =>
      file === null ? await sourcesOf(source, root, { env, http, say, dataOnly }) : [readFactsFile(file)],
    packageIndex: (source) => packageIndex(source, http),
    builder: lateBuilder,
    files: createProjectFiles,
    signatures: async (rule, root) => {
      const { openSignatures } = await import('./signatures.ts');
      return openSignatures(rule, createProjectFiles(root));
    },
    sourceRepository: async (root) => {
      const { openSourceRepository } = await import('../adapters/git/source-repository.ts');
      return openSourceRepository(root, signal);
    },
    gitFacts: async (folder) => {
      const { readGitFacts } = await import('../adapters/git/git-facts.ts');
      return readGitFacts(folder, signal);
    },
    journals: (directory) => createJournalStore(resolve(directory), systemClock, keepInside),
    readText: (path) => readTextFile(path, namedFile(path)),
    readRecords: (folder) => readJsonFolder(folder, 'RECORD_INVALID'),
    digestOf,
    workflowRun: runNumber(env['GITHUB_RUN_ID']),
    rehearsal: startRehearsal,
    clock: systemClock,
    dataOnly,
    ...(env['CI_REGISTRY'] ? { ciRegistry: env['CI_REGISTRY'] } : {}),
    ...(env['GITHUB_SERVER_URL'] ? { githubServer: env['GITHUB_SERVER_URL'] } : {}),
    event: eventAccess(options),
    ...(options.handsOver === undefined ? {} : { handsOver: options.handsOver }),
    say,
    progress: options.progress ?? noProgress,
    ask: options.ask ?? null,
    printBake: async (paths, targets) => {
      const { printBake } = await import('../adapters/buildx/print-bake.ts');
      return printBake({ paths, targets, folder: resolve('.') }, signal);
    },
    machine: async () => {
      const { thisMachine } = await import('./machine.ts');
      return thisMachine({ env, build: buildCommit(), cacheFolder: cacheFolder(env), http, signal });
    },
    signal,
  };
}

async function startRehearsal(): ReturnType<World['rehearsal']> {
  const { startMemoryRegistry } = await import('../adapters/memory-registry/memory-registry.ts');
  const { createMemoryJournals } = await import('../adapters/journal/memory-journals.ts');
  const { createMemoryEvidence } = await import('../adapters/evidence/memory-evidence.ts');
  const registry = await startMemoryRegistry();
  const kept = { journals: createMemoryJournals(), evidence: createMemoryEvidence() };
  return { host: registry.host, ...kept, close: () => registry.close() };
}

function eventAccess({ env, builds = null, isTrusted = null }: WorldOptions): EventAccess {
  return {
    byDefault: builds !== null,
    asked: builds?.asked ?? [],
    read: async (file) => {
      const { readBuild } = await import('./event.ts');
      // A fork's merge request cannot name an event that is somebody else's.
      const decided = isTrusted ?? (forkRun(env) === null ? null : false);
      return readBuild(file, { env, nowMs: systemClock.nowMs(), isTrusted: decided });
    },
  };
}

/** buildx is loaded with the first thing it is asked. */
const lateBuilder: World['builder'] = (name, build, root, registries) => ({
  name,
  build: async (targets, how) => {
    const { createBuilder } = await import('./builders.ts');
    return createBuilder(name, build, root, registries).build(targets, how);
  },
  cache: async (own) => {
    const { createBuilder } = await import('./builders.ts');
    const asked = createBuilder(name, build, root, registries).cache?.(own);
    return (await asked) ?? { kind: 'unknown', because: 'this builder keeps nothing' };
  },
});

/** The config at hand, and what the clone that it is in knows of branches: the default branch's config too. */
function configReading({
  env,
  signal,
  dataOnly = false,
  defaultBranch,
  mayFetch = false,
}: WorldOptions): Pick<World, 'loadConfig' | 'defaultConfig' | 'branches'> {
  const named = defaultBranch ?? env['CI_DEFAULT_BRANCH'] ?? null;
  const loading = { virtualModules: { tagwright: { defineConfig } }, cacheFolder: cacheFolder(env), dataOnly };
  return {
    loadConfig: configLoader(loading),
    branches: async (root) => {
      const { readBranches } = await import('../adapters/git/branches.ts');
      return readBranches(root, named, signal);
    },
    defaultConfig: async (path) => {
      if (path === '-') return null;
      const { configOnDefaultBranch } = await import('../adapters/git/default-branch.ts');
      const found = await configOnDefaultBranch(resolve(path), { branch: named, mayFetch, signal });
      if (found?.kind !== 'read') return found;
      const ownText = await readTextFile(path, ownConfig(path));
      if (ownText === found.text) return null;
      return { ...found, ownText, raw: await loadConfigText(resolve(path), found.file, found.text, loading) };
    },
  };
}

/** What speaks HTTP for the world. */
type Line = Pick<WorldOptions, 'env' | 'say'> & { readonly http: () => Promise<Http> };

function registryAccess(line: Line): Pick<World, 'registries' | 'snapshots'> {
  return {
    registries: async (insecure) => {
      const { createRegistries } = await import('../adapters/registry/registries.ts');
      return createRegistries({ ...line, http: await line.http(), insecureHosts: insecure });
    },
    snapshots: async (registry) => {
      const { chooseSnapshotSource } = await import('../adapters/tag-lists/choose.ts');
      const { createHeadSnapshotSource } = await import('../adapters/registry/head-snapshot.ts');
      const options = { ...line, http: await line.http() };
      return chooseSnapshotSource(registry.repository, createHeadSnapshotSource(registry), options);
    },
  };
}

function pageAccess({
  dataOnly,
  ...line
}: SourceLine): Pick<World, 'releasePage' | 'overviewPage' | 'pulls' | 'notes'> {
  return {
    notes: async () => {
      const { noteAccess } = await import('./notes.ts');
      return noteAccess({ ...line, http: await line.http() });
    },
    pulls: async (source) => {
      const { pullRequests } = await import('./pulls.ts');
      return pullRequests(source, { ...line, http: await line.http(), dataOnly });
    },
    releasePage: async (source, gitTag) => {
      const { releasePage } = await import('./pages.ts');
      return releasePage(source, gitTag, { ...line, http: await line.http() });
    },
    overviewPage: async (repository) => {
      const { overviewPage } = await import('./pages.ts');
      return overviewPage(repository, { ...line, http: await line.http() });
    },
  };
}

/** What sources take of the world. */
type SourceLine = Line & { readonly dataOnly: boolean };

/** The sources that a config names, in its order of trust. */
async function sourcesOf(source: SourceConfig, root: string, line: SourceLine): Promise<readonly ReleaseSource[]> {
  const sources: ReleaseSource[] = [];
  if (source.file !== null) {
    const path = source.file;
    sources.push(placed(readFactsFile(join(root, path)), () => placeInside(root, path, 'source.file')));
  }
  if (source.git !== null) {
    const path = source.git;
    const { gitTagSource } = await import('../adapters/git/git-tag-source.ts');
    sources.push(placed(gitTagSource(resolve(root, path)), () => placeInside(root, path, 'source.git')));
  }
  if (source.github !== null) sources.push(await githubSource(source.github, source.githubUrl, line));
  const index = await packageIndex(source, line.http);
  if (index !== null) sources.push(index);
  return sources;
}

function namedFile(path: string): TextFileRules {
  return {
    where: path,
    code: 'USAGE',
    maxBytes: 64 * 1024 * 1024,
    missing: { code: 'USAGE', fix: 'name a file that is there' },
  };
}

/** A command may load its config twice, and standard input is read once. */
function configLoader(loading: LoadOptions): World['loadConfig'] {
  let input: Promise<unknown> | undefined;
  return async (path) => {
    if (path === '-') {
      input ??= readInputConfig(process.stdin);
      return { raw: await input, file: standardInput, root: resolve('.'), above: await depthOf('.') };
    }
    await keepInside(path);
    const root = dirname(resolve(path));
    return { raw: await loadConfigModule(path, loading), file: path, root, above: await depthOf(root) };
  };
}

/** Where its path leads is looked at before the source is read. */
function placed(source: ReleaseSource, place: () => Promise<string>): ReleaseSource {
  return { ...source, list: (signal) => place().then(() => source.list(signal)) };
}

async function packageIndex(
  { pypi, pypiUrl }: SourceConfig,
  openHttp: Line['http'],
): Promise<(ReleaseSource & PackageIndex) | null> {
  if (pypi === null) return null;
  const { pypiIndex } = await import('../adapters/pypi/pypi-index.ts');
  return pypiIndex({ project: pypi, http: await openHttp(), ...(pypiUrl === null ? {} : { baseUrl: pypiUrl }) });
}

/** @param url the config's; else the server that the environment names, as it does in a workflow on GitHub Enterprise */
async function githubSource(
  repository: string,
  url: string | null,
  { env, http, say, dataOnly }: SourceLine,
): Promise<ReleaseSource> {
  const { githubReleaseSource } = await import('../adapters/github/github-release-source.ts');
  const baseUrl = url ?? (env['GITHUB_API_URL'] || githubApi);
  const credential = dataOnly ? strangersCredential(env, baseUrl, repository) : githubCredential(env, baseUrl);
  return githubReleaseSource({ repository, credential, http: await http(), baseUrl, onWait: say });
}

/** It becomes part of tags, so nothing but digits is taken. */
function runNumber(text: string | undefined): string | null {
  return text !== undefined && /^\d{1,20}$/.test(text) ? text : null;
}

/** Put in place by the bundler of a release. */
declare const TAGWRIGHT_COMMIT: string;

function buildCommit(): string | null {
  return typeof TAGWRIGHT_COMMIT === 'undefined' || TAGWRIGHT_COMMIT === '' ? null : TAGWRIGHT_COMMIT;
}

/** Compiled configs are kept for this user alone. */
function cacheFolder(env: WorldOptions['env']): string {
  return join(cacheHome(env, homedir()), 'tagwright');
}
