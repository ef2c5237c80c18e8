/** Tags that the repository has and no plan does: ours by the look of them, or none of our business. */
import { count } from '../domain/count.ts';
import { isAttachedTag } from '../domain/referrers.ts';
import { stagingPrefix } from '../domain/tag.ts';
import type { Repository } from '../domain/reference.ts';
import { deletion } from '../moves/fix.ts';
import type { PartialSource, Release } from '../domain/release.ts';
import { addLine, knowFirst, unknownLines } from '../moves/hold-repair.ts';
import type { Choice } from '../moves/repair.ts';
import { describeAxes, type Cell } from '../plan/cell.ts';
import { seriesLatestLine } from '../plan/series-latest.ts';
import type { Owner } from '../plan/types.ts';
import { cellKey, type Expected } from '../sight/expected.ts';
import type { Reading } from '../plan/grammar.ts';

export type Listed =
  | { readonly kind: 'excluded'; readonly rule: string; readonly owner: Owner; readonly because: string }
  | {
      readonly kind: 'orphan';
      readonly rule: string;
      /** Of a release that no source knows; `null` otherwise. */
      readonly version: string | null;
      readonly because: string;
      /** Lines of the config or the facts that settle what the tag is, the likeliest first. */
      readonly lines: readonly Choice[];
      /** No command that deletes it is offered. */
      readonly isKept: boolean;
    }
  /** A rule of events may have made it. */
  | { readonly kind: 'event'; readonly rule: string; readonly because: string }
  | { readonly kind: 'unmanaged'; readonly because: string; readonly isStaging: boolean };

/** @returns `null` for a tag of the plan, and for one that belongs to an image by its digest */
export function judgeListed(tag: string, expected: Expected): Listed | null {
  if (expected.tags.has(tag) || isAttachedTag(tag)) return null;
  const leftOut = expected.leftOut.get(tag);
  if (leftOut !== undefined) {
    const { cell, rule, reason } = leftOut;
    const owner = { version: cell.release.version.text, axes: cell.shape.axes };
    const because = `the ${rule.name} tag of ${owner.version} (${describeAxes(owner.axes)}), ${reason}`;
    return { kind: 'excluded', rule: rule.name, owner, because };
  }
  if (tag.startsWith(stagingPrefix)) {
    return { kind: 'unmanaged', because: 'a staging tag of a publish in several jobs', isStaging: true };
  }
  if (expected.wasLatestOfSeries(tag)) {
    const because =
      'no rule makes it: by default the rule latest makes one tag for all series, not one for each, so it no longer moves';
    const why = 'to keep it moving: the config then has a tag for each series';
    const line: Choice = { do: 'edit', command: seriesLatestLine, because: why };
    return { kind: 'orphan', rule: 'latest', version: null, because, lines: [line], isKept: true };
  }
  const reading = expected.grammar(tag);
  const event = expected.eventGrammar?.(tag) ?? null;
  if (event !== null && (reading === null || reading.hasV)) {
    const { name } = event.rule;
    const because = `no release has such a tag; it may be of a build that is not a release, by the rule ${name} of events`;
    return { kind: 'event', rule: name, because };
  }
  if (reading === null) return { kind: 'unmanaged', because: 'no rule makes such a tag', isStaging: false };
  const isUnknown = reading.version !== null && !expected.cells.some(isOf(reading.version));
  const version = isUnknown ? reading.version : null;
  const because = orphanBecause(tag, reading, expected);
  const lines = orphanLines(reading, version, expected);
  return { kind: 'orphan', rule: reading.rule.name, version, because, lines, isKept: expected.cells.length === 0 };
}

function isOf(version: string): (cell: Cell) => boolean {
  return ({ release }) => release.version.text === version;
}

/** What a person may do about it: say in the config what it is, or delete it. */
export function listedRepair(
  tag: string,
  listed: Listed,
  repository: Repository,
  partial: readonly PartialSource[],
): readonly Choice[] {
  if (listed.kind === 'event' || (listed.kind === 'unmanaged' && !listed.isStaging)) return [];
  // What no known release has may be a release's that the source did not tell of: nothing is deleted on that.
  if (listed.kind === 'orphan' && partial.length > 0) return knowFirst(partial);
  if (listed.kind === 'orphan' && listed.isKept) return listed.lines;
  const { command, note } = deletion(repository, tag);
  const remove: Choice =
    command === null
      ? { do: 'edit', command: note ?? '', because: 'if nobody needs it' }
      : { do: 'run', command, because: 'if nobody needs it' };
  if (listed.kind === 'excluded') {
    const because = `if ${listed.owner.version} is a release after all`;
    return [{ do: 'edit', command: `remove the exclusion of ${listed.owner.version}`, because }, remove];
  }
  return listed.kind === 'orphan' ? [...listed.lines, remove] : [remove];
}

function orphanLines(reading: Reading, unknown: string | null, expected: Expected): Choice[] {
  if (unknown !== null) return unknownLines(unknown);
  if (reading.hasV) return [];
  const ofCommit = commitOf(reading, expected);
  const version = reading.version ?? ofCommit?.version.text ?? null;
  if (version === null) return reading.revision === null ? [] : [addLine(`of commit ${reading.revision}`)];
  const isBuilt = expected.cell(version, reading.axes) !== null || Object.keys(reading.axes).length === 0;
  const command = isBuilt
    ? `let the rule ${reading.rule.name} of the config name ${version}`
    : `give ${version} a cell of ${describeAxes(reading.axes)} in the config`;
  return [{ do: 'edit', command, because: `if ${version} should have this tag` }];
}

/** A release on the commit that a tag names, in full or cut short. */
function commitOf({ revision }: Reading, { cells }: Expected): Release | null {
  if (revision === null) return null;
  return cells.find(({ release }) => release.revision?.startsWith(revision) === true)?.release ?? null;
}

function orphanBecause(tag: string, reading: Reading, expected: Expected): string {
  const like = `it looks like a ${reading.rule.name} tag`;
  if (reading.hasV) {
    const meant = tag.slice(1);
    const known = expected.tags.has(meant) ? `; without it, it would be ${meant}` : '';
    return `${like} with a v before the version, which no rule writes${known}`;
  }
  const axes = Object.keys(reading.axes).length === 0 ? '' : ` for ${describeAxes(reading.axes)}`;
  if (reading.version === null) {
    const known = commitOf(reading, expected);
    if (known !== null) return `${like}${axes} of the commit of ${known.version.text}, which has no such tag`;
    const what = reading.revision === null ? '' : ` of revision ${reading.revision}`;
    return `${like}${what}${axes}, and no release has it`;
  }
  const versions = new Set(expected.cells.map((cell) => cell.release.version.text));
  if (!versions.has(reading.version)) return `${like} of ${reading.version}${axes}, a release that no source knows`;
  const isBuilt = expected.cell(reading.version, reading.axes) !== null;
  const built = expected.cells
    .filter((cell) => cell.release.version.text === reading.version)
    .map((cell) => cellKey('', cell.shape.axes).trim());
  return isBuilt
    ? `${like} of ${reading.version}${axes}, which has no such tag`
    : `${like} of ${reading.version}${axes}, which was not built; ${reading.version} has ${count(built.length, 'cell')}`;
}
