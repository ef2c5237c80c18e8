import { runGit, type GitPlace } from './run-git.ts';

export interface Remote {
  /** As configured: it may hold credentials, so nothing of it is shown. */
  readonly url: string;
  /** `--no-tags`, `--tags`, or empty for the tags of what is fetched. */
  readonly tagOption: string;
  readonly refspecs: readonly string[];
}

/**
 * The remote whose branches count: `origin`, the one that the checked-out branch tracks, or the only one. `null` where
 * there is none, the names where nothing says which.
 */
export async function readBranchRemote(place: GitPlace): Promise<string | null | readonly string[]> {
  const names = namesOf(settingsOf(await runGit(place, listSettings)));
  const [only, ...others] = names;
  if (only === undefined) return null;
  if (names.includes('origin')) return 'origin';
  if (others.length === 0) return only;
  const upstreams = ['for-each-ref', '--format=%(HEAD)%(upstream:remotename)', 'refs/heads'];
  const tracked = /^\*(?<name>.+)$/m.exec(await runGit(place, upstreams))?.groups?.['name'];
  return tracked !== undefined && names.includes(tracked) ? tracked : names;
}

/** `origin`, or the first remote that has a URL; `null` where there is none. */
export async function readRemote(place: GitPlace): Promise<Remote | null> {
  // `remote get-url` and `config --get` cannot tell "not set" from a failure.
  return remoteIn(await runGit(place, listSettings));
}

const listSettings = ['config', '--list', '--null', '--includes'] as const;

interface Setting {
  readonly key: string;
  readonly value: string;
}

function settingsOf(listed: string): readonly Setting[] {
  return listed.split('\0').map((line) => {
    const end = line.indexOf('\n');
    return end === -1 ? { key: line, value: '' } : { key: line.slice(0, end), value: line.slice(end + 1) };
  });
}

function namesOf(settings: readonly Setting[]): readonly string[] {
  return [...new Set(settings.flatMap(({ key }) => /^remote\.(?<name>[^]+)\.url$/.exec(key)?.groups?.['name'] ?? []))];
}

/** The same, from all settings as git lists them. */
export function remoteIn(listed: string): Remote | null {
  const settings = settingsOf(listed);
  const names = namesOf(settings);
  const name = names.includes('origin') ? 'origin' : names[0];
  if (name === undefined) return null;
  const valuesOf = (key: string): string[] =>
    settings.filter((setting) => setting.key === `remote.${name}.${key}`).map(({ value }) => value);
  return { url: valuesOf('url')[0] ?? '', tagOption: valuesOf('tagopt').at(-1) ?? '', refspecs: valuesOf('fetch') };
}
