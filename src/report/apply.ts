/** What an apply or rollback moved, repository by repository. */
import type { Move } from '../plan/types.ts';
import type { MoveResult } from '../publish/move-result.ts';
import { jsonText, moveJson } from './plan-json.ts';
import { table } from './table.ts';
import { count, standText } from './words.ts';

export interface ApplyReport {
  readonly repository: string;
  readonly dryRun: boolean;
  readonly moves: readonly MoveResult[];
  /** Moves to owners that are not in the registry: publish those first. */
  readonly waiting: readonly Move[];
  readonly journal: string | null;
  /** Why the repository could not be looked at, or what ended the moving; `null`: nothing did. */
  readonly failure: string | null;
}

export function applyJson(reports: readonly ApplyReport[]): string {
  return jsonText({
    schema: 1,
    repositories: reports.map((report) => ({
      repository: report.repository,
      dryRun: report.dryRun,
      moves: report.moves.map(({ move, state, detail }) => ({ ...moveJson(move), state, detail })),
      waiting: report.waiting.map(moveJson),
      journal: report.journal,
      failure: report.failure,
    })),
  });
}

export function applyTable(reports: readonly ApplyReport[]): string {
  return `${reports.flatMap(reportParts).join('\n\n')}\n`;
}

function reportParts(report: ApplyReport): string[] {
  const { moves, waiting, failure } = report;
  const moved = moves.filter(
    ({ state }) => state === 'moved' || state === 'deleted' || (report.dryRun && state === 'planned'),
  ).length;
  const verb = report.dryRun ? 'to move' : 'moved';
  const head =
    failure !== null
      ? `${report.repository} FAILED: ${failure}`
      : moves.length === 0 && waiting.length === 0
        ? `${report.repository}: every convenience tag is where it should be`
        : `${report.repository}: ${count(moved, 'convenience tag')} ${verb}`;
  const versions = [...new Set(waiting.map((move) => move.to.owner?.version ?? ''))];
  return [
    head,
    ...(moves.length === 0 ? [] : [movedTable(moves, report.dryRun)]),
    ...(waiting.length === 0
      ? []
      : [
          `  ${count(waiting.length, 'tag')} cannot move: ${versions.join(', ')} not in the registry.\n${versions.map((version) => `    tagwright publish ${version}`).join('\n')}`,
        ]),
  ];
}

function movedTable(moves: readonly MoveResult[], dryRun: boolean): string {
  const rows = moves.map(({ move, state, detail }) => [
    move.tag,
    move.from === null ? 'new' : standText(move.from),
    '→',
    move.to.digest === null && move.to.owner === null ? 'absent' : standText(move.to),
    dryRun && state === 'planned' ? '' : state,
    detail ?? '',
  ]);
  return table(
    ['convenience tag', 'from', '', 'to', '', ''].map((title) => ({ title })),
    rows,
  );
}
