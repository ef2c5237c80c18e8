/** Which rows a filter leaves. Every word must be in a row's text; without a word or a kind all rows stay. */
import type { Filter } from './address.ts';
import type { GridRow, Lane, Row } from './page-data.ts';

export interface Wanted {
  readonly words: readonly string[];
  readonly kinds: ReadonlySet<string>;
}

export function wantedBy({ q, kinds }: Filter): Wanted {
  return { words: q.toLowerCase().split(/\s+/).filter(Boolean), kinds: new Set(kinds) };
}

export function isFiltered({ words, kinds }: Wanted): boolean {
  return words.length + kinds.size > 0;
}

/** Texts are made when they are first searched: of a hundred thousand rows most are never looked at. */
const texts = new WeakMap<object, string>();

function textOf(item: Row | GridRow | Lane): string {
  let text = texts.get(item);
  if (text === undefined) {
    const parts =
      'cells' in item
        ? [item.head, item.sub, item.remark, item.find]
        : 'takes' in item
          ? [item.tag, item.owner]
          : [item.tag, item.kind, item.from, item.to, item.mark, item.say, item.version, item.find];
    texts.set(item, (text = parts.join(' ').toLowerCase()));
  }
  return text;
}

function hasWords(item: Row | GridRow | Lane, { words }: Wanted): boolean {
  return words.every((word) => textOf(item).includes(word));
}

/** Kinds are of rows of lists alone. */
export function keepRows(rows: readonly Row[], wanted: Wanted): readonly Row[] {
  if (!isFiltered(wanted)) return rows;
  return rows.filter((row) => hasWords(row, wanted) && (wanted.kinds.size === 0 || wanted.kinds.has(row.kind ?? '')));
}

/** @returns what has every word */
export function keepFound<T extends GridRow | Lane>(items: readonly T[], wanted: Wanted): readonly T[] {
  return wanted.words.length === 0 ? items : items.filter((item) => hasWords(item, wanted));
}
