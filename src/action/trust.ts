/**
 * How far the code that an event brings may be trusted, decided once from its payload and from the secrets of the run.
 *
 * @see https://securitylab.github.com/resources/github-actions-preventing-pwn-requests/
 */
import { extname } from 'node:path';
import { InputError } from '../domain/errors.ts';
import { originOf, type Origin } from '../domain/event-origin.ts';
import type { GithubEvent } from '../domain/github-event.ts';
import { quote } from '../domain/tag.ts';
import type { Inputs } from './inputs.ts';
import type { Env } from './runner.ts';

export type Trust =
  /** Somebody who may write to the repository is behind it. */
  | { readonly kind: 'trusted' }
  /** A fork's code in a run without secrets: it may run, and writes nothing. */
  | ({ readonly kind: 'fork' } & Origin)
  /** Code of a fork or a pull request, in a run that may have secrets: data is read, and nothing is written. */
  | ({ readonly kind: 'data-only' } & Origin);

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
export function trustOf(event: GithubEvent, hasSecrets: boolean): Trust {
  const origin = originOf(event);
  if (origin === null) return { kind: 'trusted' };
  return { kind: event.name === 'pull_request' && !hasSecrets ? 'fork' : 'data-only', ...origin };
}

/** Credentials that a run on GitHub has only if it was given them. */
export function hasSecrets(inputs: Inputs, env: Env): boolean {
  const wanted = (inputs.get('require-env') ?? '').split(/[\s,]+/);
  const given = ['DOCKER_AUTH_CONFIG', 'DOCKERHUB_TOKEN', 'QUAY_TOKEN'];
  const named = [...wanted, ...given, ...identityTokens, ...githubTokens];
  const registry = Object.keys(env).filter((name) => name.startsWith('TAGWRIGHT_REGISTRY_'));
  return [...named, ...registry].some((name) => (env[name]?.trim() ?? '') !== '');
}

/** They show others who the run is. */
const identityTokens = ['ACTIONS_ID_TOKEN_REQUEST_TOKEN', 'SIGSTORE_ID_TOKEN'];

/** But for GITHUB_TOKEN, which every run is given. */
const githubTokens = ['GH_TOKEN', 'GH_ENTERPRISE_TOKEN', 'GITHUB_ENTERPRISE_TOKEN'];

/** Commands that write to a registry or spend its rights. */
const writing: ReadonlySet<string> = new Set(['apply', 'build', 'prune', 'publish', 'rollback', 'unyank', 'yank']);
/** Inputs whose file runs unless it is data. The others that name a file (releases, plan, journal-file, …) are data. */
const code = { config: 'matrix.config.ts', diff: '' };
const dataFiles: ReadonlySet<string> = new Set(['.json', '.yaml', '.yml']);

/** Of a build that is not a release, these build and push nothing for a fork. */
const building: ReadonlySet<string> = new Set(['build', 'publish']);

/**
 * A fork may look, never write; and no code of a fork or a pull request runs beside a secret.
 *
 * @param isBuild the command is about the event, which is not a release
 * @throws {InputError} EVENT_INVALID
 */
export function refuseUntrusted(trust: Trust, command: string, inputs: Inputs, isBuild = false): void {
  if (trust.kind === 'trusted') return;
  if (command === 'docs' && (isAsked('release', inputs) || isAsked('push', inputs))) {
    throw refused(`${trust.who}: docs writes to pages that people read`, 'run it on release, push or dispatch', trust);
  }
  if (writing.has(command) && !(isBuild && trust.kind === 'fork' && building.has(command))) {
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
