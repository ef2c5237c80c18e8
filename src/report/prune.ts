/** What nothing holds, with age and size, and what was deleted of it. */
import { formatByteSize } from '../domain/byte-size.ts';
import type { Digest } from '../domain/digest.ts';
import { jsonText } from './plan-json.ts';
import { table } from './table.ts';
import { count, shortDigest } from './words.ts';

export interface PruneReport {
  /** `registry/path` */
  readonly repository: string;
  /** How many manifests must stay. */
  readonly kept: number;
  /** How many kept tags are of builds that are not releases: an audit says which of them nobody needs. */
  readonly eventTags: number;
  /** What deleting all rows frees: blobs that no kept image has. */
  readonly freedBytes: number;
  /** In the order in which they are deleted. */
  readonly rows: readonly PruneRow[];
  readonly deleted: readonly Digest[];
  /** Why not all were deleted; `null` if nothing kept them. */
  readonly failure: string | null;
}

export interface PruneRow {
  readonly digest: Digest;
  /** None for a part of an index, and for what hangs on an image. */
  readonly tags: readonly string[];
  readonly because: string;
  /** When it was made, RFC 3339; `null` if it does not say. */
  readonly at: string | null;
  /** Its manifest, config and layers. */
  readonly sizeBytes: number;
}

/** @param confirm what `--delete` takes to delete exactly this list; `null` if it was deleted */
export function pruneText(reports: readonly PruneReport[], confirm: string | null): string {
  const parts = reports.map((report) => reportText(report, confirm === null));
  const isEmpty = reports.every(({ rows }) => rows.length === 0);
  const next = confirm === null || isEmpty ? '' : `\nTo delete exactly these: tagwright prune --delete ${confirm}\n`;
  return `${parts.join('\n\n')}\n${next}`;
}

function reportText(
  { repository, kept, eventTags, freedBytes, rows, deleted, failure }: PruneReport,
  isDeleting: boolean,
): string {
  const stay = `${count(kept, 'manifest')} must stay`;
  const builds =
    eventTags === 0
      ? []
      : [
          `Kept: ${count(eventTags, 'tag')} of branches, pull requests or schedules. \`tagwright audit\` lists those of closed pull requests, with what deletes each.`,
        ];
  if (rows.length === 0) return [`${repository}: ${stay}, and nothing is left to delete`, ...builds].join('\n\n');
  const head = isDeleting
    ? `${repository}: ${deleted.length} of ${count(rows.length, 'manifest')} deleted, ${stay}`
    : `${repository}: ${count(rows.length, 'manifest')} that nothing holds, ${formatByteSize(freedBytes)}; ${stay}`;
  const lines = rows.map((row) => [
    row.tags.length === 0 ? '–' : row.tags.join(', '),
    shortDigest(row.digest),
    row.at === null ? '–' : row.at.slice(0, 10),
    formatByteSize(row.sizeBytes),
    row.because,
  ]);
  const titles = ['tag', 'digest', 'made', 'size', 'why'].map((title) => ({ title }));
  return [head, table(titles, lines), ...builds, ...(failure === null ? [] : [`FAILED: ${failure}`])].join('\n\n');
}

export function pruneJson(reports: readonly PruneReport[], total: number, confirm: string): string {
  return jsonText({ schema: 1, manifests: total, confirm, repositories: reports });
}
