import { digestOf } from '../../audit/charge.ts';
import type { LockEntry } from '../../audit/lock.ts';
import { fullTag } from '../../plan/cell.ts';
import type { Look } from './look.ts';

/** What an audit records in a lock: cells whose full tag was seen and has no finding. */
export function rightCells({ audited, input }: Look): LockEntry[] {
  const accused = new Set(audited.findings.map(({ finding }) => finding.tag));
  return input.expected.cells.flatMap((cell): LockEntry[] => {
    const tag = fullTag(cell);
    const digest = accused.has(tag) ? null : digestOf(input.seen.get(tag));
    if (digest === null || !input.inScope(tag)) return [];
    const content = input.contents.get(digest);
    const platforms = content?.kind === 'read' ? content.image.platforms : null;
    return [{ version: cell.release.version.text, axes: cell.shape.axes, digest, platforms }];
  });
}
