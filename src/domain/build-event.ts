/** What starts a build that is not a release: a push to a branch, a pull request, a schedule. */
import { assertNever } from './errors.ts';
import type { Instant } from './instant.ts';
import { quote } from './tag.ts';

export type BuildEvent = EventFacts & EventKind;

interface EventFacts {
  /** The commit that is built, 40 hex. */
  readonly revision: string;
  /** When the run began. */
  readonly at: Instant;
  /** `null` if nobody said. */
  readonly defaultBranch: string | null;
  /** The code is of a fork: nothing is pushed for it. */
  readonly fork: boolean;
}

export type EventKind =
  /** A push to it, or a run by hand on it. */
  | { readonly kind: 'branch'; readonly branch: string }
  | {
      readonly kind: 'pull-request';
      readonly number: number;
      /** What its forge calls it; left out: a pull request. */
      readonly request?: RequestName;
    }
  /** `branch`: whose head is built; `null` if the CI does not say. */
  | { readonly kind: 'schedule'; readonly branch: string | null };

export type RequestName = 'merge request' | 'pull request';

/** More than any file system takes for a ref. */
const maxBranchLength = 4096;

/**
 * Why a text cannot be the name of a git branch; `null` if it can.
 *
 * @see https://git-scm.com/docs/git-check-ref-format
 */
export function branchFault(text: string): string | null {
  const isBad =
    text === '' ||
    text === '@' ||
    text.length > maxBranchLength ||
    // eslint-disable-next-line no-control-regex -- control characters are what it looks for
    /[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{|\/\/|^\/|\/$|\.$/.test(text) ||
    text.split('/').some((part) => part.startsWith('.') || part.endsWith('.lock'));
  return isBad ? `${quote(text)} is not a branch` : null;
}

/** What `{{branch}}` is in a tag: each run of characters that a tag cannot hold is one `-`. Two branches may share it. */
export function branchText(branch: string): string {
  return branch.replaceAll(/[^A-Za-z0-9._-]+/g, '-');
}

/** The branch that is built, where there is one: of a schedule too. */
export function branchOf(event: BuildEvent): string | null {
  return event.kind === 'pull-request' ? null : event.branch;
}

/** `refs/heads/main`, `refs/pull/12`; `null` for a schedule of which the CI does not say the branch. */
export function refOf(event: BuildEvent): string | null {
  if (event.kind === 'pull-request') return `refs/pull/${event.number}`;
  return event.branch === null ? null : `refs/heads/${event.branch}`;
}

/** In words, for messages. */
export function describeEvent(event: BuildEvent): string {
  switch (event.kind) {
    case 'branch':
      return `branch ${quote(event.branch)}`;
    case 'pull-request':
      return `${event.request ?? 'pull request'} ${event.number}`;
    case 'schedule':
      return event.branch === null ? 'a schedule' : `a schedule, branch ${quote(event.branch)}`;
    default:
      return assertNever(event);
  }
}
