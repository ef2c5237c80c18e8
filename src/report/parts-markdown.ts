/** What a job that builds parts of cells did, as Markdown for its summary. */
import { failures, headline, type PartsReport } from './parts.ts';
import { markdownCode as code, markdownText } from './markdown-text.ts';
import { folded } from './plan-markdown.ts';
import { markdownTable } from './table.ts';
import { shortDigest } from './words.ts';

export function partsMarkdown(report: PartsReport): string {
  const { parts, record, goOn, warnings } = report;
  const axes = Object.keys(parts[0]?.axes ?? {});
  const rows = parts.map((part) => [
    ...axes.map((axis) => part.axes[axis] ?? ''),
    part.platforms.join(' '),
    part.state,
    part.digest === null ? '' : code(shortDigest(part.digest)),
    ...(report.by === 'staging' ? [code(part.stagingTag ?? '')] : []),
  ]);
  const titles = [...axes, 'platforms', 'state', 'digest', ...(report.by === 'staging' ? ['staging tag'] : [])];
  const lags = failures(report);
  const blocks = [
    `### Building ${headline(report)}`,
    markdownTable(titles, rows),
    wholeDigests(report),
    record === null ? '' : `Recorded in ${code(record)}, which the publish of the release reads.`,
    lags.length === 0 ? '' : `**Not as it should be**\n\n${lags.map((line) => `- ${markdownText(line)}`).join('\n')}`,
    lags.length === 0
      ? ''
      : `No convenience tag moves while a part is missing. One command goes on from here: ${code(goOn.command)}, or a re-run of this job.`,
    ...warnings.map((warning) => `> **${warning.code}** ${markdownText(warning.message)}`),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

/** The table shows the start of each. */
function wholeDigests({ parts }: PartsReport): string {
  const rows = parts.flatMap(({ axes, platforms, digest }) =>
    digest === null ? [] : [[[...Object.values(axes), ...platforms].join(' '), code(digest)]],
  );
  return rows.length === 0 ? '' : folded('Digests in full', markdownTable(['part', 'digest'], rows));
}
