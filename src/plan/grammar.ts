/**
 * The rules read backwards: which rule a tag text reads like, and what it says.
 *
 * A matcher is looser than its rule, on purpose: a Python nobody built, a version nobody released and a stray `v` still
 * read like ours, and are the mistakes an audit is there to name.
 */
import { matchShape } from '../config/version-shape.ts';
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
};

/** Any Python, also one the config never had. */
const pythonPattern = String.raw`\d+\.\d+t?`;

/**
 * The rules in their order; the first that a text reads like is its rule. A version of the config's shape counts first,
 * so that `2.82-python3.10` is a minor tag where versions have three numbers, and no tag of a version 2.82.
 */
export function tagGrammar(image: PlanImage): Grammar {
  const matchers = image.rules.map((rule) => matcherOf(rule, image));
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

function hasShape(text: string, { shape }: PlanImage): boolean {
  const version = text.replace(/\+\d+$/, '');
  return [version, `v${version}`].some((text) => matchShape(text, shape) !== null);
}

function matcherOf(rule: PlanRule, image: PlanImage): Grammar {
  const patterns = variablePatterns(image);
  const ownNames = new Set([...image.shape.names, ...image.attributeNames]);
  /** Names by their group; a name may hold what the name of a group may not. */
  const names: string[] = [];
  let source = '';
  for (const piece of rule.template.pieces) {
    if (piece.kind === 'text') {
      source += escape(piece.text);
      continue;
    }
    const { name } = piece;
    const startsVersion = source === '' && (name === 'version' || name === 'major');
    if (startsVersion) source += '(?<v>[vV]?)';
    const known = names.indexOf(name);
    source +=
      known === -1
        ? `(?<n${names.length}>${ownNames.has(name) ? String.raw`[0-9A-Za-z._-]+?` : (releasePatterns[name] ?? patterns.get(name) ?? '')})`
        : `\\k<n${known}>`;
    if (known === -1) names.push(name);
  }
  const pattern = new RegExp(`^${source}$`);
  return (tag) => {
    const matched = pattern.exec(tag)?.groups;
    if (matched === undefined) return null;
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
    const name = value?.name ?? groups[axis.name];
    if (name !== undefined) axes[axis.name] = name;
  }
  return axes;
}

function escape(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
}
