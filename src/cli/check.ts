/** `check` and `schema`: the config, before anything else is known. */
import type { Command } from 'commander';
import { configFlag, type Run } from './flags.ts';
import { refuseUnused, type Mode } from './unused.ts';

export function addCheck(program: Command, run: Run): void {
  program
    .command('check')
    .description('check the config and its Dockerfiles (no facts, no registry, no network), or against another config')
    .addOption(configFlag())
    .option('--against <config>', 'also fail if a pinned tag would stand for another cell than by this config')
    .option(
      '--releases <file>',
      "with --against: read release facts from this JSON file instead of the config's source",
    )
    .option('--json', 'print the result as JSON', false)
    .action((flags: CheckFlags, command: Command) =>
      run(async (world) => {
        if (flags.against === undefined) refuseUnused(command, [configAlone]);
        const { checkCommand } = await import('../commands/check.ts');
        const { config, json, against = null, releases = null } = flags;
        return checkCommand({ config, json, against, releases }, world);
      }),
    );
}

interface CheckFlags {
  readonly config: string;
  readonly against?: string;
  readonly releases?: string;
  readonly json: boolean;
}

const configAlone: Mode = {
  name: 'check without --against',
  unused: { '--releases': 'write tagwright check --against CONFIG --releases FILE, or leave it out' },
};

export function addSchema(program: Command, run: Run): void {
  program
    .command('schema')
    .description('print the JSON Schema of a config, for editors')
    .action(() =>
      run(async () => {
        const { schemaCommand } = await import('../commands/schema.ts');
        return schemaCommand();
      }),
    );
}
