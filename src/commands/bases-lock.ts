/** The base lock beside the config: read with every config, written by `render --update-bases`. */
import pMap from 'p-map';
import { basesLockFile, basesLockText, namedBases, readBasesLock, type BasesLock } from '../build/bases-lock.ts';
import type { Config } from '../config/types.ts';
import type { Digest } from '../domain/digest.ts';
import { InputError, type Problem } from '../domain/errors.ts';
import { mirroredImage, type Mirror } from '../domain/mirrors.ts';
import { parseRepository } from '../domain/reference.ts';
import { ok, type Result } from '../domain/result.ts';
import type { ProjectFiles, Registries } from '../ports.ts';
import type { World } from './world.ts';

/** @returns an empty lock where there is no file @throws {InputError} BASES_LOCK_INVALID */
export async function readBasesLockFile(files: Pick<ProjectFiles, 'read'>): Promise<BasesLock> {
  const text = await files.read(basesLockFile);
  if (text === null) return new Map();
  const read = readBasesLock(text);
  if (!read.ok) throw new InputError(read.problems);
  return read.value;
}

/** Where a base is pulled from, as one repository and a tag. */
export function placeOfBase(base: string, mirrors: readonly Mirror[], where: string): Result<BasePlace> {
  const pulled = mirroredImage(base, mirrors, where);
  if (!pulled.ok) return pulled;
  const name = pulled.value;
  const colon = name.lastIndexOf(':');
  const hasTag = colon > name.lastIndexOf('/');
  const repository = parseRepository(hasTag ? name.slice(0, colon) : name, where);
  if (!repository.ok) return repository;
  return ok({ repository: repository.value, tag: hasTag ? name.slice(colon + 1) : 'latest' });
}

interface BasePlace {
  readonly repository: Parameters<Registries['open']>[0];
  readonly tag: string;
}

/**
 * Asks for every base of the config by one HEAD each, and writes the file if a digest changed.
 *
 * @returns the new lock, and what changed as lines for a person
 * @throws {InputError} BASE_MISSING; {@link OutsideError} where a registry does not answer. Then nothing is written.
 */
export async function updateBasesLock(
  config: Config,
  root: string,
  world: World,
): Promise<{ readonly lock: BasesLock; readonly lines: readonly string[] }> {
  const files = world.files(root);
  const before = await readOldLock(files);
  const { names, unlockable } = namedBases(config.images);
  const registries = await world.registries(config.insecureRegistries);
  try {
    const mirrors = config.images[0]?.mirrors ?? [];
    const asked = await pMap(names, ([full, name]) => currentDigest(full, name, { mirrors, registries, world }), {
      concurrency: 8,
    });
    const problems = asked.flatMap((one) => ('problems' in one ? one.problems : []));
    if (problems.length > 0) throw new InputError(problems);
    const lock = new Map(asked.flatMap((one) => ('digest' in one ? [[one.full, one.digest] as const] : [])));
    const lines = [...changes(before, lock), ...unlockable.map((text) => `${text} differs by release: not locked`)];
    const text = basesLockText(lock);
    const isSame = text === (await files.read(basesLockFile));
    if (!isSame) await files.write(basesLockFile, text);
    return { lock, lines: [...lines, `${basesLockFile} ${isSame ? 'unchanged' : 'written'}`] };
  } finally {
    await registries.close();
  }
}

/** What cannot be read is what a new one is written for. */
async function readOldLock(files: ProjectFiles): Promise<BasesLock> {
  const read = readBasesLock((await files.read(basesLockFile)) ?? '');
  return read.ok ? read.value : new Map();
}

type Answer =
  | { readonly full: string; readonly digest: Digest }
  | { readonly full: string; readonly problems: readonly Problem[] };

async function currentDigest(
  full: string,
  name: string,
  { mirrors, registries, world }: { mirrors: readonly Mirror[]; registries: Registries; world: World },
): Promise<Answer> {
  const place = placeOfBase(name, mirrors, `the base ${name}`);
  if (!place.ok) return { full, problems: place.problems };
  const { repository, tag } = place.value;
  const found = await registries.open(repository).head(tag, world.signal);
  if (found !== null) return { full, digest: found.digest };
  const message = `${repository.registry}/${repository.path}:${tag} does not exist`;
  return { full, problems: [{ code: 'BASE_MISSING', where: `the base ${name}`, message, fix: 'correct the base' }] };
}

function changes(before: BasesLock, after: BasesLock): readonly string[] {
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((name) => {
    const [was, is] = [before.get(name), after.get(name)];
    if (was === is) return [];
    if (is === undefined) return [`${name} is left out: no cell is built on it`];
    return [was === undefined ? `${name} is ${is}` : `${name} was ${was}, is ${is}`];
  });
}
