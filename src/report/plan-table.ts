/** The plan for a terminal of 80 columns. */
import type { Move, Plan, PlannedTag } from '../plan/types.ts';
import { table } from './table.ts';
import { warningsText } from './warnings.ts';
import { count, endTexts, ownerText, shortTag } from './words.ts';

/**
 * With a release: what it builds and moves. Without: who owns each convenience tag.
 *
 * @param isFurther another repository's plan has its cells and owners already: they are the same in each
 */
export function planTable(plan: Plan, isFurther = false): string {
  const parts = plan.release === null ? wholeParts(plan, isFurther) : releaseParts(plan, plan.release, isFurther);
  const notes = (plan.notes ?? []).map(({ message }) => message).join('\n');
  return `${[...parts, notes, warningsText(plan.warnings)].filter((part) => part !== '').join('\n\n')}\n`;
}

function releaseParts(plan: Plan, release: string, isFurther: boolean): string[] {
  const pinned = plan.tags.filter((tag) => tag.kind === 'pinned').length;
  const moves = plan.moves.length;
  const head = `${plan.repository} ${release}\n${count(plan.cells.length, 'cell')}, ${count(pinned, 'pinned tag')}, ${count(moves, 'convenience tag')} to move`;
  return [head, isFurther ? '' : cellsTable(plan), moves === 0 ? '' : movesTable(plan.moves)];
}

function cellsTable(plan: Plan): string {
  const axes = Object.keys(plan.cells[0]?.axes ?? {});
  const most = Math.max(0, ...plan.cells.map((cell) => cell.tags.length));
  const titles = [...axes, 'platforms', 'pinned tags', ...Array.from({ length: Math.max(0, most - 1) }, () => '')];
  const rows = plan.cells.map((cell) => [
    ...axes.map((axis) => cell.axes[axis] ?? ''),
    cell.platforms.map((platform) => platform.replace(/^linux\//, '')).join(' '),
    ...Array.from({ length: most }, (_, index) => shortTag(cell.tags[index] ?? '')),
  ]);
  return table(
    titles.map((title) => ({ title })),
    rows,
  );
}

/** Moves in the order they are made: from which release to which. */
export function movesTable(moves: readonly Move[]): string {
  const rows = moves.map((move) => {
    const [from, to] = endTexts(move);
    return [move.tag, from, '→', to];
  });
  return table([{ title: 'convenience tag' }, { title: 'from' }, { title: '' }, { title: 'to' }], rows);
}

function wholeParts(plan: Plan, isFurther: boolean): string[] {
  const convenience = plan.tags.filter((tag) => tag.kind === 'convenience');
  const pinned = plan.tags.length - convenience.length;
  const releases = new Set(plan.cells.map((cell) => cell.version)).size;
  const frozen = convenience.filter((tag) => tag.frozen).length;
  const head = [
    plan.repository,
    `${count(releases, 'release')}, ${count(plan.cells.length, 'cell')}, ${count(pinned, 'pinned tag')}`,
    `${count(convenience.length, 'convenience tag')}, ${frozen} of them frozen (no longer moving)`,
  ].join('\n');
  return plan.moves.length === 0
    ? [head, convenience.length === 0 || isFurther ? '' : ownersTable(convenience)]
    : [head, movesTable(plan.moves)];
}

function ownersTable(tags: readonly PlannedTag[]): string {
  const axes = Object.keys(tags.find((tag) => tag.owner !== null)?.owner?.axes ?? {});
  const rows = tags.map((tag) => [
    tag.tag,
    ownerText(tag.owner),
    ...axes.map((axis) => tag.owner?.axes[axis] ?? ''),
    tag.frozen ? 'frozen' : '',
  ]);
  const titles = ['convenience tag', 'owner', ...axes, ''];
  return table(
    titles.map((title) => ({ title })),
    rows,
  );
}
