/** The real world behind the ports. Adapters that only some commands need are loaded when they are asked for. */
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { World } from '../commands/world.ts';
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
import { createMemoryJournals } from '../adapters/journal/memory-journals.ts';
import { createHttp, type Http } from '../adapters/http/http.ts';
import { systemClock } from '../adapters/http/system-clock.ts';
import { chooseSnapshotSource } from '../adapters/tag-lists/choose.ts';
import { digestOf } from '../adapters/registry/digest-of.ts';
import { createHeadSnapshotSource } from '../adapters/registry/head-snapshot.ts';
import { createRegistries } from '../adapters/registry/registries.ts';
import { createBuildxBuilder } from '../adapters/buildx/buildx-builder.ts';
import { createStandInBuilder } from '../adapters/stand-in/stand-in-builder.ts';
import { startMemoryRegistry } from '../adapters/memory-registry/memory-registry.ts';
import { configOnDefaultBranch } from '../adapters/git/default-branch.ts';
import { readGitFacts } from '../adapters/git/git-facts.ts';
import { gitTagSource } from '../adapters/git/git-tag-source.ts';
import { openSourceRepository } from '../adapters/git/source-repository.ts';
import { githubReleaseSource } from '../adapters/github/github-release-source.ts';
import { pypiIndex } from '../adapters/pypi/pypi-index.ts';
import type { BuildTarget } from '../domain/build-target.ts';
import { githubApi, githubCredential } from '../domain/github-credential.ts';
import type { PackageIndex, ReleaseSource } from '../ports.ts';
import { renderBake } from '../render/bake.ts';

export interface WorldOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
  readonly dataOnly?: boolean;
  /** As the event names it. */
  readonly defaultBranch?: string | null;
  /** The default branch may be fetched: whatever started this is trusted. */
  readonly mayFetch?: boolean;
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
  const http = createHttp({ env });
  return {
    ...configReading(options),
    ...registryAccess({ env, http, say }),
    sources: (source, root, file) =>
      file === null ? sourcesOf(source, root, { env, http, say }) : [readFactsFile(file)],
    packageIndex: (source) => packageIndex(source, http),
    builder: (name, build, root, registries) => {
      if (name === 'stand-in') return createStandInBuilder(registries);
      const bakeFile = (targets: readonly BuildTarget[]): string => renderBake(targets, { push: true, ...build });
      return createBuildxBuilder({ bakeFile, folder: root, builder: build.builder });
    },
    files: createProjectFiles,
    sourceRepository: (root) => openSourceRepository(root, signal),
    gitFacts: (folder) => readGitFacts(folder, signal),
    journals: (directory) => createJournalStore(resolve(directory), systemClock, keepInside),
    readText: (path) => readTextFile(path, namedFile(path)),
    readRecords: (folder) => readJsonFolder(folder, 'RECORD_INVALID'),
    digestOf,
    workflowRun: runNumber(env['GITHUB_RUN_ID']),
    rehearsal: async () => {
      const registry = await startMemoryRegistry();
      return { host: registry.host, journals: createMemoryJournals(), close: () => registry.close() };
    },
    clock: systemClock,
    dataOnly,
    say,
    signal,
  };
}

/** The config at hand, and the default branch's. */
function configReading({
  env,
  signal,
  dataOnly = false,
  defaultBranch,
  mayFetch = false,
}: WorldOptions): Pick<World, 'loadConfig' | 'defaultConfig'> {
  const loading = { virtualModules: { tagwright: { defineConfig } }, cacheFolder: cacheFolder(env), dataOnly };
  return {
    loadConfig: configLoader(loading),
    defaultConfig: async (path) => {
      if (path === '-') return null;
      const branch = defaultBranch ?? env['CI_DEFAULT_BRANCH'] ?? null;
      const found = await configOnDefaultBranch(resolve(path), { branch, mayFetch, signal });
      if (found?.kind !== 'read') return found;
      const ownText = await readTextFile(path, ownConfig(path));
      if (ownText === found.text) return null;
      return { ...found, ownText, raw: await loadConfigText(resolve(path), found.file, found.text, loading) };
    },
  };
}

/** What speaks HTTP for the world. */
type Line = Pick<WorldOptions, 'env' | 'say'> & { readonly http: Http };

function registryAccess(line: Line): Pick<World, 'registries' | 'snapshots'> {
  return {
    registries: (insecure) => createRegistries({ ...line, insecureHosts: insecure }),
    snapshots: (registry) => chooseSnapshotSource(registry.repository, createHeadSnapshotSource(registry), line),
  };
}

/** The sources that a config names, in its order of trust. */
function sourcesOf(source: SourceConfig, root: string, line: Line): readonly ReleaseSource[] {
  const sources: ReleaseSource[] = [];
  if (source.file !== null) {
    const path = source.file;
    sources.push(placed(readFactsFile(join(root, path)), () => placeInside(root, path, 'source.file')));
  }
  if (source.git !== null) {
    const path = source.git;
    sources.push(placed(gitTagSource(resolve(root, path)), () => placeInside(root, path, 'source.git')));
  }
  if (source.github !== null) sources.push(githubSource(source.github, source.githubUrl, line));
  const index = packageIndex(source, line.http);
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

function packageIndex({ pypi, pypiUrl }: SourceConfig, http: Http): (ReleaseSource & PackageIndex) | null {
  if (pypi === null) return null;
  return pypiIndex({ project: pypi, http, ...(pypiUrl === null ? {} : { baseUrl: pypiUrl }) });
}

/** @param url the config's; else the server that the environment names, as it does in a workflow on GitHub Enterprise */
function githubSource(repository: string, url: string | null, { env, http, say }: Line): ReleaseSource {
  const baseUrl = url ?? (env['GITHUB_API_URL'] || githubApi);
  const credential = githubCredential(env, baseUrl);
  return githubReleaseSource({ repository, credential, http, baseUrl, onWait: say });
}

/** It becomes part of tags, so nothing but digits is taken. */
function runNumber(text: string | undefined): string | null {
  return text !== undefined && /^\d{1,20}$/.test(text) ? text : null;
}

/** Compiled configs are kept for this user alone. */
function cacheFolder(env: WorldOptions['env']): string {
  return join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'tagwright');
}
