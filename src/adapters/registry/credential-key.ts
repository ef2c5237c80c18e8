import type { Repository } from '../../domain/reference.ts';

/** Docker keeps Docker Hub's credentials under the address of its first index. */
const dockerHubKey = 'https://index.docker.io/v1/';
const dockerHubNames = ['docker.io', 'index.docker.io', 'registry-1.docker.io'];

/** Every spelling of a registry that a key may have, that of `docker login` first. */
export function spellings(registry: string): readonly string[] {
  const lower = registry.toLowerCase();
  const names = registry === 'docker.io' ? [dockerHubKey, ...dockerHubNames] : [registry, lower];
  return [...new Set([...names, lower.replace(/:(?:443|80)$/, '')])];
}

interface Key {
  readonly text: string;
  readonly host: string;
  /** What follows the host, without slashes at its ends; empty for the address of an API. */
  readonly path: string;
  readonly hasScheme: boolean;
}

/**
 * Of the keys of a file, those that are for a repository, the most specific first: a longer path before a shorter one,
 * any path before the host alone, docker's spelling of the host before others. A path is for the repositories under it
 * alone, but for one in a URL: all tools read such a key as its host, so it comes last.
 */
export function matchingKeys(keys: readonly string[], at: Repository, isLegacy: boolean): readonly string[] {
  const hosts = spellings(at.registry);
  const ranked = keys.flatMap((text) => {
    const key = readKey(text, isLegacy);
    const host = hosts.indexOf(text) === -1 ? hosts.indexOf(key.host) : hosts.indexOf(text);
    const foldedHost = host === -1 ? hosts.indexOf(key.host.toLowerCase()) : host;
    const depth = depthOf(key, at.path);
    return foldedHost === -1 || depth === null
      ? []
      : [{ text, depth, host: foldedHost, scheme: key.hasScheme ? 1 : 0 }];
  });
  ranked.sort((a, b) => b.depth - a.depth || a.host - b.host || a.scheme - b.scheme || (a.text < b.text ? -1 : 1));
  return ranked.map(({ text }) => text);
}

function readKey(text: string, isLegacy: boolean): Key {
  const bare = text.replace(/^https?:\/\//, '');
  const slash = bare.indexOf('/');
  const host = slash === -1 ? bare : bare.slice(0, slash);
  const rest = slash === -1 ? '' : bare.slice(slash + 1);
  const hasScheme = bare !== text;
  const isApi = isLegacy || /^v[12]\/$/.test(rest) || (hasScheme && /^v[12]$/.test(rest));
  return { text, host, path: isApi ? '' : rest.replace(/\/+$/, ''), hasScheme };
}

/** How much of the repository's path a key names; `-1` for a URL of another path, `null` where the key is not for it. */
function depthOf(key: Key, path: string): number | null {
  if (key.path === '' || path === key.path || path.startsWith(`${key.path}/`)) return key.path.length;
  return key.hasScheme ? -1 : null;
}
