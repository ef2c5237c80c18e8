/** What a planner answers, as elements. */
import type { ExplanationView, PlanView, TagRow } from '../src/playground/view.ts';
import { make } from './dom.ts';

/** Rows that are drawn at first, and with each press of the button below them. */
const step = 200;

export interface Drawing {
  readonly view: PlanView;
  readonly explanation: ExplanationView | null;
  /** What rows have to hold, in lower case. */
  readonly words: readonly string[];
  /** How many rows are drawn. */
  readonly shown: number;
  readonly onTag: (tag: string) => void;
  readonly onMore: (shown: number) => void;
}

export const firstRows = step;

/** The tables of a plan; the explanation of a tag is below its row. */
export function drawTables(drawing: Drawing): { readonly tables: readonly Node[]; readonly isExplained: boolean } {
  const { view, words, shown, onMore } = drawing;
  const moves = view.moves.filter(({ tag, from, to }) => hasAll(`${tag} ${from} ${to}`, words));
  const rows = view.tags.filter((row) => hasAll(`${row.tag} ${row.owner} ${row.rule} ${row.values.join(' ')}`, words));
  const drawn = rows.slice(0, shown);
  const tables: Node[] = [];
  if (view.release !== null) tables.push(movesTable(moves, drawing));
  tables.push(tagsTable(drawn, drawing));
  if (rows.length === 0) tables.push(make('p', { class: 'dim' }, 'No tag has all of these words.'));
  if (rows.length > shown) {
    const next = Math.min(step, rows.length - shown);
    const left = (rows.length - shown).toLocaleString('en');
    const more = make('button', { type: 'button', onclick: () => onMore(shown + step) }, `Show ${next} more`);
    tables.push(make('p', { class: 'more row' }, more, make('span', { class: 'dim' }, `of ${left}`)));
  }
  return { tables, isExplained: drawn.some(({ tag }) => tag === drawing.explanation?.tag) };
}

function movesTable(moves: PlanView['moves'], drawing: Drawing): HTMLElement {
  const rows = moves.map(({ tag, from, to }) =>
    make(
      'tr',
      {},
      make('th', { scope: 'row' }, make('code', {}, tag)),
      make('td', {}, from),
      make('td', { class: 'dim' }, '→'),
      make('td', {}, to),
    ),
  );
  const caption = `What publishing ${drawing.view.release ?? ''} moves`;
  return table(caption, ['convenience tag', 'from', '', 'to'], rows);
}

function tagsTable(tags: readonly TagRow[], drawing: Drawing): HTMLElement {
  const { view } = drawing;
  const titles = ['tag', view.release === null ? 'points to' : 'release', ...view.axes, 'rule', ''];
  const rows = tags.flatMap((row) => {
    const isChosen = row.tag === drawing.explanation?.tag;
    const line = make(
      'tr',
      {},
      make('th', { scope: 'row' }, tagButton(row.tag, isChosen, drawing)),
      make('td', {}, row.owner),
      ...row.values.map((value) => make('td', {}, value)),
      make('td', { class: 'dim rule' }, row.rule),
      make('td', { class: 'dim' }, row.frozen ? 'frozen' : row.kind === 'pinned' ? 'pinned' : ''),
    );
    if (!isChosen || drawing.explanation === null) return [line];
    const cell = make('td', { colspan: String(titles.length) }, drawExplanation(drawing.explanation));
    return [line, make('tr', { class: 'why' }, cell)];
  });
  const caption = view.release === null ? 'Choose a tag to see why it points there' : `Tags of ${view.release}`;
  return table(caption, titles, rows);
}

function tagButton(tag: string, isChosen: boolean, { onTag }: Drawing): HTMLElement {
  const properties = { type: 'button', class: 'tag', 'aria-expanded': String(isChosen), 'data-tag': tag };
  return make('button', { ...properties, onclick: () => onTag(tag) }, tag);
}

export function drawExplanation({ headline, facts, candidates }: ExplanationView): HTMLElement {
  const list = facts.flatMap(([label, text]) => [make('dt', {}, label), make('dd', {}, text)]);
  const rows = candidates.map(({ versions, verdict, because }) =>
    make(
      'tr',
      {},
      make('th', { scope: 'row' }, versions),
      make('td', { class: `verdict-${verdict}` }, verdict),
      make('td', {}, because),
    ),
  );
  return make(
    'section',
    { class: 'explanation', 'aria-label': 'Why', tabindex: '-1' },
    make('p', {}, headline),
    make('dl', {}, ...list),
    rows.length === 0 ? null : table('Releases that could own it, highest first', ['release', 'verdict', 'why'], rows),
  );
}

function table(caption: string, titles: readonly string[], rows: readonly Node[]): HTMLElement {
  const head = titles.map((title, index) =>
    title === '' ? make('td') : make('th', { scope: 'col', class: titles[index] === 'rule' ? 'rule' : '' }, title),
  );
  return make(
    'div',
    { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption },
    make(
      'table',
      {},
      make('caption', {}, caption),
      make('thead', {}, make('tr', {}, ...head)),
      make('tbody', {}, ...rows),
    ),
  );
}

/** What a plan warns of or notes, or what is wrong: code, text, and what to do. */
export function drawNotice(
  kind: 'problem' | 'warning',
  { code, where, message, fix }: { code: string; where?: string; message: string; fix?: string | null | undefined },
): HTMLElement {
  const place = where === undefined || where === '' ? '' : `${where}: `;
  return make(
    'div',
    { class: kind },
    make('b', {}, code),
    make('p', {}, `${place}${message}`),
    fix === undefined || fix === null ? null : make('p', { class: 'dim' }, fix),
  );
}

function hasAll(text: string, words: readonly string[]): boolean {
  const lower = text.toLowerCase();
  return words.every((word) => lower.includes(word));
}
