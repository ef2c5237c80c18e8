/** Groups of `concurrency` that every release shares. */
import { scopeOf, evaluateText, type Run } from './scope.ts';
import type { Workflow } from './workflow.ts';
import { asWritten } from './workflow-files.ts';

/**
 * GitHub keeps one running and one pending run of a group, and cancels an older pending one: of three releases in a
 * short time the second is lost.
 *
 * @see https://docs.github.com/en/actions/how-tos/write-workflows/choose-when-workflows-run/control-workflow-concurrency
 */
export function constantGroups({ groups }: Workflow, run: Run): string[] {
  return groups.flatMap(({ text, where }) => {
    // Who started the run, or what the settings say, is the same for one release after another.
    const steady = text.replaceAll(/\b(?:github\.(?:triggering_)?actor|vars\.\w+)\b/g, "'-'");
    const value = evaluateText(steady, scopeOf(run, new Map()));
    if (value.kind !== 'known') return [];
    return [
      `concurrency (${where}): every release shares the group ${asWritten(text)}, and GitHub drops all but one waiting run: ` +
        'put ${{ github.ref_name }} into it',
    ];
  });
}
