/** What a publish did, repository by repository. */
import type { Digest } from '../domain/digest.ts';
import type { Warning } from '../domain/warning.ts';
import type { MoveResult } from '../publish/move-result.ts';
import { jsonText, moveJson } from './plan-json.ts';
import { table } from './table.ts';
import { warningsText } from './warnings.ts';
import { count, shortDigest, standText } from './words.ts';

export interface PublishReport {
  readonly schema: 1;
  readonly release: string;
  readonly dryRun: boolean;
  readonly goOn: GoOn;
  readonly repositories: readonly RepositoryReport[];
  readonly warnings: readonly Warning[];
}

/** The one command that goes on from what is not as it should be. */
export interface GoOn {
  readonly command: string;
  /** It is the command that was just run. */
  readonly isSame: boolean;
}

export interface RepositoryReport {
  readonly repository: string;
  readonly cells: readonly ReportedCell[];
  readonly moves: readonly MoveResult[];
  readonly verifyMs: number;
  readonly settleMs: number;
  readonly journal: string | null;
  /** What became of the tags that jobs pushed parts under; `null` where there was none to look for. */
  readonly staging: { readonly deleted: readonly string[]; readonly left: readonly string[] } | null;
  /** What is not as it should be, one line each; empty: all is. */
  readonly lags: readonly string[];
}

export interface ReportedCell {
  readonly version: string;
  readonly axes: Readonly<Record<string, string>>;
  readonly tags: readonly string[];
  readonly digest: Digest | null;
  readonly state: 'there' | 'built' | 'copied' | 'merged' | 'to build' | 'to copy' | 'to merge' | 'lacking';
}

export function publishJson(report: PublishReport): string {
  return jsonText(publishDocument(report));
}

export function publishDocument(report: PublishReport): object {
  return {
    schema: report.schema,
    release: report.release,
    dryRun: report.dryRun,
    repositories: report.repositories.map((repository) => ({
      repository: repository.repository,
      cells: repository.cells.map((cell) => ({
        version: cell.version,
        ...cell.axes,
        tags: cell.tags,
        digest: cell.digest,
        state: cell.state,
      })),
      moves: repository.moves.map(({ move, state, detail }) => ({ ...moveJson(move), state, detail })),
      verifyMs: repository.verifyMs,
      settleMs: repository.settleMs,
      journal: repository.journal,
      ...(repository.staging === null ? {} : { staging: repository.staging }),
      lags: repository.lags,
    })),
    warnings: report.warnings,
  };
}

export function publishTable(report: PublishReport): string {
  const parts = report.repositories.flatMap((repository) => repositoryParts(repository, report));
  return `${[...parts, warningsText(report.warnings)].filter((part) => part !== '').join('\n\n')}\n`;
}

function repositoryParts(repository: RepositoryReport, report: PublishReport): string[] {
  const { cells, moves, lags } = repository;
  const axes = Object.keys(cells[0]?.axes ?? {});
  const rows = cells.map((cell) => [
    ...axes.map((axis) => cell.axes[axis] ?? ''),
    cell.state,
    cell.digest === null ? '-' : shortDigest(cell.digest),
    cell.tags[0] ?? '',
  ]);
  const titles = [...axes, 'state', 'digest', 'full tag'];
  const moved = moves.map(({ move, state, detail }) => [
    move.tag,
    move.from === null ? 'new' : standText(move.from),
    '→',
    standText(move.to),
    state === 'planned' && report.dryRun ? '' : state,
    detail ?? '',
  ]);
  return [
    headline(repository, report),
    cells.length === 0
      ? ''
      : table(
          titles.map((title) => ({ title })),
          rows,
        ),
    moves.length === 0
      ? ''
      : table(
          ['convenience tag', 'from', '', 'to', '', ''].map((title) => ({ title })),
          moved,
        ),
    lags.length === 0 ? '' : `  lags:\n${lags.map((line) => `    ${line}`).join('\n')}\n  ${goOnText(report.goOn)}`,
    stagingText(repository),
  ];
}

export function goOnText({ command, isSame }: GoOn): string {
  return isSame ? 'run the same command again to go on from here' : `${command} goes on from here`;
}

function stagingText({ repository, staging }: RepositoryReport): string {
  if (staging === null) return '';
  const { deleted, left } = staging;
  const lines = deleted.length === 0 ? [] : [`  ${count(deleted.length, 'staging tag')} deleted`];
  if (left.length > 0) {
    lines.push(`  ${count(left.length, 'staging tag')} left, for this registry deletes no tag alone; by hand:`);
    lines.push(...left.map((tag) => `    ${deleteCommand(repository, tag)}`));
  }
  return lines.join('\n');
}

/** A tag alone, and not what it stands on: with `DELETE` by digest its manifest would go too. */
export function deleteCommand(repository: string, tag: string): string {
  return `regctl tag delete ${repository}:${tag}`;
}

const madeStates: ReadonlySet<ReportedCell['state']> = new Set([
  'built',
  'copied',
  'merged',
  'to build',
  'to copy',
  'to merge',
]);

/** How many cells this run made, or would make. */
export function madeCells(cells: readonly ReportedCell[]): number {
  return cells.filter(({ state }) => madeStates.has(state)).length;
}

/** On one line where that fits into a terminal; a repository's name alone may be longer than one. */
function headline({ repository, cells, moves, lags }: RepositoryReport, report: PublishReport): string {
  const made = madeCells(cells);
  const moving = moves.filter((move) => move.state === 'moved' || (report.dryRun && move.state === 'planned')).length;
  const end = report.dryRun ? '' : lags.length === 0 ? ' complete' : ' INCOMPLETE';
  const [building, movement] = report.dryRun ? ['to build', 'to move'] : ['built', 'moved'];
  const what = `${repository} ${report.release}${end}:`;
  const figures = `${count(made, 'cell')} ${building}, ${count(moving, 'convenience tag')} ${movement}`;
  return what.length + 1 + figures.length <= 80 ? `${what} ${figures}` : `${what}\n  ${figures}`;
}
