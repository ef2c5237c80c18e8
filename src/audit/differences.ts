/** A cell that is right by evidence in each of several repositories, under two digests: each finding of it says so. */
import type { Digest } from '../domain/digest.ts';
import type { Several } from '../domain/several.ts';
import { describeCell, type Cell } from '../plan/cell.ts';
import type { Audited } from './audit.ts';
import type { AuditReport } from './types.ts';

/** One repository's audit, with what it was judged from. */
export interface JudgedRepository {
  readonly report: AuditReport;
  readonly looked: { readonly audited: Audited; readonly name: string };
}

/** Adds a note for the cells whose image differs from the one in another repository. */
export function nameDifferences<T extends JudgedRepository>(audits: Several<T>): Several<T> {
  const [first, ...others] = audits;
  return [
    noted(first, others),
    ...others.map((audit) =>
      noted(
        audit,
        audits.filter((other) => other !== audit),
      ),
    ),
  ];
}

function noted<T extends JudgedRepository>(audit: T, others: readonly T[]): T {
  const differing = others.flatMap((other) => differingCells(audit, other).map((cell) => ({ cell, other })));
  if (differing.length === 0) return audit;
  const by = new Map<string, string[]>();
  for (const { cell, other } of differing)
    by.set(other.looked.name, [...(by.get(other.looked.name) ?? []), describeCell(cell)]);
  const notes = [...by].map(([name, cells]) => {
    const shown = cells.slice(0, 5).join(', ');
    const more = cells.length > 5 ? ` and ${cells.length - 5} more` : '';
    return `differs: ${shown}${more} ${cells.length === 1 ? 'has' : 'have'} another digest in ${name}`;
  });
  return { ...audit, report: { ...audit.report, notes: [...audit.report.notes, ...notes] } };
}

function differingCells(a: JudgedRepository, b: JudgedRepository): Cell[] {
  return a.looked.audited.sight.input.expected.cells.filter((cell) => {
    const [here, there] = [soundDigest(a, cell), soundDigest(b, cell)];
    return here !== null && there !== null && here !== there;
  });
}

function soundDigest({ looked }: JudgedRepository, cell: Cell): Digest | null {
  const { sight } = looked.audited;
  const isRead = cell.pinned.every(({ tag }) => sight.input.seen.has(tag));
  const image = isRead ? sight.image(cell) : null;
  return image?.state === 'sound' ? image.digest : null;
}
