/** Whose image a moving tag of an event points to, by what the image says: this branch's, a later build's, another branch's. */
import type { EventRule } from '../config/types.ts';
import { branchOf, branchText, describeEvent, refOf, type BuildEvent } from '../domain/build-event.ts';
import type { Problem } from '../domain/errors.ts';
import { formatInstant, parseInstant } from '../domain/instant.ts';
import { labelNames, refLabel } from '../domain/labels.ts';
import { quote } from '../domain/tag.ts';

type Labels = Readonly<Record<string, string>>;

/**
 * Two branches that `{{branch}}` makes one text: the tag belongs to the one whose image has it.
 *
 * @param labels of the image that the tag points to
 * @returns EVENT_COLLISION with the name of the other branch; `null` if the image says nothing of the kind
 */
export function twinProblem(tag: string, rule: EventRule, event: BuildEvent, labels: Labels): Problem | null {
  const branch = branchOf(event);
  const other = /^refs\/heads\/(?<branch>[^]+)$/.exec(labels[refLabel] ?? '')?.groups?.['branch'];
  if (!rule.rule.template.names.has('branch') || branch === null || other === undefined || other === branch)
    return null;
  if (branchText(other) !== branchText(branch)) return null;
  return {
    code: 'EVENT_COLLISION',
    where: rule.where,
    message: `the tag ${quote(tag)} of ${describeEvent(event)} is that of branch ${quote(other)}`,
    fix: 'rename one of the two branches; delete the tag if that branch is gone',
  };
}

/**
 * A run that began earlier may end later: what a later one of the same ref has built keeps the tag.
 *
 * @returns how a message names that build; `null` if there is none
 */
export function laterBuild(event: BuildEvent, labels: Labels): string | null {
  const began = parseInstant(labels[labelNames.created] ?? '');
  const revision = labels[labelNames.revision];
  if ((labels[refLabel] ?? null) !== refOf(event) || began === null || began <= event.at) return null;
  return revision === event.revision ? null : `commit ${revision ?? 'unknown'}, begun ${formatInstant(began)}`;
}
