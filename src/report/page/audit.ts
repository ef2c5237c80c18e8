/** The page of an audit: what it found, the map, and who owned each tag when. */
import type { Picture } from '../../audit/picture.ts';
import { findingKinds, isQuiet, kinds } from '../../audit/kinds.ts';
import type { AuditReport, StaleBase } from '../../audit/types.ts';
import type {
  Chip,
  HeroPart,
  ListPart,
  NotesPart,
  PageData,
  Part,
  Phrase,
  StepsPart,
} from '../../browser/page-data.ts';
import type { SoundStatement } from '../../evidence/check.ts';
import type { Several } from '../../domain/several.ts';
import { fixes } from '../audit-words.ts';
import { releasePages, siteOf, tagPage } from '../links.ts';
import { count, grouped } from '../words.ts';
import { findingGroups, quietGroups, rowTags, toneOf } from './findings.ts';
import { lanesPart } from './lanes.ts';
import { mapPart } from './map.ts';
import { pageHtml } from './page.ts';
import { statementsPart } from './statements.ts';
import { warningsPart } from './plan.ts';
import { rowPrefix } from './texts.ts';

/** Commands shown on their own; the others stand with their findings. */
const maxFixes = 6;

/** What a page shows of one repository. */
export interface AuditPage {
  readonly report: AuditReport;
  readonly picture: Picture;
  /** Statements of moves that count; left out: nobody asked. */
  readonly statements?: readonly SoundStatement[];
}

export function auditHtml(pages: Several<AuditPage>): string {
  return pageHtml(auditPage(pages));
}

/** All repositories, one under the other. The header links to the parts of one, or to each of several. */
export function auditPage(pages: Several<AuditPage>): PageData {
  const isOne = pages.length === 1;
  const steps = stepsPart(
    pages.map(({ report }) => report),
    isOne ? 'What fixes them, in this order' : 'What fixes all repositories, in this order',
  );
  const views = pages.map((page, index) => repositoryParts(page, index === 0 ? '' : `r${index + 1}-`));
  const [[hero, ...rest] = []] = views;
  const parts = [
    { id: 'findings', text: 'Findings' },
    { id: 'map', text: 'Map' },
    { id: 'owners', text: 'Owners over time' },
    { id: 'statements', text: 'Who moved tags' },
  ].filter(({ id }) => rest.some((part) => part.id === id));
  const repositories = pages.map(({ report }, index) => ({
    id: `${index === 0 ? '' : `r${index + 1}-`}verdict`,
    text: report.repository,
  }));
  return {
    title: pages.map(({ report }) => `${verdictOf(report).title} – ${report.repository}`).join(' · '),
    command: 'audit',
    nav: isOne ? parts : repositories,
    // One list for all repositories: its order counts across them.
    parts: isOne && hero !== undefined ? [hero, ...steps, ...rest] : [...steps, ...views.flat()],
    releases: releasePages(pages[0].picture),
  };
}

function repositoryParts({ report, picture, statements = [] }: AuditPage, prefix: string): readonly Part[] {
  const { repository } = report;
  const rows = rowPrefix(repository);
  const rowTag = rowTags(report);
  const link = tagPage(repository, picture.sourceUrl);
  const list = { kind: 'list' as const, lead: '', link, prefix: rows };
  const findings: ListPart = {
    ...list,
    id: `${prefix}findings`,
    title: 'Findings',
    empty: 'Every tag points where it should.',
    groups: findingGroups(report, picture, prefix),
  };
  const quiet: ListPart = {
    ...list,
    id: `${prefix}quiet`,
    title: 'Nothing to do',
    empty: '',
    groups: quietGroups(report, prefix),
  };
  return [
    heroPart(report, siteOf(link), `${prefix}verdict`),
    findings,
    ...(quiet.groups.length === 0 ? [] : [quiet]),
    ...warningsPart(report.warnings ?? [], `${prefix}warnings`),
    ...notesParts(report, prefix),
    mapPart(picture, `${prefix}map`, rows, rowTag),
    lanesPart(picture, `${prefix}owners`, rows, rowTag),
    ...statementsPart(statements, `${prefix}statements`),
  ];
}

function heroPart(report: AuditReport, href: string, id: string): HeroPart {
  const { repository, checkedAt, requests } = report;
  const checked = `${checkedAt.slice(0, 10)} ${checkedAt.slice(11, 16)} UTC`;
  return {
    kind: 'hero',
    id,
    about: repository,
    href,
    ...verdictOf(report),
    lines: [[`Checked ${checked} with ${count(requests, 'request')}.`]],
    chips: chipsOf(report),
  };
}

function chipsOf({ summary }: AuditReport): readonly Chip[] {
  const present = findingKinds.filter((kind) => summary[kind] > 0);
  return present.map((kind) => ({
    name: kind,
    count: grouped(summary[kind]),
    note: kinds[kind].meaning,
    tone: toneOf(kind),
    kind: kind === 'ok' ? '' : kind,
  }));
}

function verdictOf({ summary, findings }: AuditReport): Pick<HeroPart, 'title' | 'tone'> {
  const wrong = findings.filter(({ kind, excused }) => !isQuiet(kind) && kind !== 'unknown' && excused === null).length;
  const right = summary.ok + summary.frozen;
  const seen = `${count(right, 'tag')} right`;
  if (wrong > 0) return { title: `${count(wrong, 'finding')}, ${seen}`, tone: 'bad' };
  if (summary.unknown > 0)
    return { title: `${count(summary.unknown, 'tag')} could not be seen, ${seen}`, tone: 'warn' };
  const excused = findings.filter((finding) => finding.excused !== null).length;
  if (excused > 0) return { title: `${count(excused, 'tag')} still on the way, ${seen}`, tone: 'warn' };
  return { title: `${right === 1 ? 'The tag is' : `All ${grouped(right)} tags are`} right`, tone: 'good' };
}

/** @returns none if nothing fixes them */
function stepsPart(reports: readonly AuditReport[], title: string): StepsPart[] {
  const list = fixes(
    reports.flatMap(({ findings }) => findings.filter(({ kind, excused }) => !isQuiet(kind) && excused === null)),
  );
  if (list.length === 0) return [];
  const more = list.length - maxFixes;
  const steps = list.slice(0, maxFixes).map(({ command, tags, choices }) => ({
    command,
    note: count(tags, 'tag'),
    choices: choices.map((choice) => ({ command: choice.command, after: choice.after ?? '', because: choice.because })),
  }));
  const rest = more > 0 ? `${count(more, 'more command is', 'more commands are')} listed with their findings.` : '';
  return [{ kind: 'steps', id: 'fixes', title, steps, more: rest }];
}

function notesParts({ bases = [], notes }: AuditReport, prefix: string): NotesPart[] {
  const parts: NotesPart[] = [];
  if (bases.length > 0) {
    parts.push({ kind: 'notes', id: `${prefix}bases`, title: 'Outdated base images', notes: bases.map(baseNote) });
  }
  if (notes.length > 0) {
    parts.push({ kind: 'notes', id: `${prefix}notes`, title: 'Notes', notes: notes.map((note) => [note]) });
  }
  return parts;
}

function baseNote({ base, builtOn, now, tags, version, fix }: StaleBase): Phrase {
  const state = now === null ? 'is gone' : 'has moved on';
  const built = `, on which ${version} was built: ${tags.join(', ')}. Once it is among the config's rebuilds: `;
  return [{ code: base }, ` ${state} since `, { code: builtOn }, built, { code: fix }];
}
