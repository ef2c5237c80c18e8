/** Bake files: the targets that they define, merged as buildx merges them. */
import { parseJsonObject } from '../domain/json.ts';

export interface BakeFile {
  readonly path: string;
  readonly text: string;
}

/**
 * Where bake looks by itself, in its order: of what two files say, the later one counts.
 *
 * @see https://docs.docker.com/build/bake/reference/#file-format
 */
export const bakeFileNames: readonly string[] = [
  'docker-bake.json',
  'docker-bake.hcl',
  'docker-bake.override.json',
  'docker-bake.override.hcl',
];

/** A text, a list of texts (of a map `NAME=value`), or `null` where it is none of these. */
type Field = string | readonly string[] | null;
type Block = ReadonlyMap<string, Field>;
/** By `target NAME` and `group NAME`. */
export type BakeBlocks = ReadonlyMap<string, Block>;

export function readBakeFiles(files: readonly BakeFile[]): BakeBlocks {
  const merged = new Map<string, Block>();
  for (const [key, block] of files.flatMap(blocksOf)) {
    const known = merged.get(key);
    // A group has one list, and the later one is it.
    merged.set(key, known === undefined || key.startsWith('group ') ? block : mergedFields(known, block));
  }
  return merged;
}

const maps: ReadonlySet<string> = new Set(['args', 'contexts', 'labels']);

/** As buildx merges one target into another of its name, and into one that inherits from it. */
function mergedFields(known: Block, later: Block): Block {
  const merged = new Map(known);
  for (const [key, field] of later) {
    const before = known.get(key);
    const isList = Array.isArray(field) && Array.isArray(before);
    if (before === null && (maps.has(key) || key === 'inherits')) continue;
    if (isList && maps.has(key)) merged.set(key, [...byName([...before, ...field]).values()]);
    else if (isList && key === 'inherits') merged.set(key, [...before, ...field]);
    else merged.set(key, field);
  }
  return merged;
}

function byName(entries: readonly string[]): Map<string, string> {
  return new Map(entries.map((text) => [text.split('=')[0] ?? '', text]));
}

/** A target that a later file fills. */
export function withField(blocks: BakeBlocks, name: string, key: string, field: readonly string[]): BakeBlocks {
  const known = blocks.get(`target ${name}`) ?? new Map<string, Field>();
  return new Map([...blocks, [`target ${name}`, new Map([...known, [key, field]])]]);
}

/** A target with what it inherits; the one of a group. `null` where it is not one target that is written out. */
export function targetOf(name: string, blocks: BakeBlocks, depth = 0): Block | null {
  const group = blocks.get(`group ${name}`)?.get('targets');
  if (group !== undefined) {
    const [only, ...more] = Array.isArray(group) ? group : [];
    // buildx prints the group default of the target default.
    if (only === name && more.length === 0) return plainTarget(name, blocks, depth);
    return typeof only === 'string' && more.length === 0 && depth < 10 ? targetOf(only, blocks, depth + 1) : null;
  }
  return plainTarget(name, blocks, depth);
}

function plainTarget(name: string, blocks: BakeBlocks, depth: number): Block | null {
  const own = blocks.get(`target ${name}`);
  if (own === undefined || depth > 10 || own.has('matrix')) return null;
  const inherits = own.get('inherits') ?? [];
  if (own.get('inherits') === null) return null;
  const parents = Array.isArray(inherits) ? inherits.map(String) : [];
  // Written by docker/metadata-action.
  const known = parents.filter((parent) => blocks.has(`target ${parent}`) || !parent.startsWith('docker-metadata'));
  let whole: Block = new Map();
  for (const parent of known) {
    const inherited = targetOf(parent, blocks, depth + 1);
    if (inherited === null) return null;
    whole = mergedFields(whole, inherited);
  }
  return mergedFields(whole, own);
}

function blocksOf({ path, text }: BakeFile): [string, Block][] {
  return isJson(path, text) ? jsonBlocks(text) : hclBlocks(text);
}

/** What buildx printed of an HCL file is JSON too, and no HCL begins with a brace. */
function isJson(path: string, text: string): boolean {
  return path.endsWith('.json') || /^\s*\{/.test(text);
}

function jsonBlocks(text: string): [string, Block][] {
  const parsed = parseJsonObject(text) ?? {};
  return ['target', 'group'].flatMap((kind) => {
    const all = parsed[kind];
    return Object.entries(typeof all === 'object' && all !== null ? all : {}).map(([name, value]): [string, Block] => {
      const fields = Object.entries(typeof value === 'object' && value !== null ? value : {});
      // What is null is left out.
      const given = fields.filter(([, field]) => field !== null);
      return [`${kind} ${name}`, new Map(given.map(([key, field]): [string, Field] => [key, jsonField(field)]))];
    });
  });
}

function jsonField(field: unknown): Field {
  if (typeof field === 'string') return isTemplate(field) ? null : field;
  if (Array.isArray(field))
    return field.every((item) => typeof item === 'string' && !isTemplate(item)) ? field.map(String) : null;
  if (typeof field !== 'object' || field === null) return null;
  const entries = Object.entries(field).filter(([, value]) => value !== null);
  return entries.some(([, value]) => typeof value !== 'string' || isTemplate(value))
    ? null
    : entries.map(([name, value]) => `${name}=${String(value)}`);
}

/** A text that is worked out, in JSON as in HCL: `${NAME}` and `%{ if … }`. */
function isTemplate(text: string): boolean {
  return text.includes('${') || text.includes('%{');
}

/** Blocks of HCL whose attributes are texts or lists of texts; another value is one that is not known. */
function hclBlocks(source: string): [string, Block][] {
  const text = source.replaceAll(/^[ \t]*(?:#|\/\/).*$/gm, '');
  const found: [string, Block][] = [];
  for (const match of text.matchAll(/^(?<kind>target|group)\s+"(?<name>[^"]+)"\s*\{(?<body>[^]*?)^\}/gm)) {
    const fields = new Map<string, Field>();
    for (const field of (match.groups?.['body'] ?? '').matchAll(
      /^[ \t]*(?<key>[a-z-]+)[ \t]*=[ \t]*(?<value>\[[^[\]]*\]|\{[^{}]*\}|[^\n]*)/gm,
    )) {
      fields.set(field.groups?.['key'] ?? '', hclField((field.groups?.['value'] ?? '').trim()));
    }
    found.push([`${match.groups?.['kind'] ?? ''} ${match.groups?.['name'] ?? ''}`, fields]);
  }
  return found;
}

function hclField(written: string): Field {
  // A backslash begins an escape, which stands for something else.
  if (isTemplate(written) || written.includes('\\')) return null;
  const one = /^"(?<text>[^"]*)"$/.exec(written)?.groups?.['text'];
  if (one !== undefined) return one;
  const items = [...written.matchAll(/"(?<text>[^"]*)"/g)].map((match) => match.groups?.['text'] ?? '');
  if (/^\[\s*(?:"[^"]*"\s*(?:,\s*)?)*\]$/.test(written)) return items;
  if (!/^\{\s*(?:[\w-]+\s*=\s*"[^"]*"\s*(?:,\s*)?)*\}$/.test(written)) return null;
  return [...written.matchAll(/(?<![\w-])(?<name>[\w-]+)\s*=\s*"(?<text>[^"]*)"/g)].map(
    ({ groups }) => `${groups?.['name'] ?? ''}=${groups?.['text'] ?? ''}`,
  );
}

export interface PlainTarget {
  readonly name: string;
  readonly dockerfile: string;
  readonly context: string;
  readonly target: string | null;
  readonly platforms: readonly string[];
  readonly tags: readonly string[];
  readonly args: ReadonlyMap<string, string>;
  readonly contexts: ReadonlyMap<string, string>;
  /** Keys that say more of the image, and are not in the rest: such as `secret`, or `args` that only buildx works out. */
  readonly more: readonly string[];
}

export interface PlainTargets {
  readonly targets: readonly PlainTarget[];
  /** Names of those whose Dockerfile only buildx works out, or which have none in a file. */
  readonly unread: readonly string[];
}

/** The targets that bake builds by itself, as far as they are written in plain values. */
export function plainTargets(files: readonly BakeFile[]): PlainTargets {
  const blocks = readBakeFiles(files);
  const named = blocks.get('group default')?.get('targets');
  const wanted = Array.isArray(named) ? named.map(String) : blocks.has('target default') ? ['default'] : own(blocks);
  const targets: PlainTarget[] = [];
  const unread: string[] = [];
  for (const name of new Set(wanted.flatMap((one) => expanded(one, blocks)))) {
    const target = targetOf(name, blocks);
    const plain = target === null ? null : asPlain(name, target);
    if (plain === null) unread.push(name);
    else targets.push(plain);
  }
  return { targets, unread };
}

/** Targets that are built, where no file has a default: not those that others only inherit from. */
function own(blocks: BakeBlocks): string[] {
  const parents = new Set([...blocks.values()].flatMap((block) => block.get('inherits') ?? []));
  return [...blocks.keys()].flatMap((key) => {
    const name = /^target (?<name>.+)$/.exec(key)?.groups?.['name'] ?? '';
    return name === '' || isPart(name) || parents.has(name) ? [] : [name];
  });
}

/** By custom, or as docker/metadata-action fills it. */
function isPart(name: string): boolean {
  return name.startsWith('_') || name.startsWith('docker-metadata');
}

const decides = ['context', 'dockerfile', 'target'];
const says = ['platforms', 'tags', 'args', 'contexts'];
const further = ['secret', 'ssh', 'network', 'entitlements', 'extra-hosts', 'ulimits', 'shm-size'];

function asPlain(name: string, target: Block): PlainTarget | null {
  // A value that is there and is not plain would be lost in silence, and so would a Dockerfile inside of the bake file.
  if (decides.some((key) => target.get(key) === null) || target.has('dockerfile-inline')) return null;
  const one = (key: string): string | null => {
    const value = target.get(key);
    return typeof value === 'string' ? value : null;
  };
  const many = (key: string): readonly string[] => {
    const value = target.get(key);
    return Array.isArray(value) ? value.map(String) : [];
  };
  const pairs = (key: string): Map<string, string> =>
    new Map(many(key).map((text) => [text.split('=')[0] ?? '', text.slice(text.indexOf('=') + 1)]));
  const context = insideOf('.', one('context') ?? '.');
  const dockerfile = context === null ? null : insideOf(context, one('dockerfile') ?? 'Dockerfile');
  if (context === null || dockerfile === null) return null;
  const contexts = pairs('contexts');
  const linked = [...contexts].filter(([, value]) => value.startsWith('target:'));
  for (const [key] of linked) contexts.delete(key);
  return {
    name,
    dockerfile,
    context,
    target: one('target'),
    platforms: many('platforms'),
    tags: many('tags'),
    args: pairs('args'),
    contexts,
    more: [
      ...says.filter((key) => target.get(key) === null),
      ...linked.map(([key, value]) => `the context ${key} = ${value}`),
      ...further.filter((key) => target.has(key)),
    ],
  };
}

/** A path in a folder of the repository, without `.` and `..`; `null` where it is a URL or leads out. */
export function insideOf(folder: string, path: string): string | null {
  if (path.startsWith('/') || path.includes('\\') || /^[\w.+-]*:/.test(path)) return null;
  const parts: string[] = [];
  for (const part of [...folder.split('/'), ...path.split('/')]) {
    if (part === '..' && parts.pop() === undefined) return null;
    if (part !== '..' && part !== '.' && part !== '') parts.push(part);
  }
  return parts.length === 0 ? '.' : parts.join('/');
}

/** The targets of a group, and of groups in it. */
function expanded(name: string, blocks: BakeBlocks, depth = 0): string[] {
  const group = blocks.get(`group ${name}`)?.get('targets');
  if (!Array.isArray(group) || group.includes(name) || depth > 10) return [name];
  return group.flatMap((one) => expanded(String(one), blocks, depth + 1));
}

/** What buildx has to be asked for by name, where no file has a default. */
export function namedTargets(files: readonly BakeFile[]): string[] {
  const names = new Set(files.flatMap(blockNames));
  return names.has('default') ? [] : [...names].filter((name) => !isPart(name));
}

function blockNames(file: BakeFile): string[] {
  if (isJson(file.path, file.text)) return jsonBlocks(file.text).map(([key]) => key.replace(/^(?:target|group) /, ''));
  return [...file.text.matchAll(/^[ \t]*(?:target|group)[ \t]+"?(?<name>[\w-]+)/gm)].map(
    ({ groups }) => groups?.['name'] ?? '',
  );
}

/** A file whose targets have variables, functions or a matrix: only buildx can say what they come to. */
export function needsPrinting(file: BakeFile): boolean {
  const blocks = blocksOf(file);
  if (!isJson(file.path, file.text)) {
    // A comment over several lines may hold whole blocks, and so may a text.
    if (/\/\*|<</.test(file.text)) return true;
    // A block on one line, or one whose end is not found.
    if (blocks.length !== blockNames(file).length) return true;
  }
  const keys = [...decides, ...says, 'inherits', 'targets'];
  return blocks.some(([, one]) => one.has('matrix') || keys.some((key) => one.get(key) === null));
}

/** Caches and exporters that ask no service but the registry, and what else is called a type. */
const localTypes = new Set([
  'local',
  'registry',
  'inline',
  'docker',
  'oci',
  'image',
  'tar',
  'cacheonly',
  'provenance',
  'sbom',
  'file',
  'env',
]);

/** The first type that is none of those which buildx reads without asking a cloud for credentials; `null`: none. */
export function foreignType(text: string): string | null {
  for (const { groups } of text.matchAll(/\btype\b["']?\s*[=:]\s*["']?(?<type>[^\s,"'\]}]*)/gi)) {
    const type = groups?.['type'] ?? '';
    if (!localTypes.has(type.toLowerCase())) return type;
  }
  return null;
}
