import { extname } from 'node:path';
import { InputError } from '../domain/errors.ts';
import type { Trust } from './event.ts';

/** Commands that write to a registry or spend its rights. */
const writing: ReadonlySet<string> = new Set(['apply', 'build', 'publish', 'rollback']);
/** Configs that are read and not run. */
const dataFiles: ReadonlySet<string> = new Set(['.json', '.yaml', '.yml']);

/**
 * A fork's pull request may look, never write; and no config code of a fork runs beside a secret.
 *
 * @see https://securitylab.github.com/resources/github-actions-preventing-pwn-requests/
 * @throws {InputError} EVENT_INVALID
 */
export function refuseUntrusted(trust: Trust, command: string, config: string): void {
  if (trust.kind === 'trusted') return;
  if (writing.has(command)) {
    throw refused(`${trust.fork} is a fork: ${command} writes to a registry`, 'run it on release, push or dispatch');
  }
  if (trust.kind === 'fork-beside-secrets' && !dataFiles.has(extname(config).toLowerCase())) {
    throw refused(
      `${config} may be code of ${trust.fork}, a fork, and this event's runs have the repository's secrets`,
      'run it on pull_request, or keep the config in JSON or YAML',
    );
  }
}

function refused(message: string, fix: string): InputError {
  return new InputError([{ code: 'EVENT_INVALID', where: 'the event', message, fix }]);
}
