/** The end of a build, cell by cell and platform by platform: what was done, how long it took, what it weighs. */
import { formatByteSize } from '../domain/byte-size.ts';
import { growthText } from '../moves/size-hold.ts';
import type { ReportedCell } from './publish.ts';
import { markdownTable, table } from './table.ts';

const titles = ['platform', 'result', 'time', 'pushed', 'size', 'before'] as const;

/** Empty if the run made nothing: what it found is in the table of cells. */
export function buildEndTable(cells: readonly ReportedCell[]): string {
  if (!cells.some(isNews)) return '';
  const columns = [...axesOf(cells), ...titles].map((title) => ({ title, align: alignOf(title) }));
  return table(columns, rowsOf(cells));
}

export function buildEndMarkdown(cells: readonly ReportedCell[]): string {
  return cells.some(isNews) ? markdownTable([...axesOf(cells), ...titles], rowsOf(cells)) : '';
}

/** What failed steps printed last, each once, however many cells and repositories wait for the step. */
export function failedLogs(cells: readonly ReportedCell[]): readonly FailedLog[] {
  const logs = new Map<string, { readonly cells: string[]; readonly lines: readonly string[] }>();
  for (const { log, tags } of cells) {
    if (log.length === 0) continue;
    const key = log.join('\n');
    const known = logs.get(key) ?? { cells: [], lines: log };
    const [tag = ''] = tags;
    if (!known.cells.includes(tag)) known.cells.push(tag);
    logs.set(key, known);
  }
  return [...logs.values()];
}

export interface FailedLog {
  /** Full tags of the cells that wait for it. */
  readonly cells: readonly string[];
  readonly lines: readonly string[];
}

function isNews({ state, pushedBytes }: ReportedCell): boolean {
  return pushedBytes !== null || state === 'lacking';
}

function axesOf(cells: readonly ReportedCell[]): readonly string[] {
  return Object.keys(cells[0]?.axes ?? {});
}

function rowsOf(cells: readonly ReportedCell[]): string[][] {
  const axes = axesOf(cells);
  return cells.flatMap((cell) => {
    const { work, pushedBytes, sizes } = cell;
    const shown = sizes.length === 0 ? [null] : sizes;
    return shown.map((size, index) => {
      const isFirst = index === 0;
      const before = size?.before ?? null;
      return [
        ...axes.map((axis) => (isFirst ? (cell.axes[axis] ?? '') : '')),
        size?.platform ?? '',
        isFirst ? resultOf(cell) : '',
        isFirst && work !== null ? secondsText(work.ms) : '',
        isFirst && pushedBytes !== null ? formatByteSize(pushedBytes) : '',
        size === null ? '' : formatByteSize(size.bytes),
        size === null || before === null
          ? ''
          : `${formatByteSize(before.bytes)} in ${before.version}, ${growthText(size.bytes, before.bytes)}`,
      ];
    });
  });
}

const results: Readonly<Partial<Record<ReportedCell['state'], string>>> = { there: 'reused', lacking: 'failed' };

function resultOf({ state, work }: ReportedCell): string {
  return state === 'built' && work?.cached === true ? 'cached' : (results[state] ?? state);
}

function secondsText(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function alignOf(title: string): 'left' | 'right' {
  return title === 'time' || title === 'pushed' || title === 'size' ? 'right' : 'left';
}
