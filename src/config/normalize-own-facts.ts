/** What the config says of releases by itself: attributes by range, holds, warnings that were accepted. */
import type { Problem } from '../domain/errors.ts';
import { parseDateEnd, parseInstant } from '../domain/instant.ts';
import type { VersionScheme } from '../domain/version.ts';
import type { At } from './place.ts';
import { sizeLimitCode } from './read-size-limits.ts';
import { readRange } from './read-range.ts';
import type { ParsedImage } from './schema.ts';
import type { Acceptance, AttributeLine, ConfigHold } from './types.ts';

export interface OwnFacts {
  readonly holds: readonly ConfigHold[];
  readonly attributes: readonly AttributeLine[];
  readonly accepted: readonly Acceptance[];
}

/** @param taken names that templates have already */
export function readOwnFacts(
  image: ParsedImage,
  scheme: VersionScheme,
  taken: ReadonlySet<string>,
  at: At,
  problems: Problem[],
): OwnFacts {
  const holds = (image.hold ?? []).map((entry, index) => ({ ...entry, where: at('hold', index) }));
  const attributes = (image.attributes ?? []).map((entry, index): AttributeLine => {
    const { version, since, range, ...values } = entry;
    const where = at('attributes', index);
    checkNames(Object.keys(values), taken, where, problems);
    const { eol } = values;
    if (eol !== undefined && readEnd(eol) === null) {
      const fix = "write a date ('2026-04-30') or an instant with its offset";
      problems.push({
        code: 'INSTANT_INVALID',
        where: `${where}.eol`,
        message: `${JSON.stringify(eol)} is not a date`,
        fix,
      });
    }
    return {
      version: version ?? null,
      range: oneOf(version, { since, range }, scheme, where, problems),
      values,
      where,
    };
  });
  const accepted = (image.accept ?? []).map((entry, index): Acceptance => {
    const { code, version, cell, since, range, reason } = entry;
    const where = at('accept', index);
    if (cell !== undefined && code !== sizeLimitCode) {
      const message = `${code} is about a release, not about a cell`;
      problems.push({ code: 'CONFIG_INVALID', where: `${where}.cell`, message, fix: "write version: '…' instead" });
    }
    if (version === undefined && cell === undefined && since === undefined && range === undefined) {
      const fix = "add version: '…' or range: '…'";
      problems.push({ code: 'CONFIG_INVALID', where, message: `accepts every ${code}`, fix });
    }
    return {
      code,
      version: version ?? null,
      cell: cell ?? null,
      range: oneOf(version, { since, range }, scheme, where, problems),
      reason,
      where,
    };
  });
  const seen = new Set<string>();
  for (const { version, where } of holds) {
    if (seen.has(version)) problems.push({ code: 'CONFIG_INVALID', where, message: `${version} is held twice` });
    seen.add(version);
  }
  return { holds, attributes, accepted };
}

/** The end of a line: a bare date is the end of its day. */
export function readEnd(eol: string | boolean): number | null {
  return typeof eol === 'string' ? (parseDateEnd(eol) ?? parseInstant(eol)) : null;
}

function oneOf(
  version: string | undefined,
  ranged: { readonly since?: string | undefined; readonly range?: string | undefined },
  scheme: VersionScheme,
  where: string,
  problems: Problem[],
): ReturnType<typeof readRange> {
  if (version !== undefined && (ranged.since !== undefined || ranged.range !== undefined))
    problems.push({ code: 'CONFIG_INVALID', where, message: 'has both version and range', fix: 'write one of them' });
  return readRange(ranged, scheme, where, problems);
}

function checkNames(names: readonly string[], taken: ReadonlySet<string>, where: string, problems: Problem[]): void {
  if (names.length === 0) {
    const fix = "name one: { range: '>=22 <23', codename: 'jod' }";
    problems.push({ code: 'CONFIG_INVALID', where, message: 'has no attribute', fix });
  }
  for (const name of names) {
    const isName = /^[a-z][A-Za-z0-9]*$/.test(name);
    if (isName && !taken.has(name)) continue;
    const message = isName
      ? `'${name}' is a name that templates have already`
      : `'${name}' is not a name that a template can use`;
    problems.push({
      code: 'CONFIG_INVALID',
      where: `${where}.${name}`,
      message,
      fix: 'give the attribute another name',
    });
  }
}
