/** The page of a config change: what becomes of every tag. */
import type { Cell, Chip, GridPart, HeroPart, ListPart, PageData, Row, RowGroup } from '../../browser/page-data.ts';
import { groupBy } from '../../domain/group-by.ts';
import { movedPinned, type PlanDiff, type TagChange } from '../../plan/plan-diff.ts';
import { movesAnswer } from '../answer.ts';
import { releasePages, siteOf, tagPage } from '../links.ts';
import { moveGrid } from '../move-grid.ts';
import { diffMoves, movedError, standing } from '../plan-diff.ts';
import { capital, count, grouped } from '../words.ts';
import { changesPart } from './changes.ts';
import { pageHtml } from './page.ts';
import { tagRow, widestFirst } from './plan.ts';
import type { PageProject } from './project.ts';
import { rowPrefix } from './texts.ts';

export function planDiffHtml(diff: PlanDiff, project: PageProject): string {
  return pageHtml(planDiffPage(diff, project));
}

export function planDiffPage(diff: PlanDiff, project: PageProject): PageData {
  const parts = [
    heroPart(diff, project),
    ...(diff.changes.length === 0 ? [] : [changesPart(moveGrid(diffMoves(diff)), 'changes', 'What changes')]),
    ...countsPart(diff),
    tagsPart(diff, project),
  ];
  return {
    title: `${titleOf(diff)} – ${diff.repository}`,
    command: 'plan --diff',
    nav: parts.flatMap((part) => (part.kind === 'hero' ? [] : [{ id: part.id, text: part.title }])),
    parts,
    releases: releasePages(project),
  };
}

function titleOf({ changes, appears, goes, same }: PlanDiff): string {
  const words = [
    changes.length === 0 ? '' : `${count(changes.length, 'tag')} change`,
    appears.length === 0 ? '' : `${grouped(appears.length)} appear`,
    goes.length === 0 ? '' : `${grouped(goes.length)} go`,
  ].filter((text) => text !== '');
  return words.length === 0 ? `No difference: all ${count(same, 'tag')} are the same` : capital(words.join(', '));
}

function heroPart(diff: PlanDiff, { sourceUrl }: PageProject): HeroPart {
  const moved = movedPinned(diff);
  const answer = movesAnswer(diffMoves(diff));
  const isSame = diff.changes.length + diff.appears.length + diff.goes.length === 0;
  const chip = (name: string, number: number, note: string): Chip[] =>
    number === 0 ? [] : [{ name, count: grouped(number), note, tone: 'muted', kind: name }];
  return {
    kind: 'hero',
    id: 'diff',
    about: diff.repository,
    href: siteOf(tagPage(diff.repository, sourceUrl)),
    tone: moved.length > 0 ? 'bad' : isSame ? 'good' : 'info',
    title: titleOf(diff),
    lines: [
      ...(moved.length === 0 ? [] : [[movedError(moved)]]),
      ...(answer.length === 0 ? [] : [answer]),
      [`${count(diff.same, 'tag stays', 'tags stay')} as they are.`],
    ],
    chips: [
      ...chip('change', diff.changes.length, 'another owner, or another kind of tag'),
      ...chip('appear', diff.appears.length, 'new tags'),
      ...chip('go', diff.goes.length, 'a registry that has them keeps them'),
    ],
  };
}

/** Rules whose tags differ, the broadest first. */
function countsPart({ rules }: PlanDiff): GridPart[] {
  const shown = rules.filter(({ appears, goes, changes }) => appears + goes + changes > 0).toReversed();
  if (shown.length === 0) return [];
  const number = (value: number): Cell => (value === 0 ? 0 : { to: grouped(value) });
  const rows = shown.map(({ rule, kind, before, after, changes, appears, goes }) => ({
    head: rule,
    sub: kind,
    cells: [{ from: grouped(before), to: grouped(after) }, number(changes), number(appears), number(goes)],
  }));
  const columns = ['tags before → after', 'change', 'appear', 'go'].map((name, index) => ({
    name,
    first: index === 0,
  }));
  return [
    {
      kind: 'grid',
      id: 'counts',
      title: 'How many of each rule',
      lead: '',
      legend: 'none',
      caption: 'How many tags each rule gives before and after',
      corner: 'rule',
      groups: [],
      columns,
      rows,
      prefix: '',
    },
  ];
}

function tagsPart({ repository, changes, appears, goes }: PlanDiff, project: PageProject): ListPart {
  const group = (name: string, note: string, rows: readonly Row[]): RowGroup[] =>
    rows.length === 0
      ? []
      : [{ id: `tags-${name}`, name, tone: '', count: grouped(rows.length), note, folded: false, rows, more: '' }];
  return {
    kind: 'list',
    id: 'tags',
    title: 'Every tag that differs',
    lead: '',
    empty: 'No tag differs.',
    groups: [
      ...group(
        'change',
        'have another owner, or are another kind of tag',
        [...groupBy(changes, ({ rule }) => rule).values()].toReversed().flat().map(changeRow),
      ),
      ...group(
        'appear',
        'are new',
        widestFirst(appears, project.labels).map((tag) => ({ ...tagRow(tag), ...kindOf('appear') })),
      ),
      ...group(
        'go',
        'are given by no rule any more; a registry that has them keeps them',
        widestFirst(goes, project.labels).map((tag) => goneRow(tag)),
      ),
    ],
    link: tagPage(repository, project.sourceUrl),
    prefix: rowPrefix(repository),
  };
}

function kindOf(kind: string): Pick<Row, 'kind' | 'tone'> {
  return { kind, tone: 'muted' };
}

function changeRow(change: TagChange): Row {
  const { tag, from, to, because } = change;
  return {
    tag,
    ...kindOf('change'),
    from: standing(from, change),
    to: standing(to, change),
    because: `${capital(because)}.`,
    ...(to === null ? {} : { version: to.version }),
  };
}

function goneRow(tag: PlanDiff['goes'][number]): Row {
  const version = tag.owner?.version;
  return {
    tag: tag.tag,
    ...kindOf('go'),
    from: version ?? 'nobody',
    to: 'gone',
    ...(version === undefined ? {} : { version }),
  };
}
