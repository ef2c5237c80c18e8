/** `init --from-registry`: a config that explains the tags that are there, and the facts it was inferred from. */
import { InputError, OutsideError } from '../../domain/errors.ts';
import { formatRepository, parseRepository } from '../../domain/reference.ts';
import { configText, entry, list, object, type DraftObject, type DraftValue } from '../../import/config-text.ts';
import { commitTags } from '../../infer/commit-tags.ts';
import { configOf, inferConfig, type InferredConfig } from '../../infer/infer-config.ts';
import { numberedImages, readTagList } from '../../infer/read-tag-list.ts';
import type { TagOfImage } from '../../infer/scheme-names.ts';
import { compareNumbers, readTagNames } from '../../infer/tag-names.ts';
import type { GitFacts, Registry } from '../../ports.ts';
import { count, grouped } from '../../report/words.ts';
import { inspectImage } from '../inspect-image.ts';
import { listTags } from '../list-tags.ts';
import { required } from '../read-project.ts';
import type { World } from '../world.ts';
import { planInferred, type PlannedInference } from './plan-inferred.ts';
import { dockerfilesIn } from './layout.ts';
import { nowhere, remoteOf } from './project-facts.ts';
import { askDockerfile, askPlatforms, askRepository, stopped } from './questions.ts';
import { usualPlatforms } from './starting-files.ts';

export interface InferredFiles {
  readonly written: readonly { readonly path: string; readonly text: string }[];
  /** What a person should know of it. */
  readonly notes: readonly string[];
}

/** Above these, asking where each tag points takes longer than a person waits. */
const maxDigests = 5_000;
const maxNamed = 12;

export interface InferFrom {
  /** `REGISTRY/IMAGE`, or a file that ends in .txt or .json */
  readonly from: string;
  /** Where the image of a file goes; `null`: nobody said. */
  readonly repository: string | null;
  /** The config to write. */
  readonly config: string;
}

/** @throws {InputError} FACTS_INVALID; USAGE, for a repository beside another one too */
export async function filesFromRegistry(
  { from, repository: said, config }: InferFrom,
  git: GitFacts,
  world: World,
): Promise<InferredFiles | typeof stopped> {
  const isFile = /\.(?:txt|json)$/.test(from);
  if (!isFile && said !== null) throw twoRepositories;
  const given = isFile ? said : formatRepository(required(parseRepository(from, '--from-registry')));
  const { tags, platforms: seen } = isFile
    ? { tags: readTagList(await world.readText(from), from), platforms: null }
    : await tagsOf(from, world);
  const inferred = inferConfig(tags);
  if (inferred.versions.length === 0) throw noVersions(from, tags);
  const names = tags.map(({ tag }) => tag);
  const answers = await askOrigin({ repository: given, platforms: seen }, git, world.ask ?? null);
  if (answers === stopped) return stopped;
  const { repository } = answers;
  const planned = planInferred(inferred, repository ?? `${nowhere}/image`, names);
  const source = sourceOf(planned.inferred.versions, git);
  const facts = planned.inferred.versions.map((version) => `  ${JSON.stringify({ version })}`).join(',\n');
  const factsFile = { path: besides(config, 'releases.json'), text: `[\n${facts}\n]\n` };
  return {
    written: [
      {
        path: config,
        text: textOf(planned, {
          ...answers,
          source,
          tagPattern: gitPattern(planned.inferred, source, git),
          from,
          areImages: tags.some(({ image }) => image !== null),
        }),
      },
      ...(source.key === 'file' ? [factsFile] : []),
    ],
    notes: notesOf(planned, names.length, repository),
  };
}

const twoRepositories = new InputError([
  {
    code: 'USAGE',
    where: '--repository',
    message: 'init --from-registry REGISTRY/IMAGE does not use it: the config gets the image whose tags are read',
    fix: 'leave it out, or name a file of tags',
  },
]);

export function besides(config: string, name: string): string {
  return config.includes('/') ? `${config.slice(0, config.lastIndexOf('/'))}/${name}` : name;
}

interface RegistryTags {
  readonly tags: readonly TagOfImage[];
  /** Of the images of the newest version; `null` where they do not say. */
  readonly platforms: readonly string[] | null;
}

async function tagsOf(from: string, world: World): Promise<RegistryTags> {
  const repository = required(parseRepository(from, '--from-registry'));
  const registries = await world.registries([]);
  try {
    const registry = registries.open(repository);
    const tags = await listTags(registry, world.signal);
    const name = formatRepository(repository);
    const platforms = await platformsOf(tags, registry, world.signal);
    if (tags.length > maxDigests) {
      world.say(`${name} has ${grouped(tags.length)} tags: only their names are read, not where they point`);
      return { tags: tags.map((tag) => ({ tag, image: null })), platforms };
    }
    const snapshot = await (await world.snapshots(registry)).read(tags, world.signal);
    const digests = [...snapshot.tags].flatMap(([tag, seen]): [string, string][] =>
      seen.kind === 'present' ? [[tag, seen.descriptor.digest]] : [],
    );
    const unknown = [...snapshot.tags].filter(([, seen]) => seen.kind === 'unknown').length;
    if (unknown > 0) {
      const message = `${name}: the registry did not answer for ${unknown} of ${count(tags.length, 'tag')}, so nothing is inferred`;
      throw new OutsideError('REGISTRY_REFUSED', message, { repository: name });
    }
    return { tags: numberedImages(digests), platforms };
  } finally {
    await registries.close();
  }
}

/** A newest version has an image for each of its endings: as many as these are looked into. */
const maxInspected = 6;

/** Each platform that an image of the newest version has: a publish with fewer would drop the others. */
async function platformsOf(
  tags: readonly string[],
  registry: Registry,
  signal: AbortSignal,
): Promise<readonly string[] | null> {
  const full = readTagNames(tags).full.filter(({ isPre }) => !isPre);
  const [newest] = full.toSorted((a, b) => compareNumbers(b.numbers, a.numbers));
  if (newest === undefined) return null;
  const own = full.filter(({ numbers }) => compareNumbers(numbers, newest.numbers) === 0);
  const found = new Set<string>();
  for (const { tag } of own.slice(0, maxInspected)) {
    const image = await inspectImage(registry, tag, signal);
    for (const platform of image?.platforms ?? []) if (!platform.startsWith('unknown/')) found.add(platform);
  }
  return found.size === 0 ? null : [...found].toSorted();
}

function noVersions(from: string, tags: readonly TagOfImage[]): InputError {
  const [first] = tags;
  const which =
    first === undefined
      ? 'there are no tags yet'
      : tags.length === 1
        ? `its only tag, ${first.tag}, names no version`
        : `none of the ${grouped(tags.length)} tags names a version`;
  const message = `${which}, so no rule can be inferred`;
  const fix = 'write the config by hand, starting with: tagwright init';
  return new InputError([{ code: 'USAGE', where: `--from-registry ${from}`, message, fix }]);
}

interface Source {
  readonly key: 'file' | 'git' | 'github';
  readonly value: string;
}

/** Git knows dates and commits, if its tags are the releases that the registry has. */
function sourceOf(versions: readonly string[], git: GitFacts): Source {
  const known = new Set(git.tags.map((tag) => tag.replace(/^v/, '')));
  if (!versions.every((version) => known.has(version))) return { key: 'file', value: 'releases.json' };
  const remote = remoteOf(git.remote);
  return remote?.host === 'github.com' ? { key: 'github', value: remote.path } : { key: 'git', value: '.' };
}

/** The git tags of releases have a `v` that the versions of the image lack; `null` if nothing has to be taken off. */
function gitPattern({ tagPattern }: InferredConfig, { key }: Source, { tags }: GitFacts): string | null {
  const releases = tags.filter((tag) => /^v?\d+(?:\.\d+)+/.test(tag));
  const some = releases.filter((tag) => tag.startsWith('v'));
  if (key === 'file' || tagPattern !== null || some.length === 0) return null;
  return String.raw`^v${some.length < releases.length ? '?' : ''}(?<version>\d+\.\d+\.\d+.*)$`;
}

interface Origin extends Answers {
  readonly source: Source;
  readonly tagPattern: string | null;
  readonly from: string;
  readonly areImages: boolean;
}

/** What tags do not say. */
interface Answers {
  readonly repository: string | null;
  readonly dockerfile: string;
  readonly isDockerfileSaid: boolean;
  /** `null`: nobody said. */
  readonly platforms: readonly string[] | null;
}

async function askOrigin(
  { repository, platforms }: Pick<Answers, 'repository' | 'platforms'>,
  git: GitFacts,
  ask: World['ask'] | null,
): Promise<Answers | typeof stopped> {
  const guess = dockerfilesIn(git.files)[0] ?? 'Dockerfile';
  if (ask === undefined || ask === null) return { repository, dockerfile: guess, isDockerfileSaid: false, platforms };
  const where = repository ?? (await askRepository(`${nowhere}/image`, 1, ask));
  if (where === stopped) return stopped;
  const dockerfile = await askDockerfile(guess, ask);
  if (dockerfile === stopped) return stopped;
  const all = platforms ?? (await askPlatforms(ask));
  if (all === stopped) return stopped;
  return {
    repository: where.startsWith(`${nowhere}/`) ? null : where,
    dockerfile,
    isDockerfileSaid: true,
    platforms: all,
  };
}

function textOf(planned: PlannedInference, origin: Origin): string {
  const { explains, unexplained, extra, dropped, inferred } = planned;
  const { repository, source, tagPattern, from, areImages, dockerfile, isDockerfileSaid, platforms } = origin;
  const { rules, ...rest } = configOf(inferred);
  const others = {
    ...(tagPattern === null ? {} : { tagPattern }),
    ...rest,
    dockerfile,
    platforms: platforms ?? usualPlatforms,
  };
  const guesses = [...(isDockerfileSaid ? [] : ['dockerfile']), ...(platforms === null ? ['platforms'] : [])];
  const unknown = ['Nothing says where the image goes. Write its repository here.'];
  const fixed = [
    entry('repository', repository ?? `${nowhere}/image`, repository === null ? unknown : []),
    entry('source', object([entry(source.key, source.value)])),
  ];
  const left = [
    ...listedComment('No rule explains', unexplained),
    ...commitComment(unexplained),
    ...listedComment('Planned, and not in the registry:', extra),
    ...dropped.map(({ name, because }) => `Left out: rule ${name}, because ${because}`),
  ];
  const draft = object([
    ...fixed,
    ...entriesOf(others, (key) => [
      ...(guesses.includes(key) ? [`Tags do not say it: check the ${key === 'platforms' ? key : 'path'}.`] : []),
      ...(key === 'axes' ? buildNumberComment(inferred) : []),
    ]),
    entry(
      'rules',
      object(entriesOf(rules, (name) => [...explained(explains.get(name)), ...heldComment(inferred, name)])),
      left,
    ),
  ]);
  return configText(draft, [
    `Inferred from the tags of ${from}: a guess that explains them, to be read before it is used.`,
    ...(areImages ? [] : ['Only names were known, so that two names of one image are two values here.']),
  ]);
}

/** An ending that each version has of its own is no choice that a matrix makes. */
function buildNumberComment({ values }: InferredConfig): string[] {
  const found = values.map(({ name, endings }) =>
    endings.size === 1 ? /^(?<word>[a-z]*)\d+$/i.exec(name)?.groups : null,
  );
  const word = found[0]?.['word'];
  if (found.length < 3 || word === undefined || found.some((one) => one?.['word'] !== word)) return [];
  return [
    `CHECK THIS: ${values
      .map(({ name }) => name)
      .slice(-2)
      .join(' and ')} look like build numbers, a new one for each release, and no values.`,
    'Then they are a part of the version: leave axes out, and write',
    `tagPattern: String.raw\`^v?(?<version>(?<base>\\d+(?:\\.\\d+)*)-${word}(?<number>\\d+))$\`, scheme: { base: 'pep440', number: 'number' }`,
  ];
}

function explained(number: number | undefined): string[] {
  return number === undefined ? [] : [`explains ${count(number, 'tag')}`];
}

function heldComment({ rules }: InferredConfig, name: string): string[] {
  const held = rules.find((rule) => rule.name === name)?.held;
  return held === undefined ? [] : [held];
}

function listedComment(what: string, tags: readonly string[]): string[] {
  if (tags.length === 0) return [];
  const more = tags.length > maxNamed ? `, and ${tags.length - maxNamed} more` : '';
  return [`${what} ${tags.slice(0, maxNamed).join(', ')}${more}`];
}

/** Which release a commit is, no list of tags says: the rule is offered and not written. */
function commitComment(unexplained: readonly string[]): string[] {
  const found = commitTags(unexplained);
  if (found === null) return [];
  const { sample, template, length } = found;
  const rule = `sha: { template: '${template}'${length === 40 ? '' : `, length: ${length}`} }`;
  return [
    `${count(found.count, 'tag names', 'tags name')} a commit, such as ${sample}: with git or github as the source, ${rule}`,
  ];
}

function entriesOf(value: unknown, comments: (key: string) => string[]): DraftObject['entries'] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).map(([key, inner]) => entry(key, draftOf(key, inner), comments(key)));
}

function draftOf(key: string, value: unknown): DraftValue {
  if (key === 'tagPattern' && typeof value === 'string') return { kind: 'pattern', text: value };
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return list(value.map((item: unknown) => draftOf('', item)));
  return object(entriesOf(value, () => []));
}

function notesOf(planned: PlannedInference, total: number, repository: string | null): string[] {
  const { inferred, unexplained, extra } = planned;
  const areTags = total === 1 ? 'tag is' : 'tags are';
  const explained = `${total - unexplained.length} of ${total} ${areTags} explained by ${count(inferred.rules.length, 'rule')}.`;
  return [
    `Inferred, not known: ${explained}`,
    ...listedComment('No rule explains', unexplained),
    ...commitComment(unexplained),
    ...listedComment('Planned, and not in the registry:', extra),
    ...inferred.rules
      .filter(({ name }) => name === 'latest')
      .flatMap((rule) => (rule.held === undefined ? [] : [`latest: ${rule.held}`])),
    ...(repository === null ? ['Nothing says where the image goes: set repository before anything is published.'] : []),
  ];
}
