/** `completion`: a script for a shell, made from the commands and flags that the program has. */
import { Argument, type Command, type Option } from 'commander';
import type { CompletedCommand, CompletedFlag, Shell } from '../report/completion.ts';
import type { Run } from './flags.ts';

export function addCompletion(program: Command, run: Run): void {
  program
    .command('completion')
    .addArgument(new Argument('<shell>', 'the shell').choices(['bash', 'zsh', 'fish']))
    .description('print a script that completes commands, flags and their values in a shell')
    .action((shell: Shell) =>
      run(async () => {
        const { completionScript } = await import('../report/completion.ts');
        const commands = program.commands.map((command) => completed(command, program.options));
        return { stdout: completionScript(shell, commands), result: 'as-planned' };
      }),
    );
}

function completed(command: Command, global: readonly Option[]): CompletedCommand {
  const flags = [...command.options, ...global].filter((option) => !option.hidden);
  return {
    name: command.name(),
    description: command.description(),
    flags: [...flags.map(completedFlag), { names: ['--help'], description: 'show help', value: null }],
    values: command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices),
  };
}

function completedFlag({ short, long, description, argChoices, required, optional, flags }: Option): CompletedFlag {
  const names = [long, short].filter((name) => name !== undefined && name !== null);
  if (!required && !optional) return { names, description, value: null };
  if (argChoices !== undefined) return { names, description, value: { kind: 'choices', choices: argChoices } };
  return { names, description, value: { kind: /<(?:file|dir|config)>/.test(flags) ? 'file' : 'text' } };
}
