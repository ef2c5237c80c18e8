/** Which cells a rule would give a tag text to, whoever owns it in the end: pre-releases and yanked ones too. */
import { isForBuild } from '../config/tag-template.ts';
import type { Rule } from '../config/types.ts';
import type { Cell } from './cell.ts';
import { releaseValues, textMaker, type TextMaker } from './text-maker.ts';

/** @returns the cells in their order */
export function cellsWanting(rule: Rule, tag: string, cells: readonly Cell[]): Cell[] {
  const makers = new Map<Cell['shape'], TextMaker>();
  return cells.filter((cell) => {
    if (!isForBuild(rule, cell.release.rebuild !== undefined)) return false;
    const make = makers.get(cell.shape) ?? textMaker(rule.template, cell.shape.variables);
    makers.set(cell.shape, make);
    return make(releaseValues(cell.release, rule.revisionLength)) === tag;
  });
}
