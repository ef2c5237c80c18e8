/**
 * Expected against seen: what an audit finds, as plain data. Everything here is decided from values; nothing is asked.
 *
 * A tag has one finding, the first of `kinds` that is true of it; what else is true is in `because`.
 */
import type { Digest } from '../domain/digest.ts';
import type { Warning } from '../domain/warning.ts';
import type { Choice } from '../moves/repair.ts';
import type { Stand } from '../plan/types.ts';
import type { FindingKind } from './kinds.ts';

export interface Finding {
  readonly kind: Exclude<FindingKind, 'ok'>;
  readonly tag: string;
  /** The rule it comes from, or reads like; `null` where there is none. */
  readonly rule: string | null;
  /** Where it should point; both parts are `null` where no plan has it, or where nobody may own it. */
  readonly expected: Stand;
  /** Where it points; both parts are `null` where it is absent or could not be seen. */
  readonly actual: Stand;
  /** Why it is expected so, and what is there instead. */
  readonly because: string;
  /** Since when it is wrong (RFC 3339), where that is known. */
  readonly since: string | null;
  /** The command that fixes it; `null` where none does, or where a person has to choose. */
  readonly fix: string | null;
  /** The ways out where a person has to choose; empty otherwise. */
  readonly choices: readonly Choice[];
  /** Why it is listed and does not fail: the release is still being published. */
  readonly excused: string | null;
}

export interface AuditReport {
  readonly schema: 1;
  readonly repository: string;
  /** RFC 3339. */
  readonly checkedAt: string;
  /** Requests it took, retries included. */
  readonly requests: number;
  /** How many tags are of each kind, `ok` included. */
  readonly summary: Readonly<Record<FindingKind, number>>;
  readonly findings: readonly Finding[];
  /** What a reader should know beyond the tags: what was not looked at, and what could not be checked. */
  readonly notes: readonly string[];
  /** What may be wrong with the config or the facts, as a plan has it; left out: nothing. */
  readonly warnings?: readonly Warning[];
  /** Outdated base images, where they were asked for. */
  readonly bases?: readonly StaleBase[];
  /** What no plan has, with age and size, where it was asked for. */
  readonly strays?: readonly Stray[];
}

/** A base image whose tag has another digest by now than the one an owner was built on. */
export interface StaleBase {
  /** `docker.io/library/python:3.10-slim` */
  readonly base: string;
  readonly builtOn: Digest;
  /** `null` where the tag is gone. */
  readonly now: Digest | null;
  /** What the base lock has for it, where that is not what the tag is now. */
  readonly locked?: Digest;
  /** Convenience tags that point to it. */
  readonly tags: readonly string[];
  readonly version: string;
  /** The command that builds it again, once the config has the rebuild. */
  readonly fix: string;
}

/** A tag that no plan has. Nothing is ever deleted; the command is for a person to judge. */
export interface Stray {
  readonly tag: string;
  readonly kind: 'orphan' | 'excluded' | 'closed' | 'event' | 'unmanaged';
  /** When it was pushed, or else when its image was made (RFC 3339); `null` where neither is known. */
  readonly at: string | null;
  /** Bytes of its configs and layers as they are stored, each once; `null` where it was not looked into. */
  readonly sizeBytes: number | null;
  readonly choices: readonly Choice[];
}

export const nowhere: Stand = { owner: null, digest: null };
