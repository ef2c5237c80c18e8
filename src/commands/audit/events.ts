/**
 * Reads what the audit needs of tags of builds that are not releases: branches from the git checkout, pull requests from
 * the forge, labels from the images. Whatever is not known is a note, and no finding.
 */
import pMap from 'p-map';
import type { Found } from '../../audit/audit.ts';
import {
  judgeBranch,
  judgeDaily,
  judgePull,
  judgeSchedule,
  type BranchTag,
  type DailyTags,
  type EventSight,
  type PullTag,
  type ScheduleTag,
} from '../../audit/judge-event.ts';
import { rankOf } from '../../audit/kinds.ts';
import type { EventRule } from '../../config/types.ts';
import type { BranchCommit } from '../../domain/branch-commit.ts';
import type { EventKind } from '../../domain/build-event.ts';
import { OutsideError } from '../../domain/errors.ts';
import type { PullState } from '../../domain/pull-state.ts';
import {
  branchesOfTags,
  eventTags,
  isDaily,
  lastOfRule,
  pullNumbersOfTags,
  rulesIn,
  type EventPlace,
  type EventTagText,
} from '../../plan/event-tags.ts';
import type { Branches } from '../../ports.ts';
import { digestOf } from '../../sight/input.ts';
import type { RepositoryLook } from '../look/repository-look.ts';
import type { Project } from '../read-project.ts';
import type { World } from '../world.ts';

/** A look with what was found about tags of events, and what could not be known about them. */
export interface EventLook {
  readonly looked: RepositoryLook;
  readonly notes: readonly string[];
}

/** More pull requests are not asked for: each is a request to the forge. */
const maxPulls = 500;
/** Answers change what is asked next: a confirmed digest may be another one. */
const maxRounds = 3;
/** Any commit will do: it is put in another's place. */
const someRevision = 'c0ffee0123456789c0ffee0123456789c0ffee01';

/** Puts findings about the tags of events in the place of what the look has of them. */
export async function withEvents(looked: RepositoryLook, project: Project, world: World): Promise<EventLook> {
  const { input, listing } = looked;
  const place = { image: project.image, repository: input.repository, context: project.config };
  const listed = listing.kind === 'tags' ? listing.tags.filter(input.inScope) : [];
  if (listed.length === 0 || rulesIn(place).length === 0) return { looked, notes: [] };
  const { questions, notes } = await readQuestions(
    { ...place, listed: new Set(listed), now: input.now },
    project,
    world,
  );
  const found = await judgeAll(questions, looked);
  if (found.length === 0) return { looked, notes };
  const named = new Set(found.map(({ finding }) => finding.tag));
  const others = looked.audited.findings.filter(({ finding }) => !named.has(finding.tag));
  const findings = [...found, ...others].toSorted((a, b) => rankOf(a.finding.kind) - rankOf(b.finding.kind));
  return { looked: { ...looked, audited: { ...looked.audited, findings } }, notes };
}

type Question =
  | (BranchTag & { readonly kind: 'branch' })
  | (ScheduleTag & { readonly kind: 'schedule' })
  | (DailyTags & { readonly kind: 'daily' })
  | (PullTag & { readonly kind: 'pull' });

interface Asking extends Omit<EventPlace, 'defaultBranch'> {
  readonly listed: ReadonlySet<string>;
  readonly now: number;
}

interface Questions {
  readonly questions: readonly Question[];
  readonly notes: readonly string[];
}

async function readQuestions(asking: Asking, project: Project, world: World): Promise<Questions> {
  const branches = (await world.branches?.(project.root).catch(unlessAborted)) ?? null;
  const [known, why] = branches instanceof OutsideError ? [null, branches] : [branches, null];
  const place: EventPlace & Asking = { ...asking, defaultBranch: known?.defaultBranch ?? null };
  const parts = [
    known === null ? noBranches(place, why) : await branchQuestions(place, known),
    known === null ? nothing : await scheduleQuestions(place, known),
    { questions: dailyQuestions(place), notes: [] },
    await pullQuestions(place, project, world),
  ];
  return { questions: parts.flatMap(({ questions }) => questions), notes: parts.flatMap(({ notes }) => notes) };
}

const nothing: Questions = { questions: [], notes: [] };

function noBranches(place: EventPlace, why: OutsideError | null): Questions {
  const needing = rulesIn(place).filter((rule) => rule.event === 'branch' || rule.event === 'edge');
  if (needing.length === 0 && !rulesIn(place).some(isEachRuns)) return nothing;
  const because = why === null ? 'the config is in no git checkout' : why.message;
  return { questions: [], notes: [`whether tags of branches are their newest builds is not known: ${because}`] };
}

async function branchQuestions(place: EventPlace & Asking, branches: Branches): Promise<Questions> {
  const { heads } = branches;
  const found = new Map<string, { readonly text: EventTagText; readonly branch: string }[]>();
  for (const branch of branchesOfTags(place, [...place.listed], heads.keys())) {
    const texts = eventTags(place, { kind: 'branch', branch }, heads.get(branch) ?? someRevision, place.now);
    for (const text of texts) {
      if (place.listed.has(text.tag)) found.set(text.tag, [...(found.get(text.tag) ?? []), { text, branch }]);
    }
  }
  const notes = [...found].flatMap(([tag, of]) =>
    of.length < 2
      ? []
      : [`which branch ${tag} is of is not known: ${of.map(({ branch }) => branch).join(' and ')} both give it`],
  );
  const own = [...found.values()].flatMap(([first, ...others]) =>
    first === undefined || others.length > 0 ? [] : [first],
  );
  const lines = await linesOf(
    own.map(({ branch }) => branch),
    branches,
  );
  const questions = own.flatMap(({ text: { tag, rule, pinned }, branch }): Question[] => {
    const line = lines.get(branch) ?? [];
    const index = line.findIndex(({ revision }) => place.listed.has(pinned(revision)));
    const commit = line[index];
    if (commit === undefined) return [];
    return [{ kind: 'branch', tag, rule, branch, line, newest: { tag: pinned(commit.revision), index } }];
  });
  const unsure = rulesIn(place).filter((rule) => rule.event === 'edge' && rule.branch === null);
  if (unsure.length > 0 && place.defaultBranch === null)
    notes.push(`which branch ${unsure[0]?.where ?? ''} follows is not known here; name it: edge: { branch: 'main' }`);
  return { questions, notes };
}

async function linesOf(
  names: readonly string[],
  branches: Branches,
): Promise<ReadonlyMap<string, readonly BranchCommit[]>> {
  const wanted = [...new Set(names)];
  const lines = await pMap(wanted, async (name) => [name, await branches.line(name)] as const, { concurrency: 4 });
  return new Map(lines);
}

/** A schedule that the config says the time of, and whose runs all move one tag. */
function isEachRuns({ event, everyMs, rule }: EventRule): boolean {
  return event === 'schedule' && everyMs !== null && !rule.template.names.has('revision');
}

async function scheduleQuestions(place: EventPlace & Asking, branches: Branches): Promise<Questions> {
  const timed = rulesIn(place).filter((rule) => isEachRuns(rule) && !isDaily(rule));
  if (timed.length === 0) return nothing;
  const { defaultBranch } = place;
  if (defaultBranch === null || !branches.heads.has(defaultBranch)) {
    const where = timed.map((rule) => rule.where).join(', ');
    return {
      questions: [],
      notes: [`what ${where} has to build is not known: the checkout does not say which branch is the default`],
    };
  }
  const line = await branches.line(defaultBranch);
  const kind: EventKind = { kind: 'schedule', branch: defaultBranch };
  const questions = eventTags(place, kind, someRevision, place.now).flatMap(({ tag, rule }): Question[] =>
    rule.everyMs !== null && timed.includes(rule) && place.listed.has(tag)
      ? [{ kind: 'schedule', tag, rule, everyMs: rule.everyMs, branch: defaultBranch, line }]
      : [],
  );
  return { questions, notes: [] };
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

async function pullQuestions(place: EventPlace & Asking, project: Project, world: World): Promise<Questions> {
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
      ? [`${numbers.length - maxPulls} pull requests were not asked for, those of the lowest numbers`]
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

/** Judges until nothing that was found rests on an unconfirmed answer. */
async function judgeAll(questions: readonly Question[], looked: RepositoryLook): Promise<readonly Found[]> {
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
  let found: readonly Found[] = [];
  for (let round = 0; round < maxRounds; round += 1) {
    const digests = content === 'none' ? [] : questions.flatMap((question) => digestsToInspect(question, sight));
    await lookout.inspect(digests);
    const pinned = questions.flatMap((question) => pinnedOfPull(question, sight));
    await lookout.read(pinned);
    found = questions.flatMap((question) => judge(question, others, sight));
    if (!(await lookout.confirm(found.flatMap(({ evidence }) => evidence)))) break;
  }
  return [...new Map(found.map((one) => [one.finding.tag, one])).values()];
}

function tagsOf(question: Question): readonly string[] {
  return question.kind === 'branch' ? [question.tag, question.newest.tag] : [question.tag];
}

/** What is right by its digest alone need not be looked into. */
function digestsToInspect(question: Question, sight: EventSight): NonNullable<ReturnType<EventSight['digestAt']>>[] {
  const digests = tagsOf(question).flatMap((tag) => sight.digestAt(tag) ?? []);
  const [first, second] = digests;
  if (question.kind === 'daily' || (question.kind === 'pull' && question.state.kind === 'open')) return [];
  return question.kind === 'branch' && (second === undefined || first === second) ? [] : digests;
}

function pinnedOfPull(question: Question, sight: EventSight): readonly string[] {
  if (question.kind !== 'pull') return [];
  const at = sight.digestAt(question.tag);
  const revision = at === null ? undefined : sight.labels(at)?.['org.opencontainers.image.revision'];
  return revision === undefined ? [] : [question.pinned(revision)];
}

function judge(question: Question, others: readonly string[], sight: EventSight): readonly Found[] {
  if (question.kind === 'pull') return judgePull(question, others, sight);
  const found =
    question.kind === 'branch'
      ? judgeBranch(question, sight)
      : question.kind === 'schedule'
        ? judgeSchedule(question, sight)
        : judgeDaily(question, sight);
  return found === null ? [] : [found];
}
