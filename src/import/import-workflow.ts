/** A workflow to a config that says the same. */
import { InputError } from '../domain/errors.ts';
import { formatRepository, parseRepository } from '../domain/reference.ts';
import { buildOptions, buildStepOf } from './build-step.ts';
import { entry, list, object, type DraftEntry, type DraftObject } from './config-text.ts';
import { findStep, type FoundStep } from './find-step.ts';
import { imageEntries } from './image-draft.ts';
import type { Combination } from './matrix.ts';
import { asText } from './matrix.ts';
import { piecesOf } from './pieces.ts';
import { assignRoles, valuesOf, type Roles } from './roles.ts';
import type { GivenLine, RuleContext } from './rule-draft.ts';
import { defaultsOf, draftRules, type Rules } from './rules.ts';
import { rulesDraft } from './rules-draft.ts';
import { conditionTruth, evaluateText, scopeOf } from './scope.ts';
import { parseAffixes, parseImages, parseTagLine, splitList, type ImageLine } from './tag-line.ts';
import { linePieces, type TextContext } from './tag-text.ts';
import { filterPrefix, matchPattern, tagPattern, tagPrefixOf, type SchemeName } from './version-shape.ts';
import { readWorkflow, stepName, type Step } from './workflow.ts';

export interface ImportInput {
  readonly source: string;
  /** As messages and comments name it. */
  readonly file: string;
  /** `owner/name` on GitHub; `null` where it is not known. */
  readonly repository: string | null;
  readonly gitTags: readonly string[];
}

export interface Imported {
  readonly config: DraftObject;
  /** What it is, for the head of the file. */
  readonly head: readonly string[];
}

/** @throws {InputError} WORKFLOW_INVALID for what is no workflow, has no step to read, or a line the action would refuse */
export function importWorkflow({ source, file, repository, gitTags }: ImportInput): Imported {
  const workflow = readWorkflow(source, file);
  const tagPrefix = tagPrefixOf(gitTags) ?? filterPrefix(workflow.triggers.pushedTags ?? []);
  const found = findStep(workflow, { repository, tagPrefix });
  const { step, run, jobs } = found;
  const tags = readTags(step);
  const affixes = parseAffixes(splitList(step.inputs.get('flavor')?.value ?? '').lines.map(({ text }) => text));
  const images = parseImages(splitList(step.inputs.get('images')?.value ?? '').lines.map(({ text }) => text));
  if (images.length === 0) throw invalid(step.where, 'the step names no image', 'its input images says where tags go');
  const around = { run, jobs };
  const text: TextContext = {
    around,
    affixes: { prefix: affixes.prefix?.text ?? '', suffix: affixes.suffix?.text ?? '' },
    shortLength: Number(run.env.get('docker_metadata_short_sha_length') ?? 7),
  };
  const told = tags.lines.flatMap(({ line }) => linePieces(line, text));
  const affixPieces = [affixes.prefix?.text ?? '', affixes.suffix?.text ?? ''].flatMap((part) =>
    piecesOf(part, around),
  );
  const imagePieces = images.flatMap(({ name }) => piecesOf(name, around));
  const roles = assignRoles(jobs, [...told, ...affixPieces], imagePieces);
  const context: RuleContext = { ...text, roles };
  const rules = draftRules(tags.lines, affixes, context);
  if (rules.rules.length === 0) {
    const fix = 'a config says what releases push; there is nothing here to import';
    throw invalid(step.where, 'none of its tags is for a final release', fix);
  }
  const scheme: SchemeName = tags.lines.some(({ line }) => line.type === 'pep440') ? 'pep440' : 'semver';
  const shared = sharedEntries({ found, tags, rules, context, scheme, tagPrefix });
  const parts = imageParts(images, { found, roles, rules, file, repository });
  const intro = [...workflow.comments, ...found.job.comments, ...leftOut(found), ...untold(roles)];
  return { config: object(combined(parts, shared, found, intro), remarks(step)), head: headOf(file, step) };
}

interface Tags {
  readonly lines: readonly GivenLine[];
  readonly after: readonly string[];
  readonly comments: readonly string[];
}

/** What the action takes where the input is left out. */
const usualTags = ['type=schedule', 'type=ref,event=branch', 'type=ref,event=tag', 'type=ref,event=pr'].join('\n');

function readTags(step: Step): Tags {
  const input = step.inputs.get('tags');
  const { lines, after } = splitList(input === undefined || input.value.trim() === '' ? usualTags : input.value);
  const comments = [...step.comments, ...(input?.comments ?? []), ...(step.inputs.get('flavor')?.comments ?? [])];
  const read = lines.map((given): GivenLine => {
    const line = parseTagLine(given.text);
    if (typeof line === 'string') {
      throw invalid(input?.where ?? step.where, `${given.text}: ${line}`, 'docker/metadata-action refuses it too');
    }
    return { line, text: given.text, comments: given.comments };
  });
  return { lines: read, after, comments };
}

interface SharedInput {
  readonly found: FoundStep;
  readonly tags: Tags;
  readonly rules: Rules;
  readonly context: RuleContext;
  readonly scheme: SchemeName;
  readonly tagPrefix: string | null;
}

/** What all images have in common: how versions are read, the default Python, the rules. */
function sharedEntries({ tags, rules, context, scheme, tagPrefix }: SharedInput): DraftEntry[] {
  const python = context.roles.axes.find(({ name }) => name === 'python');
  const given = defaultsOf(tags.lines, rules.rules, python, context);
  const defaults =
    given === null
      ? []
      : [
          entry(
            'python',
            given === 'highest' ? given : object([...given].map(([series, value]) => entry(series, value))),
          ),
        ];
  return [
    entry('scheme', scheme),
    entry('tagPattern', { kind: 'pattern', text: patternOf(tags, scheme, tagPrefix) }),
    ...(defaults.length === 0 ? [] : [entry('defaults', object(defaults))]),
    entry('rules', rulesDraft(rules, python !== undefined, tags.after), tags.comments),
  ];
}

function patternOf({ lines }: Tags, scheme: SchemeName, tagPrefix: string | null): string {
  for (const { line } of lines) {
    const match = line.type === 'match' ? line.attributes.get('pattern') : line.attributes.get('match');
    const pattern = match === undefined ? null : matchPattern(match, scheme);
    if (pattern !== null) return pattern;
  }
  return tagPattern(scheme, tagPrefix);
}

interface ImagePart {
  readonly name: string;
  readonly entries: readonly DraftEntry[];
}

interface PartsInput {
  readonly found: FoundStep;
  readonly roles: Roles;
  readonly rules: Rules;
  readonly file: string;
  readonly repository: string | null;
}

/** One image, or one for each value of the matrix that names images. */
function imageParts(images: readonly ImageLine[], { found, roles, rules, file, repository }: PartsInput): ImagePart[] {
  const { imageKey } = roles;
  const groups =
    imageKey === null
      ? [found.jobs]
      : valuesOf(found.jobs, imageKey).map((value) =>
          found.jobs.filter((job) => asText(job.get(imageKey) ?? null) === value),
        );
  const usesSuffix = rules.rules.some(({ template }) => template.includes('{{suffix}}'));
  const taken = new Set<string>();
  return groups.flatMap((jobs) => {
    const names = repositoriesOf(images, jobs, found, repository);
    if (names.repositories.length === 0) return [];
    const [first = ''] = names.repositories;
    const value = names.repositories.length === 1 ? first : list(names.repositories);
    let name = first.split('/').at(-1) ?? 'image';
    while (taken.has(name)) name = `${name}-2`;
    taken.add(name);
    const entries = imageEntries({ found, roles, jobs, usesSuffix, file });
    return [{ name, entries: [entry('repository', value, names.comments), ...entries] }];
  });
}

interface Names {
  readonly repositories: readonly string[];
  readonly comments: readonly string[];
}

function repositoriesOf(
  images: readonly ImageLine[],
  jobs: readonly Combination[],
  { run }: FoundStep,
  repository: string | null,
): Names {
  const comments: string[] = [];
  const repositories = new Set<string>();
  const scope = scopeOf(run, jobs[0] ?? new Map());
  for (const { name, enable } of images) {
    if (conditionTruth(enable, scope).is === false) {
      comments.push(`name=${name},enable=${enable}: not for a release`);
      continue;
    }
    const value = evaluateText(name, scope);
    const parsed = value.kind === 'known' ? parseRepository(value.data.coerceString().toLowerCase(), '') : null;
    if (parsed?.ok === true) repositories.add(formatRepository(parsed.value));
    else {
      repositories.add(repository === null ? 'docker.io/acme/app' : `ghcr.io/${repository.toLowerCase()}`);
      comments.push(`CHANGE THIS: the workflow says ${name}, which only a run knows`);
    }
  }
  return { repositories: [...repositories], comments };
}

/** Keys that are the same in every image stand beside `images`, the others in it. */
function combined(
  parts: readonly ImagePart[],
  shared: readonly DraftEntry[],
  found: FoundStep,
  intro: readonly string[],
): DraftEntry[] {
  const options = buildOptions(buildStepOf(found.job, found.step));
  const last = [...options].map(([key, value]) => entry(key, typeof value === 'object' ? list(value) : value));
  const build = last.length === 0 ? [] : [entry('build', object(last))];
  const source = entry('source', object([entry('git', '.')]), [
    'Every git tag has to be there: actions/checkout with `fetch-depth: 0`.',
    "Or { github: 'owner/name' }, which knows drafts and pre-releases too, and needs no deep clone.",
  ]);
  const [only, ...more] = parts;
  if (only === undefined)
    throw invalid(found.step.where, 'no image of it is for a release', 'there is nothing to import');
  if (more.length === 0) return inOrder(withIntro([...only.entries, source, ...shared, ...build], intro));
  const isSame = ({ key, value }: DraftEntry): boolean =>
    parts.every(
      ({ entries }) => JSON.stringify(entries.find((other) => other.key === key)?.value) === JSON.stringify(value),
    );
  const common = only.entries.filter((candidate) => isSame(candidate));
  const images = parts.map(({ name, entries }) =>
    entry(name, object(inOrder(entries.filter((candidate) => !isSame(candidate))))),
  );
  const beside = [...common, source, ...shared, ...build];
  return inOrder(withIntro([entry('images', object(images)), ...beside], intro));
}

const order = [
  'images',
  'repository',
  'source',
  'scheme',
  'tagPattern',
  'pythons',
  'flavors',
  'axes',
  'platforms',
  'defaults',
  'rules',
  'exclude',
  'build',
];

function inOrder(entries: readonly DraftEntry[]): DraftEntry[] {
  return entries.toSorted((a, b) => order.indexOf(a.key) - order.indexOf(b.key));
}

/** What stands above the workflow comes before the first key. */
function withIntro(entries: readonly DraftEntry[], intro: readonly string[]): DraftEntry[] {
  const [first, ...others] = inOrder(entries);
  return first === undefined ? [] : [{ ...first, comments: [...intro, ...first.comments] }, ...others];
}

function untold({ untold: keys }: Roles): string[] {
  return keys.map((key) => `matrix.${key} tells no tags apart, so it is left out`);
}

function leftOut({ others, job, jobs }: FoundStep): string[] {
  const steps = others.map((step) => {
    const images = splitList(step.inputs.get('images')?.value ?? '').lines.map(({ text }) => text);
    return `the step ${stepName(step)} (${images.join(', ')}) is not run for a final release, so its tags are in no plan`;
  });
  const count = (job.matrix?.jobs.length ?? 1) - jobs.length;
  return count === 0 ? steps : [...steps, `${count} jobs of the matrix do not run the step for a release`];
}

/** Inputs that are not about tags. */
function remarks(step: Step): string[] {
  return ['labels', 'annotations'].flatMap((name) =>
    (step.inputs.get(name)?.value.trim() ?? '') === ''
      ? []
      : [
          `the input ${name} has no counterpart: write LABEL into the Dockerfile; version, revision and base come by themselves`,
        ],
  );
}

function headOf(file: string, step: Step): string[] {
  return [
    `The tags of releases that ${file} pushes, read from its step ${stepName(step)}.`,
    '',
    "Comments are the workflow's own, or say what has no counterpart here.",
  ];
}

function invalid(where: string, message: string, fix: string): InputError {
  return new InputError([{ code: 'WORKFLOW_INVALID', where, message, fix }]);
}
