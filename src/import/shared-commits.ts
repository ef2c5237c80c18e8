/** Tags of a commit alone, where two releases are on one commit: only one of them could have it. */
import type { Version, VersionScheme } from '../domain/version.ts';
import type { RuleDraft } from './rule-draft.ts';
import type { Rules } from './rules.ts';

export interface SharedCommits {
  /** Oldest first. */
  readonly gitTags: readonly string[];
  /** Git tags of one commit, for each commit that has several. */
  readonly oneCommit: readonly (readonly string[])[];
  readonly pattern: string;
  readonly scheme: VersionScheme;
}

/** Rules for a commit begin after the last such pair; where that is the newest release, there is none. */
export function forSingleCommits(rules: Rules, given: SharedCommits): Rules {
  const { scheme } = given;
  const read = new RegExp(given.pattern, 'u');
  const finals = (tags: readonly string[]): Version[] =>
    tags
      .flatMap((tag) => scheme.parse(read.exec(tag)?.groups?.['version'] ?? '') ?? [])
      .filter(({ kind }) => kind === 'final')
      .toSorted(scheme.compare);
  const pairs = given.oneCommit.map(finals).filter((versions) => versions.length > 1);
  const last = pairs.toSorted((a, b) => byLast(a, b, scheme)).at(-1);
  const after = last?.at(-1);
  const newest = finals(given.gitTags).at(-1);
  if (last === undefined || after === undefined || newest === undefined) return rules;
  const names = last.map(({ text }) => text).join(' and ');
  const why = `${names} are on one commit, which gives one tag`;
  const isNewest = scheme.compare(after, newest) === 0;
  const kept = rules.rules.flatMap((rule): RuleDraft[] => {
    if (!isOfCommit(rule)) return [rule];
    if (isNewest) return [];
    const range = [rule.range ?? '', `>${after.text}`].join(' ').trim();
    return [{ ...rule, range, comments: [...rule.comments, `${why}, so it is for the releases after them`] }];
  });
  if (kept.length === rules.rules.length) return { ...rules, rules: kept };
  const gone = rules.rules.filter((rule) => !kept.includes(rule));
  const left = gone.map(({ template }) => `CHECK THIS: ${why}, so no release has ${template}`);
  const all = [...rules.dropped.values()].flat();
  return { rules: kept, dropped: new Map([[kept.length, [...all, ...left]]]) };
}

function byLast(a: readonly Version[], b: readonly Version[], { compare }: VersionScheme): number {
  const [first, second] = [a.at(-1), b.at(-1)];
  return first === undefined || second === undefined ? 0 : compare(first, second);
}

function isOfCommit({ template }: RuleDraft): boolean {
  return template.includes('{{revision}}') && !template.includes('{{version}}') && !template.includes('{{patch}}');
}
