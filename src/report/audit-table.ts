/** An audit for a terminal of 80 columns: what is wrong first, what fixes it last. */
import pc from 'picocolors';
import { findingKinds, isQuiet, kinds, type FindingKind } from '../audit/kinds.ts';
import type { AuditReport, Finding } from '../audit/types.ts';
import type { Choice } from '../moves/repair.ts';
import type { Several } from '../domain/several.ts';
import { groupBy } from '../domain/group-by.ts';
import { commandsOf, fixes, type FixLine, sizeWords, standWords, toolLines } from './audit-words.ts';
import { sameReasons, someOf } from './causes.ts';
import { table } from './table.ts';
import { count, grouped } from './words.ts';

const width = 80;
/** More findings of a kind than this are listed on one line each. */
const maxExplained = 8;
const maxListed = 40;
const maxReasons = 8;

/**
 * Of several repositories: each by itself, and then one list of what fixes them all, for its order counts across them.
 *
 * @param color whether the reader's terminal shows colours: a TTY, and no `NO_COLOR`
 */
export function auditTables(reports: Several<AuditReport>, color: boolean): string {
  if (reports.length === 1) return auditTable(reports[0], color);
  const paint = pc.createColors(color);
  const list = fixText(
    reports.flatMap(({ findings }) => findings),
    paint,
  );
  const texts = reports.map((report) => reportText(report, '', paint));
  return [...texts, ...(list === '' ? [] : [`${list}\n`])].join('\n');
}

export function auditTable(report: AuditReport, color: boolean): string {
  const paint = pc.createColors(color);
  return reportText(report, fixText(report.findings, paint), paint);
}

/** @param list what fixes it; empty where that is said elsewhere */
function reportText(report: AuditReport, list: string, paint: Paint): string {
  const groups = groupBy<FindingKind, Finding>(report.findings, ({ kind }) => kind);
  const alarming = findingKinds.filter((kind) => !isQuiet(kind) && groups.has(kind));
  const parts = [
    headText(report, paint),
    ...alarming.map((kind) => section(kind, groups.get(kind) ?? [], paint)),
    quietText(groups),
    list,
    basesText(report),
    straysText(report),
    report.notes.map((note) => wrapped(`note: ${note}`, '', '  ')).join('\n'),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

type Paint = ReturnType<typeof pc.createColors>;

function headText({ repository, checkedAt, requests, summary, findings }: AuditReport, paint: Paint): string {
  const right = summary.ok + summary.frozen;
  const alarming = findings.filter(({ kind }) => !isQuiet(kind) && kind !== 'unknown');
  const wrong = alarming.filter(({ excused }) => excused === null).length;
  const excused = alarming.length - wrong;
  const verdict = [
    paint.green(`${count(right, 'tag')} right`),
    ...(wrong === 0 ? [] : [paint.red(count(wrong, 'finding'))]),
    ...(excused === 0 ? [] : [paint.yellow(`${excused} still on the way`)]),
    ...(summary.unknown === 0 ? [] : [paint.yellow(`${summary.unknown} not seen`)]),
  ];
  return `${paint.bold(repository)}: ${verdict.join(', ')}\nchecked ${checkedAt} with ${count(requests, 'request')}`;
}

function section(kind: FindingKind, findings: readonly Finding[], paint: Paint): string {
  const colour = kind === 'unknown' ? paint.yellow : paint.red;
  const head = `${colour(paint.bold(kind))} ${grouped(findings.length)}  ${paint.dim(kinds[kind].meaning)}`;
  if (kind === 'unknown') return [head, ...reasons(findings, paint)].join('\n');
  const isExplained = findings.length <= maxExplained;
  const lines = findings.slice(0, maxListed).map((finding) => (isExplained ? block(finding, paint) : line(finding)));
  const more = findings.length - maxListed;
  if (more > 0) lines.push(`  and ${grouped(more)} more; --format json and html list them all`);
  return [head, ...lines].join('\n');
}

/** Each reason once, with the tags that it is about. */
function reasons(findings: readonly Finding[], paint: Paint): string[] {
  const all = sameReasons(findings);
  const lines = all.slice(0, maxReasons).flatMap(({ reason, findings: own }) => {
    const [first, ...others] = own;
    if (first !== undefined && others.length === 0) return [block(first, paint)];
    const head = `${count(own.length, 'tag')}: ${someOf(own.map(({ tag }) => tag))}`;
    return [wrapped(head, '  ', '    '), paint.dim(wrapped(reason, '    ', '    '))];
  });
  const more = all.length - maxReasons;
  return more > 0 ? [...lines, `  and ${count(more, 'more reason')}; --format json has them`] : lines;
}

function block(finding: Finding, paint: Paint): string {
  const { expected, actual, because, since, excused } = finding;
  const lines = [`  ${paint.bold(finding.tag)}`];
  if (kinds[finding.kind].ends) {
    lines.push(`    points to  ${standWords(actual)}`, `    should be  ${standWords(expected)}`);
  }
  if (since !== null) lines.push(`    since      ${since.slice(0, 10)}`);
  if (excused !== null) lines.push(wrapped(excused, '    excused    ', '               '));
  lines.push(paint.dim(wrapped(because, '    ', '    ')));
  return lines.join('\n');
}

function line({ tag, kind, expected, actual, excused }: Finding): string {
  const ends = !kinds[kind].ends ? '' : `  ${versionOf(actual)} → ${versionOf(expected)}`;
  return `  ${tag}${ends}${excused === null ? '' : '  (excused)'}`;
}

function versionOf(stand: Finding['actual']): string {
  return stand.owner?.version ?? standWords(stand);
}

function quietText(groups: ReadonlyMap<FindingKind, readonly Finding[]>): string {
  const lines: string[] = [];
  const frozen = groups.get('frozen') ?? [];
  if (frozen.length > 0) lines.push(named('frozen', frozen));
  const excluded = groups.get('excluded') ?? [];
  if (excluded.length > 0) lines.push(named('excluded', excluded));
  const closed = groups.get('closed') ?? [];
  if (closed.length > 0) lines.push(named('closed', closed), ...deletions(closed));
  for (const kind of ['event', 'unmanaged'] as const) {
    const found = groups.get(kind) ?? [];
    if (found.length > 0)
      lines.push(`${kind} ${grouped(found.length)}  ${kinds[kind].meaning}; --unmanaged lists them`);
  }
  return lines.join('\n');
}

/** What deletes each, as far as a reader may want to see. */
function deletions(findings: readonly Finding[]): string[] {
  const all = [...new Set(findings.flatMap(({ choices }) => choices.map(({ command }) => command)))];
  const shown = all.slice(0, maxExplained).map((command) => `  ${command}`);
  const more = all.length - shown.length;
  return [...shown, ...(more > 0 ? [`  and ${grouped(more)} more; --unmanaged and --format json have them`] : [])];
}

function named(kind: FindingKind, findings: readonly Finding[]): string {
  const tags = someOf(findings.map(({ tag }) => tag));
  return wrapped(`${kind} ${findings.length}  ${kinds[kind].meaning}: ${tags}`, '', '  ');
}

function fixText(findings: readonly Finding[], paint: Paint): string {
  const all = fixes(findings.filter(({ excused }) => excused === null));
  if (all.length === 0) return '';
  const rows = all.slice(0, 10).map((line) => fixRow(line, paint));
  if (all.length > 10) rows.push(`  and ${all.length - 10} more; --format json has them`);
  const tools = toolLines(commandsOf(all.slice(0, 10))).map((line) => paint.dim(wrapped(line, '  ', '  ')));
  return [paint.bold('To fix, in this order:'), ...rows, ...tools].join('\n');
}

function fixRow({ command, tags, choices }: FixLine, paint: Paint): string {
  const of = paint.dim(`(${count(tags, 'tag')})`);
  if (choices.length === 0) return `  ${command}  ${of}`;
  const [first, ...others] = choices;
  if (first !== undefined && others.length === 0) return `  ${choiceText(first, '  ', paint, `  ${of}`)}`;
  const rows = choices.map((choice) => `    ${choiceText(choice, '    ', paint)}`);
  return [`  choose one  ${of}`, ...rows].join('\n');
}

function choiceText({ command, because, after }: Choice, indent: string, paint: Paint, of = ''): string {
  return [`${command}${of}`, ...(after === undefined ? [] : [`then ${after}`]), paint.dim(because)].join(
    `\n${indent}  `,
  );
}

function basesText({ bases }: AuditReport): string {
  if (bases === undefined) return '';
  if (bases.length === 0) return 'Every owner is built on its current base image.';
  const rows = bases.map(({ base, now, locked, tags, version }) => {
    const behind = locked === undefined ? '' : ', and bases.lock.json names the older one';
    const what = now === null ? 'is gone' : `has moved on${behind}`;
    return `  ${base} ${what}\n${wrapped(`under ${version}: ${tags.join(', ')}`, '    ', '      ')}`;
  });
  const hint =
    'A pinned tag is never overwritten. The next release of the series uses the new base. To rebuild one before that, under a new pinned tag, add it to rebuilds in the config, then run:';
  const commands = [...new Set(bases.map(({ fix }) => `  ${fix}`))];
  return ['Base images that changed since their owners were built:', ...rows, wrapped(hint, '', ''), ...commands].join(
    '\n',
  );
}

function straysText({ strays }: AuditReport): string {
  if (strays === undefined) return '';
  if (strays.length === 0) return 'Every tag of the repository is in the plan.';
  const rows = strays.map((stray) => [
    stray.tag,
    stray.kind,
    stray.at === null ? '–' : stray.at.slice(0, 10),
    sizeWords(stray.sizeBytes),
  ]);
  const columns = [{ title: 'tag' }, { title: 'kind' }, { title: 'from' }, { title: 'size', align: 'right' as const }];
  const all = strays.flatMap(({ choices }) => choices);
  const lines = [
    ...new Set(
      all.flatMap(({ do: what, command, because }) => (what === 'edit' ? [`  ${command}  (${because})`] : [])),
    ),
  ];
  const commands = all.flatMap(({ do: what, command }) => (what === 'run' ? [`  ${command}`] : []));
  return [
    `Tags that are not in the plan:`,
    table(columns, rows),
    ...(lines.length === 0 ? [] : ['', 'Look first whether something should explain them:', ...lines]),
    ...(commands.length === 0
      ? []
      : ['', 'Nothing is deleted here. Tags that nobody needs go with these commands:', ...commands]),
  ].join('\n');
}

/** Words on lines of at most 80; a word longer than a line has its own line. */
function wrapped(text: string, first: string, next: string): string {
  const lines: string[] = [];
  let current = first;
  let isEmpty = true;
  for (const word of text.split(' ')) {
    if (!isEmpty && current.length + 1 + word.length > width) {
      lines.push(current);
      current = next + word;
    } else {
      current += isEmpty ? word : ` ${word}`;
    }
    isEmpty = false;
  }
  lines.push(current);
  return lines.join('\n');
}
