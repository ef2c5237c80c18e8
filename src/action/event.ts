/** What the event that started a workflow says, and how far it may be believed. */
import { InputError, type Problem } from '../domain/errors.ts';
import { isJsonObject, type JsonObject } from '../domain/json.ts';
import { isRevision } from '../domain/release.ts';
import { quote } from '../domain/tag.ts';

export interface GithubEvent {
  /** `release`, `push`, … */
  readonly name: string;
  /** `refs/tags/2.11.5` */
  readonly ref: string;
  /** The commit the run is for. */
  readonly sha: string;
  readonly payload: JsonObject;
}

export interface EventFacts {
  /** The git tag of the release it is about, or what a person typed; `null` where it names none. */
  readonly version: string | null;
  /** The commit that git tag was on when the run began; `null` where the event does not say. */
  readonly revision: string | null;
  /** Number of the pull request it is about. */
  readonly pullRequest: number | null;
  readonly trust: Trust;
  /** Dependabot's runs have a token that may only read, although its branches are the repository's own. */
  readonly byDependabot: boolean;
}

export type Trust =
  /** Somebody who may write to the repository is behind it. */
  | { readonly kind: 'trusted' }
  /** A fork's code, in a run without secrets. */
  | { readonly kind: 'fork'; readonly fork: string }
  /** A fork's code, in a run that has the secrets of the repository. */
  | { readonly kind: 'fork-beside-secrets'; readonly fork: string };

/** @throws {InputError} EVENT_INVALID where the payload is not what GitHub sends */
export function readEvent(event: GithubEvent): EventFacts {
  const nothing: EventFacts = {
    version: null,
    revision: null,
    pullRequest: null,
    trust: { kind: 'trusted' },
    byDependabot: textAt(event.payload, 'sender', 'login') === 'dependabot[bot]',
  };
  const revision = isRevision(event.sha) ? event.sha : null;
  switch (event.name) {
    case 'release':
      return { ...nothing, version: releaseTag(event.payload), revision };
    case 'push':
      return { ...nothing, ...pushedTag(event, revision) };
    case 'workflow_dispatch':
      return { ...nothing, version: textAt(event.payload, 'inputs', 'version') };
    case 'pull_request':
    case 'pull_request_target':
    case 'pull_request_review':
      return { ...nothing, pullRequest: numberAt(event.payload, 'pull_request', 'number'), trust: pullTrust(event) };
    case 'workflow_run':
      return { ...nothing, trust: workflowRunTrust(event.payload) };
    default:
      return nothing;
  }
}

function releaseTag(payload: JsonObject): string {
  const tag = textAt(payload, 'release', 'tag_name');
  if (tag === null) throw invalid('the release event names no release', 'run it on release: types: [published]');
  const release = payload['release'];
  if (isJsonObject(release) && release['draft'] === true)
    throw invalid(`the release ${quote(tag)} is a draft`, 'publish it first, or run on types: [published]');
  const action = textAt(payload, 'action');
  if (action === 'deleted' || action === 'unpublished')
    throw invalid(`the release ${quote(tag)} was ${action}`, 'yank it in the config and run tagwright apply');
  return tag;
}

function pushedTag({ ref, payload }: GithubEvent, revision: string | null): Partial<EventFacts> {
  const tag = /^refs\/tags\/(?<tag>[^]+)$/.exec(ref)?.groups?.['tag'];
  if (tag === undefined) return {};
  if (payload['deleted'] === true)
    throw invalid(`the git tag ${quote(tag)} was deleted`, 'a release whose git tag is gone is not published');
  return { version: tag, revision };
}

/** The head of a fork runs beside secrets where the event is one that has them. */
function pullTrust({ name, payload }: GithubEvent): Trust {
  const head = textAt(payload, 'pull_request', 'head', 'repo', 'full_name');
  const base = textAt(payload, 'pull_request', 'base', 'repo', 'full_name');
  if (head !== null && head === base) return { kind: 'trusted' };
  return { kind: name === 'pull_request_target' ? 'fork-beside-secrets' : 'fork', fork: head ?? 'a fork that is gone' };
}

function workflowRunTrust(payload: JsonObject): Trust {
  const head = textAt(payload, 'workflow_run', 'head_repository', 'full_name');
  const base = textAt(payload, 'repository', 'full_name');
  if (head !== null && head === base) return { kind: 'trusted' };
  return { kind: 'fork-beside-secrets', fork: head ?? 'a fork that is gone' };
}

function valueAt(payload: JsonObject, path: readonly string[]): unknown {
  let value: unknown = payload;
  for (const key of path) value = isJsonObject(value) ? value[key] : undefined;
  return value;
}

function textAt(payload: JsonObject, ...path: readonly string[]): string | null {
  const value = valueAt(payload, path);
  return typeof value === 'string' && value !== '' ? value : null;
}

function numberAt(payload: JsonObject, ...path: readonly string[]): number | null {
  const value = valueAt(payload, path);
  return typeof value === 'number' ? value : null;
}

function invalid(message: string, fix: string): InputError {
  const problem: Problem = { code: 'EVENT_INVALID', where: 'the event', message, fix };
  return new InputError([problem]);
}
