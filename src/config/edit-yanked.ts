/**
 * The list `yanked` in the text of a config: an entry is added or taken out, and every other character stays.
 *
 * JSON and YAML are edited in place. A config that is code is not: `handEdit` names the line to write and its place.
 */
import { findNodeAtLocation, parseTree, type Node as JsonNode } from 'jsonc-parser';
import { isAlias, isMap, isNode, isPair, isScalar, isSeq, parseDocument, type YAMLMap, type YAMLSeq } from 'yaml';
import { isJsonObject, parseJsonObject, valueAt } from '../domain/json.ts';
import { literal } from '../domain/text.ts';
import { locateKey } from './locate-key.ts';

/** An entry as a config writes it. */
export interface YankEntry {
  readonly version: string;
  readonly reason: string;
  /** RFC 3339 */
  readonly since: string;
}

export type YankEdit =
  | { readonly kind: 'add'; readonly entry: YankEntry }
  /** @property index in the list, from 0 */
  | { readonly kind: 'remove'; readonly index: number };

/** Keys down to the list: `['yanked']`, or `['images', NAME, 'yanked']`. */
export type YankPath = readonly [string, ...string[]];

/** The list that an image reads: its own, else the one it shares with the others, else a new one of its own. */
export function yankPath(raw: unknown, image: string): YankPath {
  if (!isJsonObject(raw) || !isJsonObject(raw['images'])) return ['yanked'];
  const own = raw['images'][image];
  const hasOwn = isJsonObject(own) && own['yanked'] !== undefined;
  return hasOwn || raw['yanked'] === undefined ? ['images', image, 'yanked'] : ['yanked'];
}

/** Whether other images read the list too: then an entry withdraws their releases as well. */
export function isShared(raw: unknown, [key]: YankPath): boolean {
  return key === 'yanked' && isJsonObject(raw) && isJsonObject(raw['images']) && Object.keys(raw['images']).length > 1;
}

/** The config as an object with the edit in it; a list that would be empty is left out. */
export function editedConfig(raw: unknown, [key, ...rest]: readonly string[], edit: YankEdit): unknown {
  if (key === undefined) return editedList(Array.isArray(raw) ? raw : [], edit);
  const object: Readonly<Record<string, unknown>> = isJsonObject(raw) ? raw : {};
  const inner = editedConfig(object[key], rest, edit);
  const { [key]: _before, ...others } = object;
  return inner === undefined ? others : { ...object, [key]: inner };
}

function editedList(list: readonly unknown[], edit: YankEdit): readonly unknown[] | undefined {
  if (edit.kind === 'add') return [...list, edit.entry];
  const left = list.filter((_, index) => index !== edit.index);
  return left.length === 0 ? undefined : left;
}

/**
 * The text of a JSON or YAML config with the edit in it.
 *
 * @returns `null` if the text cannot be edited so that it says exactly this: it is code, or the list is an alias
 */
export function editYanked(text: string, file: string, path: YankPath, edit: YankEdit): string | null {
  if (/\.json$/i.test(file)) return checked(editJson(text, path, edit), text, parseJsonObject, path, edit);
  if (/\.ya?ml$/i.test(file)) return checked(editYaml(text, path, edit), text, parseYaml, path, edit);
  return null;
}

function parseYaml(text: string): unknown {
  const document = parseDocument(text);
  return document.errors.length > 0 ? null : document.toJS();
}

/** What an editor of text got wrong is not written. */
function checked(
  edited: string | null,
  text: string,
  parse: (text: string) => unknown,
  path: YankPath,
  edit: YankEdit,
): string | null {
  if (edited === null) return null;
  const wanted = editedConfig(parse(text), path, edit);
  return JSON.stringify(parse(edited)) === JSON.stringify(wanted) ? edited : null;
}

function editJson(text: string, path: YankPath, edit: YankEdit): string | null {
  const tree = parseTree(text);
  const list = tree === undefined ? undefined : findNodeAtLocation(tree, [...path]);
  const holder = tree === undefined ? undefined : findNodeAtLocation(tree, path.slice(0, -1));
  if (edit.kind === 'add') {
    if (list !== undefined) return list.type === 'array' ? addElement(text, list, edit.entry) : null;
    return holder?.type === 'object' ? addProperty(text, holder, edit.entry) : null;
  }
  const elements = list?.children ?? [];
  const isLast = elements.length === 1;
  const siblings = isLast ? (holder?.children ?? []) : elements;
  const index = isLast ? siblings.findIndex((node) => node === list?.parent) : edit.index;
  return removeSibling(text, siblings.map(spanOf), index);
}

function spanOf({ offset, length }: JsonNode): Range {
  return { start: offset, end: offset + length };
}

function addElement(text: string, list: JsonNode, entry: YankEntry): string {
  const last = list.children?.at(-1);
  if (last === undefined) return inserted(text, list.offset + 1, jsonEntry(entry));
  const { start, end } = spanOf(last);
  const indent = text.slice(lineStart(text, start), start);
  const isOwnLine = indent.trim() === '';
  if (!isOwnLine) return inserted(text, end, `, ${jsonEntry(entry)}`);
  const inner = /\n(?<indent>[ \t]+)"/.exec(text.slice(start, end))?.groups?.['indent'];
  const eol = eolOf(text);
  const lines =
    inner === undefined
      ? jsonEntry(entry)
      : `{${eol}${jsonPairs(entry)
          .map((pair) => `${inner}${pair}`)
          .join(`,${eol}`)}${eol}${indent}}`;
  return inserted(text, end, `,${eol}${indent}${lines}`);
}

/** Behind the last property. */
function addProperty(text: string, holder: JsonNode, entry: YankEntry): string | null {
  const last = holder.children?.at(-1);
  if (last === undefined) return null;
  const { start, end } = spanOf(last);
  const indent = text.slice(lineStart(text, start), start);
  if (indent.trim() !== '') return inserted(text, end, `, "yanked": [${jsonEntry(entry)}]`);
  const eol = eolOf(text);
  const step = /^(?<indent>[ \t]+)"/m.exec(text)?.groups?.['indent'] ?? '  ';
  return inserted(text, end, `,${eol}${indent}"yanked": [${eol}${indent}${step}${jsonEntry(entry)}${eol}${indent}]`);
}

function jsonPairs({ version, reason, since }: YankEntry): readonly string[] {
  return Object.entries({ version, reason, since }).map(([key, value]) => `"${key}": ${JSON.stringify(value)}`);
}

function jsonEntry(entry: YankEntry): string {
  return `{ ${jsonPairs(entry).join(', ')} }`;
}

/** With the comma that parts it from its neighbour. */
function removeSibling(text: string, siblings: readonly Range[], index: number): string | null {
  const [before, own, after] = [siblings[index - 1], siblings[index], siblings[index + 1]];
  if (own === undefined) return null;
  if (before !== undefined) return cut(text, before.end, own.end);
  return after === undefined ? null : cut(text, own.start, after.start);
}

function editYaml(text: string, path: YankPath, edit: YankEdit): string | null {
  const document = parseDocument(text);
  const list: unknown = document.getIn(path, true);
  const holder: unknown = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (edit.kind === 'add') {
    if (isSeq(list)) return addItem(text, list, edit.entry);
    return list === undefined && isMap(holder) ? addKey(text, holder, edit.entry) : null;
  }
  if (!isSeq(list)) return null;
  if (list.items.length > 1) return removeItem(text, list, edit.index);
  return isMap(holder) ? removeKey(text, holder, list) : null;
}

function addItem(text: string, list: YAMLSeq, entry: YankEntry): string | null {
  const last = rangeOf(list.items.at(-1));
  if (list.flow === true) {
    const start = rangeOf(list)?.start;
    if (last !== null) return inserted(text, last.end, `, ${flowEntry(entry)}`);
    return start === undefined ? null : inserted(text, start + 1, flowEntry(entry));
  }
  const indent = last === null ? null : dashIndent(text, last.start);
  if (last === null || indent === null) return null;
  return inserted(text, lineEnd(text, last.end), blockEntry(text, entry, indent));
}

/** Behind the last key of the map. */
function addKey(text: string, map: YAMLMap, entry: YankEntry): string | null {
  const pair = map.items.at(-1);
  const key = isPair(pair) ? rangeOf(pair.key) : null;
  if (!isPair(pair) || key === null) return null;
  const { end } = rangeOf(pair.value) ?? key;
  if (map.flow === true) return inserted(text, end, `, yanked: [${flowEntry(entry)}]`);
  const indent = text.slice(lineStart(text, key.start), key.start);
  if (indent.trim() !== '') return null;
  const eol = eolOf(text);
  return inserted(text, lineEnd(text, end), `${eol}${indent}yanked:${blockEntry(text, entry, `${indent}  `)}`);
}

function removeItem(text: string, list: YAMLSeq, index: number): string | null {
  const item = rangeOf(list.items[index]);
  if (item === null) return null;
  if (list.flow === true) {
    const all = list.items.flatMap((one) => rangeOf(one) ?? []);
    return removeSibling(text, all, index);
  }
  return dashIndent(text, item.start) === null ? null : cutLines(text, item.start, item.end);
}

/** The key's line and its one item; comments on lines of their own in the list stay where they are. */
function removeKey(text: string, map: YAMLMap, list: YAMLSeq): string | null {
  const pair = map.items.find((candidate) => isPair(candidate) && candidate.value === list);
  const key = isPair(pair) && isScalar(pair.key) ? rangeOf(pair.key) : null;
  const value = rangeOf(list);
  if (key === null || value === null || map.flow === true) return null;
  if (text.slice(lineStart(text, key.start), key.start).trim() !== '') return null;
  const left = list.flow === true ? null : removeItem(text, list, 0);
  return left === null ? cutLines(text, key.start, value.end) : cutLines(left, key.start, key.end);
}

interface Range {
  readonly start: number;
  /** Behind the last character of the value, comments after it left out. */
  readonly end: number;
}

function rangeOf(node: unknown): Range | null {
  const range = isNode(node) ? node.range : null;
  return range ? { start: range[0], end: range[1] } : null;
}

/** The spaces before the `-` of an item; `null` if the item does not begin its line. */
function dashIndent(text: string, start: number): string | null {
  return /^(?<indent> *)- +$/.exec(text.slice(lineStart(text, start), start))?.groups?.['indent'] ?? null;
}

function blockEntry(text: string, { version, reason, since }: YankEntry, indent: string): string {
  const eol = eolOf(text);
  return [
    `${eol}${indent}- version: ${yamlText(version)}`,
    `${indent}  reason: ${yamlText(reason)}`,
    `${indent}  since: ${yamlText(since)}`,
  ].join(eol);
}

function flowEntry({ version, reason, since }: YankEntry): string {
  return `{ version: ${yamlText(version)}, reason: ${yamlText(reason)}, since: ${yamlText(since)} }`;
}

function yamlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function eolOf(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

function lineStart(text: string, at: number): number {
  return text.lastIndexOf('\n', at - 1) + 1;
}

/** Where the line ends that a value ends on; the value may have taken the end of its line with it. */
function lineEnd(text: string, end: number): number {
  const from = text[end - 1] === '\n' ? end - 1 : end;
  const at = text.indexOf('\n', from);
  if (at === -1) return text.length;
  return text[at - 1] === '\r' ? at - 1 : at;
}

function inserted(text: string, at: number, more: string): string {
  return `${text.slice(0, at)}${more}${text.slice(at)}`;
}

function cut(text: string, from: number, to: number): string {
  return `${text.slice(0, from)}${text.slice(to)}`;
}

function cutLines(text: string, start: number, end: number): string {
  const after = text.indexOf('\n', lineEnd(text, end));
  return cut(text, lineStart(text, start), after === -1 ? text.length : after + 1);
}

/** What a person writes or deletes where the text is not edited, and where. */
export interface HandEdit {
  /** The line to write; `null`: one is deleted. */
  readonly line: string | null;
  /** `matrix.config.ts:12, in the list yanked` */
  readonly place: string;
}

/** @param raw the config that the text gives */
export function handEdit(raw: unknown, text: string, file: string, path: YankPath, edit: YankEdit): HandEdit {
  const key = path.join('.');
  const at = (line: number | null): string => (line === null ? file : `${file}:${line}`);
  const list = valueAt(raw, ...path);
  const isThere = Array.isArray(list);
  if (edit.kind === 'remove') {
    const isWhole = isThere && list.length === 1;
    const target = isWhole ? key : `${key}[${edit.index}]`;
    return { line: null, place: `${at(locateKey(text, file, target))}, ${isWhole ? `all of ${key}` : target}` };
  }
  const { version, reason, since } = edit.entry;
  const entry = `{ version: ${literal(version)}, reason: ${literal(reason)}, since: ${literal(since)} }`;
  const named = isThere ? anchorOf(text, file, path) : null;
  if (named !== null)
    return { line: `${entry},`, place: `${at(named.line)}, in the list &${named.anchor}, which ${key} is` };
  if (isThere) return { line: `${entry},`, place: `${at(locateKey(text, file, key))}, in the list ${key}` };
  const holder = path.slice(0, -1).join('.');
  const first = isJsonObject(raw) ? Object.keys(raw)[0] : undefined;
  const line = `yanked: [${entry}],`;
  if (holder !== '') return { line, place: `${at(locateKey(text, file, holder))}, in ${holder}` };
  return first === undefined
    ? { line, place: file }
    : { line, place: `${at(locateKey(text, file, first))}, beside ${first}` };
}

/** Where the list is written that a YAML config only names at the path; `null` if the path has its own. */
function anchorOf(
  text: string,
  file: string,
  path: YankPath,
): { readonly anchor: string; readonly line: number } | null {
  if (!/\.ya?ml$/i.test(file)) return null;
  const document = parseDocument(text);
  const alias: unknown = document.getIn(path, true);
  if (!isAlias(alias)) return null;
  const range = rangeOf(alias.resolve(document));
  if (range === null) return null;
  return {
    anchor: alias.source,
    line: text.slice(0, text.lastIndexOf(`&${alias.source}`, range.start)).split('\n').length,
  };
}
