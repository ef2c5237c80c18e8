/**
 * Several sources, one list of facts. A release is known if any source knows it. Of one that several know, each field is
 * the word of the source that is nearest to the truth:
 *
 * - revision and `committedAt`: the facts file (recorded when it was built), then git (it holds the commit), then GitHub;
 * - `publishedAt`: the facts file, then GitHub (when the release appeared), then git (the date of an annotated tag);
 * - `builtFor` and `attributes`: the facts file, which alone knows them;
 * - `prerelease` and `yanked`: whoever says yes, a reason before none, in the order file, git, GitHub, index.
 *
 * Where sources contradict each other, that order decides and a warning tells both sides.
 */
import type { PartialSource, ReleaseFact, SourceKind } from '../domain/release.ts';
import type { Warning } from '../domain/warning.ts';
import { sameVersion, type SameVersion, type VersionReader } from './same-version.ts';
import { contradictions, missingCounterparts, noteWarnings } from './source-warnings.ts';
import { groupWords, readIndex, type Index, type NamedAnswer, type SourcedRelease, type Word } from './source-words.ts';

export interface CombinedFacts {
  /** In the order in which they first appear. Two rows of one source that mean one version stay two. */
  readonly facts: readonly ReleaseFact[];
  /** Sources that may know fewer releases than there are. */
  readonly partial: readonly PartialSource[];
  readonly warnings: readonly Warning[];
}

/** @param image says which texts mean one version, and which of them are worth a warning */
export function combineSources(answers: readonly NamedAnswer[], image: VersionReader): CombinedFacts {
  const ranked = completed(answers).toSorted((a, b) => ranks.indexOf(a.kind) - ranks.indexOf(b.kind));
  const [only, ...others] = ranked;
  if (only !== undefined && others.length === 0 && only.notes.length === 0 && only.indexed === undefined)
    return alone(only);
  const words = ranked
    .flatMap((source) => source.facts.map((fact) => ({ source, fact })))
    .map((word, position): Word => ({ ...word, position }));
  const same = sameVersion(
    [...words.map(({ fact }) => fact.version), ...ranked.flatMap(({ gitTags = [] }) => gitTags)],
    ranked.flatMap(({ indexed = [] }) => indexed.map(({ version }) => version)),
    image,
  );
  const releases = groupWords(words, same);
  const ours = releases.filter(({ first }) => same.isOurs(first.fact.version));
  const indexes = ranked.filter(({ kind }) => kind === 'index').map((answer) => readIndex(answer, same));
  return {
    facts: releases.map((release) => merge(release, indexes, same)),
    partial: ranked.flatMap(({ name, partial }) => (partial === null ? [] : [{ source: name, ...partial }])),
    warnings: [
      ...noteWarnings(ranked, same),
      ...ours.flatMap(contradictions),
      ...missingCounterparts(ranked, ours, indexes, same),
    ],
  };
}

/** One source contradicts nobody, so that its texts need not be read here. */
function alone(source: NamedAnswer): CombinedFacts {
  const facts = source.facts.map((fact, position) => {
    const word: Word = { source, fact, position };
    return merge({ first: word, words: [word] }, [], null);
  });
  const partial = source.partial === null ? [] : [{ source: source.name, ...source.partial }];
  return { facts, partial, warnings: noteWarnings([source], null) };
}

/** A clone that has every git tag of the forge is short of nothing, however it was made. */
function completed(answers: readonly NamedAnswer[]): readonly NamedAnswer[] {
  const forge = answers.find(({ kind, partial }) => kind === 'github' && partial === null)?.gitTags ?? [];
  if (forge.length === 0) return answers;
  return answers.map((answer) => {
    if (answer.kind !== 'git') return answer;
    const tags = new Set(answer.gitTags);
    return forge.every((tag) => tags.has(tag)) ? { ...answer, partial: null } : answer;
  });
}

const ranks: readonly SourceKind[] = ['file', 'git', 'github', 'index'];
const publishedRanks: readonly SourceKind[] = ['file', 'github', 'git', 'index'];

/** @param same may be `null` where no index is asked */
function merge({ first, words }: SourcedRelease, indexes: readonly Index[], same: SameVersion | null): ReleaseFact {
  const { version } = first.fact;
  const revision = words.find(({ fact }) => fact.revision !== undefined)?.fact.revision;
  const committedAt = words.find(({ fact }) => fact.committedAt !== undefined)?.fact.committedAt;
  const byPublished = words.toSorted(
    (a, b) => publishedRanks.indexOf(a.source.kind) - publishedRanks.indexOf(b.source.kind),
  );
  const publishedAt = byPublished.find(({ fact }) => fact.publishedAt !== undefined)?.fact.publishedAt;
  const builtFor = words.find(({ fact }) => fact.builtFor !== undefined)?.fact.builtFor;
  const attributes = words.find(({ fact }) => fact.attributes !== undefined)?.fact.attributes;
  const flags = words.map(({ fact }) => fact.prerelease);
  const yanked = yankOf(words, indexes, same?.tagKey(version) ?? '');
  return {
    version,
    ...(revision === undefined ? {} : { revision }),
    ...(committedAt === undefined ? {} : { committedAt }),
    ...(publishedAt === undefined ? {} : { publishedAt }),
    ...(builtFor === undefined ? {} : { builtFor }),
    ...(attributes === undefined ? {} : { attributes }),
    ...(flags.every((flag) => flag === undefined) ? {} : { prerelease: flags.includes(true) }),
    ...(yanked === undefined ? {} : { yanked }),
  };
}

/** `undefined` where nobody said anything. */
function yankOf(words: readonly Word[], indexes: readonly Index[], key: string): ReleaseFact['yanked'] {
  const said = words.map(({ source, fact }): ReleaseFact['yanked'] =>
    typeof fact.yanked === 'object' ? { from: source.name, ...fact.yanked } : fact.yanked,
  );
  const indexed = indexes.flatMap(({ name, versions }): ReleaseFact['yanked'][] => {
    const entry = versions.get(key);
    if (entry?.yanked !== true) return [];
    return [{ reason: entry.reason ?? 'no reason was given', from: name }];
  });
  const all = [...said, ...indexed];
  return (
    all.find((yank) => typeof yank === 'object') ??
    all.find((yank) => yank === true) ??
    said.find((yank) => yank === false)
  );
}
