import type { CacheStore } from '../domain/cache-store.ts';
import type { Problem } from '../domain/errors.ts';
import { outsideRoot, pathFault } from '../domain/path-fault.ts';
import { formatRepository, parseRepository } from '../domain/reference.ts';
import { place } from './place.ts';
import type { ParsedConfig } from './schema.ts';

type Written = NonNullable<ParsedConfig['build']>['cache'];

/** @param above how many folders the root is above the config's */
export function readCache(written: Written, file: string, above: number, problems: Problem[]): CacheStore | null {
  if (written === undefined) return null;
  if (written === 'inline') return { type: 'inline' };
  const cache = written === 'gha' ? ({ type: written, mode: undefined } as const) : written;
  const { mode = 'max' } = cache;
  if (cache.type === 'gha') return { type: 'gha', mode };
  if (cache.type === 'local') {
    const fault = pathFault(cache.path, above);
    if (fault !== null) problems.push(outsideRoot(cache.path, fault, place(file, ['build', 'cache', 'path'])));
    return { type: 'local', path: cache.path, mode };
  }
  const parsed = parseRepository(cache.ref, place(file, ['build', 'cache', 'ref']));
  if (!parsed.ok) problems.push(...parsed.problems);
  return { type: 'registry', ref: parsed.ok ? formatRepository(parsed.value) : cache.ref, mode };
}
