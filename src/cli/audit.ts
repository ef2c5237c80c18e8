import { InvalidArgumentError, Option, type Command } from 'commander';
import type { AuditOptions } from '../commands/audit.ts';
import type { AuditFormat } from '../commands/audit/options.ts';
import { evidenceOf, withEvidence, type EvidenceFlags } from './evidence-flags.ts';
import { allImages, collect, common, noteAbout, noteFlag, withCommon, type CommonFlags, type Run } from './flags.ts';
import type { KeepFormat } from '../report/keep-list.ts';
import { jsonMode, refuseUnused, type Mode } from './unused.ts';

interface AuditFlags extends CommonFlags, EvidenceFlags {
  readonly format: AuditOptions['format'];
  readonly json: boolean;
  readonly report: AuditOptions['reports'];
  readonly content: AuditOptions['content'];
  readonly only: readonly string[];
  readonly failOn: readonly string[];
  readonly grace?: string;
  readonly planOut?: string;
  readonly writeLock: boolean;
  readonly requireLabels: boolean;
  readonly require: readonly string[];
  readonly unmanaged: boolean;
  readonly bases: boolean;
  readonly note: boolean;
  readonly keep?: KeepFormat;
}

/** As the command has them; it is loaded when it is called. */
const auditFormats: readonly AuditFormat[] = ['table', 'json', 'markdown', 'sarif', 'junit', 'codequality', 'html'];

/** Not every format has room for every list. */
const shownBy = 'choose --format table, json or markdown, or leave it out';
const formatModes: Readonly<Record<string, Mode>> = {
  sarif: findingsAlone('sarif'),
  junit: findingsAlone('junit'),
  codequality: findingsAlone('codequality'),
  html: { name: 'audit --format html', unused: { '--unmanaged': shownBy } },
};

function findingsAlone(format: string): Mode {
  return { name: `audit --format ${format}`, unused: { '--unmanaged': shownBy, '--bases': shownBy } };
}

const listAlone = 'leave it out: --keep prints its list alone';
const ofEverything = 'leave it out: every image of the config and every release counts';
const keepMode: Mode = {
  name: 'audit --keep',
  unused: {
    '--format': listAlone,
    '--json': listAlone,
    '--report': listAlone,
    '--content': listAlone,
    '--only': ofEverything,
    '--at': ofEverything,
    '--fail-on': listAlone,
    '--grace': listAlone,
    '--plan-out': listAlone,
    '--write-lock': listAlone,
    '--require-labels': listAlone,
    '--require': listAlone,
    '--unmanaged': 'leave it out: tagwright prune lists those',
    '--bases': listAlone,
    '--note': listAlone,
    '--evidence': listAlone,
    '--evidence-key': listAlone,
    '--evidence-identity': listAlone,
    '--evidence-issuer': listAlone,
    '--trust-root': listAlone,
    '--all-images': 'give --image NAME, once for each image',
  },
};

/** As the report has them; it is loaded with the command. */
const keepFormats: readonly KeepFormat[] = ['text', 'ghcr', 'ecr', 'harbor', 'gitlab'];

const readsLabels = 'it needs the labels of images: choose --content owners or all';
const withoutContent: Mode = {
  name: 'audit --content none',
  unused: {
    '--require-labels': readsLabels,
    '--require': readsLabels.replace('the labels of images', 'images'),
    '--bases': readsLabels,
  },
};

const ofAllImages: Mode = {
  name: 'audit --all-images',
  unused: {
    '--plan-out': 'a plan file is for one image: name it with --image',
    '--write-lock': 'the lock is of one image: name it with --image',
  },
};

function modesOf({ json, format, content, allImages: isOfAll }: AuditFlags): Mode[] {
  const byFormat = json ? jsonMode('audit', auditFormats) : formatModes[format];
  return [
    ...(byFormat === undefined ? [] : [byFormat]),
    ...(content === 'none' ? [withoutContent] : []),
    ...(isOfAll === true ? [ofAllImages] : []),
  ];
}

function collectReport(text: string, before: AuditOptions['reports']): AuditOptions['reports'] {
  const [name, ...rest] = text.split('=');
  const format = auditFormats.find((known) => known === name);
  const path = rest.join('=');
  if (format !== undefined && path !== '') return [...before, { format, path }];
  throw new InvalidArgumentError(`expected FORMAT=FILE, such as junit=audit.xml; FORMAT is ${auditFormats.join(', ')}`);
}

/** What it looks at, and how it shows it. */
function withQuestions(command: Command): Command {
  return command
    .description('expected against the registry, finding by finding')
    .addOption(new Option('--format <format>', 'how to print it').choices(auditFormats).default('table'))
    .option('--json', 'short for --format json', false)
    .option('--report <format=file>', 'write the findings in this format too; may be repeated', collectReport, [])
    .addOption(
      new Option('--content <whose>', 'which images to inspect (never downloads layers)')
        .choices(['owners', 'all', 'none'])
        .default('owners'),
    )
    .option('--only <name=value>', 'by rule, series or axis, as flavor=conda; may be repeated', collect, [])
    .option(
      '--fail-on <kinds>',
      'kinds of findings that make the exit code 1, comma-separated; `none` for none',
      collect,
      [],
    )
    .option('--grace <span>', 'releases younger than this (90m, 2h) may still be incomplete')
    .option('--plan-out <file>', 'write the moves that fix what was found, for apply')
    .option('--write-lock', 'record what is right in tags.lock.json, next to the config', false)
    .option('--require-labels', 'an image without labels is a finding', false)
    .option(
      '--require <proofs>',
      'what every image must have, and what is verified: provenance, sbom, signature, comma-separated',
      collect,
      [],
    )
    .option('--unmanaged', 'list tags that are not in the plan, with age and size', false)
    .option('--bases', 'list tag owners built on an outdated base image', false)
    .option(...noteFlag('one issue with the findings, which the first audit without any closes'))
    .option(...allImages)
    .addOption(
      new Option(
        '--keep <for>',
        'print only what a cleanup must leave alone: every digest, or a policy of that registry',
      ).choices(keepFormats),
    );
}

export function addAudit(program: Command, run: Run, facts: () => Pick<AuditOptions, 'color' | 'toolVersion'>): void {
  withEvidence(withQuestions(withCommon(program.command('audit')))).action((flags: AuditFlags, command: Command) =>
    run(async (world) => {
      if (flags.keep !== undefined) {
        refuseUnused(command, [keepMode]);
        const { keepCommand } = await import('../commands/keep.ts');
        return keepCommand({ ...common(flags), keep: flags.keep }, world);
      }
      refuseUnused(command, modesOf(flags));
      const { auditCommand } = await import('../commands/audit.ts');
      const {
        content,
        report: reports,
        only,
        writeLock,
        requireLabels,
        // A variable of the name would hide CommonJS's own in the bundled program.
        require: proofs,
        unmanaged,
        bases,
        grace = null,
        planOut = null,
      } = flags;
      const evidence = evidenceOf(flags);
      const format = flags.json ? 'json' : flags.format;
      const failOn = flags.failOn.length === 0 ? null : flags.failOn;
      const asked = {
        format,
        reports,
        content,
        only,
        failOn,
        grace,
        planOut,
        writeLock,
        requireLabels,
        require: proofs,
        unmanaged,
        bases,
        ...evidence,
      };
      const outcome = await auditCommand({ ...common(flags), ...asked, ...facts() }, world);
      if (!flags.note) return outcome;
      const { withNote } = await import('../commands/note/with-note.ts');
      const narrowing = { '--only': only.length > 0, '--at': flags.at !== undefined, '--grace': grace !== null };
      const narrowed = Object.entries(narrowing).flatMap(([flag, isGiven]) => (isGiven ? [flag] : []));
      return withNote(outcome, { command: 'audit', about: noteAbout(command, flags), narrowed }, world);
    }),
  );
}
