/** What a publish did, repository by repository. */
import type { BuildWork } from '../domain/build-work.ts';
import type { Digest } from '../domain/digest.ts';
import type { Warning } from '../domain/warning.ts';
import type { MoveResult } from '../moves/move-result.ts';
import type { WeighedPlatform } from '../sight/weigh.ts';
import { toolLines } from './audit-words.ts';
import { buildEndTable, failedLogs, type FailedLog } from './build-end.ts';
import { jsonText, moveJson } from './plan-json.ts';
import { table } from './table.ts';
import { warningsText } from './warnings.ts';
import { count, endTexts, shortDigest } from './words.ts';

export interface PublishReport {
  readonly schema: 1;
  readonly release: string;
  /** Of a build that is not a release: what docker/metadata-action calls its version. */
  readonly version?: string;
  readonly dryRun: boolean;
  readonly goOn: GoOn;
  /** The moves that somebody has to approve; `null` if the run did not stop for that. */
  readonly plan: PlanFile | null;
  readonly repositories: readonly RepositoryReport[];
  readonly warnings: readonly Warning[];
  /** The rule of each convenience tag. */
  readonly rules: ReadonlyMap<string, string>;
}

export interface PlanFile {
  readonly file: string;
  readonly text: string;
  /** Of the file's bytes: what `sha256sum` says of it, behind `sha256:`. */
  readonly hash: Digest;
  /** Each with a space before it: they make `apply` speak of the same config and repositories. */
  readonly flags: string;
  /** Some of the moves go to a lower release, on purpose. */
  readonly allowBackward: boolean;
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
  /** What hangs on cells that were copied from another repository. */
  readonly attached: AttachedReport;
  /** What is not as it should be, one line each; empty: all is. */
  readonly lags: readonly string[];
}

/** Signatures, attestations, SBOMs, by tag, or type and digest. */
export interface AttachedReport {
  readonly copied: readonly string[];
  readonly left: readonly { readonly what: string; readonly reason: string }[];
}

export interface ReportedCell {
  readonly version: string;
  readonly axes: Readonly<Record<string, string>>;
  readonly tags: readonly string[];
  readonly digest: Digest | null;
  /** What the builder says of it; `null`: it was not built here, or the builder does not say. */
  readonly work: BuildWork | null;
  /** Layers and configs that no image had which was read before: what was pushed, at most. `null`: nothing was. */
  readonly pushedBytes: number | null;
  /** Compressed, by platform; none if the image was not read. */
  readonly sizes: readonly WeighedPlatform[];
  /** The last lines of the step that failed. */
  readonly log: readonly string[];
  readonly state: 'there' | 'built' | 'copied' | 'merged' | 'to build' | 'to copy' | 'to merge' | 'lacking' | 'unknown';
}

export function publishJson(report: PublishReport): string {
  return jsonText(publishDocument(report));
}

export function publishDocument(report: PublishReport): object {
  return {
    schema: report.schema,
    release: report.release,
    dryRun: report.dryRun,
    ...(report.plan === null ? {} : { plan: { file: report.plan.file, hash: report.plan.hash } }),
    repositories: report.repositories.map((repository) => ({
      repository: repository.repository,
      cells: repository.cells.map((cell) => ({
        version: cell.version,
        ...cell.axes,
        tags: cell.tags,
        digest: cell.digest,
        state: cell.state,
        ...(cell.work === null ? {} : { cached: cell.work.cached, seconds: Math.round(cell.work.ms / 100) / 10 }),
        ...(cell.pushedBytes === null ? {} : { pushedBytes: cell.pushedBytes }),
        ...(cell.sizes.length === 0 ? {} : { sizes: cell.sizes }),
        ...(cell.log.length === 0 ? {} : { log: cell.log }),
      })),
      moves: repository.moves.map(({ move, state, detail }) => ({ ...moveJson(move), state, detail })),
      verifyMs: repository.verifyMs,
      settleMs: repository.settleMs,
      journal: repository.journal,
      ...(repository.staging === null ? {} : { staging: repository.staging }),
      ...(hasAttached(repository) ? { attached: repository.attached } : {}),
      lags: repository.lags,
    })),
    warnings: report.warnings,
  };
}

export function publishTable(report: PublishReport): string {
  const parts = report.repositories.flatMap((repository) => repositoryParts(repository, report));
  const logs = failedLogs(report.repositories.flatMap(({ cells }) => cells)).map(logText);
  return `${[...parts, ...logs, planText(report.plan), warningsText(report.warnings)].filter((part) => part !== '').join('\n\n')}\n`;
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
  const moved = moves.map(({ move, state, detail }) => {
    const [from, to] = endTexts(move);
    return [move.tag, from, '→', to, state === 'planned' && isPlan(report) ? '' : state, detail ?? ''];
  });
  return [
    headline(repository, report),
    cells.length === 0
      ? ''
      : table(
          titles.map((title) => ({ title })),
          rows,
        ),
    report.dryRun ? '' : buildEndTable(cells),
    moves.length === 0
      ? ''
      : table(
          ['convenience tag', 'from', '', 'to', '', ''].map((title) => ({ title })),
          moved,
        ),
    lagsText(lags, report),
    stagingText(repository),
    attachedText(repository.attached),
  ];
}

export function logText({ cells, lines }: FailedLog): string {
  return [`  the step that failed for ${cells.join(', ')} last printed:`, ...lines.map((line) => `    ${line}`)].join(
    '\n',
  );
}

/** A dry run has begun nothing that could go on. */
function lagsText(lags: readonly string[], { dryRun, goOn }: PublishReport): string {
  if (lags.length === 0) return '';
  const rows = lags.map((line) => `    ${line}`);
  return ['  problems:', ...rows, ...(dryRun ? [] : [`  ${goOnText(goOn)}`])].join('\n');
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
    const commands = left.map((tag) => deleteCommand(repository, tag));
    lines.push(...commands.map((command) => `    ${command}`), ...toolLines(commands).map((line) => `  ${line}`));
  }
  return lines.join('\n');
}

function planText(plan: PlanFile | null): string {
  if (plan === null) return '';
  const lines = ['No convenience tag was moved. The moves:', `  ${plan.file}`, `  ${plan.hash}`, 'Move them with:'];
  return [...lines, `  ${approvedCommand(plan)}`].join('\n');
}

export function approvedCommand({ file, flags, hash, allowBackward }: PlanFile): string {
  return `tagwright apply ${file}${flags} --approved ${hash}${allowBackward ? ' --allow-backward' : ''}`;
}

function hasAttached({ attached: { copied, left } }: RepositoryReport): boolean {
  return copied.length + left.length > 0;
}

function attachedText({ copied, left }: AttachedReport): string {
  const lines =
    copied.length === 0 ? [] : [`  copied with the images: ${count(copied.length, 'signature')} and the like`];
  if (left.length > 0) lines.push('  not copied with the images:');
  return [...lines, ...left.map(({ what, reason }) => `    ${what}: ${reason}`)].join('\n');
}

/** A tag alone, and not what it points to: with `DELETE` by digest its manifest would go too. */
export function deleteCommand(repository: string, tag: string): string {
  return `regctl tag delete ${repository}:${tag}`;
}

/** `4 cells built`, `2 cells built, 2 copied`; of a dry run `4 cells to copy`. */
export function madeText(cells: readonly ReportedCell[], dryRun: boolean): string {
  const states = dryRun ? (['to build', 'to merge', 'to copy'] as const) : (['built', 'merged', 'copied'] as const);
  const made = states.map((state) => [state, cells.filter((cell) => cell.state === state).length] as const);
  const shown = made.filter(([, number]) => number > 0);
  const [[state, number] = made[0] ?? ['built', 0], ...others] = shown;
  return [`${count(number, 'cell')} ${state}`, ...others.map(([state, number]) => `${number} ${state}`)].join(', ');
}

/** Its moves are still to be done. */
export function isPlan({ dryRun, plan }: PublishReport): boolean {
  return dryRun || plan !== null;
}

/** On one line where that fits into a terminal; a repository's name alone may be longer than one. */
function headline({ repository, cells, moves, lags }: RepositoryReport, report: PublishReport): string {
  const moving = moves.filter((move) => move.state === 'moved' || (isPlan(report) && move.state === 'planned')).length;
  const end = report.dryRun ? '' : lags.length === 0 ? ' complete' : ' INCOMPLETE';
  const movement = isPlan(report) ? 'to move' : 'moved';
  const what = `${repository} ${report.release}${end}:`;
  const figures = `${madeText(cells, report.dryRun)}, ${count(moving, 'convenience tag')} ${movement}`;
  return what.length + 1 + figures.length <= 80 ? `${what} ${figures}` : `${what}\n  ${figures}`;
}
