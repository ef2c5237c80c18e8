/**
 * `tagwright prune`: what no plan, no event and no kept image holds, with age and size; with `--delete COUNT` it deletes
 * that, manifest by manifest.
 *
 * Registries list tags and no digests: what has no tag, and nothing with one leads to, is not seen. Nothing is deleted
 * on an unknown answer, and before each deletion every tag is read again.
 */
import pMap from 'p-map';
import type { Digest } from '../domain/digest.ts';
import { InputError, OutsideError } from '../domain/errors.ts';
import { parseImageConfig } from '../domain/image.ts';
import { formatInstant, parseInstant } from '../domain/instant.ts';
import { eachInTurn } from '../domain/several.ts';
import { pruneJson, pruneText, type PruneReport, type PruneRow } from '../report/prune.ts';
import { count } from '../report/words.ts';
import { readHolders, readHoldings, type Holders, type Holdings } from './keep/holdings.ts';
import type { Reached } from './keep/walk.ts';
import type { CommonOptions } from './options.ts';
import type { Outcome, World } from './world.ts';

export interface PruneOptions extends CommonOptions {
  /** The list that a person saw; `null`: show it. */
  readonly delete: Confirmation | null;
  readonly json: boolean;
}

/** How many manifests a list has, and which list it is. */
export interface Confirmation {
  readonly count: number;
  /** The beginning of the digest of what was listed: 12 hex digits. */
  readonly list: string;
}

/** @throws {OutsideError} if a repository cannot be read in full: then nothing is deleted in any of them */
export async function pruneCommand(options: PruneOptions, world: World): Promise<Outcome> {
  return pruneWith(await readHolders(options, world), options, world);
}

/** @param holders what the config and the facts hold */
export async function pruneWith(holders: Holders, options: PruneOptions, world: World): Promise<Outcome> {
  const { config, image } = holders.project;
  const registries = await world.registries(config.insecureRegistries);
  try {
    const found = await eachInTurn(image.repositories, (repository) =>
      readHoldings(registries.open(repository), holders, options, world),
    );
    const total = found.reduce((sum, { loose }) => sum + loose.size, 0);
    const list = listOf(found, world);
    if (options.delete !== null) refuseOther(options.delete, total, list);
    const reports: PruneReport[] = [];
    for (const holdings of found) {
      const rows = await rowsOf(holdings, world);
      const stopped = reports.some(({ failure }) => failure !== null);
      const done = options.delete === null || stopped ? nothingDone : await deleteLoose(holdings, world);
      const kept = { kept: holdings.kept.size, eventTags: eventTags(holdings, holders), freedBytes: freed(holdings) };
      reports.push({ repository: holdings.name, ...kept, rows, ...done });
    }
    const isDeleting = options.delete !== null;
    const isWhole = reports.every(({ failure }) => failure === null);
    const confirm = `${total}:${list}`;
    const stdout = options.json ? pruneJson(reports, total, confirm) : pruneText(reports, isDeleting ? null : confirm);
    return { stdout, result: isWhole ? 'as-planned' : 'outside-failed' };
  } finally {
    await registries.close();
  }
}

/** Digests and tags of all repositories: as many others are another list. */
function listOf(found: readonly Holdings[], world: World): string {
  const rows = found.map(({ name, loose, looseTags }) => ({
    name,
    digests: [...loose.keys()].toSorted(),
    tags: looseTags.map(({ tag, digest }) => `${tag} ${digest}`).toSorted(),
  }));
  return world.digestOf(new TextEncoder().encode(JSON.stringify(rows))).slice('sha256:'.length, 'sha256:'.length + 12);
}

function refuseOther(named: Confirmation, total: number, list: string): void {
  if (named.count === total && named.list === list) return;
  const there = `there ${total === 1 ? 'is' : 'are'} ${count(total, 'manifest')} to delete`;
  const message =
    named.count === total
      ? `the list is another one than was shown, with as many manifests. Nothing was deleted`
      : `${named.count} named, and ${there}. Nothing was deleted`;
  const fix = 'look at the list again: tagwright prune';
  throw new InputError([{ code: 'PRUNE_COUNT', where: '--delete', message, fix }]);
}

type Done = Pick<PruneReport, 'deleted' | 'failure'>;

const nothingDone: Done = { deleted: [], failure: null };

/** An index before what it lists. What was looked at before is looked at again before each. */
async function deleteLoose(holdings: Holdings, world: World): Promise<Done> {
  const { registry, loose, looseTags, again, forget } = holdings;
  const shown = new Map(looseTags.map(({ tag, digest }) => [tag, digest]));
  const deleted: Digest[] = [];
  try {
    for (const digest of loose.keys()) {
      const now = await again(shown);
      if (now.kept.has(digest)) {
        const failure = `${digest} is held now: a tag was pushed or moved meanwhile. Nothing more was deleted`;
        return { deleted, failure };
      }
      if (!(await registry.deleteManifest(digest, world.signal))) {
        return { deleted, failure: 'this registry does not delete manifests by digest' };
      }
      forget(digest);
      deleted.push(digest);
      world.say(`${holdings.name}: deleted ${digest}`);
    }
    return { deleted, failure: null };
  } catch (error) {
    if (!(error instanceof OutsideError) || error.code === 'ABORTED') throw error;
    return { deleted, failure: `${error.code}  ${error.message}. Nothing more was deleted` };
  }
}

/** Kept tags that no plan has, and that a rule of `events` may have made. */
function eventTags({ keptTags }: Holdings, { all }: Holders): number {
  const isEvents = (tag: string): boolean =>
    all.every(({ expected }) => !expected.tags.has(tag)) &&
    all.some(({ expected }) => (expected.eventGrammar?.(tag) ?? null) !== null);
  return keptTags.filter(isEvents).length;
}

/** Blobs that nothing kept has, and the manifests. */
function freed({ kept, loose }: Holdings): number {
  const held = new Set([...kept.values()].flatMap(({ blobs }) => blobs.map(({ digest }) => digest)));
  const blobs = [...loose.values()].flatMap((one) => one.blobs.filter(({ digest }) => !held.has(digest)));
  const sizes = new Map(blobs.map(({ digest, sizeBytes }) => [digest, sizeBytes]));
  const manifests = [...loose.values()].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return [...sizes.values()].reduce((sum, size) => sum + size, manifests);
}

async function rowsOf(holdings: Holdings, world: World): Promise<readonly PruneRow[]> {
  return pMap(
    holdings.loose.values(),
    async (one): Promise<PruneRow> => {
      const tags = holdings.looseTags.filter(({ digest }) => digest === one.digest);
      const [first] = tags;
      return {
        digest: one.digest,
        tags: tags.map(({ tag }) => tag),
        because: first?.because ?? 'it is part of, or hangs on, what nothing holds',
        at: await createdAt(one, holdings, world),
        sizeBytes: one.blobs.reduce((sum, { sizeBytes }) => sum + sizeBytes, one.sizeBytes),
      };
    },
    { concurrency: 16 },
  );
}

/** As its image config says; of an index the first of its images that says it. `null`: nothing says it. */
async function createdAt(one: Reached, { registry, loose, kept }: Holdings, world: World): Promise<string | null> {
  const parts = [one, ...one.children.flatMap((child) => loose.get(child) ?? kept.get(child) ?? [])];
  for (const { config } of parts) {
    if (config === null) continue;
    const bytes = await registry.blob(config, world.signal);
    const created = bytes === null ? null : (parseImageConfig(bytes, config)?.created ?? null);
    const at = created === null ? null : parseInstant(created);
    if (at !== null) return formatInstant(at);
  }
  return null;
}
