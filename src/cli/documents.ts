/** Commands for people who look back, and for those who pull: both from the facts alone. */
import { Option, type Command } from 'commander';
import { supportedLayouts, type SupportedLayout } from '../report/supported-layouts.ts';
import type { DocsRequest } from '../commands/docs.ts';
import { publishDefaults } from '../commands/publish/options.ts';
import { evidenceOf, withEvidence, type EvidenceFlags } from './evidence-flags.ts';
import { allImages, common, withCommon, withFacts, type CommonFlags, type Run } from './flags.ts';
import { refuseUnused, type Mode } from './unused.ts';

interface HistoryFlags extends CommonFlags, EvidenceFlags {
  readonly format: 'table' | 'json';
  readonly json: boolean;
}

const statedMode: Mode = {
  name: 'history --evidence',
  unused: { '--releases': 'leave it out: the statements alone are read' },
};

export function addHistory(program: Command, run: Run): void {
  withEvidence(withFacts(program.command('history [tag]')))
    .description('who owned each convenience tag when, by the facts of all releases')
    .addOption(new Option('--format <format>', 'how to print it').choices(['table', 'json']).default('table'))
    .option('--json', 'short for --format json', false)
    .option(...allImages)
    .action((tag: string | undefined, flags: HistoryFlags, command: Command) =>
      run(async (world) => {
        const stated = evidenceOf(flags);
        if (stated.evidence !== null) refuseUnused(command, [statedMode]);
        const { historyCommand } = await import('../commands/history.ts');
        const format = flags.json ? 'json' : flags.format;
        return historyCommand({ ...common(flags), tag: tag ?? null, format, ...stated }, world);
      }),
    );
}

interface DocsFlags extends CommonFlags {
  readonly check: boolean;
  readonly layout: SupportedLayout;
  readonly range?: string;
  readonly release?: string | true;
  readonly push: boolean;
  readonly dryRun: boolean;
  readonly journal: string;
}

export function addDocs(program: Command, run: Run): void {
  withCommon(program.command('docs [file...]'))
    .description('write the table of supported tags between its markers in a file (default README.md)')
    .option('--check', 'write nothing; fail where a file differs from the plan', false)
    .addOption(
      new Option('--layout <layout>', 'a table of images, a table of tags, or a list as docker-library has it')
        .choices(supportedLayouts)
        .default('table'),
    )
    .option('--range <range>', "releases whose tags are shown, such as '>=2.20' (default: all)")
    .option(
      '--release [version]',
      'write the images of a release into its text on GitHub or GitLab (default: the newest)',
    )
    .option('--push', "write the table into the repository's overview on Docker Hub", false)
    .option('--dry-run', 'print what --release or --push would write', false)
    .option('--journal <dir>', 'where journals are kept', publishDefaults.journal)
    .action((files: readonly string[], flags: DocsFlags, command: Command) =>
      run(async (world) => {
        refuseUnused(command, [modeOf(flags)]);
        const { docsCommand } = await import('../commands/docs.ts');
        return docsCommand(requestOf(files, flags), world);
      }),
    );
}

function requestOf(files: readonly string[], flags: DocsFlags): DocsRequest {
  const { check, layout, range = null, release, push, dryRun, journal } = flags;
  if (release !== undefined) {
    const version = release === true ? null : release;
    return { ...common(flags), kind: 'release', version, dryRun, journal };
  }
  if (push) return { ...common(flags), kind: 'push', layout, range, dryRun };
  return { ...common(flags), kind: 'files', files, check, layout, range };
}

/** What the mode does not use. */
function modeOf({ release, push }: DocsFlags): Mode {
  const noFile = 'leave it out: it writes no file';
  const files = { FILE: noFile, '--check': noFile };
  if (release !== undefined) {
    const all = 'leave it out: it shows every image of the release';
    return {
      name: 'docs --release',
      unused: { ...files, '--layout': all, '--range': all, '--push': 'run tagwright docs --push as well' },
    };
  }
  const noRegistry = 'leave it out: it reads no registry';
  if (push) return { name: 'docs --push', unused: { ...files, '--journal': noRegistry } };
  return {
    name: 'docs of files',
    unused: {
      '--dry-run': 'write --check',
      '--journal': noRegistry,
      '--repository': noRegistry,
    },
  };
}
