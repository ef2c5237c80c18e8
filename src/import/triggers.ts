/** What starts a workflow, as far as a release can. */
import { compilePattern, type Pattern } from '../domain/pattern.ts';
import type { YamlNode, YamlReader } from './yaml-reader.ts';

export interface Triggers {
  /** A release that is published, pre-releases alone not counted. */
  readonly release: boolean;
  /** Patterns of git tags whose push starts it; `null` where no push of a git tag does. */
  readonly pushedTags: readonly string[] | null;
  /** Another workflow. */
  readonly called: boolean;
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
  const tags = listOf('push', 'tags');
  const isForTags = filters.some((key) => key.startsWith('tags')) || !filters.some((key) => key.startsWith('branches'));
  const types = listOf('release', 'types');
  return {
    release: events.includes('release') && (types.length === 0 || types.some((type) => releaseTypes.includes(type))),
    pushedTags: events.includes('push') && isForTags && canBeRelease(tags) ? tags : null,
    called: events.includes('workflow_call'),
    told: events.map((event) => told(event, { branches: listOf('push', 'branches'), tags, types })).join(', '),
  };
}

/** A filter of plain letters (`nightly`) lets no version through. */
function canBeRelease(filters: readonly string[]): boolean {
  const positive = filters.filter((filter) => !filter.startsWith('!'));
  return positive.length === 0 || positive.some((filter) => /[\d*?+[]/.test(filter));
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
