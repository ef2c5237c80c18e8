/** The plan as docker-library writes it: one line a cell, with every tag that it has. */
import type { Plan } from '../plan/types.ts';

export function planLines(plan: Plan): string {
  const tags = new Map<string, string[]>();
  const keyOf = (version: string, axes: Readonly<Record<string, string>>): string => JSON.stringify([version, axes]);
  for (const cell of plan.cells) tags.set(keyOf(cell.version, cell.axes), [...cell.tags]);
  for (const { kind, owner, tag } of plan.tags)
    if (kind === 'convenience' && owner !== null) tags.get(keyOf(owner.version, owner.axes))?.push(tag);
  const lines = plan.cells.map(({ version, axes }) => {
    const cell = [version, ...Object.values(axes)].join(' ');
    return `${cell}: ${(tags.get(keyOf(version, axes)) ?? []).join(', ')}`;
  });
  return `${lines.join('\n')}\n`;
}
