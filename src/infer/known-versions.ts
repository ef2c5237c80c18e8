/** What git tags or a forge say of versions, for tags that are read without a config. */
import type { ReleaseFact } from '../domain/release.ts';
import { versionText } from './tag-names.ts';

export interface KnownVersion {
  /** As the source writes it. */
  readonly text: string;
  readonly isPre: boolean;
  readonly isYanked: boolean;
  /** The day it came out. */
  readonly day: string | null;
}

/** By the numbers of the version, `2.20.25`. */
export type KnownVersions = ReadonlyMap<string, KnownVersion>;

const versionAtEnd = /^(?:.*?[^\d.])?(?<numbers>\d{1,9}(?:\.\d{1,9}){0,3})(?<pre>[-.+_]?[A-Za-z][\w.+-]*)?$/;
const preMark = /^[-.+_]?(?:a|b|c|rc|alpha|beta|dev|pre|preview|nightly|snapshot)(?![A-Za-z])/i;
/** Longer texts are no versions. */
const maxText = 200;

/** Where a pre-release and its final share their numbers, the final counts. */
export function readKnownVersions(facts: readonly ReleaseFact[]): KnownVersions {
  const known = new Map<string, KnownVersion>();
  for (const fact of facts) {
    const found = fact.version.length > maxText ? undefined : versionAtEnd.exec(fact.version)?.groups;
    if (found === undefined) continue;
    const isPre = preMark.test(found['pre'] ?? '') || fact.prerelease === true;
    const key = versionText({ numbers: (found['numbers'] ?? '').split('.').map(Number) });
    const before = known.get(key);
    if (before !== undefined && !before.isPre) continue;
    const day = (fact.publishedAt ?? fact.committedAt ?? '').slice(0, 10);
    const isYanked = fact.yanked !== undefined && fact.yanked !== false;
    known.set(key, { text: fact.version, isPre, isYanked, day: day === '' ? null : day });
  }
  return known;
}

/** Why a version may own no tag that moves, as its source says; `null` where nothing says so. */
export function unfitBecause(known: KnownVersion | undefined): string | null {
  if (known === undefined) return null;
  if (known.isYanked) return 'which is withdrawn';
  return known.isPre ? 'which is a pre-release' : null;
}
