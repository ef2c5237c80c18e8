/**
 * A page's data as text and back. Thousands of rows that are alike are written column by column, and a column whose texts
 * come again and again as a list of those and their places: the page of 4,294 findings is a third as long.
 */
import type { PageData } from './page-data.ts';

/** Shorter lists stay as they are. */
const fewest = 16;
const columnsKey = 'columns#';
const textsKey = 'texts#';

type Columns = readonly (readonly [key: string, column: unknown])[];

/** @param text what becomes of every text */
export function encodePage(page: PageData, text: (value: string) => string): string {
  return JSON.stringify(page, (_key, value: unknown) => {
    if (typeof value === 'string') return text(value);
    return Array.isArray(value) ? encoded(value) : value;
  });
}

export function decodePage(json: string): PageData {
  const page: PageData = JSON.parse(json, (_key, value: unknown) => {
    if (!isRecord(value)) return value;
    if (textsKey in value) return decodedTexts(value[textsKey]);
    return columnsKey in value ? decodedRows(value[columnsKey]) : value;
  });
  return page;
}

function encoded(list: readonly unknown[]): unknown {
  if (list.length < fewest) return list;
  if (list.every((item) => typeof item === 'string' || item === null)) return encodedTexts(list);
  if (!list.every(isRow)) return list;
  const keys = new Set(list.flatMap((row) => Object.keys(row)));
  const columns: Columns = [...keys].map((key) => [key, list.map((row) => row[key] ?? null)]);
  return { [columnsKey]: [list.length, columns] };
}

/** An object that a table can hold: a value that is left out is `null` there. */
function isRow(value: unknown): value is Readonly<Record<string, unknown>> {
  return isRecord(value) && !Object.values(value).includes(null) && !(columnsKey in value) && !(textsKey in value);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function encodedTexts(list: readonly (string | null)[]): unknown {
  const places = new Map([...new Set(list)].map((text, place) => [text, place]));
  if (places.size > list.length / 2) return list;
  // Not a list of texts any more: it is left alone when it comes by again.
  return { [textsKey]: [{ all: [...places.keys()] }, list.map((text) => places.get(text))] };
}

function decodedTexts(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  const [texts, places]: unknown[] = value;
  const all = isRecord(texts) && Array.isArray(texts['all']) ? texts['all'] : [];
  return Array.isArray(places) ? places.map((place: number): unknown => all[place]) : value;
}

function decodedRows(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  const [length, columns]: [number, [string, readonly unknown[]][]] = [value[0], value[1]];
  return Array.from({ length }, (_, index) =>
    Object.fromEntries(
      columns.flatMap(([key, column]) => {
        const own = column[index];
        return own === null || own === undefined ? [] : [[key, own]];
      }),
    ),
  );
}
