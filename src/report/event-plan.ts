/** The plan of a build that is not a release: for a terminal, as JSON, as Markdown, and a line for each cell. */
import { describeEvent, refOf, type BuildEvent } from '../domain/build-event.ts';
import { formatInstant } from '../domain/instant.ts';
import type { EventBuildPlan, EventCellPlan, EventPlan } from '../plan/event-plan.ts';
import { markdownCode as code, markdownText } from './markdown-text.ts';
import { jsonText } from './plan-json.ts';
import { markdownTable, table } from './table.ts';
import { capital, count, shortTag } from './words.ts';

/** Key order is part of the promise: same input, same bytes. */
export function eventPlanJson({ schema, event, push, builds }: EventPlan): string {
  return jsonText({
    schema,
    event: eventJson(event),
    push,
    builds: builds.map(({ repositories, cells }) => ({
      repositories,
      cells: cells.map(({ axes, platforms, tags }) => ({ ...axes, platforms, tags })),
    })),
  });
}

function eventJson(event: BuildEvent): object {
  const { kind, revision, at, defaultBranch, fork } = event;
  const named = event.kind === 'pull-request' ? { number: event.number } : { branch: event.branch };
  return { kind, ...named, ref: refOf(event), revision, at: formatInstant(at), defaultBranch, fork };
}

export function eventPlanTable(plan: EventPlan): string {
  return `${[headOf(plan), ...plan.builds.map(buildText), ...unpushedText(plan)].join('\n\n')}\n`;
}

export function headOf({ event, builds }: EventPlan): string {
  const cells = builds[0]?.cells.length ?? 0;
  return `${capital(describeEvent(event))} at ${event.revision.slice(0, 12)}: ${count(cells, 'cell')}`;
}

export function unpushedText({ event, push }: Pick<EventPlan, 'event' | 'push'>): string[] {
  if (push) return [];
  return [event.fork ? 'The code is of a fork: nothing is pushed.' : 'Its rule says push: false: nothing is pushed.'];
}

function buildText({ repositories, cells }: EventBuildPlan): string {
  const axes = axesOf(cells);
  const titles = [...axes, 'platforms', 'tags that move', 'pinned tag'];
  const rows = cells.map((cell) => [
    ...axes.map((axis) => cell.axes[axis] ?? ''),
    cell.platforms.map((platform) => platform.replace(/^linux\//, '')).join(' '),
    named(cell, 'convenience').join(' '),
    named(cell, 'pinned').map(shortTag).join(' '),
  ]);
  return `${repositories.join('\n')}\n${table(
    titles.map((title) => ({ title })),
    rows,
  )}`;
}

export function eventPlanMarkdown(plan: EventPlan): string {
  const parts = plan.builds.map(({ repositories, cells }) => {
    const axes = axesOf(cells);
    const rows = cells.map((cell) => [
      Object.values(cell.axes).join(' '),
      cell.platforms.join(', '),
      ...(['convenience', 'pinned'] as const).map((kind) => named(cell, kind).map(code).join(', ')),
    ]);
    const titles = [axes.join(', ') || 'cell', 'platforms', 'tags that move', 'pinned tag'];
    return `In ${repositories.map(code).join(', ')}:\n\n${markdownTable(titles, rows)}`;
  });
  return `${[`### ${markdownText(headOf(plan))}`, ...parts, ...unpushedText(plan)].join('\n\n')}\n`;
}

/** One line a cell and set of repositories, with every tag. */
export function eventPlanLines({ builds }: EventPlan): string {
  const lines = builds.flatMap(({ repositories, cells }) =>
    cells.map((cell) => {
      const name = [repositories.join(' '), ...Object.values(cell.axes)].join(' ');
      return `${name}: ${cell.tags.map(({ tag }) => tag).join(', ')}`;
    }),
  );
  return `${lines.join('\n')}\n`;
}

function axesOf(cells: readonly EventCellPlan[]): readonly string[] {
  return Object.keys(cells[0]?.axes ?? {});
}

function named({ tags }: EventCellPlan, kind: 'convenience' | 'pinned'): readonly string[] {
  return tags.filter((tag) => tag.kind === kind).map(({ tag }) => tag);
}
