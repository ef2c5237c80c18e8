/** What docker/bake-action builds, in the terms of docker/build-push-action, as far as its file says it in plain values. */
import { parseJsonObject } from '../domain/json.ts';
import { saidElsewhere } from './places.ts';
import { splitList } from './tag-line.ts';
import { localPath, type WorkflowFiles } from './workflow-files.ts';

/** Where bake looks by itself. */
const usualFiles = ['docker-bake.json', 'docker-bake.hcl', 'docker-bake.override.json', 'docker-bake.override.hcl'];

type Target = ReadonlyMap<string, string | readonly string[] | null>;

export function readBake(
  inputs: ReadonlyMap<string, string>,
  files: WorkflowFiles,
  say: (comment: string) => void,
  /** The target that the tags are for; `null` where nothing says it. */
  tagged: string | null,
): ReadonlyMap<string, string> {
  const named = splitList(inputs.get('files') ?? '').lines.map(({ text }) => localPath(text.replace(/^cwd:\/\//, '')));
  const paths = named.filter((path) => /\.(?:hcl|json)$/.test(path) && !path.includes('${{'));
  const texts = (paths.length > 0 ? paths : usualFiles).flatMap((path) => {
    const text = files.get(path);
    return text === undefined ? [] : [{ path, text }];
  });
  const targets = new Map(texts.flatMap(({ path, text }) => [...readTargets(path, text)]));
  const wanted = splitList(inputs.get('targets') ?? inputs.get('target') ?? '').lines.flatMap(({ text }) =>
    text.split(','),
  );
  const [first = 'default', ...more] = wanted.map((text) => text.trim()).filter((text) => text !== '');
  const isNamed = tagged !== null && targets.has(`target ${tagged}`);
  const name = isNamed ? tagged : first;
  const target = isNamed || more.length === 0 ? targetOf(name, targets) : null;
  const found = new Map<string, string>();
  if (target === null) {
    const where = texts.length === 0 ? 'its bake file' : texts.map(({ path }) => path).join(', ');
    say(`CHECK THIS: ${where} says the Dockerfile and the platforms of ${[name, ...more].join(', ')}: write them here`);
    found.set('platforms', saidElsewhere);
  }
  const take = (key: string, input: string): void => {
    const value = target?.get(key);
    if (value === null) found.set(input, `\${{ ${key} of the bake file }}`);
    else if (value !== undefined) found.set(input, typeof value === 'string' ? value : value.join('\n'));
  };
  take('context', 'context');
  take('dockerfile', 'file');
  take('target', 'target');
  take('platforms', 'platforms');
  take('args', 'build-args');
  const context = found.get('context') ?? '.';
  // Bake reads a Dockerfile from inside the context.
  const file = found.get('file');
  if (file !== undefined && context !== '.' && !context.includes('${{')) found.set('file', `${context}/${file}`);
  for (const [key, value] of overrides(inputs.get('set') ?? '', name)) found.set(key, value);
  return found;
}

const overridden: Readonly<Record<string, string>> = {
  platform: 'platforms',
  platforms: 'platforms',
  dockerfile: 'file',
  target: 'target',
  context: 'context',
};

/** `*.platform=linux/amd64`, and `+=` for one more; of the target that is built. */
function overrides(set: string, target: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const { text } of splitList(set).lines) {
    const given = /^(?<target>[^.=]+)\.(?<key>[a-z]+)(?<more>\+?)=(?<value>.*)$/.exec(text)?.groups;
    const key = overridden[given?.['key'] ?? ''];
    if (key === undefined || (given?.['target'] !== '*' && given?.['target'] !== target)) continue;
    const before = given['more'] === '+' ? found.get(key) : undefined;
    found.set(key, before === undefined ? (given['value'] ?? '') : `${before},${given['value'] ?? ''}`);
  }
  return found;
}

/** A target with what it inherits; the one of a group. `null` where it is not one target that is written out. */
function targetOf(name: string, targets: ReadonlyMap<string, Target>, depth = 0): Target | null {
  const group = targets.get(`group ${name}`)?.get('targets');
  if (group !== undefined) {
    const [only, ...more] = Array.isArray(group) ? group : [];
    // buildx prints the group default of the target default.
    if (only === name && more.length === 0) return plainTarget(name, targets, depth);
    return typeof only === 'string' && more.length === 0 && depth < 10 ? targetOf(only, targets, depth + 1) : null;
  }
  return plainTarget(name, targets, depth);
}

function plainTarget(name: string, targets: ReadonlyMap<string, Target>, depth: number): Target | null {
  const own = targets.get(`target ${name}`);
  if (own === undefined || depth > 10 || own.has('matrix')) return null;
  const inherits = own.get('inherits');
  const parents = Array.isArray(inherits) ? inherits.map(String) : [];
  // Written by docker/metadata-action.
  const known = parents.filter((parent) => targets.has(`target ${parent}`) || !parent.startsWith('docker-metadata'));
  const inherited = known.map((parent) => targetOf(parent, targets, depth + 1));
  if (inherited.includes(null)) return null;
  return new Map([...inherited.flatMap((parent) => [...(parent ?? [])]), ...own]);
}

function readTargets(path: string, text: string): Map<string, Target> {
  // What buildx printed of an HCL file is JSON too, and no HCL begins with a brace.
  return path.endsWith('.json') || /^\s*\{/.test(text) ? jsonTargets(text) : hclTargets(text);
}

function jsonTargets(text: string): Map<string, Target> {
  const parsed = parseJsonObject(text) ?? {};
  const found = new Map<string, Target>();
  for (const kind of ['target', 'group']) {
    const all = parsed[kind];
    for (const [name, value] of Object.entries(typeof all === 'object' && all !== null ? all : {})) {
      const fields = Object.entries(typeof value === 'object' && value !== null ? value : {});
      found.set(
        `${kind} ${name}`,
        new Map(fields.map(([key, field]): [string, string | readonly string[] | null] => [key, plainField(field)])),
      );
    }
  }
  return found;
}

function plainField(field: unknown): string | readonly string[] | null {
  if (typeof field === 'string') return field.includes('${') ? null : field;
  if (Array.isArray(field))
    return field.every((item) => typeof item === 'string' && !item.includes('${')) ? field.map(String) : null;
  if (typeof field !== 'object' || field === null) return null;
  return Object.entries(field).map(([name, value]) => `${name}=${String(value)}`);
}

/** Blocks of HCL whose attributes are texts or lists of texts; another value is one that is not known. */
function hclTargets(source: string): Map<string, Target> {
  const text = source.replaceAll(/^[ \t]*(?:#|\/\/).*$/gm, '');
  const found = new Map<string, Target>();
  for (const match of text.matchAll(/^(?<kind>target|group)\s+"(?<name>[^"]+)"\s*\{(?<body>[^]*?)^\}/gm)) {
    const fields = new Map<string, string | readonly string[] | null>();
    for (const field of (match.groups?.['body'] ?? '').matchAll(
      /^[ \t]*(?<key>[a-z-]+)[ \t]*=[ \t]*(?<value>\[[^[\]]*\]|\{[^{}]*\}|[^\n]*)/gm,
    )) {
      fields.set(field.groups?.['key'] ?? '', hclValue((field.groups?.['value'] ?? '').trim()));
    }
    found.set(`${match.groups?.['kind'] ?? ''} ${match.groups?.['name'] ?? ''}`, fields);
  }
  return found;
}

function hclValue(written: string): string | readonly string[] | null {
  if (written.includes('${')) return null;
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
}

/** The targets that bake builds by itself, as far as they are written in plain values. */
export function plainTargets(path: string, text: string): PlainTarget[] {
  const targets = readTargets(path, text);
  const named = targets.get('group default')?.get('targets');
  const all = [...targets.keys()].flatMap((key) => /^target (?<name>.+)$/.exec(key)?.groups?.['name'] ?? []);
  const wanted = Array.isArray(named) ? named.map(String) : targets.has('target default') ? ['default'] : all;
  return wanted
    .flatMap((name) => expanded(name, targets))
    .flatMap((name): PlainTarget[] => {
      const target = targetOf(name, targets);
      const one = (key: string): string | null => {
        const value = target?.get(key);
        return typeof value === 'string' ? value : null;
      };
      const many = (key: string): readonly string[] => {
        const value = target?.get(key);
        return Array.isArray(value) ? value.map(String) : [];
      };
      // A value that is there and is not plain would be lost in silence.
      if (target === null || ['context', 'dockerfile', 'target'].some((key) => target.get(key) === null)) return [];
      const context = (one('context') ?? '.').replace(/^\.\/(?=.)/, '');
      const file = one('dockerfile') ?? 'Dockerfile';
      const dockerfile = context === '.' ? file : `${context}/${file}`;
      return [{ name, dockerfile, context, target: one('target'), platforms: many('platforms'), tags: many('tags') }];
    });
}

/** The targets of a group, and of groups in it. */
function expanded(name: string, targets: ReadonlyMap<string, Target>, depth = 0): string[] {
  const group = targets.get(`group ${name}`)?.get('targets');
  if (!Array.isArray(group) || group.includes(name) || depth > 10) return [name];
  return group.flatMap((one) => expanded(String(one), targets, depth + 1));
}

/** What buildx has to be asked for by name, where the file has no default. */
export function namedTargets(text: string): string[] {
  const names = blockNames(text);
  return names.includes('default') ? [] : [...new Set(names)].filter((name) => !name.startsWith('_'));
}

function blockNames(text: string): string[] {
  return [...text.matchAll(/^[ \t]*(?:target|group)[ \t]+"(?<name>[^"]+)"/gm)].map(
    ({ groups }) => groups?.['name'] ?? '',
  );
}

const read = ['context', 'dockerfile', 'target', 'platforms', 'tags', 'inherits', 'targets'];

/** An HCL file whose targets have variables, functions or a matrix: only buildx can say what they come to. */
export function needsPrinting(text: string): boolean {
  const targets = [...hclTargets(text).values()];
  // A block on one line, or one whose end is not found.
  if (targets.length === 0 || targets.length !== blockNames(text).length) return true;
  return targets.some((one) => one.has('matrix') || read.some((key) => one.get(key) === null));
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
