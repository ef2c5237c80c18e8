/** A command that a person has to allow for one tag is refused for every tag that it fixes: all of them have the choice. */
import { allowBackward, type Choice } from '../moves/repair.ts';
import type { Found } from './audit.ts';

/** @param all findings of every repository, for one publish goes to them all */
export function decideOnce(findings: readonly Found[], all: readonly Found[]): readonly Found[] {
  const decided = new Map<string, readonly Choice[]>();
  for (const { finding } of all) {
    if (!finding.choices.some((choice) => isAllowing(choice))) continue;
    for (const { after } of finding.choices) if (after !== undefined) decided.set(after, finding.choices);
  }
  if (decided.size === 0) return findings;
  return findings.map((found) => {
    const { fix, choices } = found.finding;
    const alone = fix ?? (choices.length === 1 ? choices[0]?.command : undefined);
    const choice = alone === undefined ? undefined : decided.get(alone);
    return choice === undefined ? found : { ...found, finding: { ...found.finding, fix: null, choices: choice } };
  });
}

/** Publishes, and takes a tag back from what only a person can speak for. */
function isAllowing({ do: way, command, after }: Choice): boolean {
  return (
    way === 'run' && after === undefined && command.includes('tagwright publish') && command.includes(allowBackward)
  );
}
