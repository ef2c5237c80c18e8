/** `check`: the config, before anything else is known. */
import type { Command } from 'commander';
import type { Run } from './flags.ts';

export function addCheck(program: Command, run: Run): void {
  program
    .command('check')
    .description('check the config alone: no release facts, no registry, no network')
    .option('--config <file>', 'the config', 'matrix.config.ts')
    .option('--json', 'print the result as JSON', false)
    .action(({ config, json }: { readonly config: string; readonly json: boolean }) =>
      run(async (world) => {
        const { checkCommand } = await import('../commands/check.ts');
        return checkCommand({ config, json }, world);
      }),
    );
}
