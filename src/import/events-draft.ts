/** `events` of a config, from the tag lines of branches, pull requests and schedules. */
import { entry, list, object, type DraftEntry, type DraftValue } from './config-text.ts';
import type { GivenLine } from './lines.ts';
import type { RoleAxis } from './roles.ts';
import { onlyOf, type RuleContext } from './rule-draft.ts';
import type { TagLine } from './tag-line.ts';
import { tagText } from './tag-text.ts';
import type { Triggers } from './triggers.ts';

export interface EventsScene {
  readonly triggers: Pick<Triggers, 'branches' | 'byHand' | 'pulls' | 'scheduled'>;
  /** Of the step and its job: what they ask of an event is not known for those that are not releases. */
  readonly hasConditions: boolean;
  /** A build pushes only if the event is not a pull request. */
  readonly holdsPulls: boolean;
  readonly usesSuffix: boolean;
  /** The config has a default Python. */
  readonly hasDefault: boolean;
}

export interface EventsDraft {
  /** `null`: no line has a counterpart. */
  readonly entry: DraftEntry | null;
  /** Lines that have none. */
  readonly rest: readonly GivenLine[];
}

type EventKey = 'schedule' | 'edge' | 'branch' | 'pullRequest';

interface EventDraft {
  readonly key: EventKey;
  readonly value: DraftValue;
  readonly comments: readonly string[];
}

export function draftEvents(lines: readonly GivenLine[], scene: EventsScene, context: RuleContext): EventsDraft {
  const rest: GivenLine[] = [];
  const drafts: EventDraft[] = [];
  for (const line of lines) {
    const draft = draftOf(line, scene, context);
    if (draft === null) rest.push(line);
    else drafts.push(draft);
  }
  if (drafts.length === 0) return { entry: null, rest: lines };
  const keys = (['branch', 'pullRequest', 'schedule', 'edge'] as const).flatMap((key): DraftEntry[] => {
    const own = drafts.filter((draft) => draft.key === key);
    const [only, ...more] = own;
    if (only === undefined) return [];
    const value = more.length === 0 ? only.value : list(own.map((draft) => draft.value));
    return [
      entry(
        key,
        value,
        own.flatMap(({ comments }) => comments),
      ),
    ];
  });
  const pinned = pinnedTemplate(context.roles.axes, scene.usesSuffix);
  const comment = 'Each of these builds is pushed under a tag of its commit first, and then under these.';
  return {
    entry: entry('events', object([...(pinned === null ? [] : [entry('revision', pinned)]), ...keys]), [comment]),
    rest,
  };
}

/** `null` for a line of releases, and for one whose counterpart nobody can be sure of. */
function draftOf(given: GivenLine, scene: EventsScene, context: RuleContext): EventDraft | null {
  const { line, comments, jobs, text } = given;
  const key = keyOf(line);
  if (key === null || scene.hasConditions || !isStarted(key, scene)) return null;
  const enable = line.attributes.get('enable') ?? 'true';
  const branch = line.attributes.get('branch') ?? '';
  // What a run alone knows, and expressions that are worked out for a release.
  if (enable !== 'true' || branch.includes('{{') || /\$\{\{(?!\s*matrix\.[\w.-]+\s*\}\})/.test(text)) return null;
  const made = tagText({ ...line, type: 'raw', attributes: withBody(given, key) }, context.roles, context);
  if (typeof made === 'string' || made.template === '') return null;
  const template = made.template.replaceAll(slot, key === 'branch' ? '{{branch}}' : '{{number}}');
  const { only, notes } = onlyOf(jobs ?? context.around.jobs, template, false, context);
  if ([...only.values()].includes('default') && !scene.hasDefault) return null;
  const more: DraftEntry[] = [
    ...(branch === '' ? [] : [entry('branch', branch)]),
    ...(only.size === 0
      ? []
      : [
          entry(
            'only',
            object([...only].map(([axis, value]) => entry(axis, typeof value === 'string' ? value : list(value)))),
          ),
        ]),
    ...(made.revisionLength < 40 && template.includes('{{revision}}') ? [entry('length', made.revisionLength)] : []),
    ...(key === 'pullRequest' && scene.holdsPulls ? [entry('push', false)] : []),
  ];
  const isShort = more.length === 0 && key !== 'edge';
  return {
    key,
    value: isShort ? template : object([entry('template', template), ...more]),
    comments: [...comments, ...notes],
  };
}

function keyOf({ type, attributes }: TagLine): EventKey | null {
  if (type === 'schedule' || type === 'edge') return type;
  if (type !== 'ref') return null;
  const event = attributes.get('event');
  return event === 'branch' ? 'branch' : event === 'pr' ? 'pullRequest' : null;
}

/** A rule for what never starts the workflow would be noise. */
function isStarted(key: EventKey, { triggers }: EventsScene): boolean {
  if (key === 'schedule') return triggers.scheduled;
  return key === 'pullRequest' ? triggers.pulls : triggers.branches !== null || triggers.byHand || triggers.scheduled;
}

/** What a release has no value for, until the text is made. */
const slot = 'EVENT-VALUE';

function withBody({ line: { attributes }, text }: GivenLine, key: EventKey): TagLine['attributes'] {
  const bodies: Readonly<Record<EventKey, string>> = {
    schedule: attributes.get('pattern') ?? 'nightly',
    edge: 'edge',
    branch: slot,
    pullRequest: slot,
  };
  // Of pull requests it is the default of the line's own prefix, whatever `flavor` says.
  const isUsual = key === 'pullRequest' && !/(?:^|,)\s*prefix\s*=/i.test(text);
  return new Map([
    ...attributes,
    ['value', bodies[key]],
    ['prefix', isUsual ? 'pr-' : (attributes.get('prefix') ?? '')],
  ]);
}

/** `null` where the default of a config tells all cells apart. */
function pinnedTemplate(axes: readonly RoleAxis[], usesSuffix: boolean): string | null {
  const isUsual = axes.every(({ name }) => name === 'python' || (name === 'flavor' && usesSuffix));
  if (isUsual) return null;
  const parts = axes.map(({ name }) => (name === 'flavor' && usesSuffix ? '{{suffix}}' : `-{{${name}}}`));
  return `commit-{{revision}}${parts.join('')}`;
}
