/** `check` and `schema`: the config, before anything else is known. */
import type { Command } from 'commander';
import { configFlag, type Run } from './flags.ts';

export function addCheck(program: Command, run: Run): void {
  program
    .command('check')
    .description('check the config and its Dockerfiles: no release facts, no registry, no network')
    .addOption(configFlag())
    .option('--json', 'print the result as JSON', false)
    .action(({ config, json }: { readonly config: string; readonly json: boolean }) =>
      run(async (world) => {
        const { checkCommand } = await import('../commands/check.ts');
        return checkCommand({ config, json }, world);
      }),
    );
}

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
