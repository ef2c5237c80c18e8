/** `tagwright audit`: expected against the registry, finding by finding. It writes nothing to the registry. */
import { fixingMoves } from '../audit/audit.ts';
import { drawPicture } from '../audit/picture.ts';
import { selects, summarize } from '../audit/select.ts';
import type { AuditReport, Finding } from '../audit/types.ts';
import { assertNever } from '../domain/errors.ts';
import { formatInstant } from '../domain/instant.ts';
import { formatRepository, type Repository } from '../domain/reference.ts';
import { auditJson } from '../report/audit-json.ts';
import { auditHtml } from '../report/audit-html/page.ts';
import { auditMarkdown } from '../report/audit-markdown.ts';
import { auditSarif } from '../report/audit-sarif.ts';
import { auditTable } from '../report/audit-table.ts';
import { planJson } from '../report/plan-json.ts';
import { warningsText } from '../report/warnings.ts';
import { expectedOf } from './audit/expected-of.ts';
import { lookFurther } from './audit/further.ts';
import { look, type Look } from './audit/look.ts';
import { createLookout } from './audit/lookout.ts';
import { readWishes, type AuditOptions, type AuditWishes } from './audit/options.ts';
import { rightCells } from './audit/right-cells.ts';
import { addToLockFile, lockNote, readLockFile } from './lock-file.ts';
import { readProject, type Project } from './read-project.ts';
import type { Outcome, World } from './world.ts';

export { auditDefaults, type AuditOptions } from './audit/options.ts';

export async function auditCommand(options: AuditOptions, world: World): Promise<Outcome> {
  const project = await readProject(options, world);
  const wishes = readWishes(options, project.image);
  const repository = firstRepository(project, world);
  const files = world.files(project.root);
  const expected = await expectedOf(project, options, world);
  const registries = world.registries(project.config.insecureRegistries);
  try {
    const registry = registries.open(repository);
    const lookout = createLookout(registry, world.snapshots(registry), world.signal);
    const name = formatRepository(repository);
    const now = world.clock.nowMs();
    const looked = await look(
      lookout,
      {
        expected,
        repository,
        lock: await readLockFile(files, name),
        now,
        graceMs: wishes.graceMs,
        requireLabels: options.requireLabels,
        inScope: selects(expected, wishes.only),
        flags: flagsOf(options),
      },
      options.content,
    );
    const { notes: further, ...extras } = await lookFurther(looked, options, { registry, registries }, world.signal);
    const notes = [...notesOf(looked), ...looked.audited.notes, ...further];
    if (options.writeLock) notes.push(lockNote(await addToLockFile(files, name, rightCells(looked), project.image)));
    const report = { ...reportOf(name, now, lookout.requests(), looked, notes), ...extras };
    if (project.warnings.length > 0) world.say(warningsText(project.warnings));
    return {
      stdout: textOf(report, looked, options),
      result: resultOf(report, looked, wishes),
      document: { kind: 'audit', report },
      files: options.planOut === null ? [] : [{ path: options.planOut, text: planText(project, name, looked) }],
    };
  } finally {
    await registries.close();
  }
}

function firstRepository(project: Project, world: World): Repository {
  const [first, ...others] = project.image.repositories;
  if (others.length > 0) {
    const names = others.map(formatRepository).join(', ');
    world.say(`auditing ${formatRepository(first)}; name another with --repository: ${names}`);
  }
  return first;
}

function notesOf({ listing }: Look): string[] {
  if (listing.kind === 'tags') return [];
  if (listing.kind === 'no-repository') {
    return ['the registry knows no such repository: is its name right, and was it ever pushed to?'];
  }
  return [`the list of tags could not be read, so what no plan has is not known: ${listing.reason}`];
}

function reportOf(
  repository: string,
  now: number,
  requests: number,
  { audited }: Look,
  notes: readonly string[],
): AuditReport {
  return {
    schema: 1,
    repository,
    checkedAt: formatInstant(now),
    requests,
    summary: summarize(audited),
    findings: audited.findings.map(({ finding }) => finding),
    notes,
  };
}

function textOf(report: AuditReport, looked: Look, options: AuditOptions): string {
  switch (options.format) {
    case 'table':
      return auditTable(report, options.color);
    case 'json':
      return auditJson(report);
    case 'markdown':
      return auditMarkdown(report);
    case 'sarif':
      return auditSarif(report, options.config, options.toolVersion);
    case 'html':
      return auditHtml(report, drawPicture(looked.input.expected, looked.audited));
    default:
      return assertNever(options.format);
  }
}

/** What could not be seen comes before what was: a tag nobody saw may be the one that is wrong. */
function resultOf(report: AuditReport, { listing }: Look, wishes: AuditWishes): Outcome['result'] {
  if (report.summary.unknown > 0 || listing.kind === 'unknown') return 'outside-failed';
  return report.findings.some((finding) => isFailure(finding, wishes)) ? 'findings' : 'as-planned';
}

function isFailure(finding: Finding, { failOn }: AuditWishes): boolean {
  return finding.excused === null && [...failOn].some((kind) => kind === finding.kind);
}

/** The moves alone, in the shape of a plan: what `apply` takes. */
function planText(project: Project, repository: string, { audited, input }: Look): string {
  return planJson({
    schema: 1,
    repository,
    release: null,
    cells: [],
    tags: [],
    moves: fixingMoves(audited, input.expected),
    warnings: project.warnings,
  });
}

/** The flags that make another command speak of the same config and repository. */
function flagsOf(options: AuditOptions): string {
  const flags = [
    ...(options.config === 'matrix.config.ts' ? [] : ['--config', options.config]),
    ...(options.releases === null ? [] : ['--releases', options.releases]),
    ...options.repository.flatMap((repository) => ['--repository', repository]),
    ...(options.image === null ? [] : ['--image', options.image]),
  ];
  return flags.map((flag) => ` ${shellWord(flag)}`).join('');
}

/** As a shell takes it for one word. */
function shellWord(text: string): string {
  return /^[A-Za-z0-9_./:@=-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
