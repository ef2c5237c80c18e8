/** What a run on GitHub Actions is told of the event that started it, and the build that this is. */
import { branchFault, type BuildEvent } from './build-event.ts';
import { originOf } from './event-origin.ts';
import type { Instant } from './instant.ts';
import { textAt, valueAt, type JsonObject } from './json.ts';
import { isRevision } from './release.ts';
import { failed, ok, type Result } from './result.ts';
import { readBuildEvent } from './read-build-event.ts';
import { quote } from './tag.ts';

export interface GithubEvent {
  /** `release`, `push`, … */
  readonly name: string;
  /** `refs/tags/2.11.5` */
  readonly ref: string;
  /** The commit the run is for. */
  readonly sha: string;
  readonly payload: JsonObject;
}

/** The event of a runner's variables. */
export function githubEvent(env: Readonly<Record<string, string | undefined>>, payload: JsonObject): GithubEvent {
  return {
    name: env['GITHUB_EVENT_NAME'] ?? '',
    ref: env['GITHUB_REF'] ?? '',
    sha: env['GITHUB_SHA'] ?? '',
    payload,
  };
}

export interface EventReading {
  /** For messages: the file, or `the event`. */
  readonly where: string;
  readonly at: Instant;
  /** Decided elsewhere: false for code of a fork. `null`: the payload shows it. */
  readonly isTrusted: boolean | null;
  /** A pull request is built at its head, not at the merge with its base. */
  readonly headOfPull: boolean;
}

/**
 * Reads an event as a file tells it: a payload of GitHub, or `{ kind, … }` as {@link readBuildEvent} takes it. Variables
 * that are not set are taken from the payload, as far as it has them.
 */
export function eventOf(event: GithubEvent, reading: EventReading): Result<BuildEvent> {
  const { payload } = event;
  if (typeof payload['kind'] !== 'string') return buildEventOf(withPayload(event), reading);
  const read = readBuildEvent(payload, reading.where);
  return read.ok && reading.isTrusted === false ? ok({ ...read.value, fork: true }) : read;
}

/**
 * The build that an event of GitHub starts. The ref decides, as it does for docker/metadata-action; of
 * `pull_request_target`, whose ref is the base's, the number does.
 *
 * @returns EVENT_INVALID for a release and its git tag, a branch that was deleted, and what names neither
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows
 */
function buildEventOf(event: GithubEvent, { where, at, isTrusted, headOfPull }: EventReading): Result<BuildEvent> {
  const { name, ref, payload } = event;
  const invalid = (message: string, fix: string): Result<BuildEvent> =>
    failed({ code: 'EVENT_INVALID', where, message, fix });
  const head = headOfPull ? textAt(payload, 'pull_request', 'head', 'sha') : null;
  const revision = head ?? event.sha;
  if (name === 'release' || ref.startsWith('refs/tags/')) {
    const tag = textAt(payload, 'release', 'tag_name') ?? ref.replace('refs/tags/', '');
    return invalid(`it is of the git tag ${quote(tag)}, which is not a branch, a pull request or a schedule`, tagFix);
  }
  const branch = /^refs\/heads\/(?<branch>[^]+)$/.exec(ref)?.groups?.['branch'] ?? null;
  if (name === 'push' && payload['deleted'] === true)
    return invalid(`the branch ${quote(branch ?? ref)} was deleted`, 'leave the push that deletes a branch out');
  if (!isRevision(revision))
    return invalid(
      `${quote(revision)} is not the commit that is built`,
      'set GITHUB_SHA to a commit of 40 hex digits, as a runner does',
    );
  const facts = {
    revision,
    at,
    defaultBranch: textAt(payload, 'repository', 'default_branch'),
    fork: isTrusted === null ? originOf(event) !== null : !isTrusted,
  };
  const pull = /^refs\/pull\/(?<number>\d+)(?:\/|$)/.exec(ref)?.groups?.['number'];
  if (name.startsWith('pull_request') || pull !== undefined) {
    const told = valueAt(payload, 'pull_request', 'number') ?? payload['number'] ?? Number(pull);
    if (typeof told === 'number' && Number.isSafeInteger(told) && told > 0)
      return ok({ kind: 'pull-request', number: told, ...facts });
    return invalid('the pull request has no number', 'run this on an event that GitHub sends');
  }
  const fault = branch === null ? null : branchFault(branch);
  if (fault !== null) return invalid(fault, 'run this on an event that GitHub sends');
  if (name === 'schedule') return ok({ kind: 'schedule', branch, ...facts });
  if (branch !== null) return ok({ kind: 'branch', branch, ...facts });
  return invalid(
    `${ref === '' ? 'nothing' : quote(ref)} names no branch and no pull request`,
    'set GITHUB_EVENT_NAME, GITHUB_REF and GITHUB_SHA as a runner does',
  );
}

const tagFix = 'for a release give its version: tagwright plan VERSION';

/** A payload on a laptop has no runner around it: what it says of itself replaces the variables. */
function withPayload({ name, ref, sha, payload }: GithubEvent): GithubEvent {
  const pull = valueAt(payload, 'pull_request', 'number');
  const told = pull === undefined ? 'push' : 'pull_request';
  const schedule = textAt(payload, 'schedule') === null ? told : 'schedule';
  const merged = textAt(payload, 'pull_request', 'merge_commit_sha') ?? textAt(payload, 'pull_request', 'head', 'sha');
  return {
    name: name || (payload['release'] === undefined ? schedule : 'release'),
    ref: ref || (typeof pull === 'number' ? `refs/pull/${pull}/merge` : (textAt(payload, 'ref') ?? '')),
    sha: sha || (textAt(payload, 'after') ?? merged ?? ''),
    payload,
  };
}
