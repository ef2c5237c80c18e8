/** What an apply or rollback moved, repository by repository. */
import { holdText } from '../moves/hold-text.ts';
import type { MoveResult } from '../moves/move-result.ts';
import type { HeldMove } from '../moves/hold.ts';
import type { Choice, Repair } from '../moves/repair.ts';
import { jsonText, moveJson } from './plan-json.ts';
import { table } from './table.ts';
import { count, endTexts } from './words.ts';

/** A tag that cannot move, and what has to be done first. */
export interface WaitingMove extends HeldMove {
  readonly repair: Repair;
}

export interface ApplyReport {
  readonly repository: string;
  readonly dryRun: boolean;
  readonly moves: readonly MoveResult[];
  /** Moves that something else has to come before. */
  readonly waiting: readonly WaitingMove[];
  readonly journal: string | null;
  /** Why the repository could not be looked at, or what ended the moving; `null`: nothing did. */
  readonly failure: string | null;
}

export function applyJson(reports: readonly ApplyReport[]): string {
  return jsonText({ schema: 1, repositories: applyReportsJson(reports) });
}

export function applyReportsJson(reports: readonly ApplyReport[]): readonly object[] {
  return reports.map((report) => ({
    repository: report.repository,
    dryRun: report.dryRun,
    moves: report.moves.map(({ move, state, detail }) => ({ ...moveJson(move), state, detail })),
    waiting: report.waiting.map(({ move, holds, repair }) => ({ ...moveJson(move), hold: holds[0].kind, ...repair })),
    journal: report.journal,
    failure: report.failure,
  }));
}

/** @param still what is true of a repository in which nothing had to move */
export function applyTable(reports: readonly ApplyReport[], still: string): string {
  return `${reports.flatMap((report) => reportParts(report, still)).join('\n\n')}\n`;
}

function reportParts(report: ApplyReport, still: string): string[] {
  const { moves, waiting, failure } = report;
  const moved = moves.filter(
    ({ state }) => state === 'moved' || state === 'deleted' || (report.dryRun && state === 'planned'),
  ).length;
  const verb = report.dryRun ? 'to move' : 'moved';
  const head =
    failure !== null
      ? `${report.repository} FAILED: ${failure}`
      : moves.length === 0 && waiting.length === 0
        ? `${report.repository}: ${still}`
        : `${report.repository}: ${count(moved, 'convenience tag')} ${verb}`;
  return [
    head,
    ...(moves.length === 0 ? [] : [movedTable(moves, report.dryRun)]),
    ...(waiting.length === 0 ? [] : [waitingText(waiting)]),
  ];
}

/** What has to be done first, each thing once. */
function waitingText(waiting: readonly WaitingMove[]): string {
  const steps = new Map<string, string[]>();
  for (const { repair, ...held } of waiting) {
    const way = repair.fix ?? repair.choices.map(choiceText).join('\n      or ');
    const key = `${holdText(held)}\n      ${way}`;
    steps.set(key, [...(steps.get(key) ?? []), held.move.tag]);
  }
  const rows = [...steps].map(([key, tags]) => `    ${tags.join(', ')}: ${key.trimEnd()}`);
  return [`  ${count(waiting.length, 'tag')} cannot move yet. First:`, ...rows].join('\n');
}

function choiceText({ command, because, after }: Choice): string {
  return [command, ...(after === undefined ? [] : [`  then ${after}`]), `  ${because}`].join('\n      ');
}

function movedTable(moves: readonly MoveResult[], dryRun: boolean): string {
  const rows = moves.map(({ move, state, detail }) => {
    const [from, to] = endTexts(move);
    const after = move.to.digest === null && move.to.owner === null ? 'absent' : to;
    return [move.tag, from, '→', after, dryRun && state === 'planned' ? '' : state, detail ?? ''];
  });
  return table(
    ['convenience tag', 'from', '', 'to', '', ''].map((title) => ({ title })),
    rows,
  );
}
