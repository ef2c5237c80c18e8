/**
 * Keeps the compiled code of the program for its next start, for this user alone. Reading it takes a fraction of the
 * time of compiling. A cache that cannot be written is none, and no error.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import nodeModule, { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { basename, dirname, join, sep } from 'node:path';
import { Script } from 'node:vm';
import { cacheHome } from './cache-home.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface Kept {
  /** The folder of the program's files, whose names have a hash of what is in them. */
  readonly own: string;
  /** A word for V8's flags, each of which has a folder of its own. */
  readonly flags: string;
  /** A word for what is run: the first run of a kind adds what it compiled to what is kept. */
  readonly run: string;
}

/** `plan.2`: another number of arguments is another way through the code. */
export function kindOfRun(args: readonly string[]): string {
  const [first = ''] = args;
  return `${/^[a-z]{1,12}$/.test(first) ? first : 'other'}.${args.length}`;
}

/** Has to be called before anything that is worth keeping is loaded, and after V8's flags are set: compiled code is refused under other flags. */
export function keepCompiled({ own, flags, run }: Kept, env: Environment): void {
  if ((env['NODE_DISABLE_COMPILE_CACHE'] ?? '') !== '') return;
  const folder = join(cacheHome(env, homedir()), 'tagwright', 'compiled', flags);
  // Node 20 has none of its own.
  if ('enableCompileCache' in nodeModule && typeof nodeModule.enableCompileCache === 'function') {
    // Node would make the folder with its `recursive`.
    if (isMade(folder)) nodeModule.enableCompileCache(folder);
  } else compileOnce(own, { folder: join(folder, `${process.version}-${process.arch}`), run });
}

/** For code that is kept, where Node has no `import()` without a warning. The bundler leaves this one as it is. */
export function nativeImport(id: string): Promise<unknown> {
  return import(id);
}

/** In the name of a file that the bundler made. */
const hash = /-[\w-]{8}\.c?js$/;
const [opening = ''] = nodeModule.wrap('\n').split('\n');

interface Place {
  readonly folder: string;
  readonly run: string;
}

/**
 * CommonJS files of `own` are compiled once.
 *
 * @see https://nodejs.org/api/vm.html#scriptcreatecacheddata
 * @see https://nodejs.org/api/modules.html#requireextensions
 */
function compileOnce(own: string, place: Place): void {
  const { extensions } = createRequire(join(own, 'cli.js'));
  const usual = extensions['.js'];
  const loaded: Loaded = { scripts: new Map(), hasFresh: false };
  extensions['.js'] = (module, file) => {
    if (!file.startsWith(own + sep) || !hash.test(file)) return usual(module, file);
    const kept = join(place.folder, basename(file));
    const cachedData = readKept(kept);
    // The bundler escapes what is not ASCII, and this is read in a quarter of the time that UTF-8 takes.
    const script = new Script(nodeModule.wrap(readFileSync(file, 'latin1')), {
      filename: file,
      columnOffset: -opening.length,
      ...(cachedData === null ? {} : { cachedData }),
    });
    loaded.scripts.set(kept, script);
    if (cachedData === null || script.cachedDataRejected === true) loaded.hasFresh = true;
    const run: (...names: readonly unknown[]) => unknown = script.runInThisContext();
    return run.call(module.exports, module.exports, createRequire(file), module, file, dirname(file));
  };
  // By then V8 has compiled what a run uses.
  process.once('exit', () => keep(place, loaded));
}

interface Loaded {
  /** By the file that keeps what was compiled of each, the first one loaded first. */
  readonly scripts: Map<string, Script>;
  /** Something was not kept yet. */
  hasFresh: boolean;
}

function readKept(file: string): Buffer | null {
  try {
    return readFileSync(file);
  } catch {
    return null;
  }
}

/**
 * A script has the functions that were kept and those that this run compiled, so what is kept grows with each kind of
 * run. The name of the first file has a hash of all that it loads: another build is another mark.
 */
function keep({ folder, run }: Place, { scripts, hasFresh }: Loaded): void {
  const [first] = scripts.keys();
  if (first === undefined) return;
  const mark = `${first}.${run}`;
  if (!hasFresh && existsSync(mark)) return;
  try {
    makeFolder(folder);
    for (const [file, script] of scripts) {
      const beside = `${file}.${process.pid}`;
      writeFileSync(beside, script.createCachedData(), { mode: 0o600 });
      renameSync(beside, file);
    }
    writeFileSync(mark, '', { mode: 0o600 });
  } catch {
    // The next start compiles again.
  }
}

function isMade(folder: string): boolean {
  try {
    makeFolder(folder);
    return true;
  } catch {
    return existsSync(folder);
  }
}

/** Node's own `recursive` never ends below a folder that takes none, such as /proc. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path, { mode: 0o700 });
}
