/** Moves as a table: the axis across, rules down, before and after in each cell. Drawn from the same grid as Markdown. */
import type { ChangeCell, GridPart } from '../../browser/page-data.ts';
import { moveWords, weightText, type GridWords } from '../grid-markdown.ts';
import type { GridCell, MoveGrid } from '../move-grid.ts';

export function changesPart(grid: MoveGrid, id: string, title: string, words: GridWords = moveWords): GridPart {
  const { axis, columns, rows } = grid;
  return {
    kind: 'grid',
    id,
    title,
    lead: axis === null ? '' : `One column for each ${axis}; tags in one cell move together.`,
    legend: 'none',
    caption: `${title}: before and after`,
    corner: 'rule',
    groups: [],
    columns: (axis === null ? [words.title] : columns).map((name, index) => ({ name, first: index === 0 })),
    rows: rows.map(({ rule, cells }) => ({
      head: rule,
      find: cells.flatMap((cell) => cell?.tags ?? []).join(' '),
      cells: cells.map((cell) => (cell === null ? 0 : changeCell(cell, words))),
    })),
    prefix: '',
  };
}

function changeCell(cell: GridCell, words: GridWords): ChangeCell {
  const note = weightText(cell);
  return {
    from: cell.from ?? words.from,
    to: cell.to ?? words.to,
    ...(note === '' ? {} : { note }),
    tags: cell.tags,
  };
}
