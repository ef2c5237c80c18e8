/** What an audit found, as rows of a page: first what reaches most people. */
import { isQuiet, kinds, type FindingKind } from '../../audit/kinds.ts';
import type { Picture } from '../../audit/picture.ts';
import type { AuditReport, Finding } from '../../audit/types.ts';
import type { Fact, Row, RowGroup, Tone } from '../../browser/page-data.ts';
import { groupBy } from '../../domain/group-by.ts';
import { standWords } from '../audit-words.ts';
import { entriesOf, someOf, type Entry } from '../causes.ts';
import { capital, count, grouped, shortDigest } from '../words.ts';
import { reachGroups } from './groups.ts';

/** Tags of a quiet kind that are listed; a repository may hold any number that are none of ours. */
const maxQuiet = 500;

/** Findings by how many people a tag reaches; within that by kind, as the report orders them. */
export function findingGroups(report: AuditReport, picture: Picture, prefix: string): RowGroup[] {
  const rows = loudEntries(report).map((entry) => ({
    rule: kinds[entry.finding.kind].ends ? entry.finding.rule : null,
    row: entryRow(entry),
  }));
  return reachGroups(rows, `${prefix}reach-`, picture);
}

function loudEntries({ findings }: AuditReport): readonly Entry[] {
  return entriesOf(findings.filter(({ kind }) => !isQuiet(kind)));
}

/** The tag that the row is under which says more of this one; `null` without a finding. */
export function rowTags(report: AuditReport): (tag: string) => string | null {
  const loud = loudEntries(report).flatMap(({ finding, tags }) => tags.map((tag) => [tag, finding.tag] as const));
  const quiet = report.findings.filter(({ kind }) => isQuiet(kind)).map(({ tag }) => [tag, tag] as const);
  const rows = new Map([...loud, ...quiet]);
  return (tag) => rows.get(tag) ?? null;
}

/** Kinds that only inform, folded. */
export function quietGroups(report: AuditReport, prefix: string): RowGroup[] {
  const byKind = groupBy(
    report.findings.filter(({ kind }) => isQuiet(kind)),
    ({ kind }) => kind,
  );
  return [...byKind].map(([kind, own]) => ({
    id: `${prefix}quiet-${kind}`,
    name: kind,
    tone: 'muted',
    count: grouped(own.length),
    note: kinds[kind].meaning,
    folded: true,
    rows: own.slice(0, maxQuiet).map((finding) => rowOf(finding)),
    more: own.length > maxQuiet ? `and ${grouped(own.length - maxQuiet)} more` : '',
  }));
}

export function toneOf(kind: FindingKind | 'right'): Tone {
  if (kind === 'ok' || kind === 'right') return 'good';
  if (kind === 'unknown') return 'warn';
  return isQuiet(kind) ? 'muted' : 'bad';
}

function entryRow({ finding, tags: [first, ...others] }: Entry): Row {
  if (others.length === 0) return rowOf(finding);
  const { kind, because } = finding;
  return {
    tag: first,
    kind,
    tone: toneOf(kind),
    say: `and ${count(others.length, 'more tag')}`,
    because: `${capital(because)}.`,
    facts: [{ name: 'tags', text: someOf([first, ...others]) }],
    find: others.join(' '),
  };
}

function rowOf(finding: Finding): Row {
  const { tag, kind, expected, actual, because, excused, fix } = finding;
  const owner = expected.owner ?? actual.owner;
  const axes = Object.values(owner?.axes ?? {}).filter((value) => !tag.includes(value));
  const facts = factsOf(finding);
  const ends = kinds[kind].ends && owner !== null ? endsOf(finding) : {};
  return {
    tag,
    kind,
    ...(toneOf(kind) === 'bad' ? {} : { tone: toneOf(kind) }),
    ...ends,
    ...(excused === null ? {} : { mark: 'excused' }),
    because: `${capital(because)}.`,
    ...(facts.length === 0 ? {} : { facts }),
    ...(fix === null ? {} : { fix }),
    ...(owner === null || owner.version === ends.to ? {} : { version: owner.version }),
    ...(axes.length === 0 ? {} : { find: axes.join(' ') }),
    ...(isTag(tag) ? {} : { noTag: true as const }),
  };
}

/** `statement 5` is none. */
function isTag(text: string): boolean {
  return !text.includes(' ');
}

/** From and to, as short as they still differ. */
function endsOf({ kind, expected, actual }: Finding): { readonly from?: string; readonly to?: string } {
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

/** Without the command that fixes it, which a row has by itself. */
export function factsOf(finding: Finding): readonly Fact[] {
  const { expected, actual, since, choices, excused } = finding;
  return [
    ...(excused === null ? [] : [{ name: 'excused', text: excused }]),
    ...(since === null ? [] : [{ name: 'since', text: since.slice(0, 10) }]),
    ...(expected.digest === null ? [] : [standFact('should be', expected, expected.digest)]),
    ...(actual.digest === null ? [] : [standFact('points to', actual, actual.digest)]),
    ...choices.flatMap((choice, index) => [
      { name: index === 0 ? 'choose' : 'or', text: `${choice.because}:`, code: choice.command },
      ...(choice.after === undefined ? [] : [{ name: 'then', code: choice.after }]),
    ]),
  ];
}

function standFact(name: string, stand: Finding['actual'], digest: string): Fact {
  return stand.owner === null ? { name, code: digest } : { name, text: standWords(stand), code: digest };
}
