/** What a job that builds parts of cells did. */
import type { RecordedBuild, RecordedRelease } from '../build/record.ts';
import type { Digest } from '../domain/digest.ts';
import type { Warning } from '../domain/warning.ts';
import { jsonText } from './plan-json.ts';
import { goOnText, type GoOn } from './publish.ts';
import { table } from './table.ts';
import { warningsText } from './warnings.ts';
import { count, shortDigest } from './words.ts';

export interface PartsReport {
  readonly release: RecordedRelease;
  readonly by: 'digest' | 'staging';
  readonly dryRun: boolean;
  readonly parts: readonly ReportedPart[];
  readonly builds: readonly RecordedBuild[];
  /** The file it was recorded in. */
  readonly record: string | null;
  readonly goOn: GoOn;
  readonly warnings: readonly Warning[];
}

/** Some platforms of a cell; the same in every repository. */
export interface ReportedPart {
  readonly cell: string;
  readonly axes: Readonly<Record<string, string>>;
  readonly platforms: readonly string[];
  readonly state: 'built' | 'published' | 'to build' | 'failed';
  readonly digest: Digest | null;
  readonly stagingTag: string | null;
  /** Why it failed. */
  readonly reason: string | null;
}

export function partsJson({ release, dryRun, parts, builds, record, warnings }: PartsReport): string {
  return jsonText({
    schema: 1,
    release: release.version,
    revision: release.revision,
    dryRun,
    parts: parts.map(({ cell, axes, platforms, state, digest, stagingTag, reason }) => ({
      cell,
      ...axes,
      platforms,
      state,
      digest,
      stagingTag,
      reason,
    })),
    builds,
    record,
    warnings,
  });
}

export function partsTable(report: PartsReport): string {
  const { parts, record, warnings } = report;
  const axes = Object.keys(parts[0]?.axes ?? {});
  const rows = parts.map((part) => [
    ...axes.map((axis) => part.axes[axis] ?? ''),
    part.platforms.join(' '),
    part.state,
    part.digest === null ? '-' : shortDigest(part.digest),
    ...(report.by === 'staging' ? [part.stagingTag ?? ''] : []),
  ]);
  const titles = [...axes, 'platforms', 'state', 'digest', ...(report.by === 'staging' ? ['staging tag'] : [])];
  const lags = failures(report);
  const blocks = [
    headline(report),
    table(
      titles.map((title) => ({ title })),
      rows,
    ),
    record === null ? '' : `  recorded in ${record}`,
    lags.length === 0 ? '' : `  problems:\n${lags.map((line) => `    ${line}`).join('\n')}\n  ${goOnText(report.goOn)}`,
    warningsText(warnings),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

/** One line for each part that failed. */
export function failures({ parts }: PartsReport): string[] {
  return parts.flatMap(({ cell, platforms, reason }) =>
    reason === null ? [] : [`BUILD_FAILED  ${cell} for ${platforms.join(', ')}: ${reason}`],
  );
}

export function headline({ release, parts, dryRun }: PartsReport): string {
  const of = (state: ReportedPart['state']): number => parts.filter((part) => part.state === state).length;
  const facts = dryRun
    ? [`${count(of('to build'), 'part')} to build`]
    : [`${count(of('built'), 'part')} built`, ...(of('failed') === 0 ? [] : [`${of('failed')} failed`])];
  if (of('published') > 0) facts.push(`${of('published')} published before`);
  return `${release.version}: ${facts.join(', ')}`;
}
