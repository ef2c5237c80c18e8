/** What a build came to that nobody pushes. */
import { describeEvent } from '../domain/build-event.ts';
import type { EventPlan } from '../plan/event-plan.ts';
import { headOf, unpushedText } from './event-plan.ts';
import { jsonText } from './plan-json.ts';
import { table } from './table.ts';

export interface UnpushedCell {
  readonly axes: Readonly<Record<string, string>>;
  readonly platforms: readonly string[];
  readonly state: 'built' | 'failed' | 'to build';
  readonly reason: string | null;
  /** The last lines of the step that failed. */
  readonly log: readonly string[];
}

export function unpushedTable(plan: EventPlan, cells: readonly UnpushedCell[]): string {
  const axes = Object.keys(cells[0]?.axes ?? {});
  const rows = cells.map((cell) => [
    ...axes.map((axis) => cell.axes[axis] ?? ''),
    cell.platforms.map((platform) => platform.replace(/^linux\//, '')).join(' '),
    cell.state,
    cell.reason ?? '',
  ]);
  const titles = [...axes, 'platforms', 'result', ''].map((title) => ({ title }));
  const logs = cells.flatMap(({ log }) => (log.length === 0 ? [] : [log.join('\n')]));
  return `${[headOf(plan), table(titles, rows), ...new Set(logs), ...unpushedText(plan)].join('\n\n')}\n`;
}

export function unpushedJson({ event, schema }: EventPlan, cells: readonly UnpushedCell[]): string {
  return jsonText({
    schema,
    event: describeEvent(event),
    revision: event.revision,
    push: false,
    cells: cells.map(({ axes, reason, log, ...cell }) => ({
      ...axes,
      ...cell,
      ...(reason === null ? {} : { reason }),
      ...(log.length === 0 ? {} : { log }),
    })),
  });
}
