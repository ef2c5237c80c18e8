/**
 * Tags of events against those of releases, and against each other: a text belongs to one of them, or the build of a
 * branch would take a release's tag.
 */
import type { EventRule, ImageConfig, Rule } from '../config/types.ts';
import { describeEvent, type BuildEvent } from '../domain/build-event.ts';
import type { Problem } from '../domain/errors.ts';
import { formatRepository } from '../domain/reference.ts';
import { quote } from '../domain/tag.ts';
import { eventLanes, repositoriesOf, type EventLane, type LaneContext } from './event-lanes.ts';
import { hasShape, tagGrammar } from './grammar.ts';
import type { TagMap } from './tag-map.ts';

/** What is wrong with the rules whatever happens: seen by an event of each kind. */
export function checkEvents(image: ImageConfig, context: LaneContext): Problem[] {
  if (image.events === null) return [];
  const problems = [
    ...buildNames(image, context.file),
    ...samplesOf(image.events.moving).flatMap((event) => {
      const lanes = eventLanes(image, event, context);
      return lanes.ok ? lanes.value.flatMap((lane) => takenTags(lane, image, event, null)) : lanes.problems;
    }),
  ];
  return [...new Map(problems.map((problem) => [`${problem.code} ${problem.where}`, problem])).values()];
}

/** An event that each rule is for; `some-branch` is none that a release is called by. */
function samplesOf(rules: readonly EventRule[]): readonly BuildEvent[] {
  const facts = {
    revision: 'c0ffee0123456789c0ffee0123456789c0ffee01',
    at: Date.UTC(2026, 10, 29, 3),
    defaultBranch: 'some-branch',
    fork: false,
  };
  const branches = new Set(rules.flatMap((rule) => (rule.event === 'edge' ? [rule.branch ?? 'some-branch'] : [])));
  const has = (name: EventRule['event']): boolean => rules.some((rule) => rule.event === name);
  if (has('branch')) branches.add('some-branch');
  return [
    ...[...branches].map((branch) => ({ kind: 'branch' as const, branch, ...facts })),
    ...(has('pullRequest') ? [{ kind: 'pull-request' as const, number: 12, ...facts }] : []),
    ...(has('schedule') ? [{ kind: 'schedule' as const, branch: 'some-branch', ...facts }] : []),
  ];
}

/**
 * Tags of an event that are a release's, or that another rule of `events` gives to another event.
 *
 * @param releases the tags of the releases that are known, if they are
 */
export function takenTags(lane: EventLane, image: ImageConfig, event: BuildEvent, releases: TagMap | null): Problem[] {
  const known = new Set(
    releases === null ? [] : [...releases.pinned.keys(), ...releases.convenience.map(({ tag }) => tag)],
  );
  const isShared = sharesRepository(lane.image, image);
  const found = laneTags(lane).flatMap(({ tag, rule }): Problem[] => {
    const other = isShared ? (known.has(tag) ? 'a release that is out' : releaseRule(tag, image)) : null;
    if (other !== null) return [taken(tag, rule, event, other)];
    const twin = rule.event === 'branch' ? otherEvent(tag, rule, image) : null;
    return twin === null ? [] : [taken(tag, rule, event, `the rule ${twin.rule.name} of events`)];
  });
  return [...new Map(found.map((problem) => [problem.where, problem])).values()];
}

interface LaneTag {
  readonly tag: string;
  readonly rule: Pick<EventRule, 'event' | 'where' | 'repositories'>;
}

function laneTags({ tags, rules, image }: EventLane): LaneTag[] {
  const where = image.events?.revision.where ?? '';
  const pinned = { event: 'revision' as const, where, repositories: image.repositories };
  return [
    ...tags.convenience.flatMap(({ tag, rule }) => {
      const own = rules.get(rule.name);
      return own === undefined ? [] : [{ tag, rule: own }];
    }),
    ...[...tags.pinned.keys()].map((tag) => ({ tag, rule: pinned })),
  ];
}

/** Whether rules of the releases leave open which texts are theirs: what the releases have, their tags alone show. */
export function needsReleases({
  rules,
  shape,
  attributeNames,
}: Pick<ImageConfig, 'rules' | 'shape' | 'attributeNames'>): boolean {
  return rules.some((rule) => isLoose(rule, { shape, attributeNames }));
}

/** A rule of nothing but groups and attributes reads like any text. */
function isLoose(
  { template: { names } }: Rule,
  { shape, attributeNames }: Pick<ImageConfig, 'shape' | 'attributeNames'>,
): boolean {
  const isFree = [...names].some((name) => shape.names.has(name) || attributeNames.has(name));
  return isFree && !['version', 'major', 'minor', 'revision'].some((name) => names.has(name));
}

function sharesRepository(a: Pick<ImageConfig, 'repositories'>, b: Pick<ImageConfig, 'repositories'>): boolean {
  const others = new Set(b.repositories.map(formatRepository));
  return a.repositories.some((repository) => others.has(formatRepository(repository)));
}

/** The rule of releases that a text reads like, in words. */
function releaseRule(tag: string, image: ImageConfig): string | null {
  const rule = image.rules.find((candidate) => readsLike(tag, candidate, image));
  return rule === undefined ? null : `releases, by the rule ${rule.name} (${rule.template.text})`;
}

function readsLike(tag: string, rule: Rule, image: ImageConfig): boolean {
  // What it really gives, the releases tell.
  if (isLoose(rule, image)) return false;
  const reading = tagGrammar({ ...image, rules: [rule] })(tag);
  if (reading === null || reading.hasV) return false;
  if (reading.version !== null && !hasShape(reading.version, image)) return false;
  return reading.revision === null || reading.revision.length === rule.revisionLength;
}

/** Another rule of `events` for the same repository that reads like the tag of a branch. */
function otherEvent(tag: string, own: Pick<EventRule, 'where' | 'repositories'>, image: ImageConfig): EventRule | null {
  const { events } = image;
  if (events === null) return null;
  const here = { repositories: own.repositories ?? image.repositories };
  const ofEvents = { ...image, shape: { ...image.shape, names: new Set<string>() }, attributeNames: new Set<string>() };
  return (
    [events.revision, ...events.moving].find((other) => {
      if (other.event === 'branch' || other.rule.template.names.has('branch')) return false;
      const isHere =
        other.event === 'revision' || sharesRepository({ repositories: repositoriesOf(other, image) }, here);
      const reading = isHere ? tagGrammar({ ...ofEvents, rules: [other.rule] })(tag) : null;
      return reading !== null && (reading.revision === null || reading.revision.length === other.rule.revisionLength);
    }) ?? null
  );
}

function taken(tag: string, { event: name, where }: LaneTag['rule'], event: BuildEvent, by: string): Problem {
  const fix =
    name === 'branch'
      ? "rename the branch, write a template that tells them apart, such as 'branch-{{branch}}', or give events a repository of their own"
      : 'write another template, or give events a repository of their own';
  const message = `the tag ${quote(tag)} of ${describeEvent(event)} is that of ${by}`;
  return { code: 'EVENT_COLLISION', where, message, fix };
}

/** Names of releases in what cells are built with. */
function buildNames(image: ImageConfig, file: string): Problem[] {
  const unknown = new Set(['major', 'minor', 'patch', 'build', ...image.shape.names, ...image.attributeNames]);
  const axes = image.axes.flatMap(({ values }) => values.map(({ build }) => build));
  const used = [image.build, ...axes, ...image.shared.values()].flatMap(
    ({ dockerfile, target, context, base, args, contexts, labels, smoke }) =>
      [dockerfile, target, context, base, ...args.values(), ...contexts.values(), ...labels.values(), smoke].flat(),
  );
  const names = new Set(used.flatMap((template) => (template === null ? [] : [...template.names])));
  return [...names]
    .filter((name) => unknown.has(name))
    .map((name) => ({
      code: 'CONFIG_INVALID',
      where: `${file} events`,
      message: `a build is given {{${name}}}, which a branch, a pull request or a schedule does not have`,
      fix: 'use {{version}}, {{revision}} or {{date}} there, or leave events out',
    }));
}
