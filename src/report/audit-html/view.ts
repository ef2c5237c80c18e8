/** What the template shows: every text made ready, nothing decided in the page. */
import type { Picture } from '../../audit/picture.ts';
import { findingKinds, isQuiet, kinds, type FindingKind } from '../../audit/kinds.ts';
import type { AuditReport, Finding } from '../../audit/types.ts';
import { fixes, type FixLine, standWords } from '../audit-words.ts';
import type { Several } from '../../domain/several.ts';
import { count, grouped, shortDigest } from '../words.ts';
import { lanesOf } from './lanes.ts';
import { mapOf } from './map.ts';
import { scriptJson } from './texts.ts';

/** Commands shown on their own; the others stand with their findings. */
const maxFixes = 6;
/** Findings that are in the page with all their text; of more, the text comes when they are opened. */
const maxWhole = 300;
/** Tags of a quiet kind that are listed; a repository may hold any number that are none of ours. */
const maxQuiet = 500;

/** What a page shows of one repository. */
export interface AuditPage {
  readonly report: AuditReport;
  readonly picture: Picture;
}

/** All repositories, one under the other. The header links to the parts of one, or to each of several. */
export function pageView(pages: Several<AuditPage>): Readonly<Record<string, unknown>> {
  const isOne = pages.length === 1;
  const list = fixes(
    pages.flatMap(({ report }) => report.findings.filter(({ kind, excused }) => !isQuiet(kind) && excused === null)),
  );
  const shown = new Set(list.slice(0, maxFixes).map(({ command }) => command));
  const views = pages.map((page, index) => ({
    ...repositoryView(page, shown, index === 0 ? '' : `r${index + 1}-`),
    ...fixesView(isOne ? list : [], false),
  }));
  const parts = [
    { id: 'findings', text: 'Findings' },
    { id: 'map', text: 'Map' },
    { id: 'owners', text: 'Owners over time' },
  ];
  return {
    title: pages.map(({ report }) => `${verdictOf(report).text} – ${report.repository}`).join(' · '),
    links:
      views.length === 1
        ? parts
        : views.map(({ prefix, repository }) => ({ id: `${prefix}verdict`, text: repository })),
    // One list for all repositories: its order counts across them.
    ...fixesView(isOne ? [] : list, true),
    pages: views,
  };
}

interface RepositoryView extends Readonly<Record<string, unknown>> {
  /** Begins every id of the repository. */
  readonly prefix: string;
  readonly repository: string;
}

/** @param isShared it is one list for several repositories */
function fixesView(list: readonly FixLine[], isShared: boolean): object {
  const more = list.length - maxFixes;
  return {
    isShared,
    fixes: list.slice(0, maxFixes).map((line) => ({ ...line, tags: count(line.tags, 'tag') })),
    moreFixes: more > 0 ? `${more} more commands are listed with their findings.` : '',
  };
}

function repositoryView({ report, picture }: AuditPage, shown: ReadonlySet<string>, prefix: string): RepositoryView {
  const ids = new Map(report.findings.map(({ tag }, index) => [tag, `${prefix}f${index}`]));
  const idOf: IdOf = (tag) => (tag === null ? '' : (ids.get(tag) ?? ''));
  const { groups, late } = groupsOf(report, shown, idOf);
  return {
    prefix,
    repository: report.repository,
    verdict: verdictOf(report),
    checkedAt: report.checkedAt,
    checkedText: `${report.checkedAt.slice(0, 10)} ${report.checkedAt.slice(11, 16)} UTC`,
    requests: count(report.requests, 'request'),
    chips: chipsOf(report),
    groups,
    lateJson: scriptJson(late),
    quiet: quietOf(report, idOf),
    bases: (report.bases ?? []).map(({ now, tags, ...base }) => ({
      ...base,
      tags: tags.join(', '),
      state: now === null ? 'is gone' : 'has moved on',
    })),
    notes: report.notes,
    ...mapOf(picture, idOf),
    ...lanesOf(picture, idOf),
  };
}

/** The id of a tag's finding in the page; empty if it has none. */
type IdOf = (tag: string | null) => string;

function presentKinds({ summary }: AuditReport): readonly FindingKind[] {
  return findingKinds.filter((kind) => summary[kind] > 0);
}

function ofKind({ findings }: AuditReport, wanted: FindingKind): readonly Finding[] {
  return findings.filter(({ kind }) => kind === wanted);
}

/** What is wrong, kind by kind; the text of the findings after the first {@link maxWhole} is apart, in `late`. */
function groupsOf(
  report: AuditReport,
  shown: ReadonlySet<string>,
  idOf: IdOf,
): { readonly groups: readonly object[]; readonly late: readonly object[] } {
  const late: object[] = [];
  let whole = 0;
  const bodied = (finding: Finding): object => {
    const facts = factsOf(finding, shown);
    const isLate = (whole += 1) > maxWhole;
    if (isLate) late.push({ because: finding.because, facts });
    return { ...findingView(finding, idOf(finding.tag)), facts, late: isLate, lateIndex: late.length - 1 };
  };
  const groups = presentKinds(report)
    .filter((kind) => !isQuiet(kind))
    .map((kind) => {
      const findings = ofKind(report, kind);
      const { meaning } = kinds[kind];
      return { kind, tone: toneOf(kind), meaning, count: grouped(findings.length), findings: findings.map(bodied) };
    });
  return { groups, late };
}

function chipsOf(report: AuditReport): readonly object[] {
  return presentKinds(report).map((kind) => ({
    kind,
    count: grouped(report.summary[kind]),
    meaning: kinds[kind].meaning,
    tone: toneOf(kind),
    plain: kind === 'ok',
  }));
}

function quietOf(report: AuditReport, idOf: IdOf): readonly object[] {
  const quiet = presentKinds(report).filter((kind) => isQuiet(kind) && kind !== 'ok');
  return quiet.map((kind) => {
    const findings = ofKind(report, kind);
    return {
      kind,
      meaning: kinds[kind].meaning,
      count: grouped(findings.length),
      findings: findings.slice(0, maxQuiet).map((finding) => findingView(finding, idOf(finding.tag))),
      more: findings.length > maxQuiet ? `and ${grouped(findings.length - maxQuiet)} more` : '',
    };
  });
}

function verdictOf({ summary, findings }: AuditReport): { readonly text: string; readonly tone: string } {
  const wrong = findings.filter(({ kind, excused }) => !isQuiet(kind) && kind !== 'unknown' && excused === null).length;
  const right = summary.ok + summary.frozen;
  const seen = `${count(right, 'tag')} right`;
  if (wrong > 0) return { text: `${count(wrong, 'finding')}, ${seen}`, tone: 'bad' };
  if (summary.unknown > 0) return { text: `${count(summary.unknown, 'tag')} could not be seen, ${seen}`, tone: 'warn' };
  const excused = findings.filter((finding) => finding.excused !== null).length;
  if (excused > 0) return { text: `${count(excused, 'tag')} still on the way, ${seen}`, tone: 'warn' };
  return { text: `${right === 1 ? 'The tag is' : `All ${grouped(right)} tags are`} right`, tone: 'good' };
}

function toneOf(kind: FindingKind | 'right'): string {
  if (kind === 'ok' || kind === 'right') return 'good';
  if (kind === 'unknown') return 'warn';
  return isQuiet(kind) ? 'muted' : 'bad';
}

/** From and to, as short as they still differ. */
function endsOf({ kind, expected, actual }: Finding): { readonly from: string; readonly to: string } {
  const there = kind === 'unknown' ? 'not seen' : 'absent';
  const [is, should] = [actual.owner, expected.owner];
  const isSameCell = is === null || should === null || JSON.stringify(is.axes) === JSON.stringify(should.axes);
  const words = (stand: Finding['actual'], nothing: string): string => {
    if (stand.owner === null && stand.digest === null) return nothing;
    return isSameCell && stand.owner !== null ? stand.owner.version : standWords(stand);
  };
  const from = words(actual, there);
  const to = words(expected, 'nobody');
  return from === to && actual.digest !== null ? { from: shortDigest(actual.digest), to } : { from, to };
}

interface Fact {
  readonly name: string;
  readonly text: string;
  readonly code: string;
  readonly isCommand: boolean;
  /** It has its own button: the command is not listed above all findings. */
  readonly copy: boolean;
}

/** @param shown commands that stand above all findings, each with its button */
function factsOf(finding: Finding, shown: ReadonlySet<string>): readonly Fact[] {
  const { expected, actual, since, fix, choices, excused } = finding;
  const fact = (name: string, text: string | null, code: string | null): Fact[] =>
    text === null && code === null ? [] : [{ name, text: text ?? '', code: code ?? '', isCommand: false, copy: false }];
  return [
    ...fact('excused', excused, null),
    ...fact('since', since?.slice(0, 10) ?? null, null),
    ...(expected.digest === null ? [] : fact('should be', `${standWords(expected)} `, expected.digest)),
    ...(actual.digest === null
      ? []
      : fact('points to', actual.owner === null ? null : `${standWords(actual)} `, actual.digest)),
    ...(fix === null ? [] : [{ name: 'fix', text: '', code: fix, isCommand: true, copy: !shown.has(fix) }]),
    ...choices.flatMap((choice, index) => [
      ...fact(index === 0 ? 'choose' : 'or', `${choice.because}: `, choice.command),
      ...(choice.after === undefined ? [] : fact('then', null, choice.after)),
    ]),
  ];
}

function findingView(finding: Finding, id: string): Readonly<Record<string, unknown>> {
  const { tag, kind, expected, actual, because } = finding;
  return {
    id,
    tag,
    find: [tag, kind, expected.owner?.version, actual.owner?.version, ...Object.values(expected.owner?.axes ?? {})]
      .filter((text) => text !== undefined)
      .join(' ')
      .toLowerCase(),
    ends: kind !== 'orphan' && (expected.owner !== null || actual.owner !== null),
    ...endsOf(finding),
    because,
    excused: finding.excused ?? '',
  };
}
