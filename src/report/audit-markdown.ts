/** An audit as Markdown, for a pull request or a job summary (which takes 1 MiB at most). */
import { findingKinds, isQuiet, kinds } from '../audit/kinds.ts';
import type { AuditReport, Finding } from '../audit/types.ts';
import { utf8Bytes } from '../domain/byte-size.ts';
import { groupBy } from '../domain/group-by.ts';
import type { Several } from '../domain/several.ts';
import type { Stand } from '../plan/types.ts';
import { choiceText } from '../moves/repair.ts';
import { commandsOf, fixes, type FixLine, sizeWords, standWords, toolLines } from './audit-words.ts';
import { sameReasons, someOf } from './causes.ts';
import { markdownCode as code, markdownText } from './markdown-text.ts';
import type { GridWords } from './grid-markdown.ts';
import { moveGrid } from './move-grid.ts';
import { folded, gridParts, warningsMarkdown } from './plan-markdown.ts';
import { markdownTable } from './table.ts';
import { count } from './words.ts';

/** @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#adding-a-job-summary */
const maxBytes = 1024 * 1024;
/** Of one kind; the rest is counted. Halved until the whole fits. */
const mostRows = 1000;

/** Of several repositories: each by itself, and then one list of what fixes them all. */
export function auditsMarkdown(reports: Several<AuditReport>): string {
  if (reports.length === 1) return auditMarkdown(reports[0]);
  const list = fixList(reports.flatMap(({ findings }) => findings));
  const texts = reports.map((report) => fitted(report, []));
  return [...texts, ...list.map((part) => `${part}\n`)].join('\n');
}

export function auditMarkdown(report: AuditReport): string {
  return fitted(report, fixList(report.findings));
}

function fitted(report: AuditReport, list: readonly string[]): string {
  for (let rows = mostRows; ; rows = Math.floor(rows / 2)) {
    const text = markdown(report, list, rows);
    if (rows === 0 || utf8Bytes(text) < maxBytes) return text;
  }
}

function fixList(findings: readonly Finding[]): string[] {
  const commands = fixes(findings.filter(({ excused }) => excused === null)).slice(0, 50);
  if (commands.length === 0) return [];
  return [
    `#### To fix, in this order\n\n\`\`\`sh\n${commands.map(fixText).join('\n')}\n\`\`\``,
    ...toolLines(commandsOf(commands)),
  ];
}

/** @param list what fixes it; empty where that is said elsewhere */
function markdown(report: AuditReport, list: readonly string[], maxRows: number): string {
  const { summary, findings } = report;
  const alarming = findings.filter(({ kind }) => !isQuiet(kind));
  const title = alarming.length === 0 ? 'every tag is right' : count(alarming.length, 'finding');
  const right = summary.ok + summary.frozen;
  const parts = [
    `### Audit of \`${report.repository}\`: ${title}`,
    `${count(right, 'tag')} right, of them ${summary.frozen} no longer moving. Checked ${report.checkedAt} with ${count(report.requests, 'request')}.`,
  ];
  parts.push(...warningsMarkdown(report.warnings ?? []));
  for (const kind of findingKinds) {
    const ofKind = findings.filter((finding) => finding.kind === kind);
    if (ofKind.length === 0 || kind === 'ok') continue;
    const body = kind === 'unknown' ? reasonsBody(ofKind, maxRows) : findingsBody(ofKind, maxRows);
    const head = `${kind} ${ofKind.length}`;
    parts.push(
      isQuiet(kind)
        ? folded(`${head} – ${kinds[kind].meaning}`, body)
        : `#### ${head}\n${kinds[kind].meaning}\n\n${body}`,
    );
  }
  parts.push(...list);
  if (report.bases !== undefined && report.bases.length > 0) {
    const rows = report.bases.map(({ base, tags, version, fix }) => [
      code(base),
      version,
      tags.map(code).join(', '),
      code(fix),
    ]);
    const titles = ['base', 'under', 'tags', 'to build it again'];
    parts.push(`#### Outdated base images\n\n${markdownTable(titles, rows)}`);
  }
  if (report.strays !== undefined && report.strays.length > 0) {
    const rows = report.strays
      .slice(0, maxRows)
      .map(({ tag, kind, at, sizeBytes }) => [code(tag), kind, at?.slice(0, 10) ?? '–', sizeWords(sizeBytes)]);
    parts.push(folded('Tags that are not in the plan', markdownTable(['tag', 'kind', 'from', 'size'], rows)));
  }
  parts.push(...report.notes.map((note) => `> ${markdownText(note)}`));
  return `${parts.join('\n\n')}\n`;
}

/** Choices are comments, so that nobody who pastes the block runs them all. */
function fixText({ command, choices }: FixLine): string {
  if (choices.length === 0) return command;
  const head = choices.length === 1 ? '# if so:' : '# choose one:';
  return [head, ...choices.map((choice) => `#   ${choiceText(choice)}`)].join('\n');
}

/** Findings of one kind that stand open; of more, a grid does, with each tag and its reason folded away. */
const mostOpen = 12;
/** More groups of tags show no common cause. */
const mostGroups = 40;
const auditWords: GridWords = { title: 'points to → should be', from: 'absent', to: 'nowhere' };

function findingsBody(findings: readonly Finding[], maxRows: number): string {
  const rows = findingsTable(findings, maxRows);
  if (findings.length <= mostOpen) return rows;
  const each = folded(`${count(findings.length, 'tag')}, and why`, rows);
  if (!hasStands(findings)) return each;
  const moves = findings.map(({ tag, rule, actual, expected }) => ({
    tag,
    rule: rule ?? '',
    from: unlessNothing(actual),
    to: unlessNothing(expected),
  }));
  // Findings begin with the broadest rule, and a grid is made of moves, which end with it.
  const grid = moveGrid([...groupBy(moves, ({ rule }) => rule).values()].toReversed().flat());
  return [...(grid.rows.length > mostGroups ? [] : gridParts(grid, auditWords)), each].join('\n\n');
}

/** What is not known, by its reason. */
function reasonsBody(findings: readonly Finding[], maxRows: number): string {
  const all = sameReasons(findings);
  const rows = all.slice(0, maxRows).map(({ reason, findings: own }) => {
    return [
      someOf(own.map(({ tag }) => code(tag))),
      String(own.length),
      own.length === 1 ? (own[0]?.because ?? '') : reason,
    ];
  });
  const left = all.length - rows.length;
  const note = left > 0 ? `\n\nand ${count(left, 'more reason')}; \`--format json\` lists them all` : '';
  return `${markdownTable(['tags', 'how many', 'because'], rows)}${note}`;
}

function unlessNothing(stand: Stand): Stand | null {
  return stand.owner === null && stand.digest === null ? null : stand;
}

function hasStands(findings: readonly Finding[]): boolean {
  return findings.some(
    ({ kind }) => kinds[kind].ends && kind !== 'event' && kind !== 'unmanaged' && kind !== 'unknown',
  );
}

function findingsTable(findings: readonly Finding[], maxRows: number): string {
  const isStanding = hasStands(findings);
  const titles = isStanding ? ['tag', 'points to', 'should be', 'because'] : ['tag', 'because'];
  const rows = findings.slice(0, maxRows).map(({ tag, expected, actual, because, excused, since }) => {
    const reason = [
      because,
      since === null ? null : `since ${since.slice(0, 10)}`,
      excused === null ? null : `excused: ${excused}`,
    ]
      .filter((part) => part !== null)
      .join('; ');
    return isStanding ? [code(tag), standWords(actual), standWords(expected), reason] : [code(tag), reason];
  });
  const more = findings.length - rows.length;
  const rest = more > 0 ? `\n\nand ${count(more, 'more', 'more')}; \`--format json\` lists them all` : '';
  return rows.length === 0 ? rest.trim() : `${markdownTable(titles, rows)}${rest}`;
}
