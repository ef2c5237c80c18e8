/** Warnings that somebody looked at: `accept` in the config takes them out, and is told where it takes out nothing. */
import { literal } from '../domain/text.ts';
import { sizeLimitCode } from '../config/read-size-limits.ts';
import type { Acceptance, ImageConfig } from '../config/types.ts';
import { readSourceText } from '../config/version-shape.ts';
import type { Warning, WarningCode } from '../domain/warning.ts';

/**
 * The last step over every warning of an image, from sources, history and plan alike.
 *
 * @returns those that are not settled, and ACCEPT_UNUSED for each line that settles nothing
 */
export function settleWarnings(
  warnings: readonly Warning[],
  image: Pick<ImageConfig, 'accepted' | 'scheme' | 'shape'>,
): Warning[] {
  const used = new Set<Acceptance>();
  const open = warnings.filter((warning) => {
    const by = image.accepted.filter((entry) => settles(entry, warning, image));
    for (const entry of by) used.add(entry);
    return by.length === 0;
  });
  const unused = image.accepted.filter((entry) => !used.has(entry) && entry.code !== sizeLimitCode);
  return [
    ...open,
    ...unused.map((entry): Warning => ({
      code: 'ACCEPT_UNUSED',
      message: `${entry.where} accepts ${entry.code} of ${entry.version ?? entry.range?.text ?? '*'}, and there is no such warning`,
      versions: entry.version === null ? [] : [entry.version],
      fix: 'take the line away',
    })),
  ];
}

/** A line settles a warning of its code that is about its version, among others perhaps, or about its range alone. */
export function settles(
  entry: Acceptance,
  warning: Pick<Warning, 'code' | 'versions'>,
  image: Pick<ImageConfig, 'scheme' | 'shape'>,
): boolean {
  if (entry.code !== warning.code) return false;
  if (entry.version !== null) return warning.versions.includes(entry.version);
  return warning.versions.length > 0 && warning.versions.every((text) => isIn(text, entry.range, image));
}

function isIn(text: string, range: Acceptance['range'], image: Pick<ImageConfig, 'scheme' | 'shape'>): boolean {
  if (range === null) return true;
  const version = readSourceText(text, image);
  return version !== null && range.includes(version);
}

/** The config line that settles a warning. */
export function acceptLine(code: WarningCode, version: string): string {
  return `accept: [{ code: '${code}', version: ${literal(version)}, reason: '…' }]`;
}

/** The config line that leaves a release out. */
export function excludeLine(version: string): string {
  return `exclude: [{ version: ${literal(version)}, reason: '…' }]`;
}

/** The config line that withdraws a release. */
export function yankLine(version: string): string {
  return `yanked: [{ version: ${literal(version)}, reason: '…' }]`;
}

/** `2.0.0, 2.0.1, 2.0.2 and 7 more`. */
export function listed(texts: readonly string[], most = 3): string {
  if (texts.length <= most + 1) return texts.join(', ');
  return `${texts.slice(0, most).join(', ')} and ${texts.length - most} more`;
}
