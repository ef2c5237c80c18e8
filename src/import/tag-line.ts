/** One line of docker/metadata-action's inputs `tags`, `flavor` and `images`: fields by commas, `key=value`. */

export type TagType = 'schedule' | 'semver' | 'pep440' | 'match' | 'edge' | 'ref' | 'raw' | 'sha';

/** In the order in which the action looks at them, where no `priority` is given. */
const priorities: Readonly<Record<TagType, number>> = {
  schedule: 1000,
  semver: 900,
  pep440: 900,
  match: 800,
  edge: 700,
  ref: 600,
  raw: 200,
  sha: 100,
};

/** The attribute that a line of a type cannot be without. */
const required: Readonly<Partial<Record<TagType, string>>> = {
  semver: 'pattern',
  pep440: 'pattern',
  match: 'pattern',
  ref: 'event',
  raw: 'value',
};

export interface TagLine {
  readonly type: TagType;
  /** Attributes as written, expressions and all; names in small letters. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly priority: number;
}

/** @returns what is wrong with the line, as a sentence, where it is none the action takes */
export function parseTagLine(line: string): TagLine | string {
  const attributes = new Map<string, string>();
  let type: TagType = 'raw';
  for (const field of splitFields(line)) {
    const { key, value } = keyAndValue(field);
    if (key === null) attributes.set('value', value);
    else if (key !== 'type') attributes.set(key, value);
    else if (isTagType(value)) type = value;
    else return `there is no type ${value}`;
  }
  const missing = required[type];
  if (missing !== undefined && !attributes.has(missing)) return `type ${type} needs ${missing}=`;
  const given = Number(attributes.get('priority'));
  return { type, attributes, priority: attributes.has('priority') && !Number.isNaN(given) ? given : priorities[type] };
}

function isTagType(value: string): value is TagType {
  return Object.hasOwn(priorities, value);
}

export interface AffixField {
  readonly text: string;
  /** `onlatest=true`: for `latest` too. */
  readonly onLatest: boolean;
}

/** The input `flavor`. */
export interface Affixes {
  /** `auto`, `true`, `false` or an expression. */
  readonly latest: string;
  readonly prefix: AffixField | null;
  readonly suffix: AffixField | null;
}

export function parseAffixes(lines: readonly string[]): Affixes {
  let latest = 'auto';
  const affixes: { prefix: AffixField | null; suffix: AffixField | null } = { prefix: null, suffix: null };
  for (const line of lines) {
    let behind: 'prefix' | 'suffix' | null = null;
    for (const field of splitFields(line)) {
      const { key, value } = keyAndValue(field);
      if (key === 'latest') latest = value;
      else if (key === 'prefix' || key === 'suffix') {
        behind = key;
        affixes[key] = value === '' ? null : { text: value, onLatest: false };
      } else if (key === 'onlatest' && behind !== null) {
        const affix: AffixField | null = affixes[behind];
        if (affix !== null) affixes[behind] = { ...affix, onLatest: value === 'true' };
      }
    }
  }
  return { latest, ...affixes };
}

export interface ImageLine {
  readonly name: string;
  /** `true`, `false` or an expression. */
  readonly enable: string;
}

/** The input `images`: names by line, or by comma on one line, or `name=…,enable=…`. */
export function parseImages(lines: readonly string[]): ImageLine[] {
  return lines.flatMap((line): ImageLine[] => {
    const fields = splitFields(line).map(keyAndValue);
    if (fields.every(({ key }) => key === null)) return fields.map(({ value }) => ({ name: value, enable: 'true' }));
    const name = fields.find(({ key }) => key === 'name' || key === null)?.value ?? '';
    return [{ name, enable: fields.find(({ key }) => key === 'enable')?.value ?? 'true' }];
  });
}

/** A line that says something, with the comments before it and behind it. */
export interface ListLine {
  readonly text: string;
  readonly comments: readonly string[];
}

/** An input that is a list: a value a line, `#` begins a comment. `after`: comments behind the last line. */
export function splitList(text: string): { readonly lines: readonly ListLine[]; readonly after: readonly string[] } {
  const lines: ListLine[] = [];
  let comments: string[] = [];
  for (const line of text.split('\n')) {
    const { code, comment } = splitComment(line);
    if (comment !== null) comments.push(comment);
    if (code === '') continue;
    lines.push({ text: code, comments });
    comments = [];
  }
  return { lines, after: comments };
}

function splitComment(line: string): { code: string; comment: string | null } {
  const at = line.search(/(?:^|\s)#/);
  if (at === -1) return { code: line.trim(), comment: null };
  return { code: line.slice(0, at).trim(), comment: line.slice(at).trim().replace(/^#\s*/, '') };
}

/** At commas, but not inside `${{ }}` or quotation marks around a whole field. */
export function splitFields(line: string): string[] {
  const pattern = /(?:"(?:[^"]|"")*"|(?:\$\{\{(?:'(?:[^']|'')*'|(?!\$\{\{)[^'}]|\}(?!\}))*\}\}|[^,])+)/g;
  return [...line.matchAll(pattern)]
    .map(([field]) => field.trim())
    .filter((field) => field !== '')
    .map((field) => (/^".*"$/.test(field) ? field.slice(1, -1).replaceAll('""', '"') : field));
}

function keyAndValue(field: string): { readonly key: string | null; readonly value: string } {
  const found = /^(?<key>[A-Za-z]+)\s*=\s*(?<value>[^]*)$/.exec(field)?.groups;
  if (found === undefined) return { key: null, value: field };
  return { key: (found['key'] ?? '').toLowerCase(), value: (found['value'] ?? '').trim() };
}

export interface MainTag {
  readonly text: string;
  /** `null` where it is always on. */
  readonly enable: string | null;
}

/** Candidates for the output `version`, the first that is on: lines that a release may have, by priority. */
export function mainTags(step: { readonly inputs: ReadonlyMap<string, { readonly value: string }> }): MainTag[] {
  const input = (name: string): string => step.inputs.get(name)?.value ?? '';
  const affixes = parseAffixes(splitList(input('flavor')).lines.map(({ text }) => text));
  const lines = splitList(input('tags').trim() === '' ? usualTags : input('tags')).lines.map(({ text }) =>
    parseTagLine(text),
  );
  return lines
    .flatMap((line) => (typeof line === 'string' ? [] : [line]))
    .filter(({ type, attributes }) => isOfRelease(type, attributes))
    .toSorted((a, b) => b.priority - a.priority)
    .map((line) => {
      const { attributes, type } = line;
      const prefix = attributes.get('prefix') ?? (type === 'sha' ? 'sha-' : (affixes.prefix?.text ?? ''));
      const text = `${prefix}${bodyOf(line)}${attributes.get('suffix') ?? affixes.suffix?.text ?? ''}`;
      return { text, enable: attributes.get('enable') ?? null };
    });
}

export function isOfRelease(type: TagType, attributes: TagLine['attributes']): boolean {
  return type !== 'schedule' && type !== 'edge' && (type !== 'ref' || attributes.get('event') === 'tag');
}

/** What the action takes where the input is left out. */
export const usualTags = ['type=schedule', 'type=ref,event=branch', 'type=ref,event=tag', 'type=ref,event=pr'].join(
  '\n',
);

/** What stands between prefix and suffix, written as a `raw` value would be. */
export function bodyOf({ type, attributes }: TagLine): string {
  if (type === 'semver' || type === 'pep440') {
    const value = attributes.get('value') ?? '';
    return (attributes.get('pattern') ?? '').replaceAll(/\{\{\s*raw\s*\}\}/g, value === '' ? '{{tag}}' : value);
  }
  if (type === 'match') return attributes.get('matched') ?? '{{version}}';
  if (type === 'ref') return '{{tag}}';
  if (type === 'sha') return attributes.get('format') === 'long' ? '{{revision}}' : '{{sha}}';
  return attributes.get('value') ?? '';
}
