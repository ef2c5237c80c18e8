import type { Digest } from '../domain/digest.ts';
import type { Instant } from '../domain/instant.ts';
import type { Seen } from '../domain/snapshot.ts';
import type { Stand } from '../plan/types.ts';
import type { Expected } from './expected.ts';
import type { Identities, Identity } from './identify.ts';
import type { AuditInput } from './input.ts';
import type { FindingKind } from './types.ts';

/** One thing that is wrong with a tag; the first by kind becomes its finding. */
export interface Charge {
  readonly kind: FindingKind;
  readonly because: string;
  /** Tags whose digests it rests on, beside the tag itself. */
  readonly evidence: readonly string[];
  readonly since?: Instant;
}

/** What came of one tag. */
export interface Verdict {
  readonly charges: readonly Charge[];
  readonly expected: Stand;
  readonly actual: Stand;
  /** The command that would fix it. */
  readonly fix: string | null;
  /** A convenience tag that can be moved to its owner as things are. */
  readonly isMovable: boolean;
}

/** What judges share. */
export interface Court {
  readonly input: AuditInput;
  readonly expected: Expected;
  readonly identities: Identities;
  readonly recorded: RecordedDigests;
  /** Digest to the tag or digest of the index it is a part of. */
  readonly parents: ReadonlyMap<Digest, string>;
  /** What came of a pinned tag; `null` where it could not be seen or is none. */
  pinnedVerdict(tag: string): Verdict | null;
}

/** What the lock says of cells. */
export interface RecordedDigests {
  of(version: string, axes: Readonly<Record<string, string>>): Digest | null;
}

export function digestOf(seen: Seen | undefined): Digest | null {
  return seen?.kind === 'present' ? seen.descriptor.digest : null;
}

/** `2.11.4 (python 3.10, flavor conda)`, with how it is known where that is not a tag's own word. */
export function describeIdentity({ owner, by }: Identity): string {
  const axes = Object.entries(owner.axes)
    .map(([axis, value]) => `${axis} ${value}`)
    .join(', ');
  const how = by === 'lock' ? ' by the lock' : by === 'labels' ? ' by its labels' : '';
  return `${owner.version} (${axes})${how}`;
}

/** Twelve hex digits: enough to compare by eye; findings have the digests whole. */
export function short(digest: Digest): string {
  return digest.slice(0, 'sha256:'.length + 12);
}
