import { runGit, type GitPlace } from './run-git.ts';

export interface Remote {
  /** As configured: it may hold credentials, so nothing of it is shown. */
  readonly url: string;
  /** `--no-tags`, `--tags`, or empty for the tags of what is fetched. */
  readonly tagOption: string;
  readonly refspecs: readonly string[];
}

/** `origin`, or the first remote that has a URL; `null` where there is none. */
export async function readRemote(place: GitPlace): Promise<Remote | null> {
  // `remote get-url` and `config --get` cannot tell "not set" from a failure.
  return remoteIn(await runGit(place, ['config', '--list', '--null', '--includes']));
}

/** The same, from all settings as git lists them. */
export function remoteIn(listed: string): Remote | null {
  const settings = listed.split('\0').map((line) => {
    const end = line.indexOf('\n');
    return end === -1 ? { key: line, value: '' } : { key: line.slice(0, end), value: line.slice(end + 1) };
  });
  const names = settings.flatMap(({ key }) => /^remote\.(?<name>[^]+)\.url$/.exec(key)?.groups?.['name'] ?? []);
  const name = names.includes('origin') ? 'origin' : names[0];
  if (name === undefined) return null;
  const valuesOf = (key: string): string[] =>
    settings.filter((setting) => setting.key === `remote.${name}.${key}`).map(({ value }) => value);
  return { url: valuesOf('url')[0] ?? '', tagOption: valuesOf('tagopt').at(-1) ?? '', refspecs: valuesOf('fetch') };
}
