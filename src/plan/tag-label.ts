import type { Rule } from '../config/types.ts';
import type { Release } from '../domain/release.ts';
import { valuesForRule } from './text-maker.ts';

/**
 * The start of a tag up to where its axes begin: `2.20-python3.10-conda` is `2.20`, `2-latest-conda` is `2-latest`. A
 * word before an axis that is the axis's own name goes with it.
 *
 * @param release one that the rule gives the tag to; without one the label is the tag
 */
export function tagLabel(tag: string, rule: Rule, release: Release | undefined): string {
  if (release === undefined) return tag;
  const values = valuesForRule(release, rule);
  let label = '';
  for (const piece of rule.template.pieces) {
    if (piece.kind === 'text') label += piece.text;
    else if (values[piece.name] !== undefined) label += values[piece.name] ?? '';
    else return label.endsWith(piece.name) ? label.slice(0, -piece.name.length).replace(/[-_.]+$/, '') : label;
  }
  return label;
}
