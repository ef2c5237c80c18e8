/** Why a tag is nobody's: the rule it comes nearest to, and why that rule does not give it. */
import type { ImageConfig, Rule } from '../config/types.ts';
import { nearest } from '../domain/nearest.ts';
import { quote, tagFault } from '../domain/tag.ts';
import { isInSeries } from '../domain/version.ts';
import { excludeLine } from '../releases/settle.ts';
import { listed } from '../releases/settle.ts';
import type { Explained } from './explanation.ts';
import { candidatesOf, type Candidate, type ExplainInput } from './explain-candidates.ts';
import { tagGrammar, type Reading } from './grammar.ts';
import { seriesLatestLine, seriesLatestTags } from './series-latest.ts';
import type { TagMap } from './tag-map.ts';

/** The rules are tried backwards: from what a release would give, over what the text reads like, to what is near it. */
export function explainUnplanned(tag: string, tags: TagMap, input: ExplainInput): Explained {
  const fault = tagFault(tag);
  if (fault !== null) return { status: 'unplanned', because: `no registry can hold it: ${fault}` };
  return (
    explainByRelease(tag, input) ??
    explainAcrossMajors(tag, tags, input.image) ??
    explainOfSeries(tag, tags, input.image) ??
    explainByReading(tag, tags, input) ?? {
      status: 'unplanned',
      because: 'no rule gives a text like it',
      fix: didYouMean(nearestTag(tag, tags)),
    }
  );
}

/** A release that is known would give that text, and does not. */
function explainByRelease(tag: string, input: ExplainInput): Explained | null {
  const found = input.image.rules
    .map((rule) => ({ rule, candidates: candidatesOf(rule, tag, input) }))
    .filter(({ candidates }) => candidates.length > 0);
  const byKind = (kind: Rule['kind']): (typeof found)[number] | undefined =>
    found.find((entry) => entry.rule.kind === kind);
  const { rule, candidates } = byKind('pinned') ?? byKind('convenience') ?? {};
  const highest = candidates?.[0];
  if (rule === undefined || candidates === undefined || highest === undefined) return null;
  const version = highest.release.version.text;
  if (candidates.every((candidate) => candidate.verdict === 'excluded')) {
    const as = rule.kind === 'pinned' ? `it would be the ${rule.name} tag of ${version}, which` : version;
    return {
      status: 'excluded',
      rule,
      because: `${as} the config excludes: ${highest.because}`,
      fix: `delete the tag where a registry has it; or, if ${version} is a release, take the line ${excludeLine(version)} away`,
    };
  }
  const of = rule.kind === 'pinned' ? `it would be the ${rule.name} tag of ${version}` : whatReleases(candidates);
  const shown = rule.kind === 'pinned' ? [] : candidates;
  return { status: 'unplanned', rule, candidates: shown, because: `${of}; ${whyLost(highest, candidates)}` };
}

function whatReleases(candidates: readonly Candidate[]): string {
  if (candidates.length === 1) return `only ${candidates[0]?.release.version.text ?? ''} could own it, and may not`;
  return `none of the ${candidates.length} releases that could own it may`;
}

function whyLost(highest: Candidate, candidates: readonly Candidate[]): string {
  const version = highest.release.version.text;
  const others = candidates.length === 1 ? '' : ' (the others are below)';
  if (highest.verdict === 'not-built') return `${version} was not built so: ${highest.because}${others}`;
  return `${version} is ${highest.verdict}: ${highest.because}${others}`;
}

/** `latest` without a series: what most images have, and what takes a user from one major version to the next. */
function explainAcrossMajors(tag: string, tags: TagMap, image: ImageConfig): Explained | null {
  const suffix = /^latest(?<suffix>-.*)?$/.exec(tag)?.groups?.['suffix'] ?? '';
  if (!/^latest(?:-|$)/.test(tag)) return null;
  if (image.rules.some((rule) => rule.kind === 'convenience' && !rule.template.names.has('major'))) return null;
  const near = tags.convenience.map((entry) => entry.tag).filter((text) => text.endsWith(`-latest${suffix}`));
  const latest = image.rules.find((rule) => rule.name === 'latest') ?? null;
  const only = image.axes.some((axis) => axis.name === 'python') ? ", only: { python: 'default' }" : '';
  const instead = near.length === 0 ? '' : `; there is ${listed(near)}`;
  return {
    status: 'unplanned',
    rule: latest,
    because: `every convenience rule of this config names a major version, so no pull takes a user from one to the next${instead}`,
    fix: `to have it, write rules: { newest: { kind: 'convenience', template: 'latest{{suffix}}'${only} } }`,
  };
}

/** `2-latest`, where `latest` is one tag for all series. */
function explainOfSeries(tag: string, tags: TagMap, image: ImageConfig): Explained | null {
  if (!seriesLatestTags(image, tags.cells)(tag)) return null;
  return {
    status: 'unplanned',
    rule: image.rules.find((rule) => rule.name === 'latest') ?? null,
    because: 'by default the rule latest makes one tag for all series, and not one for each',
    fix: `to have one for each, write ${seriesLatestLine}`,
  };
}

/** The text reads like a rule's, and says something that is not there. */
function explainByReading(tag: string, tags: TagMap, input: ExplainInput): Explained | null {
  const reading = tagGrammar(input.image)(tag);
  if (reading === null) return null;
  const reasons = [...unknownAxes(reading, input.image), ...unknownRelease(reading, input)];
  if (reading.hasV) reasons.unshift('no rule writes a v before the version');
  const because = reasons.length === 0 ? 'no release gives it' : reasons.join('; ');
  const fix = didYouMean(nearestTag(reading.hasV ? tag.replace(/v/i, '') : tag, tags));
  return {
    status: 'unplanned',
    rule: reading.rule,
    because: `it reads like a ${reading.rule.name} tag, but ${because}`,
    fix,
  };
}

function unknownAxes({ axes }: Reading, image: ImageConfig): string[] {
  return Object.entries(axes).flatMap(([axis, value]) => {
    const known = image.axes.find((candidate) => candidate.name === axis)?.values.map((entry) => entry.name) ?? [];
    if (known.includes(value)) return [];
    return [`the config has no ${axis} ${value} (it has ${known.join(', ')})`];
  });
}

function unknownRelease({ version, revision, series }: Reading, { known }: ExplainInput): string[] {
  const texts = known.releases.map((release) => release.version.text);
  if (version !== null && !texts.includes(version)) {
    const near = nearest(version, texts.toReversed());
    return [`no source knows a release ${quote(version)}${near === null ? '' : `; the nearest is ${near}`}`];
  }
  if (revision !== null) return [`no release that is known is on the revision ${revision.slice(0, 12)}`];
  if (series === null || known.releases.some((release) => isInSeries(release.version, series))) return [];
  const newest = known.releases.findLast((release) => !release.prerelease)?.version.text;
  return [`no release of series ${series} is known${newest === undefined ? '' : `; the newest final is ${newest}`}`];
}

function nearestTag(tag: string, tags: TagMap): string | null {
  const known = [...tags.convenience.map((entry) => entry.tag), ...[...tags.pinned.keys()].toReversed()];
  return nearest(
    tag,
    known.filter((text) => Math.abs(text.length - tag.length) <= 4),
  );
}

function didYouMean(tag: string | null): string | null {
  return tag === null ? null : `did you mean ${tag}?`;
}
