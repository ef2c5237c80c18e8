/**
 * How far the code that an event brings may be trusted, decided once from its payload and from the secrets of the run.
 *
 * @see https://securitylab.github.com/resources/github-actions-preventing-pwn-requests/
 */
import { extname } from 'node:path';
import { InputError } from '../domain/errors.ts';
import { isJsonObject, textAt, type JsonObject } from '../domain/json.ts';
import { quote } from '../domain/tag.ts';
import type { GithubEvent } from './event.ts';
import type { Inputs } from './inputs.ts';
import type { Env } from './runner.ts';

export type Trust =
  /** Somebody who may write to the repository is behind it. */
  | { readonly kind: 'trusted' }
  /** A fork's code in a run without secrets: it may run, and writes nothing. */
  | ({ readonly kind: 'fork' } & Origin)
  /** Code of a fork or a pull request, in a run that may have secrets: data is read, and nothing is written. */
  | ({ readonly kind: 'data-only' } & Origin);

interface Origin {
  /** `mallory/app is a fork` */
  readonly who: string;
  /** `mallory/app, a fork` */
  readonly whose: string;
}

/** The input that takes every event for a trusted one. */
export const trustInput = 'dangerously-trust-this-event';

/** @throws {InputError} USAGE */
export function decideTrust(event: GithubEvent, inputs: Inputs, env: Env): Trust {
  const raised = inputs.get(trustInput) ?? 'false';
  if (raised === 'true') return { kind: 'trusted' };
  if (raised === 'false') return trustOf(event, hasSecrets(inputs, env));
  const problem = { where: `input ${trustInput}`, message: `${quote(raised)} is no switch` };
  throw new InputError([{ code: 'USAGE', ...problem, fix: 'write true or false' }]);
}

/** @param hasSecrets the run holds credentials of the repository */
export function trustOf({ name, ref, payload }: GithubEvent, hasSecrets: boolean): Trust {
  const origin = originOf(name, ref, payload);
  if (origin === null) return { kind: 'trusted' };
  return { kind: name === 'pull_request' && !hasSecrets ? 'fork' : 'data-only', ...origin };
}

/** Credentials that a run on GitHub has only if it was given them. */
export function hasSecrets(inputs: Inputs, env: Env): boolean {
  const wanted = (inputs.get('require-env') ?? '').split(/[\s,]+/);
  const given = ['ACTIONS_ID_TOKEN_REQUEST_TOKEN', 'DOCKER_AUTH_CONFIG', 'DOCKERHUB_TOKEN', 'QUAY_TOKEN'];
  const named = [...wanted, ...given, ...githubTokens];
  const registry = Object.keys(env).filter((name) => name.startsWith('TAGWRIGHT_REGISTRY_'));
  return [...named, ...registry].some((name) => (env[name]?.trim() ?? '') !== '');
}

/** But for GITHUB_TOKEN, which every run is given. */
const githubTokens = ['GH_TOKEN', 'GH_ENTERPRISE_TOKEN', 'GITHUB_ENTERPRISE_TOKEN'];

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
function originOf(name: string, ref: string, payload: JsonObject): Origin | null {
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

/** Commands that write to a registry or spend its rights. */
const writing: ReadonlySet<string> = new Set(['apply', 'build', 'publish', 'rollback']);
/** Inputs whose file runs unless it is data. The others that name a file (releases, plan, journal-file, …) are data. */
const code = { config: 'matrix.config.ts', diff: '' };
const dataFiles: ReadonlySet<string> = new Set(['.json', '.yaml', '.yml']);

/**
 * A fork may look, never write; and no code of a fork or a pull request runs beside a secret.
 *
 * @throws {InputError} EVENT_INVALID
 */
export function refuseUntrusted(trust: Trust, command: string, inputs: Inputs): void {
  if (trust.kind === 'trusted') return;
  if (command === 'docs' && (isAsked('release', inputs) || isAsked('push', inputs))) {
    throw refused(`${trust.who}: docs writes to pages that people read`, 'run it on release, push or dispatch', trust);
  }
  if (writing.has(command)) {
    throw refused(`${trust.who}: ${command} writes to a registry`, 'run it on release, push or dispatch', trust);
  }
  if (trust.kind === 'fork') return;
  for (const [input, byDefault] of Object.entries(code)) {
    const file = inputs.get(input) ?? byDefault;
    if (file === '' || dataFiles.has(extname(file).toLowerCase())) continue;
    const message = `${file} may be code of ${trust.whose}, and this event's runs have the repository's secrets`;
    throw refused(message, 'run it on pull_request, or keep the config in JSON or YAML', trust);
  }
}

function isAsked(input: string, inputs: Inputs): boolean {
  return (inputs.get(input) ?? 'false') !== 'false';
}

function refused(message: string, fix: string, trust: Trust): InputError {
  const raise = trust.kind === 'data-only' ? `; the input ${trustInput}: true allows it` : '';
  return new InputError([{ code: 'EVENT_INVALID', where: 'the event', message, fix: `${fix}${raise}` }]);
}
