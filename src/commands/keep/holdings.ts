/** What a repository holds of what must stay, and what nothing holds. Reads only; what cannot be read in full throws. */
import pMap from 'p-map';
import { whyLoose, type Holder } from '../../audit/held-tags.ts';
import type { Digest } from '../../domain/digest.ts';
import { parseDigest } from '../../domain/digest.ts';
import { InputError, OutsideError } from '../../domain/errors.ts';
import { parseImageConfig } from '../../domain/image.ts';
import { axisLabel, labelNames } from '../../domain/labels.ts';
import { isAttachedTag } from '../../domain/referrers.ts';
import { formatRepository, type Repository } from '../../domain/reference.ts';
import { isTag } from '../../domain/tag.ts';
import type { Cell } from '../../plan/cell.ts';
import type { Registry } from '../../ports.ts';
import { count } from '../../report/words.ts';
import { expectedOf } from '../look/expected-of.ts';
import { readLockFile } from '../look/lock-file.ts';
import { readPast } from '../look/repository-look.ts';
import { journalFolder, type CommonOptions } from '../options.ts';
import { readImage, readProject, type Project } from '../read-project.ts';
import type { World } from '../world.ts';
import { createWalk, type Reached, type Walk } from './walk.ts';

export interface Holdings {
  readonly registry: Registry;
  /** `registry/path` */
  readonly name: string;
  /** Everything that must stay, and is there. */
  readonly kept: ReadonlyMap<Digest, Reached>;
  /** Tags that hold it, those that belong to a digest included, by code unit. */
  readonly keptTags: readonly string[];
  /** What nothing holds, in the order in which it may be deleted. */
  readonly loose: ReadonlyMap<Digest, Reached>;
  readonly looseTags: readonly LooseTag[];
  /** Goes on with what it has read, if the repository is looked at again. */
  readonly again: (shown: ReadonlyMap<string, Digest>) => Promise<Holdings>;
  readonly forget: Walk['forget'];
}

export interface LooseTag {
  readonly tag: string;
  readonly digest: Digest;
  /** Why nothing holds it. */
  readonly because: string;
}

/** Every image of the config may be published to a repository; what one of them holds is held. */
export interface Holders {
  readonly project: Project;
  readonly all: readonly (Holder & { readonly project: Project })[];
}

/** @throws {InputError} FACTS_PARTIAL if a source may know fewer releases than there are */
export async function readHolders(given: CommonOptions, world: World): Promise<Holders> {
  // What came out after a moment holds its image too.
  const options = { ...given, at: null };
  const project = await readProject(options, world);
  const { config } = await readImage(options, world);
  const all = [];
  for (const { name } of config.images) {
    const own = name === project.image.name ? project : await readProject({ ...options, image: name }, world);
    const [partial] = own.partial;
    if (partial !== undefined) {
      const message = `what a release holds is not known: ${partial.reason}`;
      throw new InputError([{ code: 'FACTS_PARTIAL', where: partial.source, message, fix: partial.fix }]);
    }
    all.push({ project: own, expected: await expectedOf(own, options, world) });
  }
  return { project, all };
}

/** @throws {OutsideError} for whatever the registry did not answer */
export async function readHoldings(
  registry: Registry,
  { all }: Holders,
  options: CommonOptions,
  world: World,
): Promise<Holdings> {
  const { repository } = registry;
  const name = formatRepository(repository);
  const holders = all.filter(({ project }) => project.image.repositories.some((one) => formatRepository(one) === name));
  const recorded = await recordedDigests(repository, holders, options, world);
  const walk = createWalk(registry, world.signal);
  let going: ReadonlySet<Digest> = new Set();
  const isOurs = ownerOf(registry, walk, holders, world.signal);
  const look = async (shown: ReadonlyMap<string, Digest> | null): Promise<Holdings> => {
    const tags = await readTags(registry, holders, world.signal);
    const found = await sort({ tags, holders, recorded, walk, isOurs, going, shown });
    if (shown === null) going = new Set(found.loose.keys());
    return { registry, name, ...found, again: look, forget: walk.forget };
  };
  return look(null);
}

/** What the lock and unfinished runs say of cells of the plan. */
async function recordedDigests(
  repository: Repository,
  holders: Holders['all'],
  options: CommonOptions,
  world: World,
): Promise<readonly Digest[]> {
  const digests: Digest[] = [];
  for (const { project, expected } of holders) {
    const lock = await readLockFile(world.files(project.root), formatRepository(repository));
    const past = await readPast(world.journals(options.journal ?? journalFolder), repository, expected);
    digests.push(...(lock?.entries ?? []).map(({ digest }) => digest), ...past.digests.values());
  }
  return digests;
}

/** Where every tag points: those of the list, and those of the plan whatever the list says. */
async function readTags(
  registry: Registry,
  holders: readonly Holder[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Digest>> {
  const listed = (await registry.tags(signal)) ?? [];
  const names = new Set(listed);
  const planned = holders.flatMap(({ expected }) => [...expected.tags.keys()]);
  const wanted = [...new Set([...listed, ...planned])];
  const at = await pMap(wanted, async (tag) => (isTag(tag) ? await registry.head(tag, signal) : null), {
    concurrency: 16,
  });
  const tags = new Map(wanted.flatMap((tag, index) => (at[index] ? [[tag, at[index].digest] as const] : [])));
  const lacking = [...tags.keys()].filter((tag) => !names.has(tag)).length;
  const odd = listed.filter((tag) => !isTag(tag)).length;
  if (lacking + odd === 0) return tags;
  const name = formatRepository(registry.repository);
  const message =
    odd > 0
      ? `the list of tags has ${count(odd, 'name')} that cannot be a tag, so what it holds is not known`
      : `the list of tags lacks ${count(lacking, 'tag')} that ${lacking === 1 ? 'is' : 'are'} there, so it may lack others`;
  throw new OutsideError('TAG_UNKNOWN', `${name}: ${message}`, { repository: name });
}

interface Sorting {
  readonly tags: ReadonlyMap<string, Digest>;
  readonly holders: readonly Holder[];
  readonly recorded: readonly Digest[];
  readonly walk: Walk;
  readonly isOurs: (digest: Digest) => Promise<boolean>;
  /** What was on the list, deleted by now or not: a signature of it goes too. */
  readonly going: ReadonlySet<Digest>;
  /** Loose tags as a person saw them; `null`: nobody did yet. One that is new, or elsewhere, holds its image. */
  readonly shown: ReadonlyMap<string, Digest> | null;
}

type Sorted = Pick<Holdings, 'kept' | 'keptTags' | 'loose' | 'looseTags'>;

async function sort({ tags, holders, recorded, walk, isOurs, going, shown }: Sorting): Promise<Sorted> {
  const attached = attachedBySubject(tags);
  const roots = new Set(recorded);
  const loose = new Map<string, LooseTag>();
  const isSeen = (tag: string): boolean => shown === null || shown.get(tag) === tags.get(tag);
  for (const [tag, digest] of tags) {
    const subject = subjectOf(tag);
    if (subject !== null && isSeen(tag)) {
      if (going.has(subject)) loose.set(tag, { tag, digest, because: belongsTo(subject) });
      continue;
    }
    const because = isSeen(tag) ? whyLoose(tag, holders) : null;
    // A tag may be of a value that the config no longer has: then its image says what it is.
    if (because === null || (await isOurs(digest))) roots.add(digest);
    else loose.set(tag, { tag, digest, because });
  }
  for (;;) {
    const kept = await walk.reach(roots, attached);
    const unkept = [...loose.values()].filter(({ digest }) => !kept.has(digest));
    const reached = await walk.reach(
      unkept.map(({ digest }) => digest),
      attached,
    );
    const free = new Map([...reached].filter(([digest]) => !kept.has(digest)));
    // A signature that no list names still belongs to what it signs.
    const held = [...free.values()].filter(({ subject }) => subject !== null && kept.has(subject));
    const attachedTags = [...tags].filter(([tag]) => subjectOf(tag) !== null && isSeen(tag));
    // What it signs may be here without a tag, or in another repository: it goes only together with it.
    const isLoose = (subject: Digest): boolean => free.has(subject) || going.has(subject);
    const left = attachedTags.filter(([tag, digest]) => !kept.has(digest) && !isLoose(subjectOf(tag) ?? digest));
    if (held.length + left.length === 0) {
      const looseTags = [...unkept, ...attachedTags.flatMap(([tag, digest]) => ofLoose(tag, digest, free, loose))];
      const names = new Set(looseTags.map(({ tag }) => tag));
      const keptTags = [...tags.keys()].filter((tag) => !names.has(tag)).toSorted();
      return { kept, keptTags, loose: free, looseTags };
    }
    for (const { digest } of held) roots.add(digest);
    for (const [, digest] of left) roots.add(digest);
  }
}

/** The tag of a signature whose image goes too. */
function ofLoose(
  tag: string,
  digest: Digest,
  free: ReadonlyMap<Digest, Reached>,
  loose: ReadonlyMap<string, LooseTag>,
): LooseTag[] {
  const subject = subjectOf(tag);
  return free.has(digest) && subject !== null && !loose.has(tag) ? [{ tag, digest, because: belongsTo(subject) }] : [];
}

function belongsTo(subject: Digest): string {
  return `it belongs to ${subject}, which nothing holds`;
}

/**
 * Whether an image says that it was built for a release or a branch here, by the labels of tagwright or the version of a
 * known release, or is a build's cache.
 */
function ownerOf(registry: Registry, walk: Walk, holders: readonly Holder[], signal: AbortSignal): Sorting['isOurs'] {
  const versions = new Set(
    holders.flatMap(({ expected }) => [...expected.cells, ...expected.leftOutCells.keys()]).map(versionOf),
  );
  const isOwn = ([name, value]: readonly [string, string]): boolean =>
    name.startsWith(axisLabel('')) || (name === labelNames.version && versions.has(value));
  const says = async ({ config, isCache }: Reached): Promise<boolean> => {
    const bytes = config === null ? null : await registry.blob(config, signal);
    const facts = config === null || bytes === null ? null : parseImageConfig(bytes, config);
    return isCache || Object.entries(facts?.labels ?? {}).some(isOwn);
  };
  const known = new Map<Digest, Promise<boolean>>();
  const look = async (digest: Digest): Promise<boolean> => {
    const parts = await walk.reach([digest], new Map());
    const said = await pMap(parts.values(), says, { concurrency: 4 });
    return said.includes(true);
  };
  return (digest) => {
    const answer = known.get(digest) ?? look(digest);
    known.set(digest, answer);
    return answer;
  };
}

function versionOf({ release }: Cell): string {
  return release.version.text;
}

/** The digest that a tag is made of; `null` for other tags, and for a digest of another algorithm. */
function subjectOf(tag: string): Digest | null {
  return isAttachedTag(tag)
    ? parseDigest(tag.replace(/^(?<name>sha256)-(?<hex>[0-9a-f]{64}).*$/, '$<name>:$<hex>'))
    : null;
}

function attachedBySubject(tags: ReadonlyMap<string, Digest>): ReadonlyMap<Digest, readonly Digest[]> {
  const attached = new Map<Digest, Digest[]>();
  for (const [tag, digest] of tags) {
    const subject = subjectOf(tag);
    if (subject !== null) attached.set(subject, [...(attached.get(subject) ?? []), digest]);
  }
  return attached;
}
