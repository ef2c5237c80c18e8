/** What an audit looks at only where it is asked to: base images, and tags that no plan has. */
import type { AuditReport } from '../../audit/types.ts';
import type { Registry } from '../../ports.ts';
import { lookAtBases, type BasePlaces } from './bases.ts';
import type { Look } from '../look/look.ts';
import type { AuditOptions } from './options.ts';
import { lookAtStrays } from './strays.ts';

export interface Further extends Pick<AuditReport, 'bases' | 'strays'> {
  readonly notes: readonly string[];
}

export async function lookFurther(
  looked: Look,
  options: Pick<AuditOptions, 'bases' | 'unmanaged' | 'content'>,
  from: BasePlaces & { readonly registry: Registry },
  signal: AbortSignal,
): Promise<Further> {
  const notes: string[] = [];
  let further: Pick<AuditReport, 'bases' | 'strays'> = {};
  if (options.bases && options.content === 'none')
    notes.push('--bases reads labels, and --content none reads no image');
  else if (options.bases) {
    const { bases, notes: more } = await lookAtBases(looked.input, from, signal);
    further = { ...further, bases };
    notes.push(...more);
  }
  if (options.unmanaged) {
    const findings = looked.audited.findings.map(({ finding }) => finding);
    const { strays, notes: more } = await lookAtStrays(findings, looked.input.seen, from.registry, signal);
    // That there are none is only said where the whole list was read and holds something.
    const { listing } = looked;
    const isWhole = listing.kind === 'tags' && listing.lacking === 0 && listing.tags.length > 0;
    if (strays.length > 0 || isWhole) further = { ...further, strays };
    notes.push(...more);
  }
  return { ...further, notes };
}
