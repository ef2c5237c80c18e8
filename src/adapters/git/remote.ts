import { quote } from '../../domain/tag.ts';
import { runGit, type GitPlace } from './run-git.ts';

export interface Remote {
  /** As configured: it may hold credentials, so nothing of it is shown. */
  readonly url: string;
  /** `--no-tags`, `--tags`, or empty for the tags of what is fetched. */
  readonly tagOption: string;
  readonly refspecs: readonly string[];
}

export interface BranchRemote {
  readonly name: string;
  /** The clone has others, which may say something else. */
  readonly isOneOfSeveral: boolean;
}

/**
 * The remote whose branches count: `origin`, the one that the checked-out branch tracks, `upstream`, or the only one.
 * `null` where there is none, the names where nothing says which.
 */
export async function readBranchRemote(place: GitPlace): Promise<BranchRemote | null | readonly string[]> {
  const names = namesOf(settingsOf(await runGit(place, listSettings)));
  const [only, ...others] = names;
  if (only === undefined) return null;
  const isOneOfSeveral = others.length > 0;
  if (names.includes('origin')) return { name: 'origin', isOneOfSeveral };
  if (!isOneOfSeveral) return isPlain(only) ? { name: only, isOneOfSeveral } : names;
  const upstreams = ['for-each-ref', '--format=%(HEAD)%(upstream:remotename)', 'refs/heads'];
  const tracked = /^\*(?<name>.+)$/m.exec(await runGit(place, upstreams))?.groups?.['name'];
  const name = [tracked, 'upstream'].find((one) => one !== undefined && isPlain(one) && names.includes(one));
  return name === undefined ? names : { name, isOneOfSeveral };
}

export function isUnclear(remote: BranchRemote | null | readonly string[]): remote is readonly string[] {
  return Array.isArray(remote);
}

/** Nothing that git would take for an option or a pattern. */
function isPlain(name: string): boolean {
  return /^\w[\w./-]*$/.test(name);
}

/** Nothing says which of several counts, or it has a name that is not handed to git. */
export function unclearRemote(names: readonly string[]): { readonly reason: string; readonly fix: string } {
  const [only = '', ...others] = names;
  if (others.length === 0) {
    return { reason: `the remote of this clone is called ${quote(only)}`, fix: 'give it a plain name, such as origin' };
  }
  return {
    reason: `this clone has the remotes ${names.join(', ')}, and nothing says which of them counts`,
    fix: 'rename it: `git remote rename NAME origin`, or let the branch track it: `git branch --set-upstream-to=NAME/BRANCH`',
  };
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
