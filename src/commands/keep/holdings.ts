/** What a repository holds of what must stay, and what nothing holds. Reads only; what cannot be read in full throws. */
import pMap from 'p-map';
import { whyLoose, type Holder } from '../../audit/held-tags.ts';
import type { Digest } from '../../domain/digest.ts';
import { parseDigest } from '../../domain/digest.ts';
import { InputError, OutsideError } from '../../domain/errors.ts';
import { isAttachedTag } from '../../domain/referrers.ts';
import { formatRepository, type Repository } from '../../domain/reference.ts';
import { isTag } from '../../domain/tag.ts';
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
  const look = async (shown: ReadonlyMap<string, Digest> | null): Promise<Holdings> => {
    const tags = await readTags(registry, holders, world.signal);
    const found = await sort({ tags, holders, recorded, walk, shown });
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
  /** Loose tags as a person saw them; `null`: nobody did yet. One that is new, or elsewhere, holds its image. */
  readonly shown: ReadonlyMap<string, Digest> | null;
}

type Sorted = Pick<Holdings, 'kept' | 'keptTags' | 'loose' | 'looseTags'>;

async function sort({ tags, holders, recorded, walk, shown }: Sorting): Promise<Sorted> {
  const attached = attachedBySubject(tags);
  const roots = new Set(recorded);
  const loose = new Map<string, LooseTag>();
  for (const [tag, digest] of tags) {
    const because = whyLoose(tag, holders);
    const isSeen = shown === null || shown.get(tag) === digest;
    if (because !== null && isSeen) loose.set(tag, { tag, digest, because });
    else if (!isAttachedTag(tag) || subjectOf(tag) === null || !isSeen) roots.add(digest);
  }
  for (;;) {
    const kept = await walk.reach(roots, attached);
    for (const [tag, digest] of tags) {
      const subject = subjectOf(tag);
      if (subject === null || kept.has(subject) || (shown !== null && shown.get(tag) !== digest)) continue;
      loose.set(tag, { tag, digest, because: `it belongs to ${subject}, which nothing holds` });
    }
    const looseTags = [...loose.values()].filter(({ digest }) => !kept.has(digest));
    const reached = await walk.reach(
      looseTags.map(({ digest }) => digest),
      attached,
    );
    const free = new Map([...reached].filter(([digest]) => !kept.has(digest)));
    // A signature that no list names still belongs to what it signs.
    const hanging = [...free.values()].filter(({ subject }) => subject !== null && kept.has(subject));
    if (hanging.length === 0) {
      const names = new Set(looseTags.map(({ tag }) => tag));
      const keptTags = [...tags.keys()].filter((tag) => !names.has(tag)).toSorted();
      return { kept, keptTags, loose: free, looseTags };
    }
    for (const { digest } of hanging) roots.add(digest);
  }
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
