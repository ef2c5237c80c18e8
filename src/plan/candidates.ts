/**
 * Which cells a convenience tag could point to: everything its rule gives that text to, whether or not it may own.
 *
 * Pre-releases, yanked and excluded releases are among them: a tag on one of those is on its own series and cell, and
 * on a release that may not have it.
 */
import type { ImageConfig, Rule } from '../config/types.ts';
import type { CellOrStandIn } from './cell.ts';
import { releaseEligibility } from './eligibility.ts';
import { matrixOf } from './matrix.ts';
import { valuesForRule, ruleTexts } from './text-maker.ts';

/** The image whose tags are planned, for the rooms that see no config. */
export type PlanImage = ImageConfig;
export type PlanRule = Rule;

/**
 * @param cells those of one release next to each other, as a tag map has them
 * @returns tag text to its cells, in the order of `cells`
 */
export function candidateCells<C extends CellOrStandIn>(
  image: PlanImage,
  cells: readonly C[],
): ReadonlyMap<string, readonly C[]> {
  const candidates = new Map<string, C[]>();
  const rules = image.rules.filter((rule) => rule.kind === 'convenience').map(ruleTexts);
  for (const group of byRelease(cells)) {
    const release = group[0]?.release;
    if (release === undefined) continue;
    const matrix = matrixOf(
      group.map((cell) => cell.shape),
      release,
      image,
    );
    for (const { rule, textsOf } of rules) {
      const found = releaseEligibility(release, rule, image);
      if (!found.may && found.code === 'outside-rule') continue;
      const values = valuesForRule(release, rule);
      for (const [index, texts] of textsOf(matrix).entries()) {
        const cell = group[index];
        for (const { make } of texts) if (cell !== undefined) addTo(candidates, make(values), cell);
      }
    }
  }
  return candidates;
}

function addTo<C>(candidates: Map<string, C[]>, tag: string, cell: C): void {
  const known = candidates.get(tag);
  if (known === undefined) candidates.set(tag, [cell]);
  else if (known.at(-1) !== cell) known.push(cell);
}

function byRelease<C extends CellOrStandIn>(cells: readonly C[]): C[][] {
  const groups: C[][] = [];
  for (const cell of cells) {
    const last = groups.at(-1);
    if (last?.[0]?.release === cell.release) last.push(cell);
    else groups.push([cell]);
  }
  return groups;
}
