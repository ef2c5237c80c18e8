/**
 * Tags of builds that are not releases: whether each is its branch's newest build, as young as its schedule says, or of a
 * pull request that is closed. What is not known is no finding, and is not called right either.
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

/** What facts say of a tag. */
export type Verdict =
  | { readonly kind: 'found'; readonly found: Found }
  | { readonly kind: 'right' }
  /** Its image is of no known commit of the branch. */
  | { readonly kind: 'elsewhere' }
  /** @property note what is not known, for a reader; `null` if there is nothing to say of it */
  | { readonly kind: 'unknown'; readonly note: string | null };

const right: Verdict = { kind: 'right' };
const unknown: Verdict = { kind: 'unknown', note: null };

/** The pinned tag of a commit of a line, which has an image. */
export interface LineBuild {
  readonly tag: string;
  /** Of the commit, in the line. */
  readonly index: number;
}

/** A tag of a branch, and the commits of the branch that have an image. */
export interface BranchTag {
  readonly tag: string;
  readonly rule: EventRule;
  readonly branch: string;
  /** Newest first. */
  readonly line: readonly BranchCommit[];
  /** Newest first. */
  readonly builds: readonly LineBuild[];
}

/**
 * It is behind if a commit that came later on its branch has an image that was built for the branch. An image that was
 * built for another branch or a pull request says nothing of when the commit came to this branch: its run may be the next.
 */
export function judgeBranch({ tag, rule, branch, line, builds }: BranchTag, sight: EventSight): Verdict {
  const at = sight.digestAt(tag);
  const [newest] = builds;
  if (at === null) return unknown;
  if (newest === undefined) return { kind: 'elsewhere' };
  if (at === sight.digestAt(newest.tag)) return right;
  const here = sight.labels(at);
  const revision = here?.[labelNames.revision];
  if (here === null || revision === undefined) return unknown;
  const index = line.findIndex((one) => one.revision === revision);
  if (index !== -1 && index <= newest.index) return right;
  let note: string | null = null;
  for (const build of builds.filter((one) => index === -1 || one.index < index)) {
    const to = sight.digestAt(build.tag);
    const there = to === null ? null : sight.labels(to);
    const commit = line[build.index];
    if (to === null || there === null || to === at || commit === undefined) continue;
    if (index === -1 && !isOlderBuild(here, there, branch)) continue;
    const ref = there[refLabel] ?? refOfBranch(branch);
    if (ref === refOfBranch(branch)) {
      const what = build === newest ? 'the newest' : 'a newer';
      const gone =
        index === -1
          ? ', which is not among the known commits of the branch, and by the labels of both images was built first'
          : '';
      const because = `${what} build of branch ${quote(branch)} is of commit ${short(commit.revision)} (${build.tag}); this one is of commit ${short(revision)}${gone}`;
      return behind({ tag, rule, at, to, because, build, built: createdAt(there), commit }, sight);
    }
    note ??= `whether ${tag} is behind is not known: the image of commit ${short(commit.revision)} (${build.tag}) was built for ${refWords(ref)}, and nothing says when branch ${quote(branch)} got that commit`;
  }
  return index === -1 ? { kind: 'elsewhere' } : { kind: 'unknown', note };
}

interface Behind {
  readonly tag: string;
  readonly rule: EventRule;
  readonly at: Digest;
  readonly to: Digest;
  readonly because: string;
  readonly build: LineBuild;
  readonly built: Instant | null;
  readonly commit: BranchCommit;
}

function behind({ tag, rule, at, to, because, build, built, commit }: Behind, sight: EventSight): Verdict {
  const what = `commit ${short(commit.revision)}`;
  // An image may be much younger than its commit.
  const undated = sight.graceMs > 0 ? `when ${what} was built is not known, and the tag may still be on its way` : null;
  const facts = {
    because,
    expected: { owner: null, digest: to },
    actual: { owner: null, digest: at },
    since: built === null ? null : formatInstant(built),
    fix: restoreCommand(sight.repository, tag, to),
    excused: built === null ? undated : onItsWay(`${what} was built`, built, sight),
    evidence: [tag, build.tag],
  };
  return { kind: 'found', found: found('behind', tag, rule, facts) };
}

/** After a history that was rewritten: both images say that they are of the branch, and which run began first. */
function isOlderBuild(here: Labels, there: Labels, branch: string): boolean {
  const ref = refOfBranch(branch);
  const [a, b] = [createdAt(here), createdAt(there)];
  return here[refLabel] === ref && there[refLabel] === ref && a !== null && b !== null && a < b;
}

function refOfBranch(branch: string): string {
  return `refs/heads/${branch}`;
}

function refWords(ref: string): string {
  const { branch, number } = /^refs\/(?:heads\/(?<branch>.+)|pull\/(?<number>\d+))$/.exec(ref)?.groups ?? {};
  if (branch !== undefined) return `branch ${quote(branch)}`;
  return number === undefined ? quote(ref) : `pull request ${number}`;
}

/** A tag that each run of a schedule moves, and the branch that it builds. */
export interface ScheduleTag {
  readonly tag: string;
  readonly rule: EventRule;
  readonly everyMs: number;
  readonly branch: string;
  /** Newest first. */
  readonly line: readonly BranchCommit[];
  /** Newest first. */
  readonly builds: readonly LineBuild[];
}

/** So long a commit may lie before it is pushed: by its date alone nothing is overdue earlier. */
const unpushedMs = 7 * 86_400_000;

/**
 * It is overdue if a run should have built a commit that came after its own. A run with nothing new to build moves nothing.
 * A commit's date is when it was made, which can be long before it came to the branch: a build of it for the branch says
 * more.
 */
export function judgeSchedule(schedule: ScheduleTag, sight: EventSight): Verdict {
  const { tag, rule, everyMs, branch, line } = schedule;
  const at = sight.digestAt(tag);
  const labels = at === null ? null : sight.labels(at);
  const built = labels === null ? null : createdAt(labels);
  const revision = labels?.[labelNames.revision];
  if (at === null || built === null || revision === undefined) return unknown;
  const index = line.findIndex((one) => one.revision === revision);
  if (index === -1) return { kind: 'elsewhere' };
  const later = line.slice(0, index);
  // Of the newest commit there was nothing to build, and what is younger than the schedule is not due yet.
  if (sight.now <= built + everyMs || later.every((commit) => sight.now <= commit.at + everyMs)) return right;
  const shown = earliestBuild(schedule, index, sight);
  const should = `a schedule that runs every ${spanText(everyMs)} should have built`;
  if (shown !== null) {
    const due = Math.max(built, shown.at) + everyMs;
    if (sight.now <= due) return right;
    const because = `it is of ${formatInstant(built)}, and branch ${quote(branch)} was built at commit ${short(shown.commit.revision)} on ${formatInstant(shown.at)} (${shown.tag}): ${should} that commit or a later one`;
    return { kind: 'found', found: overdue({ tag, rule, at, also: [shown.tag] }, because, due, sight) };
  }
  const dated = later.findLast((commit) => commit.at >= built && sight.now > commit.at + everyMs);
  const byDate = `whether ${tag} is overdue is not known: nothing but the dates of commits says when they came to branch ${quote(branch)}`;
  if (dated === undefined) return { kind: 'unknown', note: `${byDate}, and those are from before its build` };
  const due = dated.at + everyMs;
  if (sight.now <= dated.at + Math.max(2 * everyMs, unpushedMs))
    return {
      kind: 'unknown',
      note: `${byDate}; commit ${short(dated.revision)} is of ${formatInstant(dated.at)}, and if it was pushed then, ${should} it`,
    };
  const because = `it is of ${formatInstant(built)}, and branch ${quote(branch)} has commit ${short(dated.revision)}, which its committer dated ${formatInstant(dated.at)}: if it was pushed within ${spanText(unpushedMs)}, ${should} it`;
  return { kind: 'found', found: overdue({ tag, rule, at, also: [] }, because, due, sight) };
}

interface ShownBuild {
  readonly tag: string;
  readonly commit: BranchCommit;
  readonly at: Instant;
}

/** The first build for the branch, as far as known, of a commit that came after this one. */
function earliestBuild({ line, builds, branch }: ScheduleTag, index: number, sight: EventSight): ShownBuild | null {
  const shown = builds.flatMap((build): ShownBuild[] => {
    const commit = line[build.index];
    const digest = sight.digestAt(build.tag);
    const labels = digest === null ? null : sight.labels(digest);
    const at = labels === null ? null : createdAt(labels);
    const isOfBranch = labels?.[refLabel] === refOfBranch(branch);
    const isOfCommit = commit !== undefined && labels?.[labelNames.revision] === commit.revision;
    return build.index < index && isOfBranch && isOfCommit && at !== null ? [{ tag: build.tag, commit, at }] : [];
  });
  return shown.toSorted((a, b) => a.at - b.at)[0] ?? null;
}

/** How many images are looked into for one tag, beside its own. */
const maxBuilds = 3;

/** Builds that a verdict may rest on, once it is known which commit the tag's own image is of. */
export function furtherBuilds(
  question: BranchTag | ScheduleTag,
  isSchedule: boolean,
  sight: EventSight,
): readonly string[] {
  const { tag, line, builds } = question;
  const at = sight.digestAt(tag);
  const revision = (at === null ? null : sight.labels(at))?.[labelNames.revision];
  const index = line.findIndex((one) => one.revision === revision);
  if (index === -1) return [];
  const later = builds.filter((build) => build.index < index).map((build) => build.tag);
  // Those next to it came first; a branch's tag is held against the newest.
  return isSchedule ? later.slice(-maxBuilds) : later.slice(0, maxBuilds);
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
export function judgeDaily({ tag, rule, everyMs, expected }: DailyTags, sight: EventSight): Verdict {
  const at = sight.digestAt(tag);
  const [first] = expected;
  if (at === null || first === undefined) return unknown;
  if (expected.includes(tag)) return right;
  const because = `it is the newest that is there, and a schedule that runs every ${spanText(everyMs)} should have made ${expected.length === 1 ? first : `one of ${expected.join(', ')}`}`;
  return { kind: 'found', found: overdue({ tag, rule, at, also: [] }, because, null, sight) };
}

function overdue(
  { tag, rule, at, also }: Pick<Behind, 'tag' | 'rule' | 'at'> & { readonly also: readonly string[] },
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
    evidence: [tag, ...also],
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
): readonly Verdict[] {
  const at = sight.digestAt(tag);
  if (at === null) return [];
  if (state.kind === 'open') return [right];
  const when = state.at === null ? '' : ` on ${formatInstant(state.at).slice(0, 10)}`;
  const what = `pull request ${number} was ${state.isMerged ? 'merged' : 'closed'}${when}`;
  const closed = (one: string, because: string): Verdict => {
    const facts = {
      because,
      actual: { owner: null, digest: at },
      since: state.at === null ? null : formatInstant(state.at),
      choices: [deletionChoice(sight.repository, one, what)],
      evidence: [one],
    };
    return { kind: 'found', found: found('closed', one, rule, facts) };
  };
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
