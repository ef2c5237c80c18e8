import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { rm, stat, writeFile } from 'node:fs/promises';
import { dirname, extname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InputError, type ProblemCode } from '../../domain/errors.ts';
import { quote } from '../../domain/tag.ts';
import { readJson } from '../../texts/json-text.ts';
import { makeFolder } from '../make-folder.ts';
import { readTextFile } from './text-file.ts';

export interface LoadOptions {
  /** Code is refused: the config may be a stranger's. */
  readonly dataOnly?: boolean;
  /** What a config's imports are answered with, by module name: `{ tagwright: { defineConfig } }`. */
  readonly virtualModules: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /**
   * Where compiled configs are kept, to load in 90 ms instead of 330. Whoever can write there can run code as this user,
   * so it must not be a shared temporary folder. Nothing is kept where it is left out.
   */
  readonly cacheFolder?: string | undefined;
  /** A config that waits for something that never comes is given up after this time. */
  readonly timeoutMs?: number;
}

const maxBytes = 1_048_576;
const moduleExtensions: readonly string[] = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs'];

export function isConfigCode(extension: string): boolean {
  return moduleExtensions.includes(extension.toLowerCase());
}

const dataExtensions: readonly string[] = ['.json', '.yaml', '.yml'];

/**
 * Loads a config file and returns its default export, not checked in any way. TypeScript and JavaScript run with all the
 * rights of this process; where a config is not trusted, it must be JSON or YAML, which are only read.
 *
 * @param path absolute, or relative to the working directory
 * @throws {InputError} CONFIG_NOT_FOUND; CONFIG_FAILED where it throws, with file, line and column of the throw, or cannot
 *   be read; CONFIG_INVALID without a default export
 */
export async function loadConfigModule(path: string, options: LoadOptions): Promise<unknown> {
  const extension = extname(path).toLowerCase();
  const isData = dataExtensions.includes(extension);
  if (!isData && !moduleExtensions.includes(extension)) {
    if (await isFolder(path)) throw problem('CONFIG_INVALID', path, 'a folder, not a file', 'name the config in it');
    const known = [...moduleExtensions, ...dataExtensions].join(', ');
    throw problem('CONFIG_INVALID', path, `no config has the ending ${quote(extension)}`, `expected one of ${known}`);
  }
  if (!isData && options.dataOnly === true) {
    const message = 'it is code, which is not run for an event of a fork or a pull request';
    throw problem('CONFIG_FAILED', path, message, 'keep the config in JSON or YAML');
  }
  const text = await readTextFile(path, {
    where: path,
    code: isData ? 'CONFIG_INVALID' : 'CONFIG_FAILED',
    maxBytes,
    missing: { code: 'CONFIG_NOT_FOUND', fix: 'write one with `tagwright init`, or name it with --config FILE' },
  });
  if (extension === '.json') return readJson(text, path, 'CONFIG_INVALID');
  if (!isData) return await runModule(path, options);
  const { readYaml } = await import('../../texts/yaml-text.ts');
  return readYaml(text, path, 'CONFIG_INVALID');
}

/** A config whose text is at hand, of the default branch for one; code runs from beside `path`, so that it finds packages. */
export async function loadConfigText(path: string, file: string, text: string, options: LoadOptions): Promise<unknown> {
  const extension = extname(path).toLowerCase();
  if (extension === '.json') return readJson(text, file, 'CONFIG_INVALID');
  if (dataExtensions.includes(extension)) {
    const { readYaml } = await import('../../texts/yaml-text.ts');
    return readYaml(text, file, 'CONFIG_INVALID');
  }
  const beside = join(dirname(path), `.${randomUUID()}${extension}`);
  await writeFile(beside, text, { flag: 'wx' });
  try {
    return await loadConfigModule(beside, options);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const problems = error.problems.map((one) => ({ ...one, where: one.where.replaceAll(beside, file) }));
    throw new InputError(problems, { cause: error });
  } finally {
    await rm(beside, { force: true });
  }
}

async function runModule(path: string, options: LoadOptions): Promise<unknown> {
  const fsCache = await madeCache(options.cacheFolder);
  try {
    return await runWith(fsCache, path, options);
  } catch (error) {
    if (fsCache === false || !(error instanceof InputError) || !isOfLoader(error.cause)) throw error;
    return await runWith(false, path, options);
  }
}

/** A disk that is full, or a file of the cache that is not ours: the loader writes and reads there without a catch. */
function isOfLoader(error: unknown): boolean {
  if (!(error instanceof Error) || !('syscall' in error)) return false;
  const [first] = placesOf(error);
  return first !== undefined && (isPackage(first.file) || first.file.startsWith(ownFolder));
}

async function runWith(fsCache: string | false, path: string, options: LoadOptions): Promise<unknown> {
  const { createJiti } = await import('jiti');
  const jiti = createJiti(import.meta.url, {
    virtualModules: { ...options.virtualModules },
    fsCache,
    moduleCache: false,
    interopDefault: false,
  });
  const timeoutMs = options.timeoutMs ?? 30_000;
  try {
    const loaded = await within(timeoutMs, async () => await defaultExport(await jiti.import(resolve(path))));
    if (loaded !== undefined) return loaded;
  } catch (error) {
    if (error === timedOut) {
      const message = `it has not finished loading after ${timeoutMs / 1000} s`;
      throw problem('CONFIG_FAILED', path, message, 'look for an await that never ends', error);
    }
    const { where, message } = describeThrow(error, path);
    throw problem('CONFIG_FAILED', where, message, 'a config has to load without an error', error);
  }
  throw problem('CONFIG_INVALID', path, 'it has no default export', 'write `export default defineConfig({ … })`');
}

/** The loader makes the folder with Node's `recursive`, which never ends below one that takes none; `false`: no cache. */
async function madeCache(folder: string | undefined): Promise<string | false> {
  if (folder === undefined) return false;
  return makeFolder(folder).then(
    () => folder,
    () => false,
  );
}

/** The default export; a promise there is waited for. */
async function defaultExport(loaded: unknown): Promise<unknown> {
  if (typeof loaded !== 'object' || loaded === null || !('default' in loaded)) return undefined;
  return await loaded.default;
}

const timedOut = new Error('timed out');

async function within<T>(timeoutMs: number, work: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(timedOut), timeoutMs);
  });
  try {
    return await Promise.race([work(), limit]);
  } finally {
    clearTimeout(timer);
  }
}

/** Where this code runs from, bundled or not: no frame in here is the config's. */
const ownFolder = dirname(fileURLToPath(import.meta.url)) + sep;

/** Stack frames and compile errors both end in `file:line:column`. */
const placePattern = /^(?<before>.*):(?<line>\d+):(?<column>\d+)\)?$/gm;
const fileStart = /(?<=^|[\s(])(?:file:\/\/|\/|[A-Za-z]:\\)/g;

interface ThrownPlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Those of files that are there, the throw first. */
function* placesOf({ stack, message }: Error): Generator<ThrownPlace> {
  for (const { groups } of (stack ?? message).matchAll(placePattern)) {
    const { before = '', line = '', column = '' } = groups ?? {};
    // Folders may have spaces and brackets in their names: the longest text that is a file.
    const names = [...before.matchAll(fileStart)].map(({ index }) => before.slice(index));
    const file = names.map(fileName).find((name) => name !== null && existsSync(name));
    if (typeof file === 'string') yield { file, line: Number(line), column: Number(column) };
  }
}

function fileName(text: string): string | null {
  if (!text.startsWith('file://')) return text;
  try {
    return fileURLToPath(text);
  } catch {
    return null;
  }
}

/** The first place outside of packages is the throw. */
function describeThrow(error: unknown, path: string): { readonly where: string; readonly message: string } {
  if (!(error instanceof Error)) return { where: path, message: `it threw ${quote(String(error))}` };
  const summary = `${error.name}: ${error.message}`.split('\n', 1)[0] ?? '';
  const message = `it threw ${summary.trim().replace(/^Error: (?=\w*Error: )/, '')}`;
  for (const { file, line, column } of placesOf(error)) {
    if (isPackage(file) || file.startsWith(ownFolder)) continue;
    const shown = resolve(file) === resolve(path) ? path : nearName(file);
    return { where: `${shown}:${line}${isOnLine(file, line, column) ? `:${column}` : ''}`, message };
  }
  return { where: path, message };
}

function isPackage(file: string): boolean {
  return /[\\/]node_modules[\\/]/.test(file);
}

function nearName(file: string): string {
  const near = relative('.', file);
  return near.startsWith('..') ? file : near;
}

/** Lines survive compilation, columns do not always: one behind the end of its line is not shown. */
function isOnLine(file: string, line: number, column: number): boolean {
  const text = readFileSync(file, 'utf8').split('\n')[line - 1] ?? '';
  return column <= text.length + 1;
}

function problem(code: ProblemCode, where: string, message: string, fix: string, cause?: unknown): InputError {
  return new InputError([{ code, where, message, fix }], { cause });
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
