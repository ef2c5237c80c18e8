/** The page of a plan: what people get, what moves from where to where, and every tag with its reason. */
import type {
  Cell,
  Chip,
  GridPart,
  HeroPart,
  ListPart,
  NotesPart,
  PageData,
  Part,
  Row,
} from '../../browser/page-data.ts';
import { groupBy } from '../../domain/group-by.ts';
import type { Several } from '../../domain/several.ts';
import type { Warning } from '../../domain/warning.ts';
import type { Move, Plan, PlannedTag } from '../../plan/types.ts';
import { movesAnswer, standingAnswer } from '../answer.ts';
import { releasePages, siteOf, tagPage } from '../links.ts';
import { gridMoves, moveGrid } from '../move-grid.ts';
import { capital, count, endTexts, grouped } from '../words.ts';
import { columnsOf } from './columns.ts';
import { changesPart } from './changes.ts';
import { byReach, reachGroups } from './groups.ts';
import { pageHtml } from './page.ts';
import type { PageProject } from './project.ts';
import { rowPrefix } from './texts.ts';

/** The plan of one repository, and what the page takes from its project. */
export interface PlanPageView {
  readonly plan: Plan;
  readonly project: PageProject;
}

export function planHtml(views: Several<PlanPageView>): string {
  return pageHtml(planPage(views));
}

/** All repositories, of several images perhaps, one under the other. */
export function planPage(views: Several<PlanPageView>): PageData {
  const [{ plan: first }] = views;
  const plans = views.map(({ plan }) => plan);
  const parts = views.flatMap(({ plan, project }, index) =>
    planParts(plan, index === 0 ? '' : `r${index + 1}-`, project),
  );
  const named = parts.flatMap((part) => (part.kind === 'hero' ? [] : [{ id: part.id, text: part.title }]));
  const repositories = parts.flatMap((part) => (part.kind === 'hero' ? [{ id: part.id, text: part.about }] : []));
  return {
    title: `${first.release === null ? 'Tags' : `Publishing ${first.release}`} – ${plans.map(({ repository }) => repository).join(' · ')}`,
    command: 'plan',
    nav: plans.length === 1 ? named : repositories,
    parts,
    releases: Object.fromEntries(views.flatMap(({ project }) => Object.entries(releasePages(project)))),
  };
}

function planParts(plan: Plan, prefix: string, project: PageProject): Part[] {
  const moves = gridMoves(plan);
  const weights = plan.weights;
  const grid = moveGrid(moves, ({ to }) => (to?.digest && weights?.get(to.digest)) || []);
  return [
    heroPart(plan, `${prefix}plan`, project),
    ...warningsPart(plan.warnings, `${prefix}warnings`),
    ...(plan.moves.length === 0 ? [] : [changesPart(grid, `${prefix}moves`, 'What moves')]),
    ...(plan.release === null ? [ownersPart(plan, `${prefix}owners`, project)] : [cellsPart(plan, `${prefix}images`)]),
    tagsPart(plan, prefix, project),
    ...notesPart(plan, `${prefix}notes`),
  ];
}

function heroPart(plan: Plan, id: string, { sourceUrl }: PageProject): HeroPart {
  const convenience = plan.tags.filter(({ kind }) => kind === 'convenience');
  const moves = gridMoves(plan);
  const answer = moves.length > 0 ? movesAnswer(moves) : standingAnswer(convenience);
  const chip = (number: number, one: string, note: string): Chip => {
    const many = number === 1 ? one : `${one}s`;
    return { name: many, count: grouped(number), note, tone: 'muted', kind: '' };
  };
  return {
    kind: 'hero',
    id,
    about: plan.repository,
    href: siteOf(tagPage(plan.repository, sourceUrl)),
    tone: 'info',
    title: titleOf(plan),
    lines: answer.length === 0 ? [] : [answer],
    chips: [
      ...movesChips(plan.moves),
      chip(plan.cells.length, 'image', 'built'),
      chip(plan.tags.length - convenience.length, 'pinned tag', 'of one release'),
      chip(convenience.length, 'convenience tag', 'that move'),
    ],
  };
}

/** They show those rows alone. */
function movesChips(moves: readonly Move[]): Chip[] {
  return (['move', 'create'] as const).flatMap((kind) => {
    const number = moves.filter((move) => move.kind === kind).length;
    const name = kind === 'create' ? 'new' : 'moves';
    const note = kind === 'create' ? 'tags that are not there yet' : 'tags that go to another image';
    return number === 0 ? [] : [{ name, count: grouped(number), note, tone: 'info' as const, kind: name }];
  });
}

function titleOf({ release, moves, tags, cells }: Plan): string {
  const moving =
    moves.length === 0 ? 'no tag moves' : `${count(moves.length, 'tag')} ${moves.length === 1 ? 'moves' : 'move'}`;
  if (release !== null) return `Publishing ${release}: ${count(cells.length, 'image')}, ${moving}`;
  if (moves.length > 0) return capital(moving);
  if (tags.length === 0) return 'A plan of nothing';
  const releases = new Set(cells.map(({ version }) => version)).size;
  return `${count(tags.length, 'tag')} of ${count(releases, 'release')}`;
}

export function warningsPart(warnings: readonly Warning[], id: string): NotesPart[] {
  if (warnings.length === 0) return [];
  const notes = warnings.map(({ code, message, fix }) => [
    { code },
    ` ${message}`,
    ...(fix === undefined ? [] : [` Fix: ${fix}`]),
  ]);
  return [{ kind: 'notes', id, title: 'Warnings', notes }];
}

function notesPart({ notes = [] }: Plan, id: string): NotesPart[] {
  return notes.length === 0
    ? []
    : [{ kind: 'notes', id, title: 'Notes', notes: notes.map(({ message }) => [message]) }];
}

function moveRow(move: Move): Row {
  const [from, to] = endTexts(move);
  const digest = (name: string, value: string | null | undefined): { name: string; code: string }[] =>
    value === null || value === undefined ? [] : [{ name, code: value }];
  const facts = [...digest('from', move.from?.digest), ...digest('to', move.to.digest)];
  const version = move.to.owner?.version;
  return {
    tag: move.tag,
    kind: move.kind === 'create' ? 'new' : 'moves',
    tone: 'muted',
    from,
    to,
    because: `${capital(move.because)}.`,
    ...(facts.length === 0 ? {} : { facts }),
    ...(version === undefined || version === to ? {} : { version }),
  };
}

/** Series down, images across, and in each cell the release that has the tag. */
function ownersPart(plan: Plan, id: string, { columns, labels, reaches }: PageProject): GridPart {
  const places = new Map(columns.map((axes, place) => [axesKey(axes), place]));
  const convenience = plan.tags.filter(({ kind }) => kind === 'convenience');
  const series = groupBy(widestFirst(convenience, labels), ({ tag, rule }) => `${rule} ${labels.get(tag) ?? tag}`);
  const rows = byReach([...series.values()], (tags) => reaches[tags[0]?.rule ?? '']).map((tags, index, all) => {
    const cells: Cell[] = columns.map(() => 0);
    for (const { tag, owner, frozen } of tags) {
      const place = owner === null ? undefined : places.get(axesKey(owner.axes));
      if (owner === null || place === undefined) continue;
      const known = cells[place];
      const others = typeof known === 'object' && 'to' in known ? (known.tags ?? []) : [];
      cells[place] = { to: owner.version, tags: [...others, tag], ...(frozen ? { note: 'frozen' } : {}) };
    }
    const [first] = tags;
    return {
      head: labels.get(first?.tag ?? '') ?? first?.tag ?? '',
      sub: first?.rule ?? '',
      ...(index > 0 && all[index - 1]?.[0]?.rule !== first?.rule ? { first: true as const } : {}),
      find: tags.map(({ tag }) => tag).join(' '),
      cells,
    };
  });
  return {
    kind: 'grid',
    id,
    title: 'Who owns what',
    lead: 'Convenience tags down, images across, and in each cell the release that people get. Frozen: newer releases do not build that image.',
    legend: 'none',
    caption: 'Convenience tags and the release that owns each',
    corner: 'tags',
    ...columnsOf(columns),
    rows,
    prefix: rowPrefix(plan.repository),
  };
}

function axesKey(axes: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(axes).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function cellsPart(plan: Plan, id: string): ListPart {
  const rows = plan.cells.map(({ axes, version, platforms, tags, revision }): Row => ({
    tag: axesText(axes) || version,
    mark: platforms.map((platform) => platform.replace(/^linux\//, '')).join(', '),
    facts: [
      ...tags.map((tag, index) => ({ name: index === 0 ? 'pinned tags' : '', code: tag })),
      ...(revision === null ? [] : [{ name: 'commit', code: revision }]),
    ],
    find: tags.join(' '),
  }));
  const group = {
    id: `${id}-all`,
    name: 'built',
    tone: '' as const,
    count: grouped(rows.length),
    note: 'with the tags they keep',
    folded: false,
    rows,
    more: '',
  };
  const groups = rows.length === 0 ? [] : [group];
  return { kind: 'list', id, title: 'Images', lead: '', empty: 'No image is built.', groups, link: null, prefix: '' };
}

/** Every tag of the plan; one that moves says from where. */
function tagsPart(plan: Plan, prefix: string, project: PageProject): ListPart {
  const moves = new Map(plan.moves.map((move) => [move.tag, move]));
  const rows = widestFirst(plan.tags, project.labels).map((tag) => {
    const move = moves.get(tag.tag);
    return { rule: tag.rule, row: move === undefined ? tagRow(tag) : moveRow(move) };
  });
  return {
    kind: 'list',
    id: `${prefix}tags`,
    title: 'Every tag',
    lead: '',
    empty: 'No release gives a tag.',
    groups: reachGroups(rows, `${prefix}tags-`, project),
    link: tagPage(plan.repository, project.sourceUrl),
    prefix: rowPrefix(plan.repository),
  };
}

/** The broadest rule first, in it the highest series, in that the order of the plan. */
export function widestFirst(tags: readonly PlannedTag[], labels: ReadonlyMap<string, string>): PlannedTag[] {
  const seriesOf = ({ tag, owner }: PlannedTag): string => labels.get(tag) ?? owner?.version ?? '';
  return [...groupBy(tags, ({ rule }) => rule).values()]
    .toReversed()
    .flatMap((own) => [...groupBy(own, seriesOf).values()].toReversed().flat());
}

export function tagRow({ tag, kind, owner, frozen, because }: PlannedTag): Row {
  // Of pinned tags the reason is their name: what they are of says more.
  const reason = kind === 'pinned' ? axesText(owner?.axes ?? {}) : because;
  return {
    tag,
    to: owner?.version ?? 'nobody',
    ...(frozen ? { mark: 'frozen' } : {}),
    ...(reason === '' ? {} : { because: `${capital(reason)}.` }),
  };
}

export function axesText(axes: Readonly<Record<string, string>>): string {
  return Object.entries(axes)
    .map(([axis, value]) => `${axis} ${value}`)
    .join(', ');
}
