/** The difference between two plans as text, JSON and Markdown: what an edit of the config does to tags. */
import { groupBy } from '../domain/group-by.ts';
import { movedPinned, type PlanDiff, type TagChange } from '../plan/plan-diff.ts';
import { listed } from '../releases/settle.ts';
import type { Owner, PlannedTag, Stand } from '../plan/types.ts';
import { answerMarkdown } from './grid-markdown.ts';
import { markdownCode as code, markdownText } from './markdown-text.ts';
import { moveGrid, type GridMove } from './move-grid.ts';
import { jsonText, ownerJson } from './plan-json.ts';
import { folded, gridParts } from './plan-markdown.ts';
import { markdownTable, table } from './table.ts';
import { count, grouped, ownerText, shortTag } from './words.ts';

/** Convenience tags one by one; pinned ones by rule and release, for a new rule gives thousands. */
export function planDiffTable(diff: PlanDiff): string {
  const parts = [headline(diff), ...pinnedError(diff)];
  if (diff.changes.length > 0) parts.push(`Change their owner:\n${changesTable(diff.changes)}`);
  if (diff.appears.length > 0) parts.push(`Appear:\n${tagsTable(diff.appears)}`);
  if (diff.goes.length > 0) parts.push(`Go (a registry that holds them keeps them):\n${tagsTable(diff.goes)}`);
  return `${parts.join('\n\n')}\n`;
}

export function planDiffJson(diff: PlanDiff): string {
  return jsonText({
    schema: diff.schema,
    repository: diff.repository,
    same: diff.same,
    appears: diff.appears.map(tagJson),
    goes: diff.goes.map(tagJson),
    changes: changesJson(diff.changes),
  });
}

export function changesJson(changes: readonly TagChange[]): readonly object[] {
  return changes.map((change) => ({ ...change, from: ownerJson(change.from), to: ownerJson(change.to) }));
}

/** What most people get, then counts before and after, then what moves together; every tag behind a fold. */
export function planDiffMarkdown(diff: PlanDiff): string {
  const { changes, appears, goes } = diff;
  const moves = diffMoves(diff);
  const parts = [`### Tags of \`${diff.repository}\``, ...pinnedError(diff).map(markdownText)];
  parts.push(answerMarkdown(moves), headline(diff), countsMarkdown(diff), ...gridParts(moveGrid(moves)));
  if (changes.length > 0) {
    const rows = changes.map((change) => [
      code(change.tag),
      standing(change.from, change),
      standing(change.to, change),
      change.because,
    ]);
    const title = `${count(changes.length, 'tag')} ${changes.length === 1 ? 'changes' : 'change'}, and why`;
    parts.push(folded(title, markdownTable(['tag', 'from', 'to', 'because'], rows)));
  }
  if (appears.length > 0) parts.push(folded(`${count(appears.length, 'tag')} appear`, tagsMarkdown(appears)));
  if (goes.length > 0) parts.push(folded(`${count(goes.length, 'tag')} go`, tagsMarkdown(goes)));
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** Changes of owners as moves: facts alone know no digests. */
export function diffMoves({ changes }: PlanDiff): GridMove[] {
  return changes.map(({ tag, rule, from, to }) => ({ tag, rule, from: standAt(from), to: standAt(to) }));
}

function standAt(owner: Owner | null): Stand | null {
  return owner === null ? null : { owner, digest: null };
}

/** Rules whose tags differ, the broadest first. */
function countsMarkdown({ rules }: PlanDiff): string {
  const shown = rules.filter(({ appears, goes, changes }) => appears + goes + changes > 0).toReversed();
  if (shown.length === 0) return '';
  const rows = shown.map(({ rule, kind, before, after, appears, goes, changes }) => [
    `${rule} (${kind})`,
    `${grouped(before)} → ${grouped(after)}`,
    ...[changes, appears, goes].map((number) => (number === 0 ? '' : grouped(number))),
  ]);
  return markdownTable(['rule', 'tags before → after', 'change', 'appear', 'go'], rows);
}

function pinnedError(diff: PlanDiff): string[] {
  const moved = movedPinned(diff);
  return moved.length === 0 ? [] : [movedError(moved)];
}

export function movedError(moved: readonly TagChange[]): string {
  const tags = listed(moved.map(({ tag }) => tag));
  return `ERROR: ${count(moved.length, 'pinned tag')} would stand for another image: ${tags}. A pinned tag never moves; let a default or an alias change by range, from the next release on.`;
}

function headline({ repository, appears, goes, changes, same }: PlanDiff): string {
  if (appears.length + goes.length + changes.length === 0) {
    return `${repository}: no difference; all ${count(same, 'tag')} are the same`;
  }
  const parts = [
    changes.length === 0 ? '' : `${count(changes.length, 'tag')} change`,
    appears.length === 0 ? '' : `${appears.length} appear`,
    goes.length === 0 ? '' : `${goes.length} go`,
    `${same} stay as they are`,
  ];
  return `${repository}: ${parts.filter((part) => part !== '').join(', ')}`;
}

export function changesTable(changes: readonly TagChange[]): string {
  const rows = changes.map((change) => [change.tag, standing(change.from, change), '→', standing(change.to, change)]);
  return table([{ title: 'tag' }, { title: 'from' }, { title: '' }, { title: 'to' }], rows);
}

/** The release, and the axes in which the two owners differ; a change of kind is said. */
export function standing(owner: Owner | null, { from, to, kind }: TagChange): string {
  const differing = Object.entries(owner?.axes ?? {}).filter(
    ([axis, value]) => value !== (owner === from ? to : from)?.axes[axis],
  );
  const axes = from === null || to === null ? [] : differing.map(([axis, value]) => `${axis} ${value}`);
  const text = [owner?.version ?? 'nobody', ...axes].join(' ');
  if (kind.from === kind.to) return text;
  return `${text} (${owner === from ? kind.from : kind.to})`;
}

interface TagLine {
  readonly tag: string;
  readonly more: number;
  readonly rule: string;
  readonly owner: string;
}

/** A pinned rule with more releases than this is one line. */
const mostReleases = 8;

function summarize(tags: readonly PlannedTag[]): readonly TagLine[] {
  const byRule = groupBy(tags, (tag) => `${tag.kind} ${tag.rule}`);
  return [...byRule.values()].flatMap((group): TagLine[] => {
    const versions = [...new Set(group.map((tag) => tag.owner?.version ?? 'nobody'))];
    if (group[0]?.kind === 'convenience') return group.flatMap((tag) => line([tag], ownerText(tag.owner)));
    if (versions.length > mostReleases) {
      return line(group, `${count(versions.length, 'release')}, ${versions[0]} to ${versions.at(-1)}`);
    }
    const byVersion = groupBy(group, (tag) => ownerText(tag.owner));
    return [...byVersion].flatMap(([version, ofVersion]) => line(ofVersion, version));
  });
}

function line(group: readonly PlannedTag[], owner: string): TagLine[] {
  const [first] = group;
  return first === undefined ? [] : [{ tag: shortTag(first.tag), more: group.length - 1, rule: first.rule, owner }];
}

function tagsTable(tags: readonly PlannedTag[]): string {
  const rows = summarize(tags).map(({ tag, more, rule, owner }) => [`${tag}${andMore(more)}`, rule, owner]);
  return table(
    ['tag', 'rule', 'owner'].map((title) => ({ title })),
    rows,
  );
}

function tagsMarkdown(tags: readonly PlannedTag[]): string {
  const rows = summarize(tags).map(({ tag, more, rule, owner }) => [`\`${tag}\`${andMore(more)}`, rule, owner]);
  return markdownTable(['tag', 'rule', 'owner'], rows);
}

function andMore(more: number): string {
  return more === 0 ? '' : ` and ${more} more`;
}

function tagJson({ tag, kind, rule, owner }: PlannedTag): object {
  return { tag, kind, rule, owner: ownerJson(owner) };
}
