/** `2-latest`: what the rule `latest` gave each series by default, before its default became one tag for all of them. */
import { plainLatest, seriesLatest } from '../config/normalize-rules.ts';
import { candidateCells, type PlanImage } from './candidates.ts';
import type { Cell } from './cell.ts';

/** The config line that brings the tags of each series back. */
export const seriesLatestLine = `rules: { latest: { template: '${seriesLatest}' } }`;

/** @returns true for a tag that some cell would have, if `latest` were a tag a series as it was by default */
export function seriesLatestTags(image: PlanImage, cells: readonly Cell[]): (tag: string) => boolean {
  const rule = image.rules.find(({ name, template }) => name === 'latest' && template.text === plainLatest);
  if (rule === undefined) return () => false;
  let known: ReadonlySet<string> | null = null;
  return (tag) => {
    if (!/^\d+-latest(?:-|$)/.test(tag)) return false;
    known ??= new Set(candidateCells({ ...image, rules: [ofSeries(rule)] }, cells).keys());
    return known.has(tag);
  };
}

function ofSeries(rule: PlanImage['rules'][number]): PlanImage['rules'][number] {
  const { pieces, names } = rule.template;
  const start = [{ kind: 'name', name: 'major' } as const, { kind: 'text', text: '-' } as const];
  return {
    ...rule,
    template: { text: seriesLatest, pieces: [...start, ...pieces], names: new Set(['major', ...names]) },
  };
}
