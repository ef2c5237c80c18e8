/** Whether an event brings code of a fork or of a pull request, as far as its payload shows. */
import { isJsonObject, textAt } from './json.ts';
import type { GithubEvent } from './github-event.ts';

export interface Origin {
  /** `mallory/app is a fork` */
  readonly who: string;
  /** `mallory/app, a fork` */
  readonly whose: string;
}

/** Events whose payload is about a pull request, whatever of it can be read. */
const ofPulls = /^(?:pull_request(?:_.*)?|issue_comment)$/;
/** Runs of these were started by somebody who may write to the repository. */
const ownRuns: ReadonlySet<string | null> = new Set([
  'create',
  'merge_group',
  'push',
  'release',
  'repository_dispatch',
  'schedule',
  'workflow_dispatch',
]);

/** `null` if no fork and no pull request is behind the event. */
export function originOf({ name, ref, payload }: Pick<GithubEvent, 'name' | 'ref' | 'payload'>): Origin | null {
  const base = textAt(payload, 'repository', 'full_name');
  if (name === 'workflow_run') {
    const head = textAt(payload, 'workflow_run', 'head_repository', 'full_name');
    if (head === null || head !== base) return fork(head);
    return ownRuns.has(textAt(payload, 'workflow_run', 'event')) ? null : pull;
  }
  if (name === 'issue_comment' && isJsonObject(payload['issue']) && !isJsonObject(payload['issue']['pull_request']))
    return null;
  if (isJsonObject(payload['pull_request']) || name.startsWith('pull_request')) {
    const head = textAt(payload, 'pull_request', 'head', 'repo', 'full_name');
    const into = textAt(payload, 'pull_request', 'base', 'repo', 'full_name');
    return head !== null && head === into ? null : fork(head);
  }
  if (name === 'status' && !(Array.isArray(payload['branches']) && payload['branches'].length > 0)) return unseen;
  if (ofPulls.test(name) || ref.startsWith('refs/pull/')) return pull;
  return originIn(payload, base, 0);
}

/** A fork or a pull request anywhere in what an event brings: `client_payload`, a check suite, an event yet to come. */
function originIn(value: unknown, base: string | null, depth: number): Origin | null {
  // No event of GitHub is as deep: what may be hidden there is not looked for.
  if (depth > maxDepth) return isJsonObject(value) || Array.isArray(value) ? unseen : null;
  if (Array.isArray(value)) return firstOrigin(value, base, depth);
  if (!isJsonObject(value)) return null;
  for (const key of ['head_repository', 'head_repo']) {
    const head = textAt(value, key, 'full_name');
    if (isJsonObject(value[key]) && head !== base) return fork(head);
  }
  const head = textAt(value, 'head', 'repo', 'full_name');
  if (head !== null && head !== textAt(value, 'base', 'repo', 'full_name')) return fork(head);
  // Of a check, whose pull requests are not told where the commit is a fork's; and of a commit's status.
  if (value['head_branch'] === null) return unseen;
  const pulls = value['pull_requests'];
  const names = isJsonObject(value['pull_request']) || (Array.isArray(pulls) && pulls.length > 0);
  return names ? pull : firstOrigin(Object.values(value), base, depth);
}

const maxDepth = 20;

function firstOrigin(values: readonly unknown[], base: string | null, depth: number): Origin | null {
  for (const value of values) {
    const origin = originIn(value, base, depth + 1);
    if (origin !== null) return origin;
  }
  return null;
}

const unseen: Origin = {
  who: 'the event may be of a fork, for its commit is on no branch that it names',
  whose: 'a fork, as far as the event shows',
};
const pull: Origin = { who: 'the event is of a pull request', whose: 'a pull request' };

function fork(name: string | null): Origin {
  const head = name ?? 'a fork that is gone';
  return { who: `${head} is a fork`, whose: `${head}, a fork` };
}
