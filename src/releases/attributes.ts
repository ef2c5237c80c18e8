/** Attributes of releases: from rows of a facts file and from lines of the config, which may not contradict each other. */
import { readEnd } from '../config/normalize-own-facts.ts';
import type { AttributeLine, ImageConfig } from '../config/types.ts';
import type { Instant } from '../domain/instant.ts';
import type { Problem } from '../domain/errors.ts';
import type { Attributes, Release, ReleaseFact } from '../domain/release.ts';
import type { Version } from '../domain/version.ts';
import type { Warning } from '../domain/warning.ts';

/** What is said of one release, and by whom. @param where the row, for problems */
export function attributesOf(
  fact: Pick<ReleaseFact, 'version' | 'attributes'>,
  version: Version,
  image: ImageConfig,
  where: string,
  problems: Problem[],
): Pick<Release, 'attributes' | 'line'> {
  const lines = image.attributes.filter((line) => isAbout(line, fact.version, version));
  if (lines.length === 0 && fact.attributes === undefined) return {};
  const said = new Map<string, { readonly value: string | boolean; readonly by: string }>();
  const voices = [{ values: fact.attributes ?? {}, where }, ...lines];
  for (const { values, where: by } of voices) {
    for (const [name, value] of Object.entries(values)) {
      const before = said.get(name);
      if (before === undefined) said.set(name, { value, by });
      else if (before.value !== value) {
        const message = `${name} of ${version.text} is ${JSON.stringify(value)}, and ${JSON.stringify(before.value)} in ${before.by}`;
        problems.push({
          code: 'ATTRIBUTE_INVALID',
          where: by,
          message,
          fix: 'let one of them end where the other begins',
        });
      }
    }
  }
  const attributes: Attributes = Object.fromEntries([...said].map(([name, { value }]) => [name, value]));
  const end = attributes['eol'];
  if (end === undefined) return { attributes };
  const eol = readEnd(end);
  if (eol !== null) return { attributes, line: { eol, isOver: false } };
  const fix = "write a date ('2026-04-30') or an instant with its offset";
  problems.push({
    code: 'INSTANT_INVALID',
    where: said.get('eol')?.by ?? where,
    message: `eol ${JSON.stringify(end)} is not a date`,
    fix,
  });
  return { attributes };
}

function isAbout(line: AttributeLine, sourceText: string, version: Version): boolean {
  if (line.version !== null) return line.version === sourceText || line.version === version.text;
  return line.range === null || line.range.includes(version);
}

/** Which lines are over at a moment: `--at`, or the newest release's. Never the clock's. */
export function endLines(releases: readonly Release[], moment: Instant): readonly Release[] {
  return releases.map((release) => {
    const { line } = release;
    return line === undefined ? release : { ...release, line: { ...line, isOver: line.eol < moment } };
  });
}

/** Lines of the config that are about no release, or not yet. */
export function unusedAttributes(image: ImageConfig, releases: readonly Release[]): Warning[] {
  return image.attributes
    .filter((line) => !releases.some(({ version, sourceText }) => isAbout(line, sourceText ?? version.text, version)))
    .map(({ where, version, range }) => ({
      code: 'ATTRIBUTE_UNUSED',
      message: `${where} is about ${version ?? range?.text ?? 'nothing'}, and no release is that`,
      versions: version === null ? [] : [version],
      fix: 'correct the range, or delete the line',
    }));
}
