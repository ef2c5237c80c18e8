/** `tagwright plan --event FILE`: what the build of a branch, a pull request or a schedule is called. Asks no registry. */
import { eventTarget } from '../../build/event-build.ts';
import { selectCells } from '../../build/select-cells.ts';
import { rootsAt, workingTreeLabels } from '../../build/source.ts';
import { assertNever, InputError, type Problem } from '../../domain/errors.ts';
import type { Cell } from '../../plan/cell.ts';
import { eventPlan, type EventPlan } from '../../plan/event-plan.ts';
import type { ReportDocument } from '../../report/document.ts';
import { eventPlanJson, eventPlanLines, eventPlanMarkdown, eventPlanTable } from '../../report/event-plan.ts';
import type { EventRequest, PlanFormat } from '../plan.ts';
import { required } from '../read-project.ts';
import { unbuildable } from '../release/buildable.ts';
import { notHandedOver } from '../release/handed-over.ts';
import type { Outcome, World } from '../world.ts';
import { laneProject, type EventBuild } from './read-event.ts';

export async function planEvent(
  { only, fromWorkingTree, format }: Pick<EventRequest, 'only' | 'fromWorkingTree' | 'format'>,
  build: EventBuild,
  world: World,
): Promise<Outcome> {
  const { event, lanes, config } = build;
  const [{ tags: own }] = lanes;
  const chosen = required(selectCells(own.cells, only, '--only'));
  const plan = eventPlan(event, lanes, chosen);
  const roots = rootsAt('.', workingTreeLabels(fromWorkingTree));
  const cells = chosen.map((cell) => eventTarget(cell, lanes, roots));
  const isHanded = format === 'bake' || world.handsOver !== undefined;
  const refused = isHanded ? await whyNotHandedOver(chosen, build, fromWorkingTree, world) : [];
  if (format === 'bake' && refused.length > 0) throw new InputError(refused);
  const document: ReportDocument = { kind: 'event', plan, cells, build: config.build, refused };
  if (format !== 'bake') return { stdout: planText(plan, format), result: 'as-planned', document };
  const { renderBake } = await import('../../render/bake.ts');
  const targets = cells.map(({ target }) => target);
  return { stdout: renderBake(targets, { push: plan.push, ...config.build }), result: 'as-planned', document };
}

async function whyNotHandedOver(
  cells: readonly Cell[],
  build: EventBuild,
  fromWorkingTree: boolean,
  world: World,
): Promise<readonly Problem[]> {
  const [lane] = build.lanes;
  const project = laneProject(build, lane);
  const handing = {
    unbuildable: await unbuildable(project, lane.release, world),
    tags: 'pinned',
    fromWorkingTree,
  } as const;
  return notHandedOver(cells, project, lane.release, handing, world);
}

function planText(plan: EventPlan, format: Exclude<PlanFormat, 'bake' | 'html'>): string {
  switch (format) {
    case 'table':
      return eventPlanTable(plan);
    case 'json':
      return eventPlanJson(plan);
    case 'markdown':
      return eventPlanMarkdown(plan);
    case 'lines':
      return eventPlanLines(plan);
    default:
      return assertNever(format);
  }
}
