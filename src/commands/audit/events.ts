/**
 * Reads what the audit needs of tags of builds that are not releases: branches from the git checkout, pull requests from
 * the forge, labels from the images. Whatever is not known is a note, and no finding.
 */
import { count } from '../../domain/count.ts';
import pMap from 'p-map';
import type { Found } from '../../audit/audit.ts';
import type { EventSight, Verdict } from '../../audit/event-verdict.ts';
import { judgeBranch } from '../../audit/judge-branch.ts';
import { judgePull, type PullTag } from '../../audit/judge-pull.ts';
import { furtherBuilds, judgeDaily, judgeSchedule, type DailyTags } from '../../audit/judge-schedule.ts';
import { rankOf } from '../../audit/kinds.ts';
import type { EventKind } from '../../domain/build-event.ts';
import type { Digest } from '../../domain/digest.ts';
import { assertNever, OutsideError } from '../../domain/errors.ts';
import type { PullState } from '../../domain/pull-state.ts';
import type { PartialFacts } from '../../domain/release.ts';
import { eventTags, isDaily, lastOfRule, pullNumbersOfTags, rulesIn, type EventPlace } from '../../plan/event-tags.ts';
import { firstOf } from '../../report/words.ts';
import { digestOf } from '../../sight/input.ts';
import type { RepositoryLook } from '../look/repository-look.ts';
import type { Project } from '../read-project.ts';
import type { World } from '../world.ts';
import {
  branchQuestions,
  isEachRuns,
  nothing,
  scheduleQuestions,
  someRevision,
  withoutBranches,
  type Asking,
  type Question as LineQuestion,
  type Questions,
} from './event-branches.ts';

/** A look with what was found about tags of events, and what could not be known about them. */
export interface EventLook {
  readonly looked: RepositoryLook;
  readonly notes: readonly string[];
}

/** More pull requests are not asked for: each is a request to the forge. */
const maxPulls = 500;
/** Answers change what is asked next: a confirmed digest may be another one. */
const maxRounds = 3;

/**
 * Puts findings about the tags of events in the place of what the look has of them, and counts those that are right.
 *
 * @param at `--at`: branches, pull requests and schedules are known as they are now alone
 */
export async function withEvents(
  looked: RepositoryLook,
  project: Project,
  at: string | null,
  world: World,
): Promise<EventLook> {
  const { input, listing } = looked;
  const place = { image: project.image, repository: input.repository, context: project.config };
  const listed = listing.kind === 'tags' ? listing.tags.filter(input.inScope) : [];
  if (listed.length === 0 || rulesIn(place).length === 0) return { looked, notes: [] };
  if (at !== null) return { looked, notes: [notAt] };
  const asking = { ...place, listed: new Set(listed), now: input.now };
  const { questions, notes, partial } = await readQuestions(asking, project, world);
  const judged = await judgeAll(questions, looked);
  const more = [...judged.notes, ...elsewhereNotes(judged.elsewhere, partial)];
  return { looked: withJudged(looked, judged), notes: [...notes, ...more] };
}

const notAt =
  'tags of builds that are not releases are not judged with --at: branches, pull requests and schedules are known as they are now; leave --at out to judge them';

function withJudged(looked: RepositoryLook, { found, right }: Judged): RepositoryLook {
  const { audited } = looked;
  const named = new Set(found.map(({ finding }) => finding.tag));
  // Until now it was a tag that a rule of events may have made; whatever else was found stays.
  const isRight = ({ finding: { kind, tag } }: Found): boolean => kind === 'event' && right.has(tag) && !named.has(tag);
  const others = audited.findings.filter((one) => !named.has(one.finding.tag) && !isRight(one));
  const ok = audited.ok + audited.findings.filter(isRight).length;
  const findings = [...found, ...others].toSorted((a, b) => rankOf(a.finding.kind) - rankOf(b.finding.kind));
  return { ...looked, audited: { ...audited, ok, findings } };
}

function elsewhereNotes(tags: readonly string[], partial: PartialFacts | null): string[] {
  if (tags.length === 0 || partial === null) return [];
  const be = tags.length === 1 ? 'is' : 'are';
  return [`whether ${firstOf(tags)} ${be} up to date is not known: ${partial.reason}; ${partial.fix}`];
}

type Question = LineQuestion | (DailyTags & { readonly kind: 'daily' }) | (PullTag & { readonly kind: 'pull' });

interface AllQuestions extends Questions<Question> {
  /** Why the clone may lack commits; `null`: nothing shows that. */
  readonly partial: PartialFacts | null;
}

async function readQuestions(asking: Asking, project: Project, world: World): Promise<AllQuestions> {
  const branches = (await world.branches?.(project.root).catch(unlessAborted)) ?? null;
  const [known, why] = branches instanceof OutsideError ? [null, branches] : [branches, null];
  const place: EventPlace & Asking = { ...asking, defaultBranch: known?.defaultBranch ?? null };
  const parts: readonly Questions<Question>[] = [
    known === null ? withoutBranches(place, why) : await branchQuestions(place, known),
    known === null ? nothing : await scheduleQuestions(place, known),
    { questions: dailyQuestions(place), notes: [] },
    await pullQuestions(place, project, world),
  ];
  return {
    questions: parts.flatMap(({ questions }) => questions),
    notes: parts.flatMap(({ notes }) => notes),
    partial: known?.partial ?? null,
  };
}

const dayMs = 86_400_000;

function dailyQuestions(place: EventPlace & Asking): Question[] {
  const daily = rulesIn(place).filter((rule) => isEachRuns(rule) && isDaily(rule));
  return daily.flatMap((rule): Question[] => {
    const { everyMs } = rule;
    if (everyMs === null) return [];
    const days = Math.ceil(everyMs / dayMs);
    const byDay = Array.from({ length: days + 1 }, (_, day) => {
      const kind: EventKind = { kind: 'schedule', branch: place.defaultBranch };
      return eventTags(place, kind, someRevision, place.now - day * dayMs).filter((one) => one.rule === rule);
    });
    return (byDay[0] ?? []).flatMap(({ axes }, cell): Question[] => {
      const expected = byDay.flatMap((texts) => texts[cell]?.tag ?? []);
      const there = expected.find((tag) => place.listed.has(tag));
      const tag = there ?? lastOfRule(place, rule, axes, [...place.listed]);
      return tag === null ? [] : [{ kind: 'daily', rule, everyMs, tag, expected }];
    });
  });
}

async function pullQuestions(place: EventPlace & Asking, project: Project, world: World): Promise<Questions<Question>> {
  const listed = [...place.listed];
  const texts = pullNumbersOfTags(place, listed).flatMap((number) => {
    const own = eventTags(place, { kind: 'pull-request', number }, someRevision, place.now);
    return own.filter(({ tag }) => place.listed.has(tag)).map((text) => ({ number, text }));
  });
  const numbers = [...new Set(texts.map(({ number }) => number))];
  if (numbers.length === 0) return nothing;
  const about = `whether ${numbers.length === 1 ? `pull request ${numbers[0] ?? ''} is` : `${numbers.length} pull requests are`} closed is not known`;
  const access = await world.pulls?.(project.config.source);
  if (access === undefined || access.kind === 'closed') {
    const because = access?.because ?? 'nothing says which forge they are of';
    return { questions: [], notes: [`${about}: ${because}`] };
  }
  const states = new Map<number, PullState>();
  const ask = async (number: number): Promise<void> => {
    const state = await access.pulls.state(number, world.signal);
    if (state !== null) states.set(number, state);
  };
  const failure = await pMap(numbers.slice(-maxPulls), ask, { concurrency: 8 }).then(() => null, unlessAborted);
  const notes = [
    ...(failure === null ? [] : [`${about}: ${failure.message}`]),
    ...(numbers.length > maxPulls
      ? [
          `${count(numbers.length - maxPulls, 'pull request was', 'pull requests were')} not asked for, those of the lowest numbers`,
        ]
      : []),
  ];
  const questions = texts.flatMap(({ number, text }): Question[] => {
    const state = states.get(number);
    return state === undefined ? [] : [{ kind: 'pull', number, state, ...text }];
  });
  return { questions, notes };
}

/** @throws what is not the outside's silence */
function unlessAborted(error: unknown): OutsideError {
  if (error instanceof OutsideError && error.code !== 'ABORTED' && error.code !== 'CREDENTIALS_FAILED') return error;
  throw error;
}

interface Judged {
  readonly found: readonly Found[];
  readonly right: ReadonlySet<string>;
  /** Tags whose image is of a commit that the clone does not have on the branch. */
  readonly elsewhere: readonly string[];
  readonly notes: readonly string[];
}

/** Judges until nothing that was found rests on an unconfirmed answer. */
async function judgeAll(questions: readonly Question[], looked: RepositoryLook): Promise<Judged> {
  const { lookout, input, content } = looked;
  const sight: EventSight = {
    repository: input.repository,
    now: input.now,
    graceMs: input.graceMs,
    digestAt: (tag) => digestOf(lookout.seen.get(tag)),
    labels: (digest) => {
      const known = lookout.contents.get(digest);
      return known?.kind === 'read' ? (known.image.configs[0]?.labels ?? null) : null;
    },
  };
  await lookout.read(questions.flatMap(tagsOf));
  const others = questions.flatMap(({ kind, tag }) => (kind === 'pull' ? [] : [tag]));
  const inspect = async (digests: readonly Digest[]): Promise<unknown> =>
    lookout.inspect(content === 'none' ? [] : digests);
  let judged = judgedOf([]);
  for (let round = 0; round < maxRounds; round += 1) {
    await inspect(questions.flatMap((question) => digestsToInspect(question, sight)));
    const further = questions.flatMap((question) => furtherTags(question, sight));
    await lookout.read(further.map(({ tag }) => tag));
    await inspect(further.flatMap(({ tag, isLookedInto }) => (isLookedInto ? (sight.digestAt(tag) ?? []) : [])));
    judged = judgedOf(questions.map((question) => verdictsOf(question, others, sight)));
    if (!(await lookout.confirm(judged.found.flatMap(({ evidence }) => evidence)))) break;
  }
  return judged;
}

interface TagVerdicts {
  readonly tag: string;
  readonly verdicts: readonly Verdict[];
}

/** A tag that two rules give is right if nothing is wrong by either. */
function judgedOf(all: readonly TagVerdicts[]): Judged {
  const named = all.flatMap(({ tag, verdicts }) => verdicts.map((verdict) => ({ tag, verdict })));
  const found = named.flatMap(({ verdict }) => (verdict.kind === 'found' ? [verdict.found] : []));
  const tagsWith = (kind: Verdict['kind']): Set<string> =>
    new Set(named.flatMap(({ tag, verdict }) => (verdict.kind === kind ? [tag] : [])));
  const right = tagsWith('right');
  const notes = named.flatMap(({ verdict }) => (verdict.kind === 'unknown' ? (verdict.note ?? []) : []));
  return {
    found: [...new Map(found.map((one) => [one.finding.tag, one])).values()],
    right,
    elsewhere: [...tagsWith('elsewhere')].filter((tag) => !right.has(tag)),
    notes: [...new Set(notes)],
  };
}

function tagsOf(question: Question): readonly string[] {
  const [newest] = question.kind === 'branch' ? question.builds : [];
  return newest === undefined ? [question.tag] : [question.tag, newest.tag];
}

/** What is right by its digest alone need not be looked into. */
function digestsToInspect(question: Question, sight: EventSight): readonly Digest[] {
  const digests = tagsOf(question).flatMap((tag) => sight.digestAt(tag) ?? []);
  const [first, second] = digests;
  if (question.kind === 'daily' || (question.kind === 'pull' && question.state.kind === 'open')) return [];
  return question.kind === 'branch' && first === second ? [] : digests;
}

interface FurtherTag {
  readonly tag: string;
  /** Its labels count, and not only where it points. */
  readonly isLookedInto: boolean;
}

function furtherTags(question: Question, sight: EventSight): readonly FurtherTag[] {
  if (question.kind === 'daily') return [];
  if (question.kind === 'branch' || question.kind === 'schedule') {
    const tags = furtherBuilds(question, question.kind === 'schedule', sight);
    return tags.map((tag) => ({ tag, isLookedInto: true }));
  }
  const at = sight.digestAt(question.tag);
  const revision = at === null ? undefined : sight.labels(at)?.['org.opencontainers.image.revision'];
  return revision === undefined ? [] : [{ tag: question.pinned(revision), isLookedInto: false }];
}

function verdictsOf(question: Question, others: readonly string[], sight: EventSight): TagVerdicts {
  const { tag } = question;
  switch (question.kind) {
    case 'branch':
      return { tag, verdicts: [judgeBranch(question, sight)] };
    case 'schedule':
      return { tag, verdicts: [judgeSchedule(question, sight)] };
    case 'daily':
      return { tag, verdicts: [judgeDaily(question, sight)] };
    case 'pull':
      return { tag, verdicts: judgePull(question, others, sight) };
    default:
      return assertNever(question);
  }
}
