/** Lint of facts as their source writes them, before anything is read out of the texts. */
import { literal } from '../domain/text.ts';
import type { ImageConfig, VersionShape } from '../config/types.ts';
import { matchShape } from '../config/version-shape.ts';
import { groupBy } from '../domain/group-by.ts';
import { parseInstant } from '../domain/instant.ts';
import type { Release, ReleaseFact } from '../domain/release.ts';
import { quote } from '../domain/tag.ts';
import type { Warning } from '../domain/warning.ts';
import { patternFor } from './misshapen.ts';
import { readText } from './read-fact.ts';
import { acceptLine, listed } from './settle.ts';

/** Texts that were passed over, counted, with a few of them; and how others are named that came out later than ours. */
export function ignoredTexts(
  passedOver: readonly ReleaseFact[],
  releases: readonly Release[] | null,
  image: ImageConfig,
  from: string,
): Warning[] {
  const ignored = passedOver.filter(({ version }) => !image.siblingShapes.some((shape) => isOf(version, shape)));
  if (ignored.length === 0) return [];
  const sorted = ignored.map(({ version }) => version).toSorted();
  const count = sorted.length === 1 ? 'one text is not a release' : `${sorted.length} texts are not releases`;
  const whose = image.siblingShapes.length === 0 ? 'this image' : `the image ${image.name}`;
  const message = `${from}: ${count} of ${whose}: ${listed(sorted.map(quote))}`;
  if (releases?.length === 0) {
    const others = ignored.filter(({ version }) => matchShape(version, image.shape) === null);
    const advice = patternFor(
      others.map(({ version }) => version),
      false,
      image.shape,
    );
    if (advice !== null) return [{ code: 'TEXTS_IGNORED', message, versions: [], fix: advice }];
  }
  const later = releases === null ? [] : laterNames(ignored, releases);
  if (later.length === 0) return [{ code: 'TEXTS_IGNORED', message, versions: [] }];
  const chosen = later.find(({ prefix }) => prefix.includes(image.name)) ?? later[0];
  const names = later.map(({ prefix, count: texts }) => `${quote(prefix)} (${texts})`);
  const pattern = `^${escape(chosen?.prefix ?? '')}(?<version>.+)$`;
  return [
    {
      code: 'TEXTS_IGNORED',
      message: `${message}; newer than every release that counts are those that begin with ${listed(names, 5)}`,
      versions: [],
      fix: `if these are the releases, write tagPattern: ${literal(pattern)}`,
    },
  ];
}

function isOf(text: string, shape: VersionShape): boolean {
  return matchShape(text, shape) !== null;
}

interface Named {
  readonly prefix: string;
  readonly count: number;
}

/** What stands before a version is a name; a longer text has none. */
const maxPrefix = 200;

/** What stands before the version in texts of several releases, if the last of them came out after all of ours. */
function laterNames(ignored: readonly ReleaseFact[], releases: readonly Release[]): Named[] {
  const newest = releases.reduce((last, { committedAt }) => Math.max(last, committedAt), Number.NEGATIVE_INFINITY);
  const groups = groupBy(ignored, ({ version }) => /^.*?(?=\d+\.\d+\.\d)/.exec(version.slice(0, maxPrefix))?.[0] ?? '');
  return [...groups]
    .filter(([prefix, facts]) => /[@/-]v?$/.test(prefix) && facts.length > 2)
    .filter(([, facts]) => facts.some(({ committedAt }) => (parseInstant(committedAt ?? '') ?? 0) > newest))
    .map(([prefix, facts]) => ({ prefix, count: facts.length }))
    .toSorted((a, b) => b.count - a.count || a.prefix.length - b.prefix.length);
}

function escape(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}

/**
 * Some texts with a `v` and some without: one habit was broken, and the `v` may have reached a tag.
 *
 * @see https://github.com/PrefectHQ/prefect/issues/11259
 */
export function prefixWarnings(facts: readonly ReleaseFact[], image: ImageConfig, from: string): Warning[] {
  const withV: string[] = [];
  const without: string[] = [];
  // `lychee-v0.16.0` has a prefix of its own.
  const texts = facts.map(({ version }) => version).filter((text) => /^v?\d/i.test(text));
  // One habit was kept: nothing has to be read.
  if (!texts.some((text) => /^v/i.test(text)) || texts.every((text) => /^v/i.test(text))) return [];
  for (const text of texts) {
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
      message: `${from}: ${listed(versions)} ${verb} ${what}, the other ${rest.length === 1 ? 'one has' : `${rest.length} have`} ${others}`,
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
