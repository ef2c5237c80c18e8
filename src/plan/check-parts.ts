/** Rules that name a part which a release lacks: a text made without it would be another release's, or nobody's. */
import type { ImageConfig, Rule } from '../config/types.ts';
import type { Problem } from '../domain/errors.ts';
import type { Release } from '../domain/release.ts';
import type { VersionScheme } from '../domain/version.ts';
import { listed } from '../releases/settle.ts';
import { releaseEligibility } from './eligibility.ts';

const parts: readonly string[] = ['major', 'minor', 'patch'];

/** @returns one problem for a rule and a part, with the range that leaves out the releases which lack it */
export function checkParts(releases: readonly Release[], image: ImageConfig, file: string): Problem[] {
  const names = [...new Set([...parts, ...image.shape.names])];
  const lackingOf = new Map(names.map((name) => [name, releases.filter((release) => lacks(release, name))]));
  return image.rules.flatMap((rule) =>
    names.flatMap((name): Problem[] => {
      const candidates = rule.template.names.has(name) ? (lackingOf.get(name) ?? []) : [];
      const lacking = candidates.filter((release) => isFor(rule, release, image));
      if (lacking.length === 0) return [];
      const texts = textsOf(lacking);
      const verb = texts.length === 1 ? 'lacks' : 'lack';
      return [
        {
          code: 'VERSION_PART_MISSING',
          where: `${file} rules.${rule.name}`,
          message: `{{${name}}} is in ${rule.template.text}, and ${listed(texts)} ${verb} it`,
          fix: `write rules: { ${rule.name}: { range: '${rangeWithout(lacking, releases, rule, image.scheme)}' } }, with a rule of its own for the others if they need the tag`,
        },
      ];
    }),
  );
}

function lacks({ version }: Release, name: string): boolean {
  if (version.groups?.[name] !== undefined) return false;
  const place = parts.indexOf(name);
  return place === -1 || version.parts[place] === undefined;
}

function isFor(rule: Rule, release: Release, image: ImageConfig): boolean {
  const found = releaseEligibility(release, rule, image);
  return found.may || found.code === 'yanked' || found.code === 'held';
}

/** The rule's range without them: one bound if they lie at one end of the order, else each by itself. */
function rangeWithout(
  lacking: readonly Release[],
  releases: readonly Release[],
  rule: Rule,
  { compare }: VersionScheme,
): string {
  const rest = releases.filter((release) => !lacking.includes(release));
  const [lowest, highest] = [lacking[0]?.version, lacking.at(-1)?.version];
  const [restLowest, restHighest] = [rest[0]?.version, rest.at(-1)?.version];
  const own = rule.range === null ? '' : `${rule.range.text} `;
  if (lowest && highest && restLowest && compare(highest, restLowest) < 0) return `${own}>=${restLowest.text}`;
  if (lowest && restHighest && compare(restHighest, lowest) < 0) return `${own}<${lowest.text}`;
  return `${own}${textsOf(lacking)
    .map((text) => `!=${text}`)
    .join(' ')}`;
}

/** A release and its rebuilds have one. */
function textsOf(releases: readonly Release[]): readonly string[] {
  return [...new Set(releases.map(({ version }) => version.text))];
}
