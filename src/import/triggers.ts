/** What starts a workflow, as far as a release can. */
import { compilePattern, type Pattern } from '../domain/pattern.ts';
import type { YamlNode, YamlReader } from './yaml-reader.ts';

export interface Triggers {
  /** A release that is published, pre-releases alone not counted. */
  readonly release: boolean;
  /** Patterns of git tags whose push starts it; `null` where no push of a git tag does. */
  readonly pushedTags: readonly string[] | null;
  /** A git tag that is made, by the event `create`. */
  readonly created: boolean;
  /** Another workflow. */
  readonly called: boolean;
  /** A person. */
  readonly byHand: boolean;
  /** Branches whose push starts it; `null` where no push of a branch does. */
  readonly branches: readonly string[] | null;
  readonly pulls: boolean;
  readonly scheduled: boolean;
  /** What starts it, for a message. */
  readonly told: string;
}

/** Types of the event `release` that a final release has when it comes out. */
const releaseTypes: readonly string[] = ['published', 'released', 'created'];

export function readTriggers(on: YamlNode, yaml: YamlReader): Triggers {
  const named = yaml.text(on);
  const events = [
    ...(named === null ? [] : [named]),
    ...yaml.items(on).flatMap((item) => yaml.text(item) ?? []),
    ...yaml.entries(on).map(({ key }) => key),
  ];
  const listOf = (...path: readonly string[]): string[] => {
    const node = yaml.at(on, ...path);
    const one = yaml.text(node);
    return one === null ? yaml.items(node).map((item) => yaml.text(item) ?? '') : [one];
  };
  const filters = yaml.entries(yaml.at(on, 'push')).map(({ key }) => key);
  // What is ignored is what all but it starts.
  const ignored = listOf('push', 'tags-ignore');
  const tags = ignored.length === 0 ? listOf('push', 'tags') : ['**', ...ignored.map((filter) => `!${filter}`)];
  const isForTags = filters.some((key) => key.startsWith('tags')) || !filters.some((key) => key.startsWith('branches'));
  const isForBranches =
    filters.some((key) => key.startsWith('branches')) || !filters.some((key) => key.startsWith('tags'));
  const types = listOf('release', 'types');
  return {
    release: events.includes('release') && (types.length === 0 || types.some((type) => releaseTypes.includes(type))),
    pushedTags: events.includes('push') && isForTags && canBeRelease(tags) ? tags : null,
    created: events.includes('create'),
    called: events.includes('workflow_call'),
    byHand: events.includes('workflow_dispatch'),
    branches: events.includes('push') && isForBranches ? listOf('push', 'branches') : null,
    pulls: events.includes('pull_request') || events.includes('pull_request_target'),
    scheduled: events.includes('schedule'),
    told: events.map((event) => told(event, { branches: listOf('push', 'branches'), tags, types })).join(', '),
  };
}

/** Whether some final version gets through: `nightly` and `v*-beta.*` let none. */
function canBeRelease(filters: readonly string[]): boolean {
  if (filters.length === 0) return true;
  return filters
    .filter((filter) => !filter.startsWith('!'))
    .flatMap(samplesOf)
    .some((tag) => isFinal.test(tag) && passesFilters(tag, filters));
}

const isFinal =
  /\d(?!.*(?:alpha|beta|canary|dev|edge|next|nightly|pre|preview|rc|snapshot|test|unstable)(?:[^a-z]|$))/i;

/** Git tags of final versions as a filter may mean them, with what it has in plain letters at both ends. */
function samplesOf(filter: string): string[] {
  const special = /\\.|[*?+[\]]/;
  const start = filter.slice(0, filter.search(special) === -1 ? filter.length : filter.search(special));
  const end = /[^*?+[\]\\]*$/.exec(filter)?.[0] ?? '';
  // `v?` is a v or none.
  const starts = filter.startsWith('?', start.length) ? [start, start.slice(0, -1)] : [start];
  const numbers = [
    '',
    '1',
    '10',
    '1.2',
    '1.2.3',
    '1.2.3.4',
    '2026.01.02',
    '2026.11.28',
    '20261128',
    '2026-11-28',
    '.1',
    '.1.2',
  ];
  return starts.flatMap((one) => numbers.flatMap((number) => [`${one}${number}`, `${one}${number}${end}`]));
}

interface Lists {
  readonly branches: readonly string[];
  readonly tags: readonly string[];
  readonly types: readonly string[];
}

function told(event: string, { branches, tags, types }: Lists): string {
  const names = (list: readonly string[]): string => list.join(', ');
  if (event === 'push' && branches.length > 0) {
    return `pushes to branch${branches.length === 1 ? '' : 'es'} ${names(branches)}`;
  }
  if (event === 'push' && tags.length > 0) return `pushes of git tags ${names(tags)}`;
  return event === 'release' && types.length > 0 ? `release (${names(types)})` : event;
}

/**
 * Whether GitHub starts a workflow for a git tag; later filters win over earlier ones.
 *
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#filter-pattern-cheat-sheet
 */
export function passesFilters(tag: string, filters: readonly string[]): boolean {
  let passes = filters.every((filter) => filter.startsWith('!'));
  for (const filter of filters) {
    const isNot = filter.startsWith('!');
    if (globPattern(isNot ? filter.slice(1) : filter)?.test(tag) === true) passes = !isNot;
  }
  return passes;
}

/** `null` where it is no pattern that GitHub takes. */
function globPattern(glob: string): Pattern | null {
  const body = glob.replaceAll(/\*\*|\*|\\.|\[[^[\]]*\]|[?+]|[.^$(){}|\\/]/g, (token) => {
    if (token === '**') return '.*';
    if (token === '*') return '[^/]*';
    return /^(?:[?+]|\[|\\)/.test(token) ? token : `\\${token}`;
  });
  const compiled = compilePattern(`^${body}$`);
  return compiled.ok ? compiled.pattern : null;
}
