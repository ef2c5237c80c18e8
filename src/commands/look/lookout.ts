/**
 * What an audit sees of one repository. It asks as little as it can, and asks again before anything is held against a
 * tag: a HEAD's digest is the registry's word only, a GET's body is hashed. A failure is `unknown`, never a guess.
 */
import pMap from 'p-map';
import type { Content } from '../../sight/input.ts';
import type { Digest, Manifest } from '../../domain/digest.ts';
import { assertNever, OutsideError } from '../../domain/errors.ts';
import { parseManifest, type InspectedImage } from '../../domain/image.ts';
import { absent, type Seen } from '../../domain/snapshot.ts';
import { isTag } from '../../domain/tag.ts';
import { whyNotAsked } from '../../domain/quota.ts';
import type { Registry, RegistryReader, SnapshotSource } from '../../ports.ts';
import { inspectImage } from '../inspect-image.ts';

export interface Lookout {
  readonly seen: ReadonlyMap<string, Seen>;
  readonly contents: ReadonlyMap<Digest, Content>;
  /** Every tag of the repository; `null` where the list could not be read, with the reason. */
  list(): Promise<Listing>;
  /** Asks for tags that were not asked for yet; `false` where there were none. */
  read(tags: readonly string[]): Promise<boolean>;
  /** Asks by GET for tags whose answer was not hashed yet; `false` where there were none. */
  confirm(tags: readonly string[]): Promise<boolean>;
  /** Looks into digests that were not looked into yet; `false` where there were none. */
  inspect(digests: readonly Digest[]): Promise<boolean>;
  /** Takes over what was looked into already. */
  note(image: InspectedImage): void;
  requests(): number;
}

export type Listing =
  /** `dropped` counts names that are not tags by the grammar. */
  | { readonly kind: 'tags'; readonly tags: readonly string[]; readonly dropped: number }
  | { readonly kind: 'no-repository' }
  | { readonly kind: 'unknown'; readonly reason: string };

const concurrency = 16;

export function createLookout(registry: Registry, source: SnapshotSource, signal: AbortSignal): Lookout {
  const seen = new Map<string, Seen>();
  const contents = new Map<Digest, Content>();
  const confirmed = new Set<string>();
  const listed = new Set<string>();
  let isListed = false;
  let requestsElsewhere = 0;

  async function read(tags: readonly string[]): Promise<boolean> {
    const wanted = tags.filter((tag) => !seen.has(tag));
    if (wanted.length === 0) return false;
    const before = registry.requests();
    const snapshot = await source.read(wanted, signal);
    // A source that asks another service than the registry counts its own requests.
    requestsElsewhere += Math.max(0, snapshot.requests - (registry.requests() - before));
    for (const [tag, at] of snapshot.tags) seen.set(tag, at);
    return true;
  }

  /** Where the tag list agrees with a 404, those are two answers already. */
  function needsConfirming(tag: string): boolean {
    const at = seen.get(tag);
    if (at === undefined || at.kind === 'unknown' || confirmed.has(tag)) return false;
    return at.kind === 'present' ? !at.hashed : !(isListed && !listed.has(tag));
  }

  async function confirm(tags: readonly string[]): Promise<boolean> {
    const wanted = [...new Set(tags)].filter(needsConfirming);
    const ask = untilItFails(registry, signal);
    await pMap(
      wanted,
      async (tag) => {
        confirmed.add(tag);
        const said = seen.get(tag);
        const answer = await ask(() => registry.manifest(tag, signal));
        if (answer.kind === 'failed') {
          const reason = `${sayWord(said)}, which could not be confirmed: ${answer.reason}`;
          seen.set(tag, { kind: 'unknown', reason });
        } else if (answer.value === null) seen.set(tag, absent);
        else {
          seen.set(tag, presentAs(answer.value, said));
          noteManifest(answer.value);
        }
      },
      { concurrency },
    );
    return wanted.length > 0;
  }

  /** The kind of a manifest and the platforms of an index are known from its bytes alone. */
  function noteManifest(manifest: Manifest): void {
    if (!contents.has(manifest.digest)) contents.set(manifest.digest, { kind: 'manifest', image: outsideOf(manifest) });
  }

  async function inspect(digests: readonly Digest[]): Promise<boolean> {
    const wanted = [...new Set(digests)].filter((digest) => {
      const known = contents.get(digest);
      return known === undefined || known.kind === 'manifest';
    });
    const ask = untilItFails(registry, signal);
    const gone = new Set<Digest>();
    await pMap(
      wanted,
      async (digest) => {
        const answer = await ask(() => inspectImage(registry, digest, signal));
        if (answer.kind === 'failed') contents.set(digest, { kind: 'failed', reason: answer.reason });
        else if (answer.value === null) {
          gone.add(digest);
          contents.set(digest, { kind: 'gone' });
        } else contents.set(digest, { kind: 'read', image: answer.value });
      },
      { concurrency },
    );
    // A digest that is not there was wrong: the tags that have it are read again.
    const liars = [...seen].flatMap(([tag, at]) =>
      at.kind === 'present' && gone.has(at.descriptor.digest) ? [tag] : [],
    );
    await confirm(liars);
    return wanted.length > 0;
  }

  async function list(): Promise<Listing> {
    try {
      const tags = await registry.tags(signal);
      isListed = true;
      if (tags === null) return { kind: 'no-repository' };
      const named = tags.filter(isTag);
      for (const tag of named) listed.add(tag);
      return { kind: 'tags', tags: named, dropped: tags.length - named.length };
    } catch (error) {
      return { kind: 'unknown', reason: reasonOf(error) };
    }
  }

  const note = (image: InspectedImage): void => void contents.set(image.digest, { kind: 'read', image });
  return {
    seen,
    contents,
    list,
    read,
    confirm,
    inspect,
    note,
    requests: () => registry.requests() + requestsElsewhere,
  };
}

type Answer<T> = { readonly kind: 'answer'; readonly value: T } | { readonly kind: 'failed'; readonly reason: string };

/** After this many failures without a success between them, the rest is not asked for. */
const maxFailuresInARow = 20;

/** GETs are what rate limits count: of each, too, some are left for other clients. */
function untilItFails(
  registry: RegistryReader,
  signal: AbortSignal,
): <T>(question: () => Promise<T>) => Promise<Answer<T>> {
  let failuresInARow = 0;
  return async (question) => {
    if (signal.aborted) return { kind: 'failed', reason: 'not asked: interrupted' };
    if (failuresInARow >= maxFailuresInARow) {
      return { kind: 'failed', reason: `not asked: ${failuresInARow} requests in a row failed` };
    }
    const spent = whyNotAsked(registry.quota?.() ?? null);
    if (spent !== null) return { kind: 'failed', reason: spent };
    try {
      const value = await question();
      failuresInARow = 0;
      return { kind: 'answer', value };
    } catch (error) {
      failuresInARow += 1;
      return { kind: 'failed', reason: reasonOf(error) };
    }
  };
}

/** Credentials that cannot be used, and bugs, are not the registry's silence. */
function reasonOf(error: unknown): string {
  if (error instanceof OutsideError && error.code !== 'CREDENTIALS_FAILED') return `${error.code} ${error.message}`;
  throw error;
}

function sayWord(said: Seen | undefined): string {
  return said?.kind === 'present' ? `it is said to point to ${said.descriptor.digest}` : 'it is said to be absent';
}

function presentAs({ mediaType, digest, sizeBytes }: Manifest, said: Seen | undefined): Seen {
  const pushedAt = said?.kind === 'present' ? said.pushedAt : undefined;
  const descriptor = { mediaType, digest, sizeBytes };
  return { kind: 'present', descriptor, hashed: true, ...(pushedAt === undefined ? {} : { pushedAt }) };
}

function outsideOf(manifest: Manifest): InspectedImage {
  const { digest, mediaType } = manifest;
  const parsed = parseManifest(manifest);
  const blank = { digest, mediaType, kind: parsed.kind, platforms: [], configs: [], attestations: 0, children: [] };
  switch (parsed.kind) {
    case 'index':
      return {
        ...blank,
        platforms: parsed.images.map((entry) => entry.platform).toSorted(),
        attestations: parsed.attestations.length,
        children: parsed.children.map((entry) => entry.digest),
        reason: parsed.images.length === 0 ? 'the index lists no image' : null,
      };
    case 'artifact':
      return { ...blank, reason: `it is ${parsed.what}` };
    case 'unreadable':
      return { ...blank, reason: parsed.reason };
    case 'image':
    case 'attestation':
      return { ...blank, reason: null };
    default:
      return assertNever(parsed);
  }
}
