/** Deleting what nothing holds. */
import { InvalidArgumentError, type Command } from 'commander';
import { common, withNow, type CommonFlags, type Run } from './flags.ts';
import { refuseUnused } from './unused.ts';

interface PruneFlags extends CommonFlags {
  readonly dryRun: boolean;
  readonly json: boolean;
  readonly journal: string;
  readonly delete?: number;
}

export function addPrune(program: Command, run: Run): void {
  withNow(program.command('prune'))
    .description('list what no plan, no event and no kept image holds; delete it if its count is named')
    .option('--dry-run', 'list only, as without --delete', false)
    .option('--delete <count>', 'delete the manifests of the list; the count must be theirs', wholeNumber)
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

function wholeNumber(value: string): number {
  if (/^[1-9]\d{0,8}$/.test(value)) return Number(value);
  throw new InvalidArgumentError('expected how many manifests tagwright prune lists');
}
