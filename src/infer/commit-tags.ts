/** Tags that name a commit: `sha-0a1b2c3`, or the commit alone. No list of tags says which release a commit is. */

const commitTag = /^(?<prefix>(?:.*[-_.])?)(?<commit>[0-9a-f]{7,40})$/;

export interface CommitTags {
  readonly count: number;
  readonly sample: string;
  /** What the rule `sha` says of them. */
  readonly template: string;
  /** Hexadecimal digits. */
  readonly length: number;
}

/** Digits and letters that could be a commit, or anything that is called one; digits alone may be a date. */
export function isCommit(word: string): boolean {
  const found = commitTag.exec(word)?.groups;
  if (found === undefined) return false;
  return (
    /\d[a-f]|[a-f]\d/.test(found['commit'] ?? '') || /(?:^|[-_.])(?:sha|git|commit)[-_.]$/.test(found['prefix'] ?? '')
  );
}

/** The most frequent way in which the tags name commits; `null` where fewer than two do. */
export function commitTags(tags: readonly string[]): CommitTags | null {
  const ways = new Map<string, CommitTags>();
  for (const tag of tags) {
    if (!isCommit(tag)) continue;
    const { prefix = '', commit = '' } = commitTag.exec(tag)?.groups ?? {};
    const key = `${prefix} ${commit.length}`;
    const template = `${prefix}{{revision}}`;
    const seen = ways.get(key) ?? { count: 0, sample: tag, template, length: commit.length };
    ways.set(key, { ...seen, count: seen.count + 1 });
  }
  const [most] = [...ways.values()].toSorted((a, b) => b.count - a.count);
  return most === undefined || most.count < 2 ? null : most;
}
