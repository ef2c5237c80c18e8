/**
 * The rules read backwards: which rule a tag text reads like, and what it says.
 *
 * A matcher is looser than its rule, on purpose: a Python nobody built, a version nobody released and a stray `v` still
 * read like ours, and are the mistakes an audit is there to name.
 */
import { matchShape } from '../config/version-shape.ts';
import { linearPattern } from '../domain/pattern.ts';
import type { PlanImage, PlanRule } from './candidates.ts';

/** What a tag text says, read as one of the rules. */
export interface Reading {
  readonly rule: PlanRule;
  /** As written, without a leading `v`; `2.20.25+2` of a rebuild. */
  readonly version: string | null;
  readonly revision: string | null;
  /** `2` or `2.11`, where the template names numbers and no version. */
  readonly series: string | null;
  /** Axes the template names. */
  readonly axes: Readonly<Record<string, string>>;
  /** It has a `v` before the version, which no rule writes. */
  readonly hasV: boolean;
}

export type Grammar = (tag: string) => Reading | null;

/** What each name a release gives looks like in a tag. */
const releasePatterns: Readonly<Record<string, string>> = {
  version: String.raw`\d[0-9A-Za-z.+_-]*?`,
  major: String.raw`\d{1,6}`,
  minor: String.raw`\d{1,6}`,
  patch: String.raw`\d{1,6}`,
  revision: '[0-9a-f]{7,40}',
  date: String.raw`\d{4}-\d{2}-\d{2}`,
  year: String.raw`\d{4}`,
  month: String.raw`\d{2}`,
  day: String.raw`\d{2}`,
  build: String.raw`\d{1,6}`,
  branch: '[0-9A-Za-z._-]+?',
  number: String.raw`\d{1,9}`,
};

/** Any Python, also one the config never had. */
const pythonPattern = String.raw`\d+\.\d+t?`;

/**
 * The rules in their order; the first that a text reads like is its rule. A version of the config's shape counts first,
 * so that `2.82-python3.10` is a minor tag where versions have three numbers, and no tag of a version 2.82.
 */
export function tagGrammar(image: PlanImage): Grammar {
  const matchers = image.rules.flatMap((rule) => formsOf(rule, image).map((pieces) => matcherOf(rule, pieces, image)));
  const known = new Map<string, Reading | null>();
  const read: Grammar = (tag) => {
    const readings = matchers.flatMap((matcher) => matcher(tag) ?? []);
    return readings.find(({ version }) => version === null || hasShape(version, image)) ?? readings[0] ?? null;
  };
  return (tag) => {
    let reading = known.get(tag);
    if (reading === undefined) known.set(tag, (reading = read(tag)));
    return reading;
  };
}

/** Whether a text could be a release of this config. */
export function hasShape(text: string, { shape }: PlanImage): boolean {
  const version = text.replace(/\+\d+$/, '');
  return [version, `v${version}`].some((text) => matchShape(text, shape) !== null);
}

type Pieces = PlanRule['template']['pieces'];

/** A template as it is, and without each axis that may be empty in a tag: the separator beside it is gone too. */
function formsOf(rule: PlanRule, image: PlanImage): readonly Pieces[] {
  let forms: readonly Pieces[] = [rule.template.pieces];
  for (const axis of image.axes) {
    const isOptional =
      axis.values.some((value) => value.variables[axis.name] === '') ||
      (rule.aliases && image.aliases.some((alias) => alias.axis === axis.name && alias.name === ''));
    if (isOptional) forms = forms.flatMap((pieces) => [pieces, ...withoutAxis(pieces, axis.name)]);
  }
  return forms;
}

function withoutAxis(pieces: Pieces, axis: string): Pieces[] {
  const index = pieces.findIndex((piece) => piece.kind === 'name' && piece.name === axis);
  if (index === -1) return [];
  const before = pieces.slice(0, index);
  const after = pieces.slice(index + 1);
  const [last, next] = [before.at(-1), after[0]];
  if (last?.kind === 'text' && /[-_.]$/.test(last.text))
    return [[...before.slice(0, -1), { kind: 'text', text: last.text.slice(0, -1) }, ...after]];
  if (last === undefined && next?.kind === 'text')
    return [[{ kind: 'text', text: next.text.replace(/^[-_.]/, '') }, ...after.slice(1)]];
  return [[...before, ...after]];
}

function matcherOf(rule: PlanRule, pieces: Pieces, image: PlanImage): Grammar {
  const patterns = variablePatterns(image);
  const ownNames = new Set([...image.shape.names, ...image.attributeNames]);
  /** Names by their group; a name may hold what the name of a group may not. */
  const names: string[] = [];
  /** Groups that have to match what the first of their name matched. */
  const again: { readonly first: number; readonly group: string }[] = [];
  let source = '';
  for (const piece of pieces) {
    if (piece.kind === 'text') {
      source += escape(piece.text);
      continue;
    }
    const { name } = piece;
    const startsVersion = source === '' && (name === 'version' || name === 'major');
    if (startsVersion) source += '(?<v>[vV]?)';
    const known = names.indexOf(name);
    const group = known === -1 ? `n${names.length}` : `a${again.length}`;
    const inner = ownNames.has(name) ? '[0-9A-Za-z._-]+?' : (releasePatterns[name] ?? patterns.get(name) ?? '');
    source += `(?<${group}>${inner})`;
    if (known === -1) names.push(name);
    else again.push({ first: known, group });
  }
  const pattern = linearPattern(`^${source}$`);
  return (tag) => {
    const matched = pattern.exec(tag)?.groups;
    if (matched === undefined || again.some(({ first, group }) => matched[group] !== matched[`n${first}`])) return null;
    const groups = Object.fromEntries(names.map((name, index) => [name, matched[`n${index}`]]));
    const built = groups['version'] ?? null;
    const version = built === null || groups['build'] === undefined ? built : `${built}+${groups['build']}`;
    if (version !== null && image.scheme.parse(version) === null) return null;
    return {
      rule,
      version,
      revision: groups['revision'] ?? null,
      series: seriesOf(groups),
      axes: axesOf(groups, image),
      hasV: (matched['v'] ?? '') !== '',
    };
  };
}

function seriesOf(groups: Readonly<Record<string, string | undefined>>): string | null {
  const numbers = [groups['major'], groups['minor'], groups['patch']].filter((number) => number !== undefined);
  return numbers.length === 0 ? null : numbers.join('.');
}

/** Names the axes give, each with the texts their values give it. */
function variablePatterns(image: PlanImage): ReadonlyMap<string, string> {
  const patterns = new Map<string, string>();
  for (const axis of image.axes) {
    const names = new Set(axis.values.flatMap((value) => Object.keys(value.variables)));
    for (const name of names) {
      const texts = new Set(axis.values.map((value) => value.variables[name] ?? ''));
      for (const alias of image.aliases) if (alias.axis === name) texts.add(alias.name);
      // A form of its own stands for the empty one.
      if (name === axis.name) texts.delete('');
      const longestFirst = [...texts].toSorted((a, b) => b.length - a.length || (a < b ? -1 : 1));
      patterns.set(name, name === 'python' ? pythonPattern : longestFirst.map(escape).join('|'));
    }
  }
  return patterns;
}

/** The value of each axis that the matched names tell; the first that fits, where several share a text. */
function axesOf(groups: Readonly<Record<string, string | undefined>>, image: PlanImage): Record<string, string> {
  const axes: Record<string, string> = {};
  for (const axis of image.axes) {
    const value = axis.values.find((candidate) => {
      const told = Object.entries(candidate.variables).filter(([name]) => groups[name] !== undefined);
      return told.length > 0 && told.every(([name, text]) => groups[name] === text);
    });
    const name = value?.name ?? valueOfAlias(axis.name, groups[axis.name], image) ?? groups[axis.name];
    if (name !== undefined) axes[axis.name] = name;
  }
  return axes;
}

/** The one value that an alias stands for, where it is one. */
function valueOfAlias(axis: string, text: string | undefined, image: PlanImage): string | undefined {
  const meant = image.aliases
    .filter((alias) => alias.axis === axis && alias.name === text)
    .flatMap(({ choices }) => choices.flatMap(({ values }) => values));
  return meant.length === 1 ? meant[0] : undefined;
}

function escape(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
}
