/** What starts a build that is not a release: a push to a branch, a pull request, a schedule. */
import { z } from 'zod';
import { assertNever } from './errors.ts';
import { failed, ok, type Result } from './result.ts';
import { parseInstant, type Instant } from './instant.ts';
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

const common = {
  revision: z.string().regex(/^[0-9a-f]{40}$/, 'expected a git commit, 40 hex digits'),
  at: z.string(),
  defaultBranch: z.string().nullish(),
  fork: z.boolean().optional(),
};

const eventSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('branch'), branch: z.string(), ...common }),
  z.strictObject({ kind: z.literal('pull-request'), number: z.int().positive(), ...common }),
  z.strictObject({ kind: z.literal('schedule'), branch: z.string().nullish(), ...common }),
]);

/** Reads an event as a file or another program tells it. */
export function readBuildEvent(value: unknown, where: string): Result<BuildEvent> {
  const parsed = eventSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const at = issue === undefined || issue.path.length === 0 ? where : `${where} ${issue.path.join('.')}`;
    return invalid(at, issue === undefined ? 'it is not an event' : describeIssue(issue));
  }
  const { revision, at: text, defaultBranch = null, fork = false } = parsed.data;
  const at = parseInstant(text);
  if (at === null) return invalid(`${where} at`, `${quote(text)} is not an instant`);
  const facts = { revision, at, defaultBranch, fork };
  if (parsed.data.kind === 'pull-request') return ok({ kind: 'pull-request', number: parsed.data.number, ...facts });
  const { branch = null } = parsed.data;
  const fault = branch === null ? null : branchFault(branch);
  if (fault !== null) return invalid(`${where} branch`, fault);
  if (parsed.data.kind === 'schedule') return ok({ kind: 'schedule', branch, ...facts });
  return ok({ kind: 'branch', branch: parsed.data.branch, ...facts });
}

/** In the words of an event, and not of the library that checks its shape. */
function describeIssue(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') return `an event of this kind has no ${issue.keys.map(quote).join(', ')}`;
  if (issue.path.length === 0) return 'expected an object';
  if (issue.path[0] === 'kind') return "expected 'branch', 'pull-request' or 'schedule'";
  if (issue.code === 'too_small') return 'expected a number above 0';
  if (issue.code !== 'invalid_type') return issue.message;
  const names: Readonly<Record<string, string>> = { string: 'a text', boolean: 'true or false' };
  return `expected ${names[issue.expected] ?? 'a whole number'}`;
}

function invalid(where: string, message: string): Result<BuildEvent> {
  const fix =
    "write { kind: 'branch', branch, revision, at }, { kind: 'pull-request', number, … } or { kind: 'schedule', … }";
  return failed({ code: 'EVENT_INVALID', where, message, fix });
}

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
