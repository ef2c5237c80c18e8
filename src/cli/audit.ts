import { Option, type Command } from 'commander';
import type { AuditOptions } from '../commands/audit.ts';
import { collect, common, withCommon, type CommonFlags, type Run } from './flags.ts';

interface AuditFlags extends CommonFlags {
  readonly format: AuditOptions['format'];
  readonly json: boolean;
  readonly content: AuditOptions['content'];
  readonly only: readonly string[];
  readonly failOn: readonly string[];
  readonly grace?: string;
  readonly planOut?: string;
  readonly writeLock: boolean;
  readonly requireLabels: boolean;
  readonly unmanaged: boolean;
  readonly bases: boolean;
}

export function addAudit(program: Command, run: Run, facts: Pick<AuditOptions, 'color' | 'toolVersion'>): void {
  withCommon(program.command('audit'))
    .description('expected against the registry, finding by finding')
    .addOption(
      new Option('--format <format>', 'how to print it')
        .choices(['table', 'json', 'markdown', 'sarif', 'html'])
        .default('table'),
    )
    .option('--json', 'short for --format json', false)
    .addOption(
      new Option('--content <whose>', 'whose images are looked into, without a layer')
        .choices(['owners', 'all', 'none'])
        .default('owners'),
    )
    .option('--only <name=value>', 'by rule, series or axis, as flavor=conda; may be repeated', collect, [])
    .option('--fail-on <kinds>', 'kinds that end with 1, separated by commas; none for none', collect, [])
    .option('--grace <span>', 'releases younger than this (90m, 2h) may still be incomplete')
    .option('--plan-out <file>', 'write the moves that fix what was found, for apply')
    .option('--write-lock', 'record what is right in tags.lock.json, beside the config', false)
    .option('--require-labels', 'an image without labels is a finding', false)
    .option('--unmanaged', 'list what no plan has, with age and size', false)
    .option('--bases', "tell owners whose base image's tag has moved on", false)
    .action((flags: AuditFlags) =>
      run(async (world) => {
        const { auditCommand } = await import('../commands/audit.ts');
        const { content, only, writeLock, requireLabels, unmanaged, bases, grace = null, planOut = null } = flags;
        const format = flags.json ? 'json' : flags.format;
        const failOn = flags.failOn.length === 0 ? null : flags.failOn;
        const asked = { format, content, only, failOn, grace, planOut, writeLock, requireLabels, unmanaged, bases };
        return auditCommand({ ...common(flags), ...asked, ...facts }, world);
      }),
    );
}
