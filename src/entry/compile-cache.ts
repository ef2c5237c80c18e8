/**
 * Keeps the compiled code of the program for its next start, for this user alone. Reading it takes a fraction of the
 * time of compiling. A cache that cannot be written is none, and no error.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import nodeModule, { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { basename, dirname, join, sep } from 'node:path';
import { constants, Script } from 'node:vm';
import { cacheHome } from './cache-home.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Has to be called before anything that is worth keeping is loaded, and after V8's flags are set: compiled code is
 * refused under other flags.
 *
 * @param own the folder of the program's files, whose names have a hash of what is in them
 * @param flags a word for V8's flags, each of which has a folder of its own
 */
export function keepCompiled(own: string, flags: string, env: Environment): void {
  if ((env['NODE_DISABLE_COMPILE_CACHE'] ?? '') !== '') return;
  const folder = join(cacheHome(env, homedir()), 'tagwright', 'compiled', flags);
  // Node 20 has none of its own.
  if ('enableCompileCache' in nodeModule && typeof nodeModule.enableCompileCache === 'function')
    nodeModule.enableCompileCache(folder);
  else compileOnce(own, join(folder, `${process.version}-${process.arch}`));
}

/** A CommonJS module, as far as Node compiles it. */
interface Loading {
  exports: unknown;
}
type Compile = (this: Loading, content: string, file: string, ...rest: readonly unknown[]) => unknown;

/** In the name of a file that the bundler made. */
const hash = /-[\w-]{8}\.c?js$/;
const [opening = ''] = nodeModule.wrap('\n').split('\n');

/** CommonJS files of `own` are compiled once. @see https://nodejs.org/api/vm.html#scriptcreatecacheddata */
function compileOnce(own: string, folder: string): void {
  const compile: Compile = Reflect.get(nodeModule.prototype, '_compile');
  const fresh = new Map<string, Script>();
  function compileKept(this: Loading, content: string, file: string, ...rest: readonly unknown[]): unknown {
    if (!file.startsWith(own + sep) || !hash.test(file)) return compile.call(this, content, file, ...rest);
    const kept = join(folder, basename(file));
    const cachedData = readKept(kept);
    const script = new Script(nodeModule.wrap(content), {
      filename: file,
      columnOffset: -opening.length,
      importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
      ...(cachedData === null ? {} : { cachedData }),
    });
    if (cachedData === null || script.cachedDataRejected === true) fresh.set(kept, script);
    const run: (...names: readonly unknown[]) => unknown = script.runInThisContext();
    return run.call(this.exports, this.exports, createRequire(file), this, file, dirname(file));
  }
  Reflect.set(nodeModule.prototype, '_compile', compileKept);
  // By then V8 has compiled what a run uses.
  process.once('exit', () => keep(folder, fresh));
}

function readKept(file: string): Buffer | null {
  try {
    return readFileSync(file);
  } catch {
    return null;
  }
}

function keep(folder: string, fresh: ReadonlyMap<string, Script>): void {
  if (fresh.size === 0) return;
  try {
    makeFolder(folder);
    for (const [file, script] of fresh) {
      const beside = `${file}.${process.pid}`;
      writeFileSync(beside, script.createCachedData(), { mode: 0o600 });
      renameSync(beside, file);
    }
  } catch {
    // The next start compiles again.
  }
}

/** Node's own `recursive` never ends below a folder that takes none, such as /proc. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path, { mode: 0o700 });
}
