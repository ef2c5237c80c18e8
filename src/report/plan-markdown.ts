/** The plan as Markdown, for a pull request or a job summary. */
import type { Move, Plan } from '../plan/types.ts';
import { markdownCode as code, markdownText } from './markdown-text.ts';
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
  const parts = [title, facts];
  if (plan.moves.length > 0) parts.push(movesMarkdown(plan.moves));
  if (isFurther) parts.push('Cells and tags as above.');
  else if (plan.release === null) {
    const rows = convenience.map((tag) => [code(tag.tag), ownerText(tag.owner, 'with-axes'), tag.because]);
    parts.push(folded('Convenience tags and their owners', markdownTable(['tag', 'owner', 'because'], rows)));
  } else {
    const rows = plan.cells.map((cell) => [
      Object.values(cell.axes).join(' '),
      cell.platforms.join(', '),
      cell.tags.map(code).join('<br>'),
    ]);
    parts.push(folded('Cells and their pinned tags', rawTable(['cell', 'platforms', 'pinned tags'], rows)));
  }
  for (const note of plan.notes ?? []) parts.push(markdownText(note.message));
  for (const warning of plan.warnings) parts.push(`> **${warning.code}** ${markdownText(warning.message)}`);
  return `${parts.join('\n\n')}\n`;
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
