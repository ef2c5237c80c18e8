/** Where sources contradict themselves or each other. Each warning is about one version, so that each can be accepted. */
import { parseInstant } from '../domain/instant.ts';
import type { PartialFacts } from '../domain/release.ts';
import type { Warning, WarningCode } from '../domain/warning.ts';
import type { SameVersion } from './same-version.ts';
import { acceptLine, excludeLine } from './settle.ts';
import type { Index, NamedAnswer, SourcedRelease, Word } from './source-words.ts';

/** What the sources themselves noticed, as far as it is about this image. @param same may be `null` if they have no notes */
export function noteWarnings(answers: readonly NamedAnswer[], same: SameVersion | null): Warning[] {
  return answers.flatMap(({ name, partial, notes }): Warning[] => [
    ...(partial === null ? [] : [incomplete(name, partial)]),
    ...notes.flatMap(({ code, message, versions }) =>
      versions
        .filter((version) => same?.isOurs(version) === true)
        .map((version) => warning(code, version, `${name}: ${version} is among the ${message}`)),
    ),
  ]);
}

/** Two sources, one release, and more than one truth. */
export function contradictions({ first, words }: SourcedRelease): Warning[] {
  const others = words.slice(1);
  const { version } = first.fact;
  const found: Warning[] = [];
  for (const other of others) {
    const [known, said] = [first.fact.revision, other.fact.revision];
    if (known === undefined || said === undefined) continue;
    const [dated, told] = [first.fact.committedAt, other.fact.committedAt];
    if (said !== known) {
      found.push(disagreement(version, 'revision', first, known, other, said));
    } else if (
      other.source.kind === 'git' &&
      dated !== undefined &&
      told !== undefined &&
      !isSameInstant(dated, told)
    ) {
      // GitHub's date of a commit is second-hand, and no reason for a warning.
      found.push(disagreement(version, 'committedAt', first, dated, other, told));
    }
  }
  const onGithub = others.find(({ source }) => source.kind === 'github');
  const [recorded, published] = [first.fact.publishedAt, onGithub?.fact.publishedAt];
  const isRecorded = first.source.kind === 'file' && onGithub !== undefined;
  if (isRecorded && recorded !== undefined && published !== undefined && !isSameInstant(recorded, published)) {
    found.push(disagreement(version, 'publishedAt', first, recorded, onGithub, published));
  }
  return found;
}

/** What one source has and another should have. */
export function missingCounterparts(
  answers: readonly NamedAnswer[],
  ours: readonly SourcedRelease[],
  indexes: readonly Index[],
  same: SameVersion,
): Warning[] {
  return [...untaggedRows(answers, ours, same), ...tagsOfOneSide(answers, same), ...notIndexed(ours, indexes, same)];
}

/** Rows of a facts file whose git tag none of the sources that list git tags has. */
function untaggedRows(answers: readonly NamedAnswer[], ours: readonly SourcedRelease[], same: SameVersion): Warning[] {
  const tagged = answers.filter(({ gitTags }) => gitTags !== undefined);
  if (tagged.length === 0) return [];
  const keys = new Set(tagged.flatMap(({ gitTags = [] }) => gitTags.map((tag) => same.tagKey(tag))));
  const names = tagged.map(({ name }) => name).join(' and ');
  return ours
    .filter(({ first }) => first.source.kind === 'file' && !keys.has(same.tagKey(first.fact.version)))
    .map(({ first: { source, fact } }) =>
      warning('RELEASE_WITHOUT_TAG', fact.version, `${source.name} has ${fact.version}, and ${names} no git tag of it`),
    );
}

/** Git tags of the local repository that GitHub does not have, and the reverse unless the clone is known to be short. */
function tagsOfOneSide(answers: readonly NamedAnswer[], same: SameVersion): Warning[] {
  const local = answers.find(({ kind }) => kind === 'git');
  const remote = answers.find(({ kind }) => kind === 'github');
  if (local?.gitTags === undefined || remote?.gitTags === undefined) return [];
  const pairs =
    local.partial !== null ? [[local, remote] as const] : [[local, remote] as const, [remote, local] as const];
  return pairs.flatMap(([having, lacking]) => {
    const lackingTags = new Set(lacking.gitTags);
    return (having.gitTags ?? [])
      .filter((tag) => !lackingTags.has(tag) && same.isOurs(tag))
      .map((tag) =>
        warning('SOURCE_DISAGREES', tag, `the git tag ${tag} is in ${having.name}, and not in ${lacking.name}`),
      );
  });
}

/** Releases that an index lacks: not uploaded yet, or no releases (a mistyped git tag). */
function notIndexed(ours: readonly SourcedRelease[], indexes: readonly Index[], same: SameVersion): Warning[] {
  return indexes.flatMap(({ name, versions }) =>
    ours
      .filter(({ first }) => !versions.has(same.tagKey(first.fact.version)))
      .map(({ first: { source, fact } }) =>
        warning('SOURCE_DISAGREES', fact.version, `${source.name} has ${fact.version}, and ${name} does not`),
      ),
  );
}

function incomplete(name: string, { reason, fix }: PartialFacts): Warning {
  return { code: 'SOURCE_INCOMPLETE', message: `${name}: ${reason}`, versions: [], fix };
}

function disagreement(version: string, field: string, a: Word, aSays: string, b: Word, bSays: string): Warning {
  const message = `the ${field} of ${version} is ${aSays} in ${a.source.name} and ${bSays} in ${b.source.name}; the first is used`;
  return warning('SOURCE_DISAGREES', version, message);
}

function warning(code: WarningCode, version: string, message: string): Warning {
  const fix = `correct the source, write ${excludeLine(version)} if it is not a release, or ${acceptLine(code, version)}`;
  return { code, message, versions: [version], fix };
}

function isSameInstant(a: string, b: string): boolean {
  return a === b || parseInstant(a) === parseInstant(b);
}
