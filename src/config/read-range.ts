import type { Problem } from '../domain/errors.ts';
import type { VersionRange, VersionScheme } from '../domain/version.ts';
import type { ParsedRange } from './schema.ts';

/** Reads `'>=2.6.5'`, `'*'`, `{ since }` or `{ range }`; `null` is every release. Mistakes go to `problems`. */
export function readRange(
  input: ParsedRange | { since?: string | undefined; range?: string | undefined } | undefined,
  scheme: VersionScheme,
  where: string,
  problems: Problem[],
): VersionRange | null {
  if (input === undefined) return null;
  const text = rangeText(input, scheme, where, problems);
  if (text === null || text === '*') return null;
  const range = scheme.parseRange(text);
  if (range === null) {
    const fix = "write a range such as '>=2.7.10 <3'";
    problems.push({
      code: 'RANGE_INVALID',
      where,
      message: `${JSON.stringify(text)} is no range of ${scheme.name} versions`,
      fix,
    });
  }
  if (range?.spans.length === 0) {
    const message = `${JSON.stringify(text)} holds no version at all`;
    problems.push({ code: 'RANGE_INVALID', where, message, fix: 'is an end on the wrong side?' });
  }
  return range;
}

function rangeText(
  input: ParsedRange | { since?: string | undefined; range?: string | undefined },
  scheme: VersionScheme,
  where: string,
  problems: Problem[],
): string | null {
  if (typeof input === 'string') return input;
  if (input.since === undefined) return input.range ?? null;
  if (input.range !== undefined) {
    problems.push({ code: 'RANGE_INVALID', where, message: 'has both since and range', fix: 'write the range alone' });
    return null;
  }
  if (scheme.parse(input.since) !== null) return `>=${input.since}`;
  const message = `since ${JSON.stringify(input.since)} is no ${scheme.name} version`;
  problems.push({ code: 'RANGE_INVALID', where, message, fix: "write one version, such as since: '2.7.10'" });
  return null;
}
