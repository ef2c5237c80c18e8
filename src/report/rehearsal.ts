/** A whole history rehearsed: a line a release. */
import { formatInstant, type Instant } from '../domain/instant.ts';
import { jsonText } from './plan-json.ts';
import { table } from './table.ts';
import { count } from './words.ts';

export interface RehearsedRelease {
  readonly version: string;
  readonly publishedAt: Instant;
  readonly built: number;
  readonly moved: number;
  readonly lags: readonly string[];
  /** Of the audit after it, as it was known then. */
  readonly findings: readonly string[];
  /** Tags that were right. */
  readonly right: number;
  readonly isClean: boolean;
}

export function rehearsalJson(rows: readonly RehearsedRelease[]): string {
  return jsonText({
    schema: 1,
    releases: rows.map((row) => ({ ...row, publishedAt: formatInstant(row.publishedAt) })),
  });
}

export function rehearsalTable(rows: readonly RehearsedRelease[]): string {
  const lines = rows.map((row) => [
    formatInstant(row.publishedAt).slice(0, 10),
    row.version,
    String(row.built),
    String(row.moved),
    String(row.right),
    row.isClean ? 'clean' : row.findings.slice(0, 3).join(', '),
  ]);
  const titles = ['came out', 'release', 'built', 'moved', 'tags right', 'audit'];
  const columns = titles.map((title, index) => ({
    title,
    align: index > 1 && index < 5 ? ('right' as const) : ('left' as const),
  }));
  const unclean = rows.filter((row) => !row.isClean || row.lags.length > 0).length;
  const end = unclean === 0 ? 'the audit was clean after each' : `after ${count(unclean, 'release')} it was not clean`;
  return `${table(columns, lines)}\n\n${count(rows.length, 'release')} published one after the other; ${end}\n`;
}
