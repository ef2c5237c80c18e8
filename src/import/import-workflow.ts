/** A workflow to a config that says the same. */
import { InputError } from '../domain/errors.ts';
import { pep440 } from '../domain/pep440.ts';
import { semver } from '../domain/semver.ts';
import type { VersionScheme } from '../domain/version.ts';
import { buildOptions, type BuildScene } from './build-step.ts';
import { buildersOf, sitesOf, type BuildSite } from './builds.ts';
import { groupsOf, type Group, type Origin } from './combine.ts';
import { constantGroups } from './concurrency.ts';
import { combinedEntries, type ImagePart } from './combined-entries.ts';
import { entry, list, object, type DraftEntry, type DraftObject } from './config-text.ts';
import { draftEvents, type EventsScene } from './events-draft.ts';
import { furtherPushes } from './further-pushes.ts';
import { findSteps, type Found, type Source } from './find-steps.ts';
import { imageEntries } from './image-draft.ts';
import type { GivenLine } from './lines.ts';
import { headOf, leftOut, remarks, unseenPushes } from './import-notes.ts';
import { elsewhere, invalid } from './refusals.ts';
import { assignRoles, type RoleAxis, type Roles } from './roles.ts';
import { withOwnTags } from './own-tags.ts';
import type { RuleContext } from './rule-draft.ts';
import { defaultsOf, draftRules, type Rules } from './rules.ts';
import { rulesDraft } from './rules-draft.ts';
import { forSingleCommits } from './shared-commits.ts';
import { splitList } from './tag-line.ts';
import { toldPieces } from './told-pieces.ts';
import type { TextContext } from './tag-text.ts';
import {
  matchPattern,
  schemeOf,
  otherPackages,
  gitTagNotes,
  rewrittenVersion,
  shapeOf,
  tagPattern,
  type SchemeName,
  type VersionShape,
} from './version-shape.ts';
import { passesFilters } from './triggers.ts';
import { readWholeWorkflow, type WholeWorkflow, type WorkflowFiles } from './workflow-files.ts';
import type { Step } from './workflow.ts';

export interface ImportInput {
  readonly source: string;
  /** As messages and comments name it. */
  readonly file: string;
  /** `owner/name` on GitHub; `null` where it is not known. */
  readonly repository: string | null;
  /** Oldest first. */
  readonly gitTags: readonly string[];
  /** Git tags of one commit, for each commit that has several. */
  readonly oneCommit?: readonly (readonly string[])[];
  /** Other workflows, actions and bake files of the repository, by path. */
  readonly files?: WorkflowFiles;
}

export interface Imported {
  readonly config: DraftObject;
  /** What it is, for the head of the file. */
  readonly head: readonly string[];
}

interface Scene {
  readonly workflow: WholeWorkflow;
  readonly files: WorkflowFiles;
  readonly found: Found;
  readonly shape: VersionShape;
  /** Git tags that start it, oldest first. */
  readonly gitTags: readonly string[];
  readonly oneCommit: readonly (readonly string[])[];
}

/** @throws {InputError} WORKFLOW_INVALID for what is no workflow, has no step to read, or a line the action would refuse */
export function importWorkflow(input: ImportInput): Imported {
  const { source, file, repository, gitTags, files = new Map() } = input;
  const workflow = readWholeWorkflow(source, file, files, repository);
  const filters = filtersOf(workflow, gitTags);
  const shape = shapeOf(gitTags, filters);
  const found = findSteps(workflow, { repository, tagPrefix: shape.prefix });
  const [first] = found.sources;
  const nameless = found.sources.find(({ images }) => splitList(images).lines.length === 0);
  if (first === undefined || nameless !== undefined) {
    const where = (nameless ?? first)?.step.where ?? file;
    throw invalid(where, 'the step names no image', 'its input images says where tags go');
  }
  const scene: Scene = {
    workflow,
    files,
    found,
    shape,
    gitTags: gitTags.filter((tag) => passesFilters(tag, filters)),
    oneCommit: input.oneCommit ?? [],
  };
  const drafts = groupsOf(found.sources, repository, {
    shape,
    buildsOf: (source) => buildersOf(source, workflow),
  }).map((group) => draftOf(group, scene));
  const useful = drafts.filter(({ isEmpty }) => !isEmpty);
  const [any] = useful;
  if (any === undefined) {
    const why = drafts.flatMap(({ dropped }) => dropped);
    const message = `none of its tags is for a final release${why.length === 0 ? '' : `: ${[...new Set(why)].join('; ')}`}`;
    throw invalid(first.step.where, message, `there is nothing here to import: ${elsewhere}`);
  }
  const intro = [
    ...workflow.comments,
    ...new Set(found.sources.flatMap(({ job }) => [...job.comments])),
    ...constantGroups(workflow, first.run),
    ...leftOut(found, workflow),
    ...unseenPushes(found, workflow),
    ...furtherPushes(workflow, first.run.event, { repository, tagPrefix: shape.prefix }),
    ...new Set(useful.flatMap(({ untold }) => untold)),
  ];
  const parts = useful.map(({ part }) => part);
  const entries = combinedEntries(parts, [sourceEntry(), ...buildEntries(any.sites)], intro);
  const steps = [...new Set(found.sources.map(({ step }) => step))];
  return { config: object(entries, remarks(steps)), head: headOf(workflow, steps) };
}

/** Those of pushed git tags; a workflow that releases start too has none, unless git tags fit them. */
function filtersOf({ triggers }: WholeWorkflow, gitTags: readonly string[]): readonly string[] {
  const filters = triggers.pushedTags ?? [];
  return !triggers.release || gitTags.some((tag) => /\d/.test(tag) && passesFilters(tag, filters)) ? filters : [];
}

const schemes: Readonly<Record<SchemeName, VersionScheme>> = { pep440, semver };

interface Draft {
  readonly part: ImagePart;
  readonly isEmpty: boolean;
  readonly dropped: readonly string[];
  readonly untold: readonly string[];
  /** The step that builds it, where there is one. */
  readonly sites: Step | null;
}

function draftOf(group: Group, { workflow, files, shape, gitTags, oneCommit }: Scene): Draft {
  const jobs = [...group.origins.keys()];
  const originOf = (job: (typeof jobs)[number]): Origin => group.origins.get(job) ?? fail(group);
  const around = { jobs, runOf: (job: (typeof jobs)[number]) => originOf(job).source.run };
  const shortLength = Number(around.runOf(jobs[0] ?? new Map()).env.get('docker_metadata_short_sha_length') ?? 7);
  const text: TextContext = { around, shape, shortLength };
  const { lines, comments, after } = group.lines;
  const roles = assignRoles(jobs, toldPieces(lines, text), imageKeysOf(group), group.stepKey);
  const context: RuleContext = { ...text, roles };
  const isPep440 = lines.some(({ line }) => line.type === 'pep440');
  const scheme = schemeOf(isPep440, shape);
  const pattern = patternOf(lines, scheme, shape);
  const order = schemes[scheme];
  const sources = [...new Set([...group.origins.values()].map(({ source }) => source))];
  const sites = new Map(sources.map((source) => [source, sitesOf(source, workflow)]));
  const scenery: BuildScene = { workflow, files, roles, sitesOf: ({ source }) => sites.get(source) ?? [] };
  const [only, ...more] = sources;
  const python = roles.axes.find(({ name }) => name === 'python');
  const builds = [...sites.values()].flat();
  const drafted = drafts(lines, context, { workflow, sources, builds, python });
  const { given, usesSuffix, events } = drafted;
  const rules = forSingleCommits(drafted.rules, { gitTags, oneCommit, pattern, scheme: order });
  const entries = imageEntries({
    group,
    scene: scenery,
    matrix: more.length === 0 ? (only?.matrix ?? null) : null,
    usesSuffix,
    file: workflow.file,
  });
  const defaults =
    given === null || given === 'highest' ? given : object([...given].map(([series, value]) => entry(series, value)));
  const [name = '', ...others] = group.repositories;
  return {
    part: {
      name: name.split('/').at(-1) ?? 'image',
      repositories: group.repositories,
      entries: [
        entry('repository', others.length === 0 ? name : list(group.repositories), group.comments),
        ...entries,
        entry('scheme', scheme),
        entry('tagPattern', { kind: 'pattern', text: pattern }, [
          ...gitTagNotes(gitTags, pattern, order),
          ...(isPep440 ? rewrittenVersion(gitTags, pattern) : []),
          ...(lines.some(readsAnyTag) ? otherPackages(gitTags, shape) : []),
        ]),
        ...(defaults === null ? [] : [entry('defaults', object([entry('python', defaults)]))]),
        entry(
          'rules',
          rulesDraft({ ...rules, rules: withOwnTags(rules.rules, roles) }, python !== undefined, after),
          comments,
        ),
        ...(events === null ? [] : [events]),
      ],
    },
    isEmpty: rules.rules.length === 0,
    dropped: drafted.dropped,
    untold: group.stepKey === null ? untoldOf(roles, builds) : [],
    sites: builds.at(-1)?.step ?? null,
  };
}

interface LinesScope {
  readonly workflow: WholeWorkflow;
  readonly sources: readonly Source[];
  readonly builds: readonly BuildSite[];
  readonly python: RoleAxis | undefined;
}

/** What becomes of the lines: rules of releases, `events`, and the default Python. */
function drafts(
  lines: readonly GivenLine[],
  context: RuleContext,
  { workflow, sources, builds, python }: LinesScope,
): {
  readonly rules: Rules;
  readonly events: DraftEntry | null;
  readonly given: ReturnType<typeof defaultsOf>;
  readonly usesSuffix: boolean;
  /** Why lines are no rules of releases. */
  readonly dropped: readonly string[];
} {
  const whole = draftRules(lines, context);
  const given = defaultsOf(lines, whole.rules, python, context);
  const usesSuffix = whole.rules.some(({ template }) => template.includes('{{suffix}}'));
  const scene: EventsScene = {
    triggers: workflow.triggers,
    hasConditions: sources.some(({ step, job }) => step.conditions.length + job.conditions.length > 0),
    holdsPulls: builds.some(({ step }) => holdsPulls(step)),
    usesSuffix,
    hasDefault: given !== null,
  };
  const events = draftEvents(lines, scene, context);
  const rules = events.entry === null ? whole : draftRules(events.rest, context);
  return { rules, events: events.entry, given, usesSuffix, dropped: [...whole.dropped.values()].flat() };
}

/** `push: ${{ github.event_name != 'pull_request' }}` */
function holdsPulls({ inputs }: Step): boolean {
  return /github\.event_name\s*!=\s*'pull_request'/.test(inputs.get('push')?.value ?? '');
}

function untoldOf({ untold }: Roles, sites: readonly BuildSite[]): string[] {
  return untold
    .filter((key) => !isBuiltWith(key, sites))
    .map((key) => `matrix.${key} tells no tags apart, so it is left out`);
}

/** A line that gives a tag whatever the git tag is; `type=semver` and the like read versions with or without a v alone. */
function readsAnyTag({ line: { type, attributes }, never, text }: GivenLine): boolean {
  // The action adds its own `latest` to a tag that a line gave.
  if (never !== null || text.startsWith('flavor latest=')) return false;
  if (type === 'ref' && attributes.get('event') !== 'tag') return false;
  return ['raw', 'ref', 'sha'].includes(type) && attributes.get('enable') !== 'false';
}

/** What a build is given is told where it is built. */
function isBuiltWith(key: string, sites: readonly BuildSite[]): boolean {
  const texts = sites.flatMap(({ step, job }) => [...[...step.inputs.values()].map(({ value }) => value), job.runsOn]);
  return texts.some((text) => text.toLowerCase().includes(`matrix.${key.toLowerCase()}`));
}

function fail(group: Group): never {
  throw new InputError([
    { code: 'WORKFLOW_INVALID', where: group.repositories.join(', '), message: 'has no jobs', fix: '' },
  ]);
}

function imageKeysOf({ origins }: Group): string[] {
  const texts = [...origins.values()].map(
    ({ source }) => `${source.images} ${source.step.inputs.get('images')?.value ?? ''}`,
  );
  return [...new Set(texts.join(' ').matchAll(/matrix\.(?<key>[\w.-]+)/g))].map(([, key]) => (key ?? '').toLowerCase());
}

function patternOf(lines: Group['lines']['lines'], scheme: SchemeName, shape: VersionShape): string {
  for (const { line } of lines) {
    const match = line.type === 'match' ? line.attributes.get('pattern') : line.attributes.get('match');
    const isWhole = line.type !== 'match' || line.attributes.get('matched') === '{{version}}';
    const pattern = match === undefined || !isWhole ? null : matchPattern(match, scheme);
    if (pattern !== null) return pattern;
  }
  return tagPattern(scheme, shape);
}

function sourceEntry(): DraftEntry {
  return entry('source', object([entry('git', '.')]), [
    'Every git tag has to be there: actions/checkout with `fetch-depth: 0`.',
    "Or { github: 'owner/name' }, which knows drafts and pre-releases too, and needs no deep clone.",
  ]);
}

function buildEntries(step: Step | null): DraftEntry[] {
  const options = [...buildOptions(step)].map(([key, value]) =>
    entry(key, typeof value === 'object' ? list(value) : value),
  );
  return options.length === 0 ? [] : [entry('build', object(options))];
}
