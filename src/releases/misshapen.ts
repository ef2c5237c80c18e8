/** Texts that are not of the shape the config says: told with the pattern that would read them. */
import type { ImageConfig, VersionShape } from '../config/types.ts';
import type { Problem } from '../domain/errors.ts';
import { quote } from '../domain/tag.ts';
import { literal } from '../domain/text.ts';
import { excludeLine, listed } from './settle.ts';

export interface Misshapen {
  readonly text: string;
  readonly where: string;
}

/**
 * Rows that claim to be releases and are not of the shape; many are told together.
 *
 * @param read how many rows are of the shape
 */
export function misshapenProblems(
  rows: readonly Misshapen[],
  { shape }: ImageConfig,
  read: number,
  from: string,
): Problem[] {
  const advice = patternFor(
    rows.map(({ text }) => text),
    read > 0,
    shape,
  );
  if (rows.length <= 3)
    return rows.map(({ text, where }) => ({
      code: 'VERSION_SHAPE',
      where,
      message: `is not of the shape ${shape.text}`,
      fix: `${advice ?? 'correct it'}, or exclude it: ${excludeLine(text)}`,
    }));
  const message = `${rows.length} rows are not of the shape ${shape.text}: ${listed(rows.map(({ text }) => quote(text)))}`;
  const fix = `${advice ?? 'write a tagPattern that they match'}; if they are not releases, remove them from the file`;
  return [{ code: 'VERSION_SHAPE', where: from, message, fix }];
}

/**
 * `write tagPattern: '…'` for texts that begin alike and go on as versions do; `null` if they do not.
 *
 * @param isSomeRead the pattern of now matches others, so that only a `v` may be there or not
 */
export function patternFor(
  texts: readonly string[],
  isSomeRead: boolean,
  { template, patterns }: Pick<VersionShape, 'template' | 'patterns'>,
): string | null {
  if (template !== null || patterns.length > 1) return null;
  const found = texts.map((text) => /^(?<prefix>\D*)(?<rest>\d.*)$/.exec(text)?.groups);
  const prefixes = new Set(found.map((groups) => groups?.['prefix']));
  const [prefix] = prefixes;
  if (prefixes.size !== 1 || prefix === undefined) return null;
  const isOnlyV = prefix === 'v' || prefix === 'V';
  if (isSomeRead && !isOnlyV) return null;
  const isThree = found.every((groups) => /^\d+\.\d+\.\d+/.test(groups?.['rest'] ?? ''));
  // Without a backslash, so that it is the same text in TypeScript, YAML and JSON.
  const escaped = prefix.replaceAll(/[$.*+?()|]/g, '[$&]').replaceAll(/[\\^{}]/g, String.raw`\$&`);
  const before = `${escaped}${isSomeRead ? '?' : ''}`;
  const pattern = `^${before}(?<version>${isThree ? '[0-9]+[.][0-9]+[.][0-9]+.*' : '[0-9].*'})$`;
  return `write tagPattern: ${literal(pattern)}`;
}
