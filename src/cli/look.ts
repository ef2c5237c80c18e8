/** `look`: findings without a config. */
import type { Command } from 'commander';
import type { Run } from './flags.ts';

interface LookFlags {
  readonly git: boolean;
  readonly github?: string;
  readonly json: boolean;
}

export function addLook(program: Command, run: Run): void {
  program
    .command('look <repository...>')
    .description('report what is wrong with the tags of an image, with no config (several: also where they differ)')
    .option('--git', 'also ask the git tags of this folder: pre-releases and dates', false)
    .option('--github <owner/name>', 'also ask the releases of a GitHub repository: withdrawn, pre-releases, dates')
    .option('--json', 'print the findings as JSON', false)
    .action((repositories: readonly string[], { json, git, github }: LookFlags) =>
      run(async (world) => {
        const { lookCommand } = await import('../commands/look-without-config.ts');
        // The action gives a list as one text.
        const all = repositories.flatMap((text) => text.split(/\s+/));
        return lookCommand({ repositories: all, git, github: github ?? null, json }, world);
      }),
    );
}
