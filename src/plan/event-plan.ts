/** What a build that is not a release is called, as plain data: what `plan --event` prints. */
import type { RuleKind } from '../config/types.ts';
import type { BuildEvent } from '../domain/build-event.ts';
import { formatRepository } from '../domain/reference.ts';
import type { Cell } from './cell.ts';
import { isPushed, tagsOfCell, type EventLane } from './event-lanes.ts';
import type { TagMap } from './tag-map.ts';

export interface EventPlan {
  readonly schema: 1;
  readonly event: BuildEvent;
  /** False for a fork's code, and for pull requests whose rule says so. */
  readonly push: boolean;
  /** In the order of the rules; one for each set of repositories. */
  readonly builds: readonly EventBuildPlan[];
}

export interface EventBuildPlan {
  /** `registry/path` */
  readonly repositories: readonly string[];
  readonly cells: readonly EventCellPlan[];
}

export interface EventCellPlan {
  readonly axes: Readonly<Record<string, string>>;
  readonly platforms: readonly string[];
  /** Those that move first, then the pinned one. */
  readonly tags: readonly EventTag[];
}

export interface EventTag {
  readonly tag: string;
  readonly kind: RuleKind;
  /** As in the config: `branch`, `schedule-2`. */
  readonly rule: string;
}

/** @param chosen cells of one lane: in every lane those of the same axes are told */
export function eventPlan(event: BuildEvent, lanes: readonly EventLane[], chosen: readonly Cell[]): EventPlan {
  const ranks = new Set(chosen.map(({ shape }) => shape.rank));
  const builds = lanes.map(({ image, tags }) => ({
    repositories: image.repositories.map(formatRepository),
    cells: tags.cells
      .filter(({ shape }) => ranks.has(shape.rank))
      .map((cell) => ({
        axes: cell.shape.axes,
        platforms: cell.platforms,
        tags: tagsOfCell(cell, tags).map((tag) => eventTag(tag, tags)),
      })),
  }));
  return { schema: 1, event, push: isPushed(event, lanes), builds };
}

function eventTag(tag: string, { convenience, pinned }: TagMap): EventTag {
  const moving = convenience.find((one) => one.tag === tag);
  if (moving !== undefined) return { tag, kind: 'convenience', rule: moving.rule.name };
  return { tag, kind: 'pinned', rule: pinned.get(tag)?.rule.name ?? '' };
}
