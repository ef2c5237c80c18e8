/** `tagwright audit`: the plan against every repository of the image, finding by finding. It writes nothing to a registry. */
import { drawPicture, type Picture } from '../audit/picture.ts';
import { selects, summarize } from '../audit/select.ts';
import type { AuditReport, Finding } from '../audit/types.ts';
import { assertNever, InternalError } from '../domain/errors.ts';
import type { SoundStatement } from '../evidence/check.ts';
import { formatInstant } from '../domain/instant.ts';
import type { Repository } from '../domain/reference.ts';
import { eachInTurn, flatSeveral, mapSeveral, type Several } from '../domain/several.ts';
import type { Registries } from '../ports.ts';
import { auditCodequality } from '../report/audit-codequality.ts';
import { auditJson } from '../report/audit-json.ts';
import { auditJunit, type JunitAudit } from '../report/audit-junit.ts';
import { pathInside } from '../report/finding-text.ts';
import { auditHtml, type AuditPage } from '../report/page/audit.ts';
import { auditsMarkdown } from '../report/audit-markdown.ts';
import { auditSarif } from '../report/audit-sarif.ts';
import { auditTables } from '../report/audit-table.ts';
import { plansJson } from '../report/plan-json.ts';
import { warningsText } from '../report/warnings.ts';
import type { Plan } from '../plan/types.ts';
import { eventRepositories } from '../plan/event-tags.ts';
import { expectTags, type Expected } from '../sight/expected.ts';
import { signatureNotes } from '../report/signature-words.ts';
import { count } from '../report/words.ts';
import { evidenceFor, withAttached } from './audit/evidence.ts';
import { withEvents } from './audit/events.ts';
import { lookFurther } from './audit/further.ts';
import { withProofs } from './audit/proofs.ts';
import { readWishes, type AuditFormat, type AuditOptions, type AuditWishes } from './audit/options.ts';
import { rightCells } from './audit/right-cells.ts';
import { warnOfAnybody } from './evidence/counting.ts';
import { refuseSharedFile } from './evidence/read-evidence.ts';
import { expectedOf } from './look/expected-of.ts';
import { addToLockFile, lockNote, sayForeignLock } from './look/lock-file.ts';
import type { Look } from './look/look.ts';
import { lookAt, type RepositoryLook } from './look/repository-look.ts';
import { decideTogether, judgeTogether } from './look/together.ts';
import { nameDifferences } from '../audit/differences.ts';
import { readProject, resolvedTags, type Project } from './read-project.ts';
import { ofImage, overImages, worstOf } from './over-images.ts';
import type { Outcome, World } from './world.ts';

export { auditDefaults, type AuditOptions } from './audit/options.ts';

export function auditCommand(options: AuditOptions, world: World): Promise<Outcome> {
  warnOfAnybody(options.identity, world);
  return overImages(options, world, async (each, shared) => {
    const asked = await eachInTurn(each, (one) => ofImage(options, one, (own) => readAsked(own, shared)));
    const audits = flatSeveral(await eachInTurn(asked, (one) => auditImage(one, shared)));
    const configFile = [...formatsOf(options)].some((format) => atConfig.has(format))
      ? await placeOf(options, shared)
      : options.config;
    const { planOut, reports } = options;
    return {
      stdout: textOf(audits, options.format, options, configFile),
      result: worstOf(audits.map(({ result }) => result)),
      document: { kind: 'audit', reports: mapSeveral(audits, ({ report }) => report) },
      files: [
        ...(planOut === null ? [] : [{ path: planOut, text: plansJson(mapSeveral(audits, ({ moves }) => moves)) }]),
        ...reports.map(({ path, format }) => ({ path, text: textOf(audits, format, options, configFile) })),
      ],
    };
  });
}

function formatsOf({ format, reports }: AuditOptions): ReadonlySet<AuditFormat> {
  return new Set([format, ...reports.map((report) => report.format)]);
}

/** What is asked of one image. */
interface Asked {
  readonly project: Project;
  readonly options: AuditOptions;
  readonly wishes: AuditWishes;
}

/** What is kept of a repository's audit: all that was read of it may be gone by then. */
interface RepositoryResult {
  readonly report: AuditReport;
  readonly result: Outcome['result'];
  readonly wishes: AuditWishes;
  readonly moves: Plan;
  /** `null` where nobody draws it. */
  readonly picture: Picture | null;
  /** Left out where nobody asked for them. */
  readonly statements?: readonly SoundStatement[];
}

async function readAsked(options: AuditOptions, world: World): Promise<Asked> {
  const project = await readProject(options, world);
  return { project, options, wishes: readWishes(options, project.image) };
}

async function auditImage({ project, options, wishes }: Asked, world: World): Promise<Several<RepositoryResult>> {
  const expected = await expectedOf(project, options, world);
  await sayForeignLock(project, world);
  const registries = await world.registries(project.config.insecureRegistries);
  try {
    const judged = await auditEach({ project, expected, options, wishes, registries, world });
    const audits = nameDifferences(options.writeLock ? await withLock(judged, project, world) : judged);
    if (project.warnings.length > 0) world.say(warningsText(project.warnings));
    return mapSeveral(audits, (audit) => ({
      report: audit.report,
      result: resultOf(audit.report, audit.looked, wishes),
      wishes,
      moves: movesOf(audit, project),
      picture: formatsOf(options).has('html') ? pictureOf(audit, project) : null,
      ...statementsOf(audit),
    }));
  } finally {
    await registries.close();
  }
}

function statementsOf({ looked }: RepositoryAudit): Pick<RepositoryResult, 'statements'> {
  const { evidence } = looked.input;
  return evidence === undefined ? {} : { statements: evidence.statements };
}

function pictureOf({ looked }: RepositoryAudit, { known }: Project): Picture {
  return drawPicture(looked.input.expected, looked.audited, known.releases);
}

interface AuditRun extends Asked {
  readonly expected: Expected;
  readonly registries: Registries;
  readonly world: World;
}

interface RepositoryAudit {
  readonly report: AuditReport;
  readonly looked: RepositoryLook;
}

/** Each repository is judged with what is known about the others; only then is its report made. */
async function auditEach(run: AuditRun): Promise<Several<RepositoryAudit>> {
  const { options } = run;
  if (options.evidence !== null) refuseSharedFile(options.evidence, run.project.image.repositories);
  const looks = await eachInTurn(run.project.image.repositories, (repository) => lookIn(repository, run));
  const judged = await provenLooks(await judgeTogether(looks), run);
  const [first, ...others] = await eachInTurn(judged, (looked) => auditOf(looked, run));
  // What only builds that are not releases are pushed to: no tag of the plan is expected there.
  const elsewhere: RepositoryAudit[] = [];
  const image = { ...run.project.image, rules: [] };
  const nothing = { ...run, expected: expectTags(image, resolvedTags(image, [], run.project.factsFrom)) };
  for (const repository of eventRepositories(run.project.image))
    elsewhere.push(await auditOf(await lookIn(repository, nothing, 'if there'), run));
  return [first, ...others, ...elsewhere];
}

async function provenLooks(judged: Several<RepositoryLook>, run: AuditRun): Promise<Several<RepositoryLook>> {
  const { wishes, project, world } = run;
  if (wishes.required.length === 0) return judged;
  const { signature } = project.image;
  const verifier = signature === null ? null : await world.signatures(signature, project.root);
  const request = { required: wishes.required, verifier, signal: world.signal };
  // Judged again, each by itself.
  return decideTogether(await eachInTurn(judged, (looked) => withProofs(looked, request)));
}

async function lookIn(
  repository: Repository,
  run: AuditRun,
  statements: 'required' | 'if there' = 'required',
): Promise<RepositoryLook> {
  const { project, expected, options, wishes, registries, world } = run;
  const inScope = selects(expected, wishes.only);
  const evidence = await evidenceFor(repository, options, statements, world);
  const common = { graceMs: wishes.graceMs, requireLabels: options.requireLabels };
  const audit = evidence === null ? common : { ...common, evidence };
  const request = { repository, project, expected, options, inScope, content: options.content, audit };
  return withAttached(await lookAt(registries.open(repository), request, world), evidence, options, world);
}

async function auditOf(read: RepositoryLook, run: AuditRun): Promise<RepositoryAudit> {
  const { project, options, registries, world } = run;
  const { looked, notes: unknown } = await withEvents(read, project, options.at, world);
  const { notes: further, ...extras } = await lookFurther(
    looked,
    options,
    { registry: looked.registry, registries, mirrors: project.image.mirrors, basesLock: project.image.basesLock },
    world.signal,
  );
  const notes = [...notesOf(looked), ...looked.audited.notes, ...unknown, ...further];
  const { warnings } = project;
  const report = { ...reportOf(looked, notes), ...(warnings.length === 0 ? {} : { warnings }), ...extras };
  return { report, looked };
}

/** Records what is right, in one write for all repositories; the last report says how much that was. */
async function withLock(
  audits: Several<RepositoryAudit>,
  project: Project,
  world: World,
): Promise<Several<RepositoryAudit>> {
  const additions = audits.map(({ looked }) => ({ repository: looked.name, entries: rightCells(looked) }));
  const note = lockNote(await addToLockFile(world.files(project.root), additions, project.image));
  return mapSeveral(audits, (audit) =>
    audit === audits.at(-1) ? { ...audit, report: { ...audit.report, notes: [...audit.report.notes, note] } } : audit,
  );
}

function notesOf({ listing, input, audited }: Look): string[] {
  const reasons = audited.findings.flatMap(({ finding }) => (finding.kind === 'unknown' ? [finding.because] : []));
  return [...listingNotes(listing, reasons), ...evidenceNotes(input)];
}

/** What proves nothing is called that, and what was moved by hand and is history. */
function evidenceNotes({ evidence }: Look['input']): string[] {
  if (evidence === undefined) return [];
  const { statements, gaps, file } = evidence;
  const told = gaps.map(({ place, because }) => `${place}: ${because}`);
  return [...signatureNotes(statements), ...told].map((note) => `${file}: ${note}`);
}

/** @param reasons why tags are not known: the list is not read for the same one */
function listingNotes(listing: Look['listing'], reasons: readonly string[]): string[] {
  if (listing.kind === 'tags') {
    const { dropped, lacking } = listing;
    const notes =
      dropped === 0 ? [] : [`${count(dropped, 'name')} in the repository's list cannot be a tag and was left out`];
    if (lacking === 0) return notes;
    const there = lacking === 1 ? 'a tag that is there' : `${lacking} tags that are there`;
    return [...notes, `the registry's list of tags lacks ${there}, so it may lack others that are not in the plan`];
  }
  if (listing.kind === 'no-repository') {
    return ['the registry has no repository of that name: is it spelled right, and was it ever pushed to?'];
  }
  const [code = ''] = listing.reason.split(' ');
  const isSame = /^[A-Z_]+$/.test(code) && reasons.some((reason) => reason.includes(code));
  const what = 'the list of tags could not be read, so tags that are not in the plan are unknown';
  return [isSame ? `${what}: ${code}, as for the tags` : `${what}: ${listing.reason}`];
}

function reportOf({ audited, input, name, lookout }: RepositoryLook, notes: readonly string[]): AuditReport {
  return {
    schema: 1,
    repository: name,
    checkedAt: formatInstant(input.now),
    requests: lookout.requests(),
    summary: summarize(audited),
    findings: audited.findings.map(({ finding }) => finding),
    notes,
  };
}

/** Formats that say where in the git repository a finding is. */
const atConfig: ReadonlySet<AuditFormat> = new Set(['sarif', 'junit', 'codequality']);

async function placeOf({ config }: AuditOptions, world: World): Promise<string> {
  const { file, root, above = 0 } = await world.loadConfig(config);
  return pathInside(file, { root, above });
}

function textOf(
  audits: Several<RepositoryResult>,
  format: AuditFormat,
  options: AuditOptions,
  configFile: string,
): string {
  const reports = mapSeveral(audits, ({ report }) => report);
  switch (format) {
    case 'table':
      return auditTables(reports, options.color);
    case 'json':
      return auditJson(reports);
    case 'markdown':
      return auditsMarkdown(reports);
    case 'sarif':
      return auditSarif(reports, configFile, options.toolVersion);
    case 'junit':
      return auditJunit(mapSeveral(audits, withVerdict), configFile);
    case 'codequality':
      return auditCodequality(mapSeveral(audits, withVerdict), configFile);
    case 'html':
      return auditHtml(mapSeveral(audits, pageOf));
    default:
      return assertNever(format);
  }
}

function withVerdict({ report, result, wishes }: RepositoryResult): JunitAudit {
  return { report, isUnknown: result === 'outside-failed', fails: (finding) => isFailure(finding, wishes) };
}

function pageOf({ report, picture, statements = [] }: RepositoryResult): AuditPage {
  if (picture === null) throw new InternalError(`nobody drew ${report.repository}`);
  return { report, picture, statements };
}

function resultOf(report: AuditReport, { listing }: Look, wishes: AuditWishes): Outcome['result'] {
  if (report.summary.unknown > 0 || listing.kind === 'unknown') return 'outside-failed';
  return report.findings.some((finding) => isFailure(finding, wishes)) ? 'findings' : 'as-planned';
}

function isFailure(finding: Finding, { failOn }: AuditWishes): boolean {
  return finding.excused === null && [...failOn].some((kind) => kind === finding.kind);
}

/** The moves alone, in the shape of a plan: what `apply` takes. */
function movesOf({ looked }: RepositoryAudit, project: Project): Plan {
  const { moves } = looked.audited;
  return { schema: 1, repository: looked.name, release: null, cells: [], tags: [], moves, warnings: project.warnings };
}
