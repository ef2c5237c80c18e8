/** Warnings that somebody looked at: `accept` in the config takes them out, and is told where it takes out nothing. */
import type { Acceptance, ImageConfig } from '../config/types.ts';
import type { Warning, WarningCode } from '../domain/warning.ts';

/**
 * The last step over every warning of an image, from sources, history and plan alike.
 *
 * @returns those that are not settled, and ACCEPT_UNUSED for each line that settles nothing
 */
export function settleWarnings(warnings: readonly Warning[], image: Pick<ImageConfig, 'accepted'>): Warning[] {
  const used = new Set<Acceptance>();
  const open = warnings.filter((warning) => {
    const by = image.accepted.filter((entry) => settles(entry, warning));
    for (const entry of by) used.add(entry);
    return by.length === 0;
  });
  const unused = image.accepted.filter((entry) => !used.has(entry));
  return [
    ...open,
    ...unused.map((entry): Warning => ({
      code: 'ACCEPT_UNUSED',
      message: `${entry.where} accepts ${entry.code} of ${entry.version}, and there is no such warning`,
      versions: [entry.version],
      fix: 'take the line away',
    })),
  ];
}

/** A line settles a warning of its code that is about its version, among others perhaps. */
export function settles(entry: Acceptance, warning: Pick<Warning, 'code' | 'versions'>): boolean {
  return entry.code === warning.code && warning.versions.includes(entry.version);
}

/** The config line that settles a warning. */
export function acceptLine(code: WarningCode, version: string): string {
  return `accept: [{ code: '${code}', version: '${version}', reason: '…' }]`;
}

/** `2.0.0, 2.0.1, 2.0.2 and 7 more`. */
export function listed(texts: readonly string[], most = 3): string {
  if (texts.length <= most + 1) return texts.join(', ');
  return `${texts.slice(0, most).join(', ')} and ${texts.length - most} more`;
}
