/** Rules of a config, made from the tag lines of a step. */
import { count } from '../domain/count.ts';
import type { Combination } from './matrix.ts';
import { valueIn, type RoleAxis, type Roles } from './roles.ts';
import { templateText } from './evaluate.ts';
import { conditionTruth, evaluateText, scopeOf } from './scope.ts';
import type { GivenLine } from './lines.ts';
import type { TagLine } from './tag-line.ts';
import { inParts, tagText, type TextContext } from './tag-text.ts';
import { asWritten } from './workflow-files.ts';

export interface RuleDraft {
  readonly name: string;
  readonly kind: 'pinned' | 'convenience';
  readonly template: string;
  readonly releases: 'finals' | 'all';
  readonly range: string | null;
  /** Axis to values, or to `default`. */
  readonly only: ReadonlyMap<string, 'default' | readonly string[]>;
  readonly revisionLength: number;
  readonly comments: readonly string[];
}

export interface RuleContext extends TextContext {
  readonly roles: Roles;
}

export interface Translated {
  readonly rule: RuleDraft | null;
  /** Where there is no rule: the line, and why. */
  readonly comments: readonly string[];
  /** It is one text in each job, and no template over all of them. */
  readonly isInParts: boolean;
}

export function draftRule(written: GivenLine, context: RuleContext): Translated {
  const { line, comments } = written;
  const text = asWritten(written.text);
  const dropped = (why: string): Translated => ({
    rule: null,
    comments: [...comments, `${text}: ${why}`],
    isInParts: why.startsWith(inParts),
  });
  const never = neverForReleases(line) ?? written.never;
  if (never !== null) return dropped(never);
  const enabled = enabledJobs(written, context, false);
  if (enabled.jobs.length === 0) return dropped('not for a final release, so it is in no plan');
  const given = givenVersion(line, enabled.jobs, context);
  if (given.fixed !== null) return dropped(`${given.fixed} is one version; the plan has every release`);
  const made = tagText(line, context.roles, context);
  if (typeof made === 'string') return dropped(made);
  if (made.template === '') return dropped('empty for a release');
  const kind = isPinned(made.template) ? 'pinned' : 'convenience';
  const series = kind === 'convenience' ? seriesOf(made.template) : null;
  const template = series === null ? made.template : series.template;
  const majors = series === null ? majorsOf(written, context) : null;
  const only = onlyOf(enabled.jobs, template, series !== null, context);
  const early = enabledJobs(written, context, true);
  const isForAll = kind === 'pinned' && line.type !== 'sha' && early.jobs.length > 0;
  const notes = [
    ...made.notes,
    ...only.notes,
    ...given.notes,
    ...(series === null ? [] : [`it names series ${series.name}, so it is for its releases alone`]),
    ...(enabled.because.length === 0 || majors !== null ? [] : [conditionNote(enabled.because, kind)]),
    ...attributeNotes(line, early.jobs.length > 0),
  ];
  return {
    rule: {
      name: '',
      kind,
      template,
      releases: isForAll ? 'all' : 'finals',
      range: series?.range ?? majors,
      only: only.only,
      revisionLength: made.revisionLength,
      comments: [...comments, ...notes],
    },
    comments: [],
    isInParts: false,
  };
}

function neverForReleases({ type, attributes }: TagLine): string | null {
  const event = attributes.get('event');
  if (type === 'schedule' || type === 'edge')
    return `a tag of ${type === 'edge' ? 'a branch' : 'a schedule'}, no release's`;
  if (type === 'ref' && event !== 'tag')
    return `a tag of ${event === 'pr' ? 'a pull request' : 'a branch'}, no release's`;
  return null;
}

/** The version that a line names itself: one that is written out is one release's, and no rule. */
function givenVersion(
  { type, attributes }: TagLine,
  jobs: readonly Combination[],
  { around }: TextContext,
): { readonly fixed: string | null; readonly notes: readonly string[] } {
  const written = attributes.get('value') ?? '';
  const none = { fixed: null, notes: [] };
  const [job] = jobs;
  if (type === 'raw' || written === '' || job === undefined) return none;
  const value = evaluateText(written, scopeOf(around.runOf(job), job));
  if (value.kind === 'unknown') {
    const note = `only a run knows ${asWritten(written)}: here it is the version of the release, so check that`;
    return { fixed: null, notes: [note] };
  }
  const text = templateText(value);
  return text === '' || text.includes('{{') ? none : { fixed: text, notes: [] };
}

interface Enabled {
  readonly jobs: readonly Combination[];
  /** What only a run could have said. */
  readonly because: readonly string[];
}

/** Jobs in which the line is on, or may be. */
export function enabledJobs({ line, jobs }: GivenLine, { around }: TextContext, isEarly: boolean): Enabled {
  const written = line.attributes.get('enable') ?? 'true';
  const own = jobs === null ? around.jobs : around.jobs.filter((job) => jobs.includes(job));
  const asked = own.map((job) => {
    const run = { ...around.runOf(job), prerelease: isEarly };
    return { job, truth: conditionTruth(written, scopeOf(run, job)) };
  });
  const on = asked.filter(({ truth }) => truth.is !== false);
  return { jobs: on.map(({ job }) => job), because: [...new Set(on.flatMap(({ truth }) => truth.because))] };
}

/** The range of major versions that a condition on the git tag lets through, such as all but 0; `null` for none such. */
function majorsOf({ line, jobs }: GivenLine, { around, shape }: TextContext): string | null {
  const written = line.attributes.get('enable');
  const [job] = jobs ?? around.jobs;
  if (written === undefined || job === undefined || shape.prefix === null) return null;
  const isOn = (major: number, rest: string): boolean | null =>
    conditionTruth(written, scopeOf({ ...around.runOf(job), gitTag: `${shape.prefix ?? ''}${major}${rest}` }, job)).is;
  const rests = shape.parts === 2 ? ['.0', '.1', '.9', '.10'] : ['.0.0', '.0.1', '.1.0', '.9.3', '.10.12'];
  const majors = Array.from({ length: mostMajors }, (_, major) => {
    const [is = null, ...others] = rests.map((rest) => isOn(major, rest));
    return others.every((other) => other === is) ? is : null;
  });
  const first = majors.indexOf(true);
  const last = majors.lastIndexOf(true);
  const isOne = majors.every((is, major) => is === (major >= first && major <= last));
  if (first === -1 || !isOne || (first === 0 && last === mostMajors - 1)) return null;
  return [first === 0 ? '' : `>=${first}`, last === mostMajors - 1 ? '' : `<${last + 1}`].join(' ').trim();
}

/** As many as are tried. */
const mostMajors = 30;

/** What has the whole version or the commit in it is one release's for ever. */
function isPinned(template: string): boolean {
  const hasAll = ['major', 'minor', 'patch'].every((name) => template.includes(`{{${name}}}`));
  return hasAll || /\{\{(?:version|revision)\}\}/.test(template);
}

interface Series {
  readonly name: string;
  readonly template: string;
  readonly range: string;
}

/** `2-latest` names the series 2 by hand. */
function seriesOf(template: string): Series | null {
  const found = /^(?<prefix>v?)(?<major>\d+)(?<rest>(?:-.*)?)$/.exec(template)?.groups;
  if (found === undefined || /\{\{(?:major|minor|patch|year)\}\}/.test(template)) return null;
  const major = Number(found['major']);
  const text = `${found['prefix'] ?? ''}{{major}}${found['rest'] ?? ''}`;
  return { name: String(major), template: text, range: `>=${major} <${major + 1}` };
}

interface Only {
  readonly only: ReadonlyMap<string, 'default' | readonly string[]>;
  readonly notes: readonly string[];
}

/** Values of the axes a rule is for: those it is enabled for, and one where its text does not tell them apart. */
export function onlyOf(
  enabled: readonly Combination[],
  template: string,
  hasSeries: boolean,
  { roles, around }: RuleContext,
): Only {
  const only = new Map<string, 'default' | readonly string[]>();
  const notes: string[] = [];
  for (const axis of roles.axes) {
    const on = distinct(enabled.map((job) => valueIn(job, axis)));
    const all = distinct(around.jobs.map((job) => valueIn(job, axis)));
    const told = isTold(template, axis, on);
    if (told && on.length < all.length) only.set(axis.name, on);
    if (told || all.length === 1) continue;
    if (on.length === 1) {
      const isDefault = axis.name === 'python' && hasSeries;
      only.set(axis.name, isDefault ? 'default' : on);
      continue;
    }
    only.set(axis.name, axis.name === 'python' ? 'default' : on.slice(0, 1));
    notes.push(
      `${count(on.length, 'job')} pushed it, one for each ${axis.name}, and the last one won: is this the one it means?`,
    );
  }
  const isExact = around.jobs.every((job) => enabled.includes(job) === isIn(job, enabled, roles.axes));
  if (!isExact) notes.push('enabled for some cells only, which the config cannot say');
  return { only, notes };
}

function isTold(template: string, axis: RoleAxis, on: readonly string[]): boolean {
  if (template.includes(`{{${axis.name}}}`)) return true;
  if (axis.name !== 'flavor' || !template.includes('{{suffix}}')) return false;
  const suffixes = axis.values.filter(({ name }) => on.includes(name)).map(({ suffix }) => suffix);
  return new Set(suffixes).size === suffixes.length;
}

/** Whether a job is among those that the enabled values of all axes span. */
function isIn(job: Combination, enabled: readonly Combination[], axes: readonly RoleAxis[]): boolean {
  return axes.every((axis) => enabled.some((other) => valueIn(other, axis) === valueIn(job, axis)));
}

function conditionNote(because: readonly string[], kind: 'pinned' | 'convenience'): string {
  const asked = because.map(asWritten).join(', ');
  return kind === 'pinned'
    ? `it was asked ${asked} too, which only a run knows`
    : `it was asked ${asked} too; here the highest final release owns it, whatever a run says`;
}

/** Attributes that say something else than the rule does. */
function attributeNotes({ type, attributes }: TagLine, isEarly: boolean): string[] {
  const notes: string[] = [];
  if (type === 'sha' && isEarly) {
    notes.push(
      "pre-releases had it too: releases: 'all' does that, but a commit that is released twice is then an error",
    );
  }
  if (attributes.has('match'))
    notes.push(`match=${attributes.get('match') ?? ''}: tagPattern says which git tags are releases`);
  return notes;
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
