import { fullTag } from '../../plan/cell.ts';
import type { LockEntry } from '../../sight/lock.ts';
import type { Look } from '../look/look.ts';

/** What an audit records in a lock: cells whose full tag was seen and has no finding. */
export function rightCells({ audited, input }: Look): LockEntry[] {
  const wrong = new Set(audited.findings.map(({ finding }) => finding.tag));
  return input.expected.cells.flatMap((cell): LockEntry[] => {
    const tag = fullTag(cell);
    const digest = wrong.has(tag) ? null : audited.sight.digestAt(tag);
    if (digest === null || !input.inScope(tag)) return [];
    const content = input.contents.get(digest);
    const platforms = content?.kind === 'read' ? content.image.platforms : null;
    return [{ version: cell.release.version.text, axes: cell.shape.axes, digest, platforms }];
  });
}
