import type { ImageConfig } from '../../config/types.ts';
import type { Cell } from '../../plan/cell.ts';

/** A cell's pinned tags without those of a commit, which are for machines. */
export function tagsForPeople(cell: Cell, { rules }: ImageConfig): readonly string[] {
  const ofCommit = new Set(rules.filter(({ template }) => template.names.has('revision')).map(({ name }) => name));
  return cell.pinned.filter(({ rule }) => !ofCommit.has(rule)).map(({ tag }) => tag);
}
