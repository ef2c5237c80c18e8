/** The plan as Markdown, for a pull request or a job summary: what most people get, then what moves together, then the rest, folded. */
import { groupBy } from '../domain/group-by.ts';
import type { Warning } from '../domain/warning.ts';
import type { Move, Plan, PlannedTag } from '../plan/types.ts';
import { standingAnswer } from './answer.ts';
import { answerMarkdown, gridMarkdown, phraseMarkdown, type GridWords } from './grid-markdown.ts';
import { markdownCode as code, markdownText } from './markdown-text.ts';
import { gridMoves, moveGrid, type MoveGrid } from './move-grid.ts';
import { markdownTable } from './table.ts';
import { count, endTexts, ownerText } from './words.ts';

/** @param isFurther another repository's plan has its cells and owners already: they are the same in each */
export function planMarkdown(plan: Plan, isFurther = false): string {
  const convenience = plan.tags.filter((tag) => tag.kind === 'convenience');
  const pinned = plan.tags.length - convenience.length;
  const title =
    plan.release === null
      ? `### Tags of \`${plan.repository}\``
      : `### Publishing \`${plan.repository}\` ${plan.release}`;
  const facts = `${count(plan.cells.length, 'cell')}, ${count(pinned, 'pinned tag')}, ${count(convenience.length, 'convenience tag')}, ${count(plan.moves.length, 'move')}.`;
  const moves = gridMoves(plan);
  const parts = [title, moves.length > 0 ? answerMarkdown(moves) : phraseMarkdown(standingAnswer(convenience)), facts];
  parts.push(
    ...warningsMarkdown(plan.warnings),
    ...gridParts(moveGrid(moves, ({ to }) => (to?.digest && plan.weights?.get(to.digest)) || [])),
  );
  if (plan.moves.length > 0) parts.push(folded('Every move, and why', movesMarkdown(plan.moves)));
  parts.push(...(isFurther ? ['Cells and tags as above.'] : [restMarkdown(plan, convenience)]));
  for (const note of plan.notes ?? []) parts.push(markdownText(note.message));
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function restMarkdown(plan: Plan, convenience: readonly PlannedTag[]): string {
  if (plan.release === null) {
    if (convenience.length === 0) return '';
    const rows = convenience.map((tag) => [code(tag.tag), ownerText(tag.owner, 'with-axes'), tag.because]);
    return folded('Convenience tags and their owners', markdownTable(['tag', 'owner', 'because'], rows));
  }
  if (plan.cells.length === 0) return '';
  const rows = plan.cells.map((cell) => [
    Object.values(cell.axes).map(markdownText).join(' '),
    cell.platforms.join(', '),
    cell.tags.map(code).join('<br>'),
  ]);
  return folded('Cells and their pinned tags', rawTable(['cell', 'platforms', 'pinned tags'], rows));
}

/** Rows that stand open; further ones are folded away. */
const mostRows = 12;

/** A grid that a page shows whole, or its first rows with the rest behind a fold. */
export function gridParts(grid: MoveGrid, words?: GridWords): string[] {
  const shown = { ...grid, rows: grid.rows.slice(0, mostRows) };
  const rest = { ...grid, rows: grid.rows.slice(mostRows) };
  const more = count(rest.rows.length, 'more group of tags', 'more groups of tags');
  return [gridMarkdown(shown, words), rest.rows.length === 0 ? '' : folded(more, gridMarkdown(rest, words))].filter(
    (part) => part !== '',
  );
}

/** Warnings that stand open; more than these are folded away. */
const mostWarnings = 5;

export function warningsMarkdown(warnings: readonly Warning[]): string[] {
  const lines = warnings.map((warning) => `> **${warning.code}** ${markdownText(warning.message)}`);
  if (lines.length <= mostWarnings) return lines;
  const codes = [...groupBy(warnings, ({ code: name }) => name)].map(([name, own]) => `${name} ${own.length}`);
  return [folded(`${count(lines.length, 'warning')}: ${codes.join(', ')}`, lines.join('\n\n'))];
}

export function movesMarkdown(moves: readonly Move[]): string {
  const rows = moves.map((move) => [code(move.tag), ...endTexts(move), move.because]);
  return markdownTable(['tag', 'from', 'to', 'because'], rows);
}

export function folded(title: string, body: string): string {
  return `<details><summary>${title}</summary>\n\n${body}\n\n</details>`;
}

/** Cells that are tags and platforms alone, and may hold `<br>`. */
function rawTable(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(titles), line(titles.map(() => '---')), ...rows.map(line)].join('\n');
}
