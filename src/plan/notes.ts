/** What a plan has to say besides its tags: what a held release would take, and why a rule gives no tag yet. */
import type { ImageConfig, Rule } from '../config/types.ts';
import { groupBy } from '../domain/group-by.ts';
import type { Release } from '../domain/release.ts';
import { sourceText } from '../releases/equal-versions.ts';
import { listed } from '../releases/settle.ts';
import { releaseEligibility } from './eligibility.ts';
import { movesBetween } from './plan.ts';
import type { TagMap } from './tag-map.ts';
import type { PlanNote } from './types.ts';

/**
 * @param of the release that is planned; `null` for all
 * @param resolved the tag map of some releases, as the plan's is made
 */
export function planNotes(
  image: ImageConfig,
  releases: readonly Release[],
  tags: TagMap,
  of: Release | null,
  resolved: (releases: readonly Release[]) => TagMap,
): PlanNote[] {
  const held = releases.filter((release) => release.hold !== undefined && release.rebuild === undefined);
  const withTags = new Set(tags.convenience.map(({ rule }) => rule.name));
  const without = image.rules.filter(({ kind, name }) => kind === 'convenience' && !withTags.has(name));
  return [
    ...held
      .filter((release) => of === null || of === release)
      .map((release) => heldNote(release, releases, tags, resolved)),
    ...(of === null ? without.map((rule) => withoutTags(rule, releases, image)) : []),
  ];
}

function heldNote(
  held: Release,
  releases: readonly Release[],
  tags: TagMap,
  resolved: (releases: readonly Release[]) => TagMap,
): PlanNote {
  const { text } = held.version;
  const lifted = releases.map((release) => {
    if (release.hold === undefined || sourceText(release) !== sourceText(held)) return release;
    const { hold: _hold, ...rest } = release;
    return rest;
  });
  const moves = movesBetween(tags, resolved(lifted));
  const takes =
    moves.length === 0
      ? 'moves nothing'
      : `moves ${listed(
          moves.map(({ tag }) => tag),
          5,
        )} to ${text}`;
  const message = `${text} is held: ${held.hold?.reason ?? ''} (${held.hold?.where ?? ''}); deleting that line ${takes}`;
  return { kind: 'held', message, moves };
}

/** Grouped by why the releases may not own a tag of the rule. */
function withoutTags(rule: Rule, releases: readonly Release[], image: ImageConfig): PlanNote {
  const why = groupBy(releases, (release) => {
    const found = releaseEligibility(release, rule, image);
    return found.may ? 'not built' : found.code;
  });
  const reasons = [...why].map(
    ([code, group]) => `${words[code] ?? code}: ${listed(group.map(({ version }) => version.text))}`,
  );
  const [code] = why.keys();
  const advice = why.size === 1 ? adviceFor(code, rule) : '';
  const of = releases.length === 0 ? 'there is no release' : reasons.join('; ');
  return { kind: 'rule-without-tags', message: `the rule ${rule.name} gives no tag yet (${of})${advice}` };
}

/** The line that would let the releases own the tags, where one key of the rule or the image keeps all of them out. */
function adviceFor(code: string | undefined, rule: Rule): string {
  if (code === 'post-release') return "; postReleases: 'promote' would let them own it";
  if (code !== 'pre-release' || rule.releases !== 'finals') return '';
  return rule.fallback === null
    ? "; fallback: 'pre' in the rule would let them own it until there is a final, releases: 'all' for good"
    : "; releases: 'all' in the rule would let them own it";
}

const words: Readonly<Record<string, string>> = {
  'pre-release': 'pre-releases',
  'post-release': 'post releases',
  'outside-rule': 'not for the rule',
  'no-default': 'without a default',
  ended: 'out after the end of their line',
};
