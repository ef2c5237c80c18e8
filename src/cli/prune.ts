/** Deleting what nothing holds. */
import { InvalidArgumentError, type Command } from 'commander';
import type { Confirmation } from '../commands/prune.ts';
import { common, withNow, type CommonFlags, type Run } from './flags.ts';
import { refuseUnused } from './unused.ts';

interface PruneFlags extends CommonFlags {
  readonly dryRun: boolean;
  readonly json: boolean;
  readonly journal: string;
  readonly delete?: Confirmation;
}

export function addPrune(program: Command, run: Run): void {
  withNow(program.command('prune'))
    .description('list what no plan, no event and no kept image holds; delete it if its count is named')
    .option('--dry-run', 'list only, as without --delete', false)
    .option(
      '--delete <count:list>',
      'delete the manifests of the list, named by what it ends with: 17:0123456789ab',
      confirmation,
    )
    .option('--json', 'the report as JSON', false)
    .action((flags: PruneFlags, command: Command) =>
      run(async (world) => {
        if (flags.dryRun) refuseUnused(command, [{ name: 'prune --dry-run', unused: { '--delete': 'leave one out' } }]);
        const { pruneCommand } = await import('../commands/prune.ts');
        const { journal, json } = flags;
        return pruneCommand({ ...common(flags), journal, json, delete: flags.delete ?? null }, world);
      }),
    );
}

function confirmation(value: string): Confirmation {
  const { count, list } = /^(?<count>[1-9]\d{0,8}):(?<list>[0-9a-f]{12})$/.exec(value)?.groups ?? {};
  if (count !== undefined && list !== undefined) return { count: Number(count), list };
  throw new InvalidArgumentError('expected what the list of tagwright prune ends with, such as 17:0123456789ab');
}
