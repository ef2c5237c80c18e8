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
import { formatRepository } from '../../domain/reference.ts';
import type { Progress, Registry, RegistryReader, SnapshotSource, Task } from '../../ports.ts';
import { inspectImage } from '../inspect-image.ts';
import { withTask } from '../with-task.ts';

export interface Lookout {
  readonly seen: ReadonlyMap<string, Seen>;
  readonly contents: ReadonlyMap<Digest, Content>;
  /** Every tag of the repository; `null` where the list could not be read, with the reason. */
  list(): Promise<Listing>;
  /** The list again, after tags were read: one that lacks tags that are there is not whole. */
  checked(listing: Listing): Listing;
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
  /** `dropped` counts names that are not tags by the grammar, `lacking` tags that are there and not listed. */
  | { readonly kind: 'tags'; readonly tags: readonly string[]; readonly dropped: number; readonly lacking: number }
  | { readonly kind: 'no-repository' }
  | { readonly kind: 'unknown'; readonly reason: string };

const concurrency = 16;

/** @param progress shows how far the reading is */
export function createLookout(
  registry: Registry,
  source: SnapshotSource,
  signal: AbortSignal,
  progress?: Progress,
): Lookout {
  return new RegistryLookout(registry, source, signal, progress);
}

class RegistryLookout implements Lookout {
  readonly seen = new Map<string, Seen>();
  readonly contents = new Map<Digest, Content>();
  readonly #registry: Registry;
  readonly #source: SnapshotSource;
  readonly #signal: AbortSignal;
  readonly #progress: Progress | undefined;
  readonly #confirmed = new Set<string>();
  readonly #listed = new Set<string>();
  #isListed = false;
  #requestsElsewhere = 0;

  constructor(registry: Registry, source: SnapshotSource, signal: AbortSignal, progress?: Progress) {
    this.#registry = registry;
    this.#source = source;
    this.#signal = signal;
    this.#progress = progress;
  }

  /** `Reading tags of docker.io/acme/app` */
  #task<T>(doing: string, total: number | null, work: (task: Task) => Promise<T>): Promise<T> {
    return withTask(this.#progress, `${doing} of ${formatRepository(this.#registry.repository)}`, total, work);
  }

  async list(): Promise<Listing> {
    try {
      const tags = await this.#task('Listing tags', null, () => this.#registry.tags(this.#signal));
      this.#isListed = true;
      if (tags === null) return { kind: 'no-repository' };
      const named = tags.filter(isTag);
      for (const tag of named) this.#listed.add(tag);
      return { kind: 'tags', tags: named, dropped: tags.length - named.length, lacking: 0 };
    } catch (error) {
      return { kind: 'unknown', reason: reasonOf(error) };
    }
  }

  checked(listing: Listing): Listing {
    if (listing.kind === 'unknown') return listing;
    const lacking = this.#lacking();
    if (listing.kind === 'tags') return { ...listing, lacking };
    if (lacking === 0) return listing;
    return { kind: 'unknown', reason: 'the registry says that there is no such repository, and tags of it are there' };
  }

  #lacking(): number {
    return [...this.seen].filter(([tag, at]) => at.kind === 'present' && !this.#listed.has(tag)).length;
  }

  async read(tags: readonly string[]): Promise<boolean> {
    const wanted = tags.filter((tag) => !this.seen.has(tag));
    if (wanted.length === 0) return false;
    const before = this.#registry.requests();
    const snapshot = await this.#task('Reading tags', wanted.length, ({ advance }) =>
      this.#source.read(wanted, this.#signal, advance),
    );
    // A source that asks another service than the registry counts its own requests.
    this.#requestsElsewhere += Math.max(0, snapshot.requests - (this.#registry.requests() - before));
    for (const [tag, at] of snapshot.tags) this.seen.set(tag, at);
    return true;
  }

  async confirm(tags: readonly string[]): Promise<boolean> {
    const isListWhole = this.#isListed && this.#lacking() === 0;
    const wanted = [...new Set(tags)].filter((tag) => this.#needsConfirming(tag, isListWhole));
    const ask = untilItFails(this.#registry, this.#signal);
    await this.#task('Confirming tags', wanted.length, (task) =>
      pMap(wanted, (tag) => this.#confirmTag(tag, ask).finally(() => task.advance()), { concurrency }),
    );
    return wanted.length > 0;
  }

  async inspect(digests: readonly Digest[]): Promise<boolean> {
    const wanted = [...new Set(digests)].filter((digest) => {
      const known = this.contents.get(digest);
      return known === undefined || known.kind === 'manifest';
    });
    const ask = untilItFails(this.#registry, this.#signal);
    const inspectOne = async (digest: Digest): Promise<void> => {
      const answer = await ask(() => inspectImage(this.#registry, digest, this.#signal));
      this.contents.set(digest, contentOf(answer));
    };
    await this.#task('Inspecting images', wanted.length, (task) =>
      pMap(wanted, (digest) => inspectOne(digest).finally(() => task.advance()), { concurrency }),
    );
    // A digest that is not there was wrong: the tags that have it are read again.
    const gone = new Set(wanted.filter((digest) => this.contents.get(digest)?.kind === 'gone'));
    const liars = [...this.seen].flatMap(([tag, at]) =>
      at.kind === 'present' && gone.has(at.descriptor.digest) ? [tag] : [],
    );
    await this.confirm(liars);
    return wanted.length > 0;
  }

  note(image: InspectedImage): void {
    this.contents.set(image.digest, { kind: 'read', image });
  }

  requests(): number {
    return this.#registry.requests() + this.#requestsElsewhere;
  }

  /** If the tag list agrees with a 404, those are two answers already; one that lacks tags that are there does not count. */
  #needsConfirming(tag: string, isListWhole: boolean): boolean {
    const at = this.seen.get(tag);
    if (at === undefined || at.kind === 'unknown' || this.#confirmed.has(tag)) return false;
    return at.kind === 'present' ? !at.hashed : !(isListWhole && !this.#listed.has(tag));
  }

  async #confirmTag(tag: string, ask: Ask): Promise<void> {
    this.#confirmed.add(tag);
    const said = this.seen.get(tag);
    const answer = await ask(() => this.#registry.manifest(tag, this.#signal));
    if (answer.kind === 'failed') {
      const reason = `${sayWord(said)}, which could not be confirmed: ${answer.reason}`;
      this.seen.set(tag, { kind: 'unknown', reason });
    } else if (answer.value === null) this.seen.set(tag, absent);
    else {
      this.seen.set(tag, presentAs(answer.value, said));
      this.#noteManifest(answer.value);
    }
  }

  /** The kind of a manifest and the platforms of an index are known from its bytes alone. */
  #noteManifest(manifest: Manifest): void {
    if (!this.contents.has(manifest.digest))
      this.contents.set(manifest.digest, { kind: 'manifest', image: outsideOf(manifest) });
  }
}

function contentOf(answer: Answer<InspectedImage | null>): Content {
  if (answer.kind === 'failed') return answer;
  return answer.value === null ? { kind: 'gone' } : { kind: 'read', image: answer.value };
}

type Answer<T> = { readonly kind: 'answer'; readonly value: T } | { readonly kind: 'failed'; readonly reason: string };

type Ask = <T>(question: () => Promise<T>) => Promise<Answer<T>>;

/** After this many failures without a success between them, the rest is not asked for. */
const maxFailuresInARow = 20;

/** GETs are what rate limits count: of each, too, some are left for other clients. */
function untilItFails(registry: RegistryReader, signal: AbortSignal): Ask {
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
