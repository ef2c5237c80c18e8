/** More than any config or workflow has, counting brackets in quoted texts too. */
const maxDepth = 200;
const compactLists = /(?:[-?][ \t]+){100}/;

/**
 * Whether a YAML text is nested deeper than it is worth reading: parsers take quadratic time for it, and run out of stack.
 * Only brackets and compact lists are counted; other nesting needs a line with more indentation for each level.
 */
export function isTooDeep(text: string): boolean {
  let depth = 0;
  for (const { 0: bracket } of text.matchAll(/[[\]{}]/g)) {
    depth = bracket === '[' || bracket === '{' ? depth + 1 : Math.max(0, depth - 1);
    if (depth > maxDepth) return true;
  }
  return compactLists.test(text);
}
