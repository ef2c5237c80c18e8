/** `tagwright look`: what is wrong with the tags of an image, with no config and nothing written. */
import { InputError, OutsideError } from '../domain/errors.ts';
import { quote } from '../domain/tag.ts';
import { formatRepository, parseRepository, type Repository } from '../domain/reference.ts';
import { inferFindings, type InferredFinding, type SeenImage } from '../infer/inferred-findings.ts';
import { readKnownVersions, type KnownVersions } from '../infer/known-versions.ts';
import { compareNumbers, readTagNames, versionText, type NamedTags } from '../infer/tag-names.ts';
import type { Registry } from '../ports.ts';
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
  const problems = parsed.flatMap((one) => (one.ok ? [] : one.problems));
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
  return { known, notes: [`${names}: ${known.size} versions, with dates and pre-releases.`, ...partial] };
}

async function lookAt(
  repository: Repository,
  registry: Registry,
  known: KnownVersions | null,
  world: World,
): Promise<Looked> {
  const name = formatRepository(repository);
  const tags = await registry.tags(world.signal);
  if (tags === null) {
    throw new OutsideError('REGISTRY_REFUSED', `${name} does not exist, or may not be read`, { repository: name });
  }
  const names = readTagNames(tags);
  const wanted = [...names.full, ...names.series, ...names.newest].map(({ tag }) => tag);
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
    findings: inferFindings({ names, digests, images, ...(known === null ? {} : { known }) }),
  };
}

async function inspected(
  names: NamedTags,
  registry: Registry,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, SeenImage>> {
  const newest = names.full.filter(({ isPre }) => !isPre).toSorted((a, b) => compareNumbers(b.numbers, a.numbers));
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
    return [
      `${first.repository} and ${other.repository} differ in ${different.length} tag${different.length === 1 ? '' : 's'}: ${shown}`,
    ];
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
  const lines = looked.flatMap(({ repository, tags, names, unknown, findings }) => {
    const newest = names.full.filter(({ isPre }) => !isPre).toSorted((a, b) => compareNumbers(b.numbers, a.numbers))[0];
    const read = `${tags} tags; inferred from their names: ${names.full.length} name a version, ${names.series.length + names.newest.length} move, ${names.others.length} are neither`;
    return [
      repository,
      read,
      ...notes,
      ...(newest === undefined
        ? ['No tag names a version, so nothing can be said.']
        : [`The newest version is ${versionText(newest)}.`]),
      ...(unknown.length === 0 ? [] : [`The registry did not answer for ${unknown.length} tags; run it again.`]),
      '',
      ...findings.map(({ tag, message, evidence, certainty }) => `  ${tag} ${message}\n    ${certainty}: ${evidence}`),
      ...(findings.length === 0 ? ['  Nothing found.'] : []),
      '',
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
