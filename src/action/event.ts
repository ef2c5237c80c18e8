/** What the event that started a workflow says. */
import { InputError, type Problem } from '../domain/errors.ts';
import type { GithubEvent } from '../domain/github-event.ts';
import { isJsonObject, textAt, valueAt, type JsonObject } from '../domain/json.ts';
import { isRevision } from '../domain/release.ts';
import { quote } from '../domain/tag.ts';

export interface EventFacts {
  /** The git tag of the release it is about, or what a person typed; `null` where it names none. */
  readonly version: string | null;
  /** The commit that git tag was on when the run began; `null` where the event does not say. */
  readonly revision: string | null;
  /** Number of the pull request it is about. */
  readonly pullRequest: number | null;
  /** Dependabot's runs have a token that may only read, although its branches are the repository's own. */
  readonly byDependabot: boolean;
}

/** @throws {InputError} EVENT_INVALID where the payload is not what GitHub sends */
export function readEvent(event: GithubEvent): EventFacts {
  const { name, payload } = event;
  return {
    ...(name === 'release' ? { version: releaseTag(payload), revision: revisionOf(event) } : namedVersion(event)),
    pullRequest: numberAt(payload, 'pull_request', 'number'),
    byDependabot: textAt(payload, 'sender', 'login') === 'dependabot[bot]',
  };
}

/** What a person typed, else the git tag that the run is for: of a push, and of a run by hand on that tag too. */
function namedVersion(event: GithubEvent): Pick<EventFacts, 'version' | 'revision'> {
  const typed = event.name === 'workflow_dispatch' ? textAt(event.payload, 'inputs', 'version') : null;
  if (typed !== null) return { version: typed, revision: null };
  const tag = /^refs\/tags\/(?<tag>[^]+)$/.exec(event.ref)?.groups?.['tag'];
  if (tag === undefined) return { version: null, revision: null };
  if (event.name === 'push' && event.payload['deleted'] === true)
    throw invalid(`the git tag ${quote(tag)} was deleted`, 'a release whose git tag is gone is not published');
  return { version: tag, revision: revisionOf(event) };
}

function revisionOf({ sha }: GithubEvent): string | null {
  return isRevision(sha) ? sha : null;
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

function numberAt(payload: JsonObject, ...path: readonly string[]): number | null {
  const value = valueAt(payload, ...path);
  return typeof value === 'number' ? value : null;
}

function invalid(message: string, fix: string): InputError {
  const problem: Problem = { code: 'EVENT_INVALID', where: 'the event', message, fix };
  return new InputError([problem]);
}
