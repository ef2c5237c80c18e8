/** Tags of builds that are not releases: rules like those of releases, over a branch, a pull request or a schedule. */
import { branchFault } from '../domain/build-event.ts';
import { parseDuration } from '../domain/duration.ts';
import type { Problem } from '../domain/errors.ts';
import { quote } from '../domain/tag.ts';
import { namesOf, type ImageContext } from './normalize-axes.ts';
import { readOnly } from './normalize-rules.ts';
import type { At } from './place.ts';
import { readRepositories } from './read-repositories.ts';
import type { ParsedEvents, ParsedImage } from './schema.ts';
import { parseTagTemplate } from './tag-template.ts';
import type { Axis, EventName, EventRule, EventsConfig, Rule } from './types.ts';

/** Names that every event gives to templates; a branch and a pull request give one more. */
const common = ['revision', 'date', 'year', 'month', 'day'];
const given: Readonly<Record<EventName, readonly string[]>> = {
  schedule: [...common, 'branch'],
  edge: [...common, 'branch'],
  branch: [...common, 'branch'],
  pullRequest: [...common, 'number'],
  revision: common,
};

interface WrittenRule {
  readonly template?: string | undefined;
  readonly repository?: string | readonly string[] | undefined;
  readonly only?: Readonly<Record<string, 'default' | string[]>> | undefined;
  readonly length?: number | undefined;
  readonly branch?: string | undefined;
  readonly every?: string | undefined;
  readonly push?: boolean | undefined;
}

interface EventContext extends ImageContext {
  readonly axes: readonly Axis[];
  /** Of all events. */
  readonly repositories: EventRule['repositories'];
}

export function readEvents(image: ParsedImage, axes: readonly Axis[], context: ImageContext): EventsConfig | null {
  const { events } = image;
  if (events === undefined) return null;
  const { at, problems } = context;
  const all: EventContext = {
    ...context,
    axes,
    repositories: optionalRepositories(events.repository, (...path) => at('events', ...path), problems),
  };
  const python = axes.some(({ name }) => name === 'python') ? '-python{{python}}' : '';
  const defaults: Readonly<Record<string, string>> = {
    revision: `commit-{{revision}}${python}{{suffix}}`,
    edge: 'edge{{suffix}}',
  };
  const read = (event: EventName): EventRule[] => {
    const written: ParsedEvents[EventName] = events[event] ?? (event === 'revision' ? {} : undefined);
    if (written === undefined) return [];
    return [written].flat().flatMap((entry: string | WrittenRule, index) => {
      const own: At = (...path) => at('events', event, ...(Array.isArray(written) ? [index] : []), ...path);
      const rule = typeof entry === 'string' ? { template: entry } : entry;
      const template = rule.template ?? defaults[event];
      if (template === undefined) {
        const message = 'missing; it has no default';
        problems.push({ code: 'CONFIG_INVALID', where: own('template'), message });
        return [];
      }
      return (
        readRule(
          event,
          { ...rule, template, at: own(...(typeof entry === 'string' ? [] : ['template'])) },
          index,
          own,
          all,
        ) ?? []
      );
    });
  };
  const [revision] = read('revision');
  const moving = (['schedule', 'edge', 'branch', 'pullRequest'] as const).flatMap(read);
  if (revision === undefined) return null;
  if (!revision.rule.template.names.has('revision')) {
    const message = 'it does not name {{revision}}, so two commits would share a pinned tag';
    const fix = `write '${defaults['revision'] ?? ''}'`;
    problems.push({ code: 'CONFIG_INVALID', where: at('events', 'revision'), message, fix });
  }
  return { revision, moving };
}

/** @returns `null` for a template that cannot be read */
function readRule(
  event: EventName,
  written: WrittenRule & { readonly template: string; readonly at: string },
  index: number,
  at: At,
  context: EventContext,
): EventRule | null {
  const { axes, problems, repositories } = context;
  const names = namesOf(axes, { given: new Set(given[event]) });
  const template = parseTagTemplate(written.template, names, written.at);
  if (!template.ok) {
    problems.push(...template.problems);
    return null;
  }
  const rule: Rule = {
    name: index === 0 ? event : `${event}-${index + 1}`,
    kind: event === 'revision' ? 'pinned' : 'convenience',
    template: template.value,
    releases: 'all',
    fallback: null,
    range: null,
    only: readOnly({ only: written.only }, axes, at, problems),
    where: new Map(),
    aliases: true,
    reason: null,
    revisionLength: written.length ?? 40,
  };
  const fault = written.branch === undefined ? null : branchFault(written.branch);
  if (fault !== null) problems.push({ code: 'CONFIG_INVALID', where: at('branch'), message: fault });
  return {
    event,
    rule,
    repositories: optionalRepositories(written.repository, at, problems) ?? repositories,
    branch: written.branch ?? null,
    push: written.push ?? true,
    everyMs: event === 'schedule' ? readEvery(written.every, at, problems) : null,
    where: at(),
  };
}

function readEvery(written: string | undefined, at: At, problems: Problem[]): number | null {
  if (written === undefined) return null;
  const everyMs = parseDuration(written);
  if (everyMs !== null && everyMs > 0) return everyMs;
  const message = `${quote(written)} is not a span of time`;
  problems.push({ code: 'CONFIG_INVALID', where: at('every'), message, fix: "write '12h', '1d' or '7d'" });
  return null;
}

function optionalRepositories(
  written: string | readonly string[] | undefined,
  at: At,
  problems: Problem[],
): EventRule['repositories'] {
  if (written === undefined) return null;
  const [first, ...others] = readRepositories(written, at, problems);
  return first === undefined ? null : [first, ...others];
}
