/** Lint of facts as their source writes them, before anything is read out of the texts. */
import type { ImageConfig } from '../config/types.ts';
import type { Release, ReleaseFact } from '../domain/release.ts';
import { quote } from '../domain/tag.ts';
import type { Warning } from '../domain/warning.ts';
import { readText } from './read-fact.ts';
import { acceptLine, listed } from './settle.ts';

/** Texts that were passed over, counted, with a few of them. */
export function ignoredTexts(texts: readonly string[], from: string): Warning[] {
  if (texts.length === 0) return [];
  const sorted = texts.toSorted();
  const count = texts.length === 1 ? 'one text is' : `${texts.length} texts are`;
  return [
    {
      code: 'TEXTS_IGNORED',
      message: `${from}: ${count} no release of this image: ${listed(sorted.map(quote))}`,
      versions: [],
    },
  ];
}

/**
 * Some texts with a `v` and some without: one habit was broken, and the `v` may have reached a tag.
 *
 * @see https://github.com/PrefectHQ/prefect/issues/11259
 */
export function prefixWarnings(facts: readonly ReleaseFact[], image: ImageConfig, from: string): Warning[] {
  const withV: string[] = [];
  const without: string[] = [];
  for (const { version: text } of facts) {
    if (!/^v?\d/i.test(text)) continue; // `lychee-v0.16.0` has a prefix of its own
    const bare = text.replace(/^v/i, '');
    const isOurs = [text, bare, `v${bare}`].some((form) => isRelease(form, image));
    if (isOurs) (bare === text ? without : withV).push(text);
  }
  if (withV.length === 0 || without.length === 0) return [];
  const [odd, rest, what, others] =
    withV.length <= without.length ? [withV, without, 'a v', 'none'] : [without, withV, 'no v', 'one'];
  const versions = odd.toSorted();
  const verb = odd.length === 1 ? 'has' : 'have';
  const first = versions[0] ?? '';
  return [
    {
      code: 'V_PREFIX',
      message: `${from}: ${listed(versions)} ${verb} ${what}, the other ${rest.length} have ${others}`,
      versions,
      fix: `correct the source, or ${acceptLine('V_PREFIX', first)}`,
    },
  ];
}

function isRelease(text: string, image: ImageConfig): boolean {
  return readText(text, image).kind === 'release';
}

/** The source calls a final version a pre-release. It is treated as one, for either saying yes counts. */
export function prereleaseFlags(releases: readonly Release[], from: string): Warning[] {
  return releases
    .filter(({ prerelease, version }) => prerelease && version.kind !== 'pre' && version.kind !== 'dev')
    .map(({ version }) => ({
      code: 'PRERELEASE_FLAG',
      message: `${version.text} reads as a ${version.kind} release, and ${from} calls it a pre-release; it owns no convenience tag`,
      versions: [version.text],
      fix: `correct the source, or ${acceptLine('PRERELEASE_FLAG', version.text)}`,
    }));
}
