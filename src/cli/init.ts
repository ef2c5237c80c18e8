/** `init`: the one command that writes files of its own accord. */
import { Option, type Command } from 'commander';
import type { Run } from './flags.ts';

interface InitFlags {
  readonly config: string;
  readonly fromWorkflow?: string;
  readonly fromRegistry?: string;
  readonly force: boolean;
  readonly dryRun: boolean;
}

export function addInit(program: Command, run: Run): void {
  program
    .command('init')
    .description('write a config, a template and two workflows for the current repository')
    .option('--config <file>', 'the config to write', 'matrix.config.ts')
    .option('--from-workflow <file>', "a config that says what this workflow's docker/metadata-action does")
    .addOption(
      new Option(
        '--from-registry <image>',
        'a config that explains the tags of REGISTRY/IMAGE, or of a list of tags (.txt or .json)',
      ).conflicts('fromWorkflow'),
    )
    .option('--force', 'overwrite what is there', false)
    .option('--dry-run', 'print what would be written', false)
    .action((flags: InitFlags) =>
      run(async (world) => {
        const { initCommand } = await import('../commands/init/init.ts');
        const { config, fromWorkflow = null, fromRegistry = null, force, dryRun } = flags;
        return initCommand({ config, fromWorkflow, fromRegistry, force, dryRun }, world);
      }),
    );
}
