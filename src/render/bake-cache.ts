/** The cache of one target, in the words of buildx. */
import type { BuildTarget } from '../domain/build-target.ts';
import type { CacheStore } from '../domain/cache-store.ts';
import { maxTagLength } from '../domain/tag.ts';

export interface CacheLines {
  readonly from: readonly string[];
  readonly to: readonly string[];
}

const none: CacheLines = { from: [], to: [] };

/** A target reads what it wrote itself, then what the release before wrote. */
export function cacheLines({ cache }: BuildTarget, store: CacheStore | null): CacheLines {
  if (cache === undefined || store === null) return none;
  const { own, previous } = cache;
  if (store.type === 'inline') {
    const from = previous === null ? [] : [`type=registry,ref=${previous.reference}`];
    return { from, to: ['type=inline'] };
  }
  const scopes = previous === null ? [own] : [own, previous.scope];
  return {
    from: scopes.map((scope) => placeOf(store, scope, 'src')),
    to: [`${placeOf(store, own, 'dest')},mode=${store.mode}`],
  };
}

const prefix = 'buildcache-';

function placeOf(store: Exclude<CacheStore, { type: 'inline' }>, scope: string, folder: 'src' | 'dest'): string {
  if (store.type === 'gha') return `type=gha,scope=${scope}`;
  if (store.type === 'local') return `type=local,${folder}=${store.path}/${scope}`;
  // Two scopes of the same beginning share a cache then; what is in it is found by content.
  return `type=registry,ref=${store.ref}:${`${prefix}${scope}`.slice(0, maxTagLength)}`;
}
