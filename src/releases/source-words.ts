/** What sources say, put together release by release. */
import { InternalError } from '../domain/errors.ts';
import { groupBy } from '../domain/group-by.ts';
import type { IndexedVersion, PartialFacts, ReleaseFact, SourceKind } from '../domain/release.ts';
import type { Warning } from '../domain/warning.ts';
import type { SameVersion } from './same-version.ts';

/** What one source answered, under its name. */
export interface NamedAnswer {
  /** For messages: `releases.json`, `github.com/PrefectHQ/prefect`, `git tags of .` */
  readonly name: string;
  readonly kind: SourceKind;
  readonly facts: readonly ReleaseFact[];
  readonly gitTags?: readonly string[];
  readonly indexed?: readonly IndexedVersion[];
  /** Why it may know fewer releases than there are; `null` if nothing shows that. */
  readonly partial: PartialFacts | null;
  readonly notes: readonly Pick<Warning, 'code' | 'message' | 'versions'>[];
}

/** One source's word about one release. */
export interface Word {
  readonly source: NamedAnswer;
  readonly fact: ReleaseFact;
  readonly position: number;
}

/** All words about one release, at most one a source, in the order of the sources. */
export interface SourcedRelease {
  readonly first: Word;
  readonly words: readonly Word[];
}

/** What an index has, by {@link SameVersion} key. */
export interface Index {
  readonly name: string;
  readonly versions: ReadonlyMap<string, IndexedVersion>;
}

/** In the order in which the releases first appear. */
export function groupWords(words: readonly Word[], same: SameVersion): readonly SourcedRelease[] {
  const groups = [...groupBy(words, ({ fact }) => same.tagKey(fact.version)).values()];
  const releases = groups.flatMap((group): readonly (readonly Word[])[] => {
    if (isOneEach(group)) return [group];
    // A source that says `1.0` and `1.0.0`, or says one thing twice, is not put right here: its rows stay apart.
    const byText = [...groupBy(group, ({ fact }) => fact.version).values()];
    return byText.flatMap((alike) => (isOneEach(alike) ? [alike] : alike.map((word) => [word])));
  });
  return releases.map(toRelease).sort((a, b) => a.first.position - b.first.position);
}

export function readIndex({ name, indexed = [] }: NamedAnswer, same: SameVersion): Index {
  return { name, versions: new Map(indexed.map((entry) => [same.versionKey(entry.version), entry])) };
}

function isOneEach(words: readonly Word[]): boolean {
  return new Set(words.map(({ source }) => source)).size === words.length;
}

function toRelease(words: readonly Word[]): SourcedRelease {
  const [first] = words;
  if (first === undefined) throw new InternalError('a group without a member');
  return { first, words };
}
