/** `tagwright look`: what is wrong with the tags of an image, with no config and nothing written. */
import { InputError, type Problem } from '../domain/errors.ts';
import { quote } from '../domain/tag.ts';
import { formatRepository, parseRepository, type Repository } from '../domain/reference.ts';
import { inferFindings, type InferredFinding, type SeenImage } from '../infer/inferred-findings.ts';
import { readKnownVersions, type KnownVersions } from '../infer/known-versions.ts';
import {
  compareNumbers,
  numberSchemes,
  readTagNames,
  shownVersion,
  type NamedTags,
  type TagName,
} from '../infer/tag-names.ts';
import type { Registry } from '../ports.ts';
import { count, grouped } from '../report/words.ts';
import { listTags } from './list-tags.ts';
import { inspectImage } from './inspect-image.ts';
import { withTask } from './with-task.ts';
import type { Outcome, World } from './world.ts';

export interface LookOptions {
  readonly repositories: readonly string[];
  /** Ask the git tags of the repository in the current folder. */
  readonly git?: boolean;
  /** Ask the releases of `OWNER/NAME`. */
  readonly github?: string | null;
  readonly json: boolean;
}

interface Looked {
  readonly repository: string;
  readonly tags: number;
  readonly names: NamedTags;
  readonly digests: ReadonlyMap<string, string>;
  /** Tags that the registry did not answer. */
  readonly unknown: readonly string[];
  readonly findings: readonly InferredFinding[];
}

/** How many version tags are looked into: the newest ones. */
const maxInspected = 24;

/** @throws {InputError} USAGE; @throws {OutsideError} where a repository cannot be read */
export async function lookCommand(options: LookOptions, world: World): Promise<Outcome> {
  const { repositories, json } = options;
  const parsed = repositories.map((text) => parseRepository(text, 'REGISTRY/IMAGE'));
  const problems = parsed.flatMap((one, index) => (one.ok ? [] : one.problems.map(ofFile(repositories[index] ?? ''))));
  if (problems.length > 0) throw new InputError(problems);
  const facts = await factsOf(options, world);
  const registries = await world.registries([]);
  try {
    const looked: Looked[] = [];
    for (const one of parsed)
      if (one.ok) looked.push(await lookAt(one.value, registries.open(one.value), facts.known, world));
    const differ = differences(looked);
    const isSaid = ({ certainty }: InferredFinding): boolean => certainty !== 'unsure';
    const isClean = differ.length === 0 && looked.every(({ findings }) => !findings.some(isSaid));
    const isUnknown = looked.some(({ unknown }) => unknown.length > 0);
    const stdout = json ? `${JSON.stringify(asData(looked, differ), null, 2)}\n` : textOf(looked, differ, facts.notes);
    return { stdout, result: isUnknown ? 'outside-failed' : isClean ? 'as-planned' : 'findings' };
  } finally {
    await registries.close();
  }
}

interface AskedFacts {
  /** `null`: nobody was asked. */
  readonly known: KnownVersions | null;
  readonly notes: readonly string[];
}

/** The sources are those of a config, asked in the same way. */
async function factsOf({ git = false, github = null }: LookOptions, world: World): Promise<AskedFacts> {
  if (github !== null && !/^[A-Za-z0-9][A-Za-z0-9-]*\/(?!\.{1,2}$)[\w.-]+$/.test(github)) {
    const fix = 'write --github OWNER/NAME';
    throw new InputError([{ code: 'USAGE', where: '--github', message: `${quote(github)} is not OWNER/NAME`, fix }]);
  }
  if (!git && github === null) return { known: null, notes: [] };
  const none = { file: null, githubUrl: null, pypi: null, pypiUrl: null };
  const sources = await world.sources({ ...none, git: git ? '.' : null, github }, '.', null);
  const answers = [];
  for (const source of sources) answers.push(await source.list(world.signal));
  const known = readKnownVersions(answers.flatMap(({ facts }) => facts));
  const partial = answers.flatMap(({ partial: why }) => (why === null ? [] : [`${why.reason}: ${why.fix}`]));
  const names = sources.map(({ name }) => name).join(' and ');
  return { known, notes: [`${names}: ${count(known.size, 'version')}, with dates and pre-releases.`, ...partial] };
}

/** A list of tags has no digests to look at, and says its scheme all the same. */
function ofFile(text: string): (problem: Problem) => Problem {
  const isFile = /\.(?:txt|json)$/.test(text);
  return (problem) =>
    isFile
      ? { ...problem, fix: `look asks registries; for a file of tags: tagwright init --from-registry ${text}` }
      : problem;
}

async function lookAt(
  repository: Repository,
  registry: Registry,
  known: KnownVersions | null,
  world: World,
): Promise<Looked> {
  const name = formatRepository(repository);
  const tags = await listTags(registry, world.signal);
  const names = readTagNames(tags);
  const wanted = wantedTags(names);
  const source = await world.snapshots(registry);
  const snapshot = await withTask(world.progress, `Reading tags of ${name}`, wanted.length, ({ advance }) =>
    source.read(wanted, world.signal, advance),
  );
  const digests = new Map(
    [...snapshot.tags].flatMap(([tag, seen]): [string, string][] =>
      seen.kind === 'present' ? [[tag, seen.descriptor.digest]] : [],
    ),
  );
  const unknown = [...snapshot.tags].filter(([, seen]) => seen.kind === 'unknown').map(([tag]) => tag);
  const images = await inspected(names, registry, world.signal);
  return {
    repository: name,
    tags: tags.length,
    names,
    digests,
    unknown,
    findings: inferFindings({
      names,
      digests,
      images,
      isPartial: skippedTags(names) > 0,
      ...(known === null ? {} : { known }),
    }),
  };
}

/** Versions, and tags that move: of more than these, the newest are asked where they point. */
const maxAsked = 5_000;

function wantedTags({ full, series, newest }: NamedTags): string[] {
  return [newestFirst(full).slice(0, maxAsked), [...newest, ...newestFirst(series)].slice(0, maxAsked)]
    .flat()
    .map(({ tag }) => tag);
}

function skippedTags({ full, series, newest }: NamedTags): number {
  return Math.max(0, full.length - maxAsked) + Math.max(0, series.length + newest.length - maxAsked);
}

function newestFirst(tags: readonly TagName[]): TagName[] {
  return tags.toSorted((a, b) => compareNumbers(b.numbers, a.numbers));
}

async function inspected(
  names: NamedTags,
  registry: Registry,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, SeenImage>> {
  const newest = newestFirst(names.full.filter(({ isPre }) => !isPre));
  const images = new Map<string, SeenImage>();
  for (const { tag } of newest.slice(0, maxInspected)) {
    const image = await inspectImage(registry, tag, signal);
    if (image === null) continue;
    const python = image.configs.flatMap(({ pythonVersion }) => pythonVersion ?? [])[0] ?? null;
    images.set(tag, { platforms: image.platforms, python });
  }
  return images;
}

/** Tags that one repository has and another lacks, or has on another image. */
function differences(looked: readonly Looked[]): string[] {
  const [first, ...others] = looked;
  if (first === undefined) return [];
  return others.flatMap((other) => {
    const all = [...new Set([...first.digests.keys(), ...other.digests.keys()])];
    const different = all.filter((tag) => first.digests.get(tag) !== other.digests.get(tag)).toSorted();
    if (different.length === 0) return [];
    const shown = different.slice(0, 8).join(', ') + (different.length > 8 ? ', …' : '');
    return [`${first.repository} and ${other.repository} differ in ${count(different.length, 'tag')}: ${shown}`];
  });
}

function asData(looked: readonly Looked[], differ: readonly string[]): object {
  const repositories = looked.map(({ repository, tags, names, unknown, findings }) => ({
    repository,
    tags,
    inferred: {
      versions: names.full.length,
      moving: names.series.length + names.newest.length,
      others: names.others.length,
    },
    unknown,
    findings,
  }));
  return { schema: 1, repositories, differences: differ };
}

function textOf(looked: readonly Looked[], differ: readonly string[], notes: readonly string[]): string {
  const lines = looked.flatMap((one) => {
    const { repository, tags, names, unknown, findings } = one;
    const moving = names.series.length + names.newest.length;
    const read = `${count(tags, 'tag')}; inferred from their names: ${grouped(names.full.length)} name a version, ${grouped(moving)} move, ${grouped(names.others.length)} are neither`;
    const found = findings.map(({ tag, message, evidence, certainty }) =>
      [`  ${tag} ${message}`, `    ${certainty}: ${evidence}`].join('\n'),
    );
    return [
      repository,
      ...(tags === 0 ? [] : [read]),
      ...notes,
      ...newestLines(one),
      ...(unknown.length === 0
        ? []
        : [`The registry did not answer for ${count(unknown.length, 'tag')}; run it again.`]),
      '',
      ...(names.full.length === 0 ? [] : [...found, ...(findings.length === 0 ? ['  Nothing found.'] : []), '']),
    ];
  });
  return [
    ...lines,
    ...differ,
    ...(differ.length === 0 ? [] : ['']),
    'Next: tagwright init, in the git repository of the image',
    '',
  ].join('\n');
}

/** What the findings are measured by. */
function newestLines({ tags, names }: Looked): string[] {
  if (tags === 0) return ['It has no tags yet, so there is nothing to compare.'];
  const finals = names.full.filter(({ isPre }) => !isPre);
  const skipped = skippedTags(names);
  const asked =
    skipped === 0
      ? []
      : [`The newest ${grouped(maxAsked)} were asked where they point, ${grouped(skipped)} older ones not.`];
  const [first, second] = numberSchemes(finals);
  const [newest] = first?.finals ?? [];
  if (newest === undefined)
    return [
      names.full.length > 0
        ? 'Every version is a pre-release, so there is nothing to compare.'
        : 'No tag names a version, so there is nothing to compare.',
    ];
  const [other] = second?.finals ?? [];
  return other === undefined
    ? [`The newest version is ${shownVersion(newest)}.`, ...asked]
    : [
        `Two version schemes at once: the newest of each are ${shownVersion(newest)} and ${shownVersion(other)}. A tag is compared with its own scheme.`,
        ...asked,
      ];
}
