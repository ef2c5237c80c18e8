/** Facts about a tag of builds that are not releases, and the findings made of them. */
import type { Digest } from '../domain/digest.ts';
import { parseInstant, type Instant } from '../domain/instant.ts';
import { labelNames } from '../domain/labels.ts';
import type { Repository } from '../domain/reference.ts';
import type { EventTagText } from '../plan/event-tags.ts';
import type { Found } from './audit.ts';
import { nowhere, type Finding } from './types.ts';

export type EventRule = EventTagText['rule'];
export type Labels = Readonly<Record<string, string>>;

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

export const right: Verdict = { kind: 'right' };
export const unknown: Verdict = { kind: 'unknown', note: null };

type Facts = Pick<Found, 'evidence'> & Pick<Finding, 'because'> & Partial<Omit<Finding, 'kind' | 'tag' | 'rule'>>;

export function found(kind: Finding['kind'], tag: string, { rule }: EventRule, { evidence, ...facts }: Facts): Found {
  const blank = { expected: nowhere, actual: nowhere, since: null, fix: null, choices: [], excused: null };
  return { finding: { kind, tag, rule: rule.name, ...blank, ...facts }, evidence, cell: null, move: null };
}

export function onItsWay(what: string, began: Instant, { now, graceMs }: EventSight): string | null {
  const ageMs = now - began;
  if (ageMs < 0 || ageMs >= graceMs) return null;
  return `${what} ${Math.floor(ageMs / 60_000)} min ago, and the tag may still be on its way`;
}

/** When the run that built it began. */
export function createdAt(labels: Labels): Instant | null {
  return parseInstant(labels[labelNames.created] ?? '');
}

export function short(revision: string): string {
  return revision.slice(0, 12);
}

const spans = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const;

/** As the config writes it: `1d`, `12h`. */
export function spanText(ms: number): string {
  const [unit, unitMs] = spans.find(([, size]) => ms % size === 0) ?? ['ms', 1];
  return `${ms / unitMs}${unit}`;
}

export function refOfBranch(branch: string): string {
  return `refs/heads/${branch}`;
}
