/** The tag lines of a source, each with its own prefix and suffix, and `latest` where the action adds it by itself. */
import { InputError } from '../domain/errors.ts';
import type { Source } from './find-steps.ts';
import type { Combination } from './matrix.ts';
import { conditionTruth, scopeOf } from './scope.ts';
import {
  isOfRelease,
  parseAffixes,
  parseTagLine,
  splitList,
  usualTags,
  type Affixes,
  type TagLine,
} from './tag-line.ts';
import { withMatch } from './match-line.ts';
import type { VersionShape } from './version-shape.ts';

/** A line of `tags`, with what stands before it. */
export interface GivenLine {
  readonly line: TagLine;
  readonly text: string;
  readonly comments: readonly string[];
  /** The jobs that have it; `null` for all. */
  readonly jobs: readonly Combination[] | null;
  /** Why a release never has it. */
  readonly never: string | null;
}

export interface SourceLines {
  readonly lines: readonly GivenLine[];
  /** Before the rules, and behind the last line. */
  readonly comments: readonly string[];
  readonly after: readonly string[];
}

/** @throws {InputError} WORKFLOW_INVALID for a line that the action would refuse */
export function linesOf(source: Source, shape: VersionShape): SourceLines {
  const { step } = source;
  const input = step.inputs.get('tags');
  const { lines, after } = splitList(source.tags.trim() === '' && !source.isWritten ? usualTags : source.tags);
  const affixes = parseAffixes(splitList(source.flavor).lines.map(({ text }) => text));
  const comments = [...step.comments, ...(input?.comments ?? []), ...(step.inputs.get('flavor')?.comments ?? [])];
  const read = lines.map(({ text, comments: own }): GivenLine => {
    const line = parseTagLine(text);
    if (typeof line === 'string') {
      const where = input?.where ?? step.where;
      const fix = 'docker/metadata-action refuses it too';
      throw new InputError([{ code: 'WORKFLOW_INVALID', where, message: `${text}: ${line}`, fix }]);
    }
    const { line: whole, never } = withMatch(line, shape);
    const isOff = source.run.event === 'branch' && needsGitTag(line);
    const why = isOff ? 'the push of a branch starts the workflow, and then it gives no tag' : never;
    return { line: withAffixes(whole, affixes), text, comments: own, jobs: null, never: why };
  });
  const latest = latestLine(read, affixes, source);
  return { lines: latest === null ? read : [...read, latest], comments, after };
}

function needsGitTag({ type, attributes }: TagLine): boolean {
  if (type === 'ref') return attributes.get('event') === 'tag';
  return ['semver', 'pep440', 'match'].includes(type) && (attributes.get('value') ?? '') === '';
}

function withAffixes(line: TagLine, affixes: Affixes): TagLine {
  const { attributes, type } = line;
  const prefix = attributes.get('prefix') ?? (type === 'sha' ? 'sha-' : (affixes.prefix?.text ?? ''));
  const suffix = attributes.get('suffix') ?? affixes.suffix?.text ?? '';
  return { ...line, attributes: new Map([...attributes, ['prefix', prefix], ['suffix', suffix]]) };
}

/**
 * The line that stands for what `latest=auto` or `latest=true` adds; `null` where it adds nothing for a final release.
 *
 * With `auto` the first line that gives a tag decides, in the order of priority: a version or a git tag brings `latest`.
 *
 * @see https://github.com/docker/metadata-action#latest-tag
 */
function latestLine(lines: readonly GivenLine[], affixes: Affixes, { run, jobs }: Source): GivenLine | null {
  const prefix = affixes.prefix?.onLatest === true ? affixes.prefix.text : '';
  const suffix = affixes.suffix?.onLatest === true ? affixes.suffix.text : '';
  const given = (enable: string, comment: string, on: readonly Combination[]): GivenLine => ({
    line: {
      type: 'raw',
      priority: 0,
      attributes: new Map([
        ['value', 'latest'],
        ['prefix', prefix],
        ['suffix', suffix],
        ['enable', enable],
      ]),
    },
    text: `flavor latest=${affixes.latest}`,
    comments: [comment],
    jobs: on.length === jobs.length ? null : on,
    never: null,
  });
  if (affixes.latest !== 'auto') {
    const on = jobs.filter((job) => conditionTruth(affixes.latest, scopeOf(run, job)).is !== false);
    const note = `added by flavor latest=${affixes.latest}, to whatever came last; here it is the highest final release's`;
    return on.length === 0 ? null : given(affixes.latest, note, on);
  }
  const ordered = lines
    .filter(({ line, never }) => never === null && isOfRelease(line.type, line.attributes))
    .toSorted((a, b) => b.line.priority - a.line.priority);
  const firstOf = (job: Combination): GivenLine | undefined =>
    ordered.find(({ line }) => conditionTruth(line.attributes.get('enable') ?? null, scopeOf(run, job)).is !== false);
  const on = jobs.filter((job) => ['semver', 'pep440', 'match', 'ref'].includes(firstOf(job)?.line.type ?? ''));
  const [first] = on;
  if (first === undefined) return null;
  const note = "added by flavor latest=auto, to whatever release came last; here it is the highest one's";
  return given(firstOf(first)?.line.attributes.get('enable') ?? 'true', note, on);
}
