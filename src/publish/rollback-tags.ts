/** Which tags of a journal a rollback may write: convenience tags, and nothing else. A journal may be edited or forged. */
import type { Problem } from '../domain/errors.ts';
import type { Grammar } from '../plan/grammar.ts';

export interface RollbackRules {
  /** Convenience tags of the plan; `null` if the facts could not be read. */
  readonly convenience: ReadonlySet<string> | null;
  /** What a tag reads like by the rules of the config. */
  readonly grammar: Grammar;
}

/** @param path the journal, for messages */
export function rollbackProblems(tags: readonly string[], rules: RollbackRules, path: string): Problem[] {
  const isConvenience = (tag: string): boolean =>
    rules.convenience?.has(tag) ?? rules.grammar(tag)?.rule.kind === 'convenience';
  return tags
    .filter((tag) => !isConvenience(tag))
    .map((tag) => ({
      code: 'TAG_NOT_CONVENIENCE' as const,
      where: `${path} ${tag}`,
      message: `${whatIs(tag, rules)}; rollback writes convenience tags only. Nothing was put back`,
      fix: 'was the journal edited? name the convenience tags to put back with --only TAG',
    }));
}

function whatIs(tag: string, { convenience, grammar }: RollbackRules): string {
  if (grammar(tag)?.rule.kind === 'pinned') return 'it is a pinned tag';
  return convenience === null
    ? 'it does not read like a convenience tag of the config'
    : 'the plan has no such convenience tag';
}
