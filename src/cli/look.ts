/** `look`: findings without a config. */
import type { Command } from 'commander';
import type { Run } from './flags.ts';

export function addLook(program: Command, run: Run): void {
  program
    .command('look <repository...>')
    .description('report what is wrong with the tags of an image, with no config (several: also where they differ)')
    .option('--json', 'print the findings as JSON', false)
    .action((repositories: readonly string[], { json }: { readonly json: boolean }) =>
      run(async (world) => {
        const { lookCommand } = await import('../commands/look-without-config.ts');
        // The action gives a list as one text.
        return lookCommand({ repositories: repositories.flatMap((text) => text.split(/\s+/)), json }, world);
      }),
    );
}
