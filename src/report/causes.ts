/**
 * Findings as lists show them: one entry for all tags that were not seen for one reason, for a registry that is down, or
 * lets nobody in, says the same of every tag. The JSON alone has every tag.
 */
import type { Finding } from '../audit/types.ts';
import { groupBy } from '../domain/group-by.ts';
import { grouped } from './words.ts';

/** Tags of one entry that are named. */
export const maxNamed = 12;

/** Findings with one reason. */
export interface SameReason {
  readonly reason: string;
  readonly findings: readonly Finding[];
}

/** Most tags first. */
export function sameReasons(findings: readonly Finding[]): readonly SameReason[] {
  const groups = groupBy(findings, reasonOf);
  const rows = [...groups].map(([reason, own]): SameReason => ({ reason, findings: own }));
  return rows.toSorted((a, b) => b.findings.length - a.findings.length);
}

/** Without the tag that it names, which may also be how a port begins. */
function reasonOf({ tag, because }: Finding): string {
  const name = tag.replaceAll('.', String.raw`\.`);
  return because.replaceAll(new RegExp(String.raw`:${name}(?![\w/-]|\.\w)`, 'g'), '');
}

export interface Entry {
  readonly finding: Finding;
  /** All that it is of, its own first. */
  readonly tags: readonly [string, ...string[]];
}

/** Each where its first tag was found. */
export function entriesOf(findings: readonly Finding[]): readonly Entry[] {
  const unseen = groupBy(
    findings.filter(({ kind }) => kind === 'unknown'),
    reasonOf,
  );
  return findings.flatMap((finding): Entry[] => {
    const { tag, kind } = finding;
    if (kind !== 'unknown') return [{ finding, tags: [tag] }];
    const reason = reasonOf(finding);
    const own = unseen.get(reason) ?? [];
    if (own[0] !== finding) return [];
    if (own.length === 1) return [{ finding, tags: [tag] }];
    return [{ finding: { ...finding, because: reason }, tags: [tag, ...own.slice(1).map((other) => other.tag)] }];
  });
}

/** `2-latest, 2-python3.10, and 28 more` */
export function someOf(tags: readonly string[], most = maxNamed): string {
  const shown = tags.slice(0, most);
  const more = tags.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? `, and ${grouped(more)} more` : ''}`;
}
