/**
 * The tags of a build that is not a release. The event takes the place of a release, and the rules of `events` take the
 * place of the image's: cells, names and collisions are worked out by the one rule, in `tag-map.ts`.
 */
import type { EventRule, EventsConfig, ImageConfig } from '../config/types.ts';
import { branchOf, branchText, describeEvent, refOf, type BuildEvent } from '../domain/build-event.ts';
import { assertNever, type Problem } from '../domain/errors.ts';
import { groupBy } from '../domain/group-by.ts';
import { formatRepository } from '../domain/reference.ts';
import type { Release } from '../domain/release.ts';
import { failed, ok, type Result } from '../domain/result.ts';
import type { VersionScheme } from '../domain/version.ts';
import type { Cell } from './cell.ts';
import { checkTags } from './check-tags.ts';
import { withNewestMatrix } from './newest-matrix.ts';
import { shapeFinder } from './shapes.ts';
import { resolveTags, type TagMap } from './tag-map.ts';

/** What is built and tagged in the repositories that some rules share. */
export interface EventLane {
  /** With the rules of the event alone: first those whose tags move, then the one of the pinned tag. */
  readonly image: ImageConfig;
  /** Made of the event. */
  readonly release: Release;
  readonly tags: TagMap;
  /** Whose tags move, by the name of the rule. */
  readonly rules: ReadonlyMap<string, EventRule>;
}

export interface LaneContext {
  /** Of the config, for messages. */
  readonly file: string;
  readonly limits: { readonly jobs: number; readonly tags: number };
}

/** @returns a lane for each set of repositories, in the order of the rules; or what is wrong */
export function eventLanes(
  image: ImageConfig,
  event: BuildEvent,
  context: LaneContext,
): Result<readonly [EventLane, ...EventLane[]]> {
  const { events } = image;
  const rules = events === null ? [] : rulesFor(events, event);
  const [unsure] = rules.filter(
    (rule) => rule.event === 'edge' && rule.branch === null && event.defaultBranch === null,
  );
  if (unsure !== undefined) return failed(noDefaultBranch(unsure));
  const lacking = rules.find(({ rule }) => rule.template.names.has('branch') && branchOf(event) === null);
  if (lacking !== undefined) return failed(noBranch(lacking));
  const groups = groupBy(rules, (rule) => repositoriesOf(rule, image).map(formatRepository).join(' '));
  const lanes = [...groups.values()].map((group) => laneOf(image, events, group, event));
  const [first, ...others] = lanes;
  if (first === undefined) return failed(noRule(event, context.file));
  const problems = lanes.flatMap((lane) => problemsOf(lane, context));
  return problems.length > 0 ? failed(...problems) : ok([first, ...others]);
}

/** The rules whose tags an event moves: of a schedule also those of the branch whose head it builds. */
export function rulesFor(events: EventsConfig, event: BuildEvent): readonly EventRule[] {
  const branch = branchOf(event);
  return events.moving.filter((rule) => {
    switch (rule.event) {
      case 'schedule':
        return event.kind === 'schedule';
      case 'pullRequest':
        return event.kind === 'pull-request';
      case 'branch':
        return branch !== null;
      case 'edge':
        return branch !== null && (rule.branch === null || rule.branch === branch) && !isOtherDefault(rule, event);
      case 'revision':
        return false;
      default:
        return assertNever(rule.event);
    }
  });
}

/** A rule for the default branch, and an event of another one. */
function isOtherDefault({ branch }: EventRule, event: BuildEvent): boolean {
  return branch === null && event.defaultBranch !== null && event.defaultBranch !== branchOf(event);
}

export function repositoriesOf(rule: EventRule, image: ImageConfig): ImageConfig['repositories'] {
  return rule.repositories ?? image.repositories;
}

function laneOf(
  image: ImageConfig,
  events: EventsConfig | null,
  rules: readonly EventRule[],
  event: BuildEvent,
): EventLane {
  const [first] = rules;
  const pinned = events === null ? [] : [events.revision];
  const lane: ImageConfig = {
    ...withoutReleases(withNewestMatrix(image)),
    repositories: first === undefined ? image.repositories : repositoriesOf(first, image),
    rules: [...rules, ...pinned].map(({ rule }) => rule),
  };
  const release = releaseOf(event);
  const resolved = (one: Release): TagMap => resolveTags(lane, [one], shapeFinder(lane, [one], 'the event'));
  const labelled = { ...release, labelVersions: labelVersions(resolved(release)) };
  return {
    image: lane,
    release: labelled,
    tags: resolved(labelled),
    rules: new Map(rules.map((rule) => [rule.rule.name, rule])),
  };
}

/** Nothing that is said of releases is for an event. */
function withoutReleases(image: ImageConfig): ImageConfig {
  return {
    ...image,
    scheme: noScheme,
    shape: { ...image.shape, patterns: [], template: null, names: new Set(), range: null },
    excludedReleases: [],
    yanked: [],
    holds: [],
    attributes: [],
    attributeNames: new Set(),
    rebuilds: [],
    accepted: [],
    checks: [],
    sizeLimits: { sizeBytes: null, growth: null },
  };
}

const noScheme: VersionScheme = {
  name: 'event',
  hasPreReleases: false,
  parse: () => null,
  compare: () => 0,
  parseRange: () => null,
  seriesRange: () => null,
};

function releaseOf(event: BuildEvent): Release {
  const branch = branchOf(event);
  const text = event.kind === 'pull-request' ? `pr-${event.number}` : branch === null ? 'schedule' : branchText(branch);
  const groups = {
    ...(branch === null ? {} : { branch: branchText(branch) }),
    ...(event.kind === 'pull-request' ? { number: String(event.number) } : {}),
  };
  const ref = refOf(event);
  return {
    ...(ref === null ? {} : { ref }),
    version: { text, kind: 'final', numbers: [0, 0, 0], parts: [], extra: null, groups },
    revision: event.revision,
    committedAt: event.at,
    publishedAt: event.at,
    builtFor: null,
    prerelease: false,
    yanked: null,
  };
}

/** The first tag of each cell, which is what docker/metadata-action calls the version of an image. */
function labelVersions(tags: TagMap): ReadonlyMap<number, string> {
  return new Map(tags.cells.map((cell) => [cell.shape.rank, tagsOfCell(cell, tags)[0] ?? cell.release.version.text]));
}

/** A fork's code is built and never pushed; nor is a pull request if its rule says so. */
export function isPushed(event: BuildEvent, lanes: readonly EventLane[]): boolean {
  return !event.fork && lanes.every(({ rules }) => [...rules.values()].every(({ push }) => push));
}

/** In the order in which they are handed over: those that move, then the pinned one. */
export function tagsOfCell(cell: Cell, tags: Pick<TagMap, 'convenience'>): readonly string[] {
  return [
    ...tags.convenience.filter(({ owner }) => owner?.shape === cell.shape).map(({ tag }) => tag),
    ...cell.pinned.map(({ tag }) => tag),
  ];
}

/** Of a tag map of event rules; its places are in `events`. */
function problemsOf({ tags, image }: EventLane, context: LaneContext): Problem[] {
  const fix = 'one tag text has one rule: change a template, or leave one of them out';
  return checkTags(tags, image, context).map((problem) => ({
    ...problem,
    where: problem.where.replaceAll(/\brules\./g, 'events.'),
    ...(problem.code === 'CONVENIENCE_COLLISION' && problem.message.startsWith('both rules') ? { fix } : {}),
    ...(problem.code === 'TAG_INVALID' ? { fix: shorterFix(image) } : {}),
  }));
}

/** For a tag that no registry takes. */
function shorterFix({ rules }: Pick<ImageConfig, 'rules'>): string {
  const hasBranch = rules.some(({ template }) => template.names.has('branch'));
  return hasBranch
    ? 'rename the branch, or write a template that does not name {{branch}}'
    : 'write a shorter template, of letters, digits and ._-';
}

function noRule(event: BuildEvent, file: string): Problem {
  const line = {
    branch: "branch: '{{branch}}'",
    'pull-request': "pullRequest: 'pr-{{number}}'",
    schedule: "schedule: 'nightly'",
  }[event.kind];
  return {
    code: 'EVENT_INVALID',
    where: `${file} events`,
    message: `no rule is for ${describeEvent(event)}`,
    fix: `write events: { ${line} }, or do not build it`,
  };
}

function noDefaultBranch({ where }: EventRule): Problem {
  const message = 'it follows the default branch, and the event does not say which that is';
  return { code: 'EVENT_INVALID', where, message, fix: "name it: edge: { branch: 'main' }" };
}

function noBranch({ where }: EventRule): Problem {
  const message = 'its template names {{branch}}, and this schedule has no branch';
  return { code: 'EVENT_INVALID', where, message, fix: 'leave {{branch}} out, or run the schedule on a branch' };
}
