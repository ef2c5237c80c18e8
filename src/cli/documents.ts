/** Commands for people who look back, and for those who pull: both from the facts alone. */
import { Option, type Command } from 'commander';
import { supportedLayouts, type SupportedLayout } from '../report/supported-tags.ts';
import { common, withFacts, type CommonFlags, type Run } from './flags.ts';

export function addHistory(program: Command, run: Run): void {
  withFacts(program.command('history [tag]'))
    .description('who owned each convenience tag when, by the facts of all releases')
    .addOption(new Option('--format <format>', 'how to print it').choices(['table', 'json']).default('table'))
    .option('--json', 'short for --format json', false)
    .action((tag: string | undefined, flags: CommonFlags & { format: 'table' | 'json'; json: boolean }) =>
      run(async (world) => {
        const { historyCommand } = await import('../commands/history.ts');
        const format = flags.json ? 'json' : flags.format;
        return historyCommand({ ...common(flags), tag: tag ?? null, format }, world);
      }),
    );
}

interface DocsFlags extends CommonFlags {
  readonly check: boolean;
  readonly layout: SupportedLayout;
  readonly range?: string;
}

export function addDocs(program: Command, run: Run): void {
  withFacts(program.command('docs [file...]'))
    .description('write the table of supported tags between its markers in a file (default README.md)')
    .option('--check', 'write nothing; fail where a file differs from the plan', false)
    .addOption(
      new Option('--layout <layout>', 'a table of images, a table of tags, or a list as docker-library has it')
        .choices(supportedLayouts)
        .default('table'),
    )
    .option('--range <range>', "releases whose tags are shown, such as '>=2.20' (default: all)")
    .action((files: readonly string[], flags: DocsFlags) =>
      run(async (world) => {
        const { docsCommand } = await import('../commands/docs.ts');
        const { check, layout, range = null } = flags;
        return docsCommand({ ...common(flags), files, check, layout, range }, world);
      }),
    );
}
