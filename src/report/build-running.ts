/** The steps of a build that run now, in one line; `null`: none does. @param steps oldest first */
export function runningText([oldest, ...others]: readonly string[]): string | null {
  if (oldest === undefined) return null;
  return others.length === 0 ? oldest : `${oldest} and ${others.length} more`;
}
