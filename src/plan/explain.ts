/** Why a tag is where it should be, or why it is nobody's: for a person who has never seen the config. */
import { count } from '../domain/count.ts';
import type { ImageConfig, Rule } from '../config/types.ts';
import { formatInstant } from '../domain/instant.ts';
import { formatRepository } from '../domain/reference.ts';
import { mapSeveral } from '../domain/several.ts';
import type { KnownReleases } from '../releases/known-releases.ts';
import { describeAliases } from './because.ts';
import { describeAxes, describeCell, type Cell } from './cell.ts';
import { candidatesOf, seriesOf, type Candidate, type ExplainInput } from './explain-candidates.ts';
import { lastMoveOf } from './explain-moves.ts';
import { explainUnplanned } from './explain-unplanned.ts';
import type { Explained, ExplainedCandidate, ExplainedRule, Explanation } from './explanation.ts';
import { ownerOf } from './plan.ts';
import { shapeFinder } from './shapes.ts';
import type { ConvenienceTag } from './convenience-rule.ts';
import type { PinnedTag, TagMap } from './tag-map.ts';

/** @param tags the tag map of `known`, which has to be free of problems */
export function explainTag(tag: string, image: ImageConfig, known: KnownReleases, tags: TagMap): Explanation {
  const input: ExplainInput = { image, known, finder: shapeFinder(image, known.releases, '') };
  const pinned = tags.pinned.get(tag);
  if (pinned !== undefined) return complete(tag, image, explainPinned(pinned));
  const convenience = tags.convenience.find((entry) => entry.tag === tag);
  if (convenience !== undefined) return complete(tag, image, explainConvenience(convenience, input));
  return complete(tag, image, explainUnplanned(tag, tags, input));
}

function complete(tag: string, image: ImageConfig, explained: Explained): Explanation {
  const { rule = null, candidates = [], owner = null, frozen = false, fix = null, lastMoved = null } = explained;
  return {
    schema: 1,
    repository: formatRepository(image.repositories[0]),
    repositories: mapSeveral(image.repositories, formatRepository),
    tag,
    status: explained.status,
    rule: rule === null ? null : describeRule(rule),
    owner,
    frozen,
    because: explained.because,
    fix,
    candidates: withLower(candidates).map(explainedCandidate),
    lastMoved,
  };
}

function explainPinned({ rule, cell }: PinnedTag): Explained {
  const { release } = cell;
  const yanked =
    release.yanked === null
      ? ''
      : `; ${release.version.text} is yanked (${release.yanked.reason}), and its pinned tags stay`;
  return {
    status: 'pinned',
    rule,
    owner: ownerOf(cell),
    because: `it is the ${rule.name} tag of ${describeCell(cell)}, which came out ${formatInstant(release.publishedAt)}; a pinned tag never moves${yanked}`,
  };
}

function explainConvenience(tag: ConvenienceTag, input: ExplainInput): Explained {
  const { owner, rule } = tag;
  const candidates = candidatesOf(rule, tag.tag, input);
  const lastMoved = lastMoveOf(candidates, rule, input);
  if (owner === null) {
    const fix = 'the plan has nothing to put there; tagwright audit says how it goes where a registry still has it';
    const { overtaken } = tag;
    const because =
      overtaken === null
        ? becauseOwnerless(candidates)
        : `the rule ${rule.name} is for pre-releases above the highest final, and none is above ${overtaken.version.text}`;
    return { status: 'ownerless', rule, candidates: overtaken === null ? candidates : [], lastMoved, because, fix };
  }
  const series = seriesOf(rule, owner.release);
  const of = series === '' ? 'all series' : `series ${series}`;
  return {
    status: 'owned',
    rule,
    owner: ownerOf(owner),
    frozen: tag.frozen,
    candidates,
    lastMoved,
    because: `${owner.release.version.text} is the highest ${owner.release.isBeforeFinals === true && rule.fallback === 'pre' ? 'pre-release (there is no final yet)' : channelOf(rule)} of ${of}${becauseWhere(rule)}${builtWith(owner)}${becauseDefault(tag)}${describeAliases(tag)}${becauseFrozen(tag)}`,
  };
}

/** Whose tags a rule gives, in words. */
function channelOf(rule: Rule): string {
  if (rule.releases === 'all') return 'release, finished or not,';
  if (rule.releases === 'finals') return rule.fallback === null ? 'final' : 'final, or pre-release until there is one,';
  return rule.fallback === null ? 'pre-release' : 'pre-release or final';
}

function becauseWhere({ where }: Rule): string {
  return [...where].map(([name, values]) => ` with ${name} ${values.join(' or ')}`).join('');
}

function builtWith({ shape }: Cell): string {
  const axes = describeAxes(shape.axes);
  return axes === '' ? '' : ` that was built with ${axes}`;
}

/** Which value of an axis the tag stands for without naming it. */
function becauseDefault({ rule, owner }: ConvenienceTag): string {
  const defaults = [...rule.only].flatMap(([axis, only]) =>
    only === 'default' ? `; ${axis} ${owner?.shape.axes[axis] ?? ''} is the default of its series` : [],
  );
  return defaults.join('');
}

function becauseFrozen({ frozen, newest }: ConvenienceTag): string {
  if (!frozen || newest === null) return '';
  return `; it is frozen: ${newest.version.text} is higher and was not built so, and unless a later release is, the tag moves no more`;
}

function becauseOwnerless([highest, ...others]: readonly Candidate[]): string {
  if (highest === undefined) return 'no release could own it';
  const rest = others.length === 0 ? 'no other release' : `none of the ${count(others.length, 'other')}`;
  return `${highest.release.version.text} is ${highest.verdict}: ${highest.because}; and ${rest} could own it`;
}

/** All that may own but the highest are lower than that one. */
function withLower(candidates: readonly Candidate[]): Candidate[] {
  const owner = candidates.find((candidate) => candidate.verdict === 'owner');
  return candidates.map((candidate) => {
    if (candidate.verdict !== 'owner') return candidate;
    if (candidate === owner) return { ...candidate, because: 'the highest of those that may own it' };
    return { ...candidate, verdict: 'lower', because: `lower than ${owner?.release.version.text ?? ''}` };
  });
}

function explainedCandidate({ release, shape, verdict, because }: Candidate): ExplainedCandidate {
  return {
    version: release.version.text,
    axes: shape.axes,
    publishedAt: formatInstant(release.publishedAt),
    verdict,
    because,
  };
}

function describeRule(rule: Rule): ExplainedRule {
  return { name: rule.name, kind: rule.kind, template: rule.template.text, meaning: meaningOf(rule) };
}

function meaningOf(rule: Rule): string {
  const range = rule.range === null ? '' : `, for releases ${rule.range.text}`;
  const only = [...rule.only].map(([axis, values]) =>
    values === 'default' ? `, for the default ${axis} alone` : `, for ${axis} ${values.join(', ')} alone`,
  );
  const rest = `${only.join('')}${range}`;
  if (rule.kind === 'pinned') {
    const finals = rule.releases === 'all' ? '' : rule.releases === 'pre' ? ' of a pre-release' : ' of a final';
    return `one tag for each cell${finals}, made when it is published and never moved${rest}`;
  }
  const parts = (names: readonly string[]): string =>
    names.filter((name) => rule.template.names.has(name)).join(' and ');
  const version = parts(['major', 'minor', 'patch', 'version']);
  const day = parts(['date', 'year', 'month', 'day']);
  const among = [version === '' ? '' : ` of one ${version} version`, day === '' ? '' : ` of one ${day}`].join('');
  return `goes to the highest ${channelOf(rule)}${becauseWhere(rule)}${among === '' ? ' of all' : among}, and moves as releases come${rest}`;
}
