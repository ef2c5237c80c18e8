/** Tags of schedules: whether each is as young as its schedule says. */
import type { BranchCommit } from '../domain/branch-commit.ts';
import type { Digest } from '../domain/digest.ts';
import { formatInstant, type Instant } from '../domain/instant.ts';
import { labelNames, refLabel } from '../domain/labels.ts';
import { quote } from '../domain/tag.ts';
import type { Choice } from '../moves/repair.ts';
import type { Found } from './audit.ts';
import {
  createdAt,
  found,
  onItsWay,
  refOfBranch,
  right,
  short,
  spanText,
  unknown,
  type EventRule,
  type EventSight,
  type Verdict,
} from './event-verdict.ts';
import type { BranchTag } from './judge-branch.ts';

/** A tag that each run of a schedule moves, and the branch that it builds. */
export interface ScheduleTag extends BranchTag {
  readonly everyMs: number;
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
export function furtherBuilds(question: BranchTag, isSchedule: boolean, sight: EventSight): readonly string[] {
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

interface Overdue {
  readonly tag: string;
  readonly rule: EventRule;
  readonly at: Digest;
  /** Tags that it rests on, beside its own. */
  readonly also: readonly string[];
}

function overdue({ tag, rule, at, also }: Overdue, because: string, due: Instant | null, sight: EventSight): Found {
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
