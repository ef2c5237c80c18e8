/**
 * Tags of builds that are not releases: whether each is its branch's newest build, as young as its schedule says, or of a
 * pull request that is closed. What is not known is no finding: a judge answers `null` for it as for what is right.
 */
import type { BranchCommit } from '../domain/branch-commit.ts';
import type { Digest } from '../domain/digest.ts';
import { formatInstant, parseInstant, type Instant } from '../domain/instant.ts';
import { labelNames, refLabel } from '../domain/labels.ts';
import type { PullState } from '../domain/pull-state.ts';
import type { Repository } from '../domain/reference.ts';
import { quote } from '../domain/tag.ts';
import { deletion, restoreCommand } from '../moves/fix.ts';
import type { Choice } from '../moves/repair.ts';
import type { EventTagText } from '../plan/event-tags.ts';
import type { Found } from './audit.ts';
import { nowhere, type Finding } from './types.ts';

type EventRule = EventTagText['rule'];
type Labels = Readonly<Record<string, string>>;

/** The repository as a judge sees it. */
export interface EventSight {
  readonly repository: Repository;
  readonly now: Instant;
  /** What is younger than this may still be on its way. */
  readonly graceMs: number;
  /** `null` if the tag is absent, or was not read. */
  digestAt(tag: string): Digest | null;
  /** Of an image that was looked into; `null` otherwise. */
  labels(digest: Digest): Labels | null;
}

/** A tag of a branch, and the newest of the branch's commits that has an image. */
export interface BranchTag {
  readonly tag: string;
  readonly rule: EventRule;
  readonly branch: string;
  /** Newest first. */
  readonly line: readonly BranchCommit[];
  readonly newest: { readonly tag: string; readonly index: number };
}

/** It is behind if a commit that came later on its branch has an image. */
export function judgeBranch({ tag, rule, branch, line, newest }: BranchTag, sight: EventSight): Found | null {
  const [at, to] = [sight.digestAt(tag), sight.digestAt(newest.tag)];
  const commit = line[newest.index];
  if (at === null || to === null || at === to || commit === undefined) return null;
  const [here, there] = [sight.labels(at) ?? {}, sight.labels(to) ?? {}];
  const revision = here[labelNames.revision];
  const index = line.findIndex((one) => one.revision === revision);
  const isEarlier = index === -1 ? isOlderBuild(here, there, branch) : index > newest.index;
  if (revision === undefined || !isEarlier) return null;
  const built = createdAt(there) ?? commit.at;
  const because = `the newest build of branch ${quote(branch)} is of commit ${short(commit.revision)} (${newest.tag}); this one is of commit ${short(revision)}`;
  return found('behind', tag, rule, {
    because,
    expected: { owner: null, digest: to },
    actual: { owner: null, digest: at },
    since: formatInstant(built),
    fix: restoreCommand(sight.repository, tag, to),
    excused: onItsWay(`commit ${short(commit.revision)} was built`, built, sight),
    evidence: [tag, newest.tag],
  });
}

/** After a history that was rewritten: both images say that they are of the branch, and which run began first. */
function isOlderBuild(here: Labels, there: Labels, branch: string): boolean {
  const ref = `refs/heads/${branch}`;
  const [a, b] = [createdAt(here), createdAt(there)];
  return here[refLabel] === ref && there[refLabel] === ref && a !== null && b !== null && a < b;
}

/** A tag that each run of a schedule moves, and the branch that it builds. */
export interface ScheduleTag {
  readonly tag: string;
  readonly rule: EventRule;
  readonly everyMs: number;
  readonly branch: string;
  readonly line: readonly BranchCommit[];
}

/** It is overdue if a run should have built a commit that came after its own. A run with nothing new to build moves nothing. */
export function judgeSchedule({ tag, rule, everyMs, branch, line }: ScheduleTag, sight: EventSight): Found | null {
  const at = sight.digestAt(tag);
  const labels = at === null ? null : sight.labels(at);
  const built = labels === null ? null : createdAt(labels);
  if (at === null || labels === null || built === null) return null;
  const index = line.findIndex(({ revision }) => revision === labels[labelNames.revision]);
  const next = line[index - 1];
  // Of the newest commit, or of one that is not on the branch: there was nothing to build, or nobody knows.
  if (next === undefined) return null;
  const due = Math.max(built, next.at) + everyMs;
  if (sight.now <= due) return null;
  const because = `it is of ${formatInstant(built)}, and branch ${quote(branch)} has had commit ${short(next.revision)} since ${formatInstant(next.at)}: a schedule that runs every ${spanText(everyMs)} should have built that`;
  return overdue({ tag, rule, at }, because, due, sight);
}

/** Tags of a schedule that gives each day one. */
export interface DailyTags {
  readonly rule: EventRule;
  readonly everyMs: number;
  /** The newest that is there. */
  readonly tag: string;
  /** Those of the days on which it should have run last, newest first; any of them will do. */
  readonly expected: readonly string[];
}

/** The newest is overdue if none of the last days has one, whatever there was to build. */
export function judgeDaily({ tag, rule, everyMs, expected }: DailyTags, sight: EventSight): Found | null {
  const at = sight.digestAt(tag);
  const [first] = expected;
  if (at === null || first === undefined || expected.includes(tag)) return null;
  const because = `it is the newest that is there, and a schedule that runs every ${spanText(everyMs)} should have made ${expected.length === 1 ? first : `one of ${expected.join(', ')}`}`;
  return overdue({ tag, rule, at }, because, null, sight);
}

function overdue(
  { tag, rule, at }: { readonly tag: string; readonly rule: EventRule; readonly at: Digest },
  because: string,
  due: Instant | null,
  sight: EventSight,
): Found {
  const run: Choice = {
    do: 'edit',
    command: 'run the scheduled workflow, and look why it does not run by itself',
    because: 'if it should still run; GitHub switches schedules off after 60 days without a commit',
  };
  const leave: Choice = { do: 'edit', command: `change every in ${rule.where}`, because: 'if it runs less often' };
  return found('overdue', tag, rule, {
    because,
    actual: { owner: null, digest: at },
    since: due === null ? null : formatInstant(due),
    choices: [run, leave],
    excused: due === null ? null : onItsWay('a run was due', due, sight),
    evidence: [tag],
  });
}

export interface PullTag {
  readonly tag: string;
  readonly rule: EventRule;
  readonly number: number;
  readonly state: PullState;
  /** The pinned tag of the same cell, built from a commit. */
  readonly pinned: (revision: string) => string;
}

/**
 * The tag of a pull request that is closed, and the pinned tag of its image if only the pull request has that.
 *
 * @param others tags of branches and schedules that are known here: what they point to stays
 */
export function judgePull(
  { tag, rule, number, state, pinned }: PullTag,
  others: readonly string[],
  sight: EventSight,
): readonly Found[] {
  const at = sight.digestAt(tag);
  if (at === null || state.kind === 'open') return [];
  const when = state.at === null ? '' : ` on ${formatInstant(state.at).slice(0, 10)}`;
  const what = `pull request ${number} was ${state.isMerged ? 'merged' : 'closed'}${when}`;
  const closed = (one: string, because: string): Found =>
    found('closed', one, rule, {
      because,
      actual: { owner: null, digest: at },
      since: state.at === null ? null : formatInstant(state.at),
      choices: [deletionChoice(sight.repository, one, what)],
      evidence: [one],
    });
  const labels = sight.labels(at);
  const revision = labels?.[labelNames.revision];
  const isItsOwn =
    labels?.[refLabel] === `refs/pull/${number}` && !others.some((other) => sight.digestAt(other) === at);
  const full = revision === undefined ? null : pinned(revision);
  const isThere = full !== null && full !== tag && sight.digestAt(full) === at;
  return [
    closed(tag, what),
    ...(isItsOwn && isThere ? [closed(full, `${what}, and nothing else that is known has this image`)] : []),
  ];
}

function deletionChoice(repository: Repository, tag: string, because: string): Choice {
  const { command, note } = deletion(repository, tag);
  return command === null ? { do: 'edit', command: note ?? '', because } : { do: 'run', command, because };
}

type Facts = Pick<Found, 'evidence'> & Pick<Finding, 'because'> & Partial<Omit<Finding, 'kind' | 'tag' | 'rule'>>;

function found(kind: Finding['kind'], tag: string, { rule }: EventRule, { evidence, ...facts }: Facts): Found {
  const blank = { expected: nowhere, actual: nowhere, since: null, fix: null, choices: [], excused: null };
  return { finding: { kind, tag, rule: rule.name, ...blank, ...facts }, evidence, cell: null, move: null };
}

function onItsWay(what: string, began: Instant, { now, graceMs }: EventSight): string | null {
  const ageMs = now - began;
  if (ageMs < 0 || ageMs >= graceMs) return null;
  return `${what} ${Math.floor(ageMs / 60_000)} min ago, and the tag may still be on its way`;
}

/** When the run that built it began. */
function createdAt(labels: Labels): Instant | null {
  return parseInstant(labels[labelNames.created] ?? '');
}

function short(revision: string): string {
  return revision.slice(0, 12);
}

const spans = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const;

/** As the config writes it: `1d`, `12h`. */
function spanText(ms: number): string {
  const [unit, unitMs] = spans.find(([, size]) => ms % size === 0) ?? ['ms', 1];
  return `${ms / unitMs}${unit}`;
}
