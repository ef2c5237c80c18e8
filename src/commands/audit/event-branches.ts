/** Which listed tags are of which branch, and what the git checkout knows of that branch. */
import pMap from 'p-map';
import type { BranchTag, LineBuild } from '../../audit/judge-branch.ts';
import type { ScheduleTag } from '../../audit/judge-schedule.ts';
import type { EventRule } from '../../config/types.ts';
import type { BranchCommit } from '../../domain/branch-commit.ts';
import type { EventKind } from '../../domain/build-event.ts';
import type { OutsideError } from '../../domain/errors.ts';
import { quote } from '../../domain/tag.ts';
import { wholeClone } from '../../domain/whole-clone.ts';
import {
  branchesOfTags,
  eventTags,
  isDaily,
  rulesIn,
  type EventPlace,
  type EventTagText,
} from '../../plan/event-tags.ts';
import type { Branches } from '../../ports.ts';
import { firstOf } from '../../report/words.ts';

export type Question = (BranchTag & { readonly kind: 'branch' }) | (ScheduleTag & { readonly kind: 'schedule' });

export interface Asking extends Omit<EventPlace, 'defaultBranch'> {
  readonly listed: ReadonlySet<string>;
  readonly now: number;
}

export interface Questions<Q = Question> {
  readonly questions: readonly Q[];
  readonly notes: readonly string[];
}

export const nothing: Questions<never> = { questions: [], notes: [] };

/** Any commit will do: it is put in another's place. */
export const someRevision = 'c0ffee0123456789c0ffee0123456789c0ffee01';

/** A schedule that the config says the time of, and whose runs all move one tag. */
export function isEachRuns({ event, everyMs, rule }: EventRule): boolean {
  return event === 'schedule' && everyMs !== null && !rule.template.names.has('revision');
}

export function withoutBranches(place: EventPlace, why: OutsideError | null): Questions<never> {
  const needing = rulesIn(place).filter((rule) => rule.event === 'branch' || rule.event === 'edge');
  if (needing.length === 0 && !rulesIn(place).some(isEachRuns)) return nothing;
  const because = why === null ? 'the config is in no git checkout' : why.message;
  return { questions: [], notes: [`whether tags of branches are their newest builds is not known: ${because}`] };
}

export async function branchQuestions(place: EventPlace & Asking, branches: Branches): Promise<Questions> {
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
  const names = [...new Set(own.map(({ branch }) => branch))];
  const lines = new Map(
    await pMap(names, async (name) => [name, await branches.line(name)] as const, { concurrency: 4 }),
  );
  const questions = own.map(({ text: { tag, rule, pinned }, branch }): Question => {
    const line = lines.get(branch) ?? [];
    return { kind: 'branch', tag, rule, branch, line, builds: buildsOf(line, pinned, place) };
  });
  return { questions, notes: [...notes, ...unsureEdges(place), ...lackingEdges(place, branches)] };
}

function buildsOf(line: readonly BranchCommit[], pinned: EventTagText['pinned'], { listed }: Asking): LineBuild[] {
  return line.flatMap(({ revision }, index) => {
    const tag = pinned(revision);
    return listed.has(tag) ? [{ tag, index }] : [];
  });
}

function unsureEdges(place: EventPlace): string[] {
  const [unsure] = rulesIn(place).filter((rule) => rule.event === 'edge' && rule.branch === null);
  if (unsure === undefined || place.defaultBranch !== null) return [];
  return [`which branch ${unsure.where} follows is not known here; name it: edge: { branch: 'main' }`];
}

/** Tags of a branch that the config names and the clone does not have. */
function lackingEdges(place: EventPlace & Asking, branches: Branches): string[] {
  const named = rulesIn(place).flatMap(({ event, branch }) =>
    event === 'edge' ? (branch ?? place.defaultBranch ?? []) : [],
  );
  return [...new Set(named)].flatMap((branch) => {
    if (branches.heads.has(branch)) return [];
    const texts = eventTags(place, { kind: 'branch', branch }, someRevision, place.now);
    const tags = texts.filter(({ tag, rule }) => rule.event === 'edge' && place.listed.has(tag)).map(({ tag }) => tag);
    if (tags.length === 0) return [];
    const be = tags.length === 1 ? 'is the newest build' : 'are the newest builds';
    return [`whether ${firstOf(tags)} ${be} of branch ${quote(branch)} is not known: ${lacking(branch, branches)}`];
  });
}

/** Why a branch is not among those of the clone, and what to do. */
function lacking(branch: string, { remote, partial }: Branches): string {
  if (remote === null && partial !== null) return `${partial.reason}; ${partial.fix}`;
  if (remote === null) return 'this git repository has no such branch';
  const command = `git fetch ${remote} ${branch}:refs/remotes/${remote}/${branch}`;
  return `this clone does not have that branch of ${remote}; run \`${command}\` (${wholeClone})`;
}

export async function scheduleQuestions(place: EventPlace & Asking, branches: Branches): Promise<Questions> {
  const timed = rulesIn(place).filter((rule) => isEachRuns(rule) && !isDaily(rule));
  if (timed.length === 0) return nothing;
  const { defaultBranch } = place;
  if (defaultBranch === null || !branches.heads.has(defaultBranch)) {
    const where = timed.map((rule) => rule.where).join(', ');
    const because =
      defaultBranch === null
        ? 'the checkout does not say which branch is the default'
        : lacking(defaultBranch, branches);
    return { questions: [], notes: [`what ${where} has to build is not known: ${because}`] };
  }
  const line = await branches.line(defaultBranch);
  const kind: EventKind = { kind: 'schedule', branch: defaultBranch };
  const questions = eventTags(place, kind, someRevision, place.now).flatMap(({ tag, rule, pinned }): Question[] => {
    if (rule.everyMs === null || !timed.includes(rule) || !place.listed.has(tag)) return [];
    const builds = buildsOf(line, pinned, place);
    return [{ kind: 'schedule', tag, rule, everyMs: rule.everyMs, branch: defaultBranch, line, builds }];
  });
  return { questions, notes: [] };
}
