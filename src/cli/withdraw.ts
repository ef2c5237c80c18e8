/** Withdrawing a release, and taking that back. */
import type { Command } from 'commander';
import type { Wanted } from '../commands/yank/change.ts';
import { InputError } from '../domain/errors.ts';
import { printable } from '../domain/text.ts';
import { stated, withStatements, type StatedFlags } from './evidence-flags.ts';
import { common, withWritingNow, writing, yes, type Run, type WritingFlags } from './flags.ts';

interface WithdrawFlags extends WritingFlags, StatedFlags {
  readonly yes: boolean;
  readonly reason?: string;
}

export function addYank(program: Command, run: Run): void {
  withStatements(withWritingNow(program.command('yank <version>')))
    .description('withdraw a release: the line in the config, then its convenience tags go back')
    .option('--reason <text>', 'why; explain, audit and the text of the release show it')
    .option(...yes)
    .action((version: string, flags: WithdrawFlags) => {
      return withdraw(run, flags, () => ({ kind: 'yank', version, reason: reasonOf(flags) }));
    });
}

export function addUnyank(program: Command, run: Run): void {
  withStatements(withWritingNow(program.command('unyank <version>')))
    .description('take a withdrawal back: the line goes from the config, the tags return')
    .option(...yes)
    .action((version: string, flags: WithdrawFlags) => withdraw(run, flags, () => ({ kind: 'unyank', version })));
}

function withdraw(run: Run, flags: WithdrawFlags, wanted: () => Wanted): Promise<void> {
  return run(async (world) => {
    const asked = wanted();
    const { yankCommand } = await import('../commands/yank.ts');
    const options = { ...common(flags), ...writing(flags), ...stated(flags) };
    return yankCommand({ ...options, wanted: asked, yes: flags.yes }, world);
  });
}

/** @throws {InputError} USAGE */
function reasonOf({ reason = '' }: WithdrawFlags): string {
  const text = reason.trim();
  const fault =
    text === ''
      ? 'no reason is given'
      : printable(text) === text
        ? null
        : 'it is more than one line of 200 printable characters';
  if (fault === null) return text;
  const fix = "write --reason 'loses state on restart': explain, audit and the text of the release show it";
  throw new InputError([{ code: 'USAGE', where: '--reason', message: fault, fix }]);
}
