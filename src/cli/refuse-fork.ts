/** Outside of GitHub, too, the merge request of a fork moves no tag. */
import type { Command } from 'commander';
import { forkRun } from '../domain/ci.ts';
import { InputError } from '../domain/errors.ts';

/**
 * For a command that writes to a registry, unless it is only to say what it would do, or is about the build of the merge
 * request itself, which is not pushed.
 *
 * @throws {InputError} EVENT_INVALID
 */
export function refuseFork(command: Command, env: Readonly<Record<string, string | undefined>>): void {
  const { dryRun, event, explain } = command.opts<{ dryRun?: boolean; event?: string | true; explain?: boolean }>();
  if (dryRun === true || explain === true || event !== undefined) return;
  const run = forkRun(env);
  if (run === null) return;
  const whose = run.mergeRequest === null ? 'the code is of a fork' : `${run.request} ${run.mergeRequest} is of a fork`;
  const message = `${whose}: ${command.name()} writes to a registry`;
  throw new InputError([
    { code: 'EVENT_INVALID', where: run.name, message, fix: 'run it on a git tag or a branch, or with --dry-run' },
  ]);
}
