/**
 * Releases from the tags of a git repository on this machine. git's own program reads them: one process for all tags,
 * arguments as an array, and nothing is written.
 */
import { OutsideError } from '../../domain/errors.ts';
import type { PartialFacts, ReleaseFact } from '../../domain/release.ts';
import type { ReleaseSource, SourceAnswer } from '../../ports.ts';
import { partialFacts, unshallow } from './completeness.ts';
import { runGit, type GitPlace } from './run-git.ts';

/**
 * Every git tag that leads to a commit is a fact, its name the version as written. `committedAt` is the committer's date of
 * that commit with its offset; `publishedAt` is the date of an annotated tag. Tags of anything else are only in `gitTags`.
 *
 * @param folder anywhere inside the repository
 * @throws {OutsideError} SOURCE_FAILED where git fails, or in a shallow clone without a tag (`list`)
 */
export function gitTagSource(folder: string): ReleaseSource {
  const name = `git tags of ${folder}`;
  return {
    name,
    async list(signal) {
      const place = { folder, source: name, signal };
      const refs = await runGit(place, ['for-each-ref', `--format=${refFormat}`, 'refs/tags']);
      const tags = readGitTags(refs);
      const peeled = await peelNested(tags, place);
      const commits = peeled.map((tag) => ({ name: tag.name, id: tag.object.id }));
      const partial = await partialFacts(place, commits);
      if (partial?.fix === unshallow && tags.length === 0) throw shallowWithoutTags(name);
      return toAnswer(peeled, partial);
    },
  };
}

interface GitTag {
  readonly name: string;
  readonly object: GitObject;
  readonly taggedAt: string;
}

interface GitObject {
  readonly kind: string;
  readonly id: string;
  /** Empty where it is not a commit. */
  readonly committedAt: string;
}

/** A field with `*` is of the object that an annotated tag leads to, and empty for a lightweight tag. */
const refFormat = [
  '%(refname:strip=2)',
  '%(objecttype)',
  '%(objectname)',
  '%(committerdate:iso-strict)',
  '%(*objecttype)',
  '%(*objectname)',
  '%(*committerdate:iso-strict)',
  '%(taggerdate:iso-strict)',
].join('%00');

/** @param text what `git for-each-ref` printed, a git tag a line */
export function readGitTags(text: string): readonly GitTag[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map(readRef);
}

function readRef(line: string): GitTag {
  const [name = '', kind = '', id = '', date = '', peeledKind = '', peeledId = '', peeledDate = '', taggedAt = ''] =
    line.split('\0');
  const object =
    peeledId === '' ? { kind, id, committedAt: date } : { kind: peeledKind, id: peeledId, committedAt: peeledDate };
  return { name, object, taggedAt };
}

/** git before 2.45 follows one tag only; a tag of a tag needs the long way, which is rare enough to cost two processes. */
async function peelNested(tags: readonly GitTag[], place: GitPlace): Promise<readonly GitTag[]> {
  const nested = tags.filter(({ object }) => object.kind === 'tag');
  if (nested.length === 0) return tags;
  const names = nested.map(({ name }) => `refs/tags/${name}^{commit}\n`).join('');
  const checked = await runGit(place, ['cat-file', '--batch-check=%(objectname)'], { input: names });
  const ids = checked.split('\n').slice(0, nested.length);
  const commits = ids.filter((id) => /^[0-9a-f]+$/.test(id));
  const format = ['log', '--no-walk=unsorted', '--format=%H %cI', '--stdin'];
  const logged = commits.length === 0 ? '' : await runGit(place, format, { input: commits.join('\n') });
  const dates = new Map(logged.split('\n').map((line) => [line.slice(0, 40), line.slice(41)]));
  const peeled = new Map(
    nested.map(({ name }, index): [string, GitObject] => {
      const id = ids[index] ?? '';
      const committedAt = dates.get(id) ?? '';
      return [name, { kind: committedAt === '' ? 'other' : 'commit', id, committedAt }];
    }),
  );
  return tags.map((tag) => ({ ...tag, object: peeled.get(tag.name) ?? tag.object }));
}

export function toAnswer(tags: readonly GitTag[], partial: PartialFacts | null): SourceAnswer {
  const facts = tags
    .filter(({ object }) => object.kind === 'commit')
    .map(({ name, object, taggedAt }): ReleaseFact => ({
      version: name,
      revision: object.id,
      committedAt: object.committedAt,
      ...(taggedAt === '' ? {} : { publishedAt: taggedAt }),
    }));
  return { kind: 'git', facts, gitTags: tags.map(({ name }) => name), partial, notes: [] };
}

function shallowWithoutTags(name: string): OutsideError {
  return new OutsideError('SOURCE_FAILED', `${name}: a shallow clone without any git tag; ${unshallow}`, {
    source: name,
    reason: 'shallow clone without tags',
  });
}
