/** What a publish did, as Markdown for a job summary: what moved and why, what lags, and the cells folded away. */
import { markdownBlock, markdownCode as code, markdownText } from './markdown-text.ts';
import { toolLines } from './audit-words.ts';
import { buildEndMarkdown, failedLogs } from './build-end.ts';
import { answerMarkdown } from './grid-markdown.ts';
import { moveGrid, type GridMove, type Weights } from './move-grid.ts';
import { folded, gridParts } from './plan-markdown.ts';
import { isDone, type MoveResult } from '../moves/move-result.ts';
import {
  approvedCommand,
  deleteCommand,
  isPlan,
  madeText,
  type PublishReport,
  type ReportedCell,
  type RepositoryReport,
} from './publish.ts';
import { markdownTable } from './table.ts';
import { count, shortDigest, endTexts } from './words.ts';

export function publishMarkdown(report: PublishReport): string {
  const parts = report.repositories.flatMap((repository) => repositoryParts(repository, report));
  for (const { cells, lines } of failedLogs(report.repositories.flatMap(({ cells }) => cells)))
    parts.push(folded(`What ${cells.join(', ')} last printed`, markdownBlock(lines)));
  const { plan } = report;
  if (plan !== null)
    parts.push(
      `No convenience tag was moved. The moves are in \`${plan.file}\`; once they are approved:\n\n\`\`\`sh\n${approvedCommand(plan)}\n\`\`\``,
    );
  const warnings = report.warnings.map((warning) => `> **${warning.code}** ${markdownText(warning.message)}`);
  return `${[...parts, ...warnings].join('\n\n')}\n`;
}

function repositoryParts(repository: RepositoryReport, report: PublishReport): string[] {
  const { cells, moves, lags } = repository;
  const done = gridMovesOf(repository, report);
  const parts = [headline(repository, report), ...answerParts(done), sentence(repository, report)];
  if (lags.length > 0) {
    parts.push(`**Not as it should be**\n\n${lags.map((line) => `- ${markdownText(line)}`).join('\n')}`);
    parts.push(
      report.dryRun
        ? 'Nothing was written.'
        : `What is there stays and is not built again. One command goes on from here: \`${report.goOn.command}\`, or a re-run of the jobs that failed.`,
    );
  }
  if (repository.staging !== null && repository.staging.left.length > 0)
    parts.push(stagingTags(repository.repository, repository.staging.left));
  const { left } = repository.attached;
  if (left.length > 0)
    parts.push(
      `**Not copied with the images**\n\n${left.map(({ what, reason }) => `- ${markdownText(`${what}: ${reason}`)}`).join('\n')}`,
    );
  parts.push(...gridParts(moveGrid(done, weightsOf(cells))));
  if (moves.length > 0) parts.push(folded('Every move, and why', movesTable(moves, isPlan(report))));
  const end = report.dryRun ? '' : buildEndMarkdown(cells);
  if (end !== '') parts.push(folded('Time and size of each cell', end));
  if (cells.length > 0) parts.push(folded('Cells and their digests', cellsTable(cells)));
  return parts;
}

/** Moves that were made, or that are planned. */
function gridMovesOf({ moves }: RepositoryReport, report: PublishReport): GridMove[] {
  return moves
    .filter(({ state }) => isDone({ state }) || (state === 'planned' && isPlan(report)))
    .map(({ move: { tag, from, to } }) => ({ tag, rule: report.rules.get(tag) ?? '', from, to }));
}

function answerParts(moves: readonly GridMove[]): string[] {
  return moves.length === 0 ? [] : [answerMarkdown(moves)];
}

function weightsOf(cells: readonly ReportedCell[]): Weights {
  const keyOf = (version: string, axes: ReportedCell['axes']): string => JSON.stringify([version, axes]);
  const bytes = new Map(
    cells.map(({ version, axes, sizes }) => [keyOf(version, axes), sizes.map((size) => size.bytes)]),
  );
  return ({ to }) => (to?.owner ? (bytes.get(keyOf(to.owner.version, to.owner.axes)) ?? []) : []);
}

function headline({ repository, lags }: RepositoryReport, { release, dryRun }: PublishReport): string {
  const end = dryRun ? 'dry run' : lags.length === 0 ? 'complete' : 'INCOMPLETE';
  return `### \`${repository}\` ${release}: ${end}`;
}

function sentence(repository: RepositoryReport, report: PublishReport): string {
  const { cells, moves, verifyMs, settleMs, journal } = repository;
  const { dryRun } = report;
  const isPlanned = isPlan(report);
  const states = (wanted: ReportedCell['state']): number => cells.filter(({ state }) => state === wanted).length;
  const moved = moves.filter(({ state }) => state === 'moved' || (isPlanned && state === 'planned')).length;
  const facts = [
    madeText(cells, dryRun),
    `${states('there')} there before`,
    ...(states('lacking') === 0 || dryRun ? [] : [`${states('lacking')} lacking`]),
    `${count(moved, 'convenience tag')} ${isPlanned ? 'to move' : 'moved'}`,
  ];
  const times = dryRun ? '' : ` Verified in ${seconds(verifyMs)}, settled in ${seconds(settleMs)}.`;
  return `${facts.join(', ')}.${times}${journal === null ? '' : ` Journal: \`${journal}\`.`}`;
}

function movesTable(moves: readonly MoveResult[], dryRun: boolean): string {
  const rows = moves.map(({ move, state, detail }) => [
    code(move.tag),
    ...endTexts(move),
    move.to.digest === null ? '' : code(shortDigest(move.to.digest)),
    state === 'planned' && dryRun ? '' : [state, detail ?? ''].filter((part) => part !== '').join(': '),
    move.because,
  ]);
  return markdownTable(['tag', 'from', 'to', 'digest', '', 'because'], rows);
}

function cellsTable(cells: readonly ReportedCell[]): string {
  const axes = Object.keys(cells[0]?.axes ?? {});
  const rows = cells.map((cell) => [
    ...axes.map((axis) => cell.axes[axis] ?? ''),
    cell.state,
    cell.tags.map(code).join(' '),
    cell.digest === null ? '' : code(cell.digest),
  ]);
  return markdownTable([...axes, 'state', 'pinned tags', 'digest'], rows);
}

function stagingTags(repository: string, left: readonly string[]): string {
  const commands = left.map((tag) => deleteCommand(repository, tag));
  const text = 'This registry deletes no tag alone. The parts of this release are under these still; no plan has them:';
  return folded(
    `${count(left.length, 'staging tag')} left`,
    [text, `\`\`\`sh\n${commands.join('\n')}\n\`\`\``, ...toolLines(commands)].join('\n\n'),
  );
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
