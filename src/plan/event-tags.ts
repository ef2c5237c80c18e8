/** Tags of a repository that rules of `events` made: worked out forwards, from branches, pull requests and days that are known. */
import type { EventName, EventRule, ImageConfig, Rule } from '../config/types.ts';
import { branchText, type BuildEvent, type EventKind } from '../domain/build-event.ts';
import type { Instant } from '../domain/instant.ts';
import { formatRepository, type Repository } from '../domain/reference.ts';
import { eventLanes, repositoriesOf, type LaneContext } from './event-lanes.ts';
import { tagGrammar, type Grammar } from './grammar.ts';

/** A tag that an event would move. */
export interface EventTagText {
  readonly tag: string;
  readonly rule: EventRule;
  /** Of the cell that it is of. */
  readonly axes: Readonly<Record<string, string>>;
  /** The pinned tag of the same cell, built from a commit (40 hex). */
  readonly pinned: (revision: string) => string;
}

/** One repository, and what is known whatever is asked of it. */
export interface EventPlace {
  readonly image: ImageConfig;
  readonly repository: Repository;
  readonly context: LaneContext;
  /** `null` if nobody says: then nothing is known of rules that follow it. */
  readonly defaultBranch: string | null;
}

/** The rules of `events` whose tags go to a repository. */
export function rulesIn({ image, repository }: Pick<EventPlace, 'image' | 'repository'>): readonly EventRule[] {
  const name = formatRepository(repository);
  return (image.events?.moving ?? []).filter((rule) =>
    repositoriesOf(rule, image).some((one) => formatRepository(one) === name),
  );
}

/** Repositories that only rules of `events` name. */
export function eventRepositories(image: ImageConfig): readonly Repository[] {
  const known = new Set(image.repositories.map(formatRepository));
  const named = (image.events?.moving ?? []).flatMap((rule) => repositoriesOf(rule, image));
  return named.filter((repository) => {
    const name = formatRepository(repository);
    if (known.has(name)) return false;
    known.add(name);
    return true;
  });
}

/**
 * The tags that an event would move in a repository, by the rules of its own kind: a schedule moves those of its branch
 * too, which a push to that branch moves as well. None if the event has no tags, or they cannot be worked out.
 */
export function eventTags(place: EventPlace, kind: EventKind, revision: string, at: Instant): readonly EventTagText[] {
  const { image, repository, context, defaultBranch } = place;
  const { events } = image;
  if (events === null) return [];
  const moving = events.moving.filter(
    (rule) => rule.event !== 'edge' || rule.branch !== null || defaultBranch !== null,
  );
  const event: BuildEvent = { ...kind, revision, at, defaultBranch, fork: false };
  const lanes = eventLanes({ ...image, events: { ...events, moving } }, event, context);
  const name = formatRepository(repository);
  const cut = (text: string): string => text.slice(0, events.revision.rule.revisionLength);
  const own = new Set<EventName>(namesOf[kind.kind]);
  return (lanes.ok ? lanes.value : [])
    .filter((lane) => lane.image.repositories.some((one) => formatRepository(one) === name))
    .flatMap(({ tags, rules }) =>
      tags.convenience.flatMap(({ tag, rule: { name: of }, owner }) => {
        const rule = rules.get(of);
        if (rule === undefined || owner === null || !own.has(rule.event)) return [];
        const [{ tag: full }] = owner.pinned;
        return [
          {
            tag,
            rule,
            axes: owner.shape.axes,
            pinned: (other: string) => full.replaceAll(cut(revision), () => cut(other)),
          },
        ];
      }),
    );
}

const namesOf: Readonly<Record<EventKind['kind'], readonly EventName[]>> = {
  branch: ['branch', 'edge'],
  'pull-request': ['pullRequest'],
  schedule: ['schedule'],
};

/** Branches that a listed tag may be of: the names of the others are in none of them. */
export function branchesOfTags(
  place: EventPlace,
  listed: readonly string[],
  branches: Iterable<string>,
): readonly string[] {
  const rules = rulesIn(place);
  const edges = new Set(
    rules.flatMap(({ event, branch }) => (event === 'edge' ? [branch ?? place.defaultBranch] : [])),
  );
  const hasBranches = rules.some(({ event }) => event === 'branch');
  return [...branches].filter((branch) => {
    if (edges.has(branch)) return true;
    const text = branchText(branch);
    return hasBranches && listed.some((tag) => tag.includes(text));
  });
}

/** Numbers of the pull requests that listed tags read like, lowest first. */
export function pullNumbersOfTags(place: EventPlace, listed: readonly string[]): readonly number[] {
  const rules = rulesIn(place).filter(
    ({ event, rule }) => event === 'pullRequest' && rule.template.names.has('number'),
  );
  if (rules.length === 0) return [];
  const grammar = grammarOf(
    rules.map(({ rule }) => rule),
    place.image,
  );
  const texts = listed.flatMap((tag) => (grammar(tag) === null ? [] : (tag.match(/\d{1,9}/g) ?? [])));
  const numbers = new Set(texts.map(Number).filter((number) => number > 0));
  return [...numbers].toSorted((a, b) => a - b);
}

/** Whether each day has a tag of its own. */
export function isDaily({ rule }: EventRule): boolean {
  return rule.template.names.has('day') || rule.template.names.has('date');
}

/** The listed tag that reads like a rule's, for these axes, and is the last by its text; `null` if there is none. */
export function lastOfRule(
  { image }: Pick<EventPlace, 'image'>,
  { rule }: EventRule,
  axes: EventTagText['axes'],
  listed: readonly string[],
): string | null {
  const grammar = grammarOf([rule], image);
  const own = listed.filter((tag) => {
    const reading = grammar(tag);
    return reading !== null && Object.entries(reading.axes).every(([axis, value]) => axes[axis] === value);
  });
  return own.toSorted().at(-1) ?? null;
}

/** Names of releases are none of events. */
function grammarOf(rules: readonly Rule[], image: ImageConfig): Grammar {
  const shape = { ...image.shape, names: new Set<string>() };
  return tagGrammar({ ...image, shape, attributeNames: new Set(), rules });
}
