import { setMaxListeners } from 'node:events';
import { isDigest, parseDigest, type Descriptor, type Digest, type Manifest } from '../../domain/digest.ts';
import { InternalError, OutsideError } from '../../domain/errors.ts';
import { manifestMediaTypes } from '../../domain/media-types.ts';
import type { Quota } from '../../domain/quota.ts';
import { formatRepository, type Repository } from '../../domain/reference.ts';
import type { Registry } from '../../ports.ts';
import type { CallSettings } from '../http/attempts.ts';
import { blobRelay, relayLimits } from './blob-relay.ts';
import {
  appendUpload,
  beginUpload,
  finishUpload,
  maxBlobBytes,
  readBlob,
  uploadStatus,
  type UploadPlace,
} from './blobs.ts';
import { call, type CallSubject } from './call.ts';
import { digestOf } from './digest-of.ts';
import { isAbsent, maxManifestBytes, namedDigest, readHead, readManifest } from './manifest-answer.ts';
import { listReferrers, referrersAccept } from './referrers.ts';
import { immutableTags, registryErrors, statusFault } from './status-fault.ts';
import { listTags, maxTagPageBytes } from './tag-pages.ts';
import { WireFault, type BodySink, type Transport, type WireAnswer, type WireRequest } from '../http/wire.ts';
import type { Scope, ScopedRequest, Send } from './wire.ts';

/** A repository of a registry, over HTTP. */
export interface RegistryClient extends Registry {
  /** What the registry last said is left of its rate limit; `null` where it does not say. */
  quota(): Quota | null;
  /** One try at a blob, piece by piece into a sink. @throws {WireFault} where it is not there, or did not come whole */
  download(digest: Digest, sink: BodySink, within: Within): Promise<void>;
}

export interface ClientOptions {
  readonly repository: Repository;
  /** `https://registry-1.docker.io` */
  readonly origin: string;
  readonly transport: Transport<ScopedRequest>;
  readonly settings: CallSettings;
  readonly insecureHosts: ReadonlySet<string>;
  /** For how long a blob that is copied may stand still. */
  readonly stallMs: number;
  readonly quota: () => Quota | null;
  readonly say?: ((line: string) => void) | undefined;
  /** Another repository, over the same connections. */
  readonly peer: (repository: Repository) => RegistryClient;
}

/** Bounds of a download, and the end of it. */
type Within = Pick<WireRequest, 'deadlineMs' | 'stallMs' | 'signal'> & { readonly from: number };

const accept = manifestMediaTypes.join(', ');
const existenceUnknown = 'Existence unknown';
const whenUploading = { consequence: 'The blob may be missing', refusal: 'It was not taken' };
const whenWriting = {
  consequence: 'Whether it took effect is unknown; read it back',
  refusal: 'Nothing was changed',
};

/**
 * Reads and writes one repository. Each method is one call: its tries, its deadline and its error are `call`'s.
 *
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md
 */
export function createRegistryClient(options: ClientOptions): RegistryClient {
  const client = new HttpRegistryClient(options);
  // Methods that do not need their object: a registry is wrapped by spreading it.
  return {
    repository: client.repository,
    quota: client.quota,
    requests: client.requests.bind(client),
    head: client.head.bind(client),
    manifest: client.manifest.bind(client),
    blob: client.blob.bind(client),
    referrers: client.referrers.bind(client),
    tags: client.tags.bind(client),
    putManifest: client.putManifest.bind(client),
    copyBlob: client.copyBlob.bind(client),
    putBlob: client.putBlob.bind(client),
    deleteTag: client.deleteTag.bind(client),
    deleteManifest: client.deleteManifest.bind(client),
    download: client.download.bind(client),
  };
}

/** What a call is about, but for the repository. */
type Subject = Omit<CallSubject, 'registry' | 'repository'>;

type Attempt<T> = (send: Send, deadlineMs: number) => Promise<T>;

class HttpRegistryClient implements RegistryClient {
  readonly repository: Repository;
  readonly quota: () => Quota | null;
  readonly #options: ClientOptions;
  readonly #base: string;
  readonly #upload: UploadPlace;
  #sent = 0;

  constructor(options: ClientOptions) {
    this.repository = options.repository;
    this.quota = options.quota;
    this.#options = options;
    this.#base = `${options.origin}/v2/${options.repository.path}`;
    this.#upload = { url: `${this.#base}/blobs/uploads/`, insecureHosts: options.insecureHosts };
  }

  requests(): number {
    return this.#sent;
  }

  head(reference: string, signal?: AbortSignal): Promise<Descriptor | null> {
    const subject = { method: 'HEAD', reference, consequence: existenceUnknown };
    return this.#run(subject, 'pull', signal, async (send) => {
      const url = this.#manifestUrl(reference);
      const answer = await send({ method: 'HEAD', url, headers: { accept }, followRedirects: true });
      const head = readHead(answer, parseDigest(reference));
      return head === 'unclear' ? descriptorOf(await this.#getManifest(send, reference)) : head;
    });
  }

  manifest(reference: string, signal?: AbortSignal): Promise<Manifest | null> {
    const subject = { method: 'GET', reference, consequence: existenceUnknown };
    return this.#run(subject, 'pull', signal, (send) => this.#getManifest(send, reference));
  }

  blob(digest: Digest, signal?: AbortSignal): ReturnType<Registry['blob']> {
    const subject = { method: 'GET', reference: digest, consequence: existenceUnknown };
    return this.#run(subject, 'pull', signal, async (send) => {
      const url = `${this.#base}/blobs/${digest}`;
      return readBlob(await send({ method: 'GET', url, maxBytes: maxBlobBytes, followRedirects: true }), digest);
    });
  }

  referrers(digest: Digest, signal?: AbortSignal): ReturnType<Registry['referrers']> {
    const subject = { method: 'GET', reference: digest, consequence: 'What refers to it is not known' };
    return listReferrers(`${this.#base}/referrers/${digest}`, (url, read) =>
      this.#run(subject, 'pull', signal, async (send) =>
        read(await send({ method: 'GET', url, headers: { accept: referrersAccept }, followRedirects: true })),
      ),
    );
  }

  tags(signal?: AbortSignal): ReturnType<Registry['tags']> {
    const subject = { method: 'GET', reference: '', consequence: 'The tags are not known' };
    return listTags(
      `${this.#base}/tags/list`,
      (url, read) =>
        this.#run(subject, 'pull', signal, async (send) =>
          read(await send({ method: 'GET', url, maxBytes: maxTagPageBytes, followRedirects: true })),
        ),
      () => this.#options.settings.clock.nowMs(),
    );
  }

  async putManifest(reference: string, manifest: Manifest, signal?: AbortSignal): Promise<Digest> {
    checkManifest(reference, manifest, this.repository);
    return this.#run({ method: 'PUT', reference, ...whenWriting }, 'pull,push', signal, async (send) => {
      const url = this.#manifestUrl(reference);
      const headers = { 'content-type': manifest.mediaType };
      const answer = await send({ method: 'PUT', url, headers, body: manifest.bytes });
      const { digest } = manifest;
      const fault = putFault(answer, digest);
      if (fault === null) return digest;
      // An immutable tag refuses also what it has; a proxy's success without a digest may be none.
      const isOpen = fault.message.startsWith(immutableTags) || (answer.status >= 200 && answer.status < 300);
      const head = isOpen ? await send({ method: 'HEAD', url, headers: { accept } }) : null;
      if (head?.status === 200 && namedDigest(head) === digest) return digest;
      throw fault;
    });
  }

  async copyBlob(from: Repository, digest: Digest, signal?: AbortSignal): Promise<void> {
    const subject = { method: 'POST', reference: digest, ...whenUploading };
    const isThere = await this.#run(subject, 'pull,push', signal, async (send) => {
      if (await this.#hasBlob(send, digest)) return true;
      if (from.registry !== this.repository.registry) return false;
      const query = new URLSearchParams({ mount: digest, from: from.path });
      return (await send({ method: 'POST', url: `${this.#upload.url}?${query.toString()}` })).status === 201;
    });
    if (!isThere) await this.#relayBlob(from, digest, subject, signal);
  }

  async download(digest: Digest, sink: BodySink, { from, ...within }: Within): Promise<void> {
    const answer = await this.#options.transport({
      method: 'GET',
      url: `${this.#base}/blobs/${digest}`,
      headers: from === 0 ? {} : { range: `bytes=${from}-` },
      maxBytes: maxManifestBytes,
      scope: { repository: this.repository.path, actions: 'pull' },
      followRedirects: true,
      insecureHosts: this.#options.insecureHosts,
      onSend: () => this.#sent++,
      sink,
      ...within,
    });
    const at = formatAny(this.repository, digest);
    if (isAbsent(answer)) throw new WireFault('REGISTRY_ANSWER', `GET ${at}: the blob is not there`, { tries: 1 });
    if (answer.status !== 200 && !(answer.status === 206 && from > 0)) throw statusFault(answer, 'pull');
  }

  async putBlob(bytes: Uint8Array, digest: Digest, signal?: AbortSignal): Promise<void> {
    if (digestOf(bytes) !== digest) throw new InternalError(`putBlob: the bytes do not have the digest ${digest}`);
    const subject = { method: 'POST', reference: digest, ...whenUploading };
    await this.#run(subject, 'pull,push', signal, async (send) => {
      if (await this.#hasBlob(send, digest)) return;
      await finishUpload(send, this.#upload, await beginUpload(send, this.#upload), { digest, body: bytes });
    });
  }

  async deleteTag(tag: string, signal?: AbortSignal): Promise<boolean> {
    if (isDigest(tag)) throw new InternalError(`deleteTag: ${tag} is a digest; it would take other tags along`);
    return this.#delete(tag, signal);
  }

  /** @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#deleting-manifests */
  async deleteManifest(digest: Digest, signal?: AbortSignal): Promise<boolean> {
    return this.#delete(digest, signal);
  }

  #delete(reference: string, signal: AbortSignal | undefined): Promise<boolean> {
    const subject = { method: 'DELETE', reference, ...whenWriting };
    return this.#run(subject, 'pull,push,delete', signal, async (send) => {
      const answer = await send({ method: 'DELETE', url: this.#manifestUrl(reference) });
      if (answer.status === 202 || answer.status === 200 || answer.status === 204) return true;
      if (isAbsent(answer)) return true;
      const cannot = [400, 405].includes(answer.status) || saysUnsupported(answer);
      if (cannot) return false;
      throw statusFault(answer, 'delete');
    });
  }

  #run<T>(
    subject: Subject,
    actions: Scope['actions'],
    signal: AbortSignal | undefined,
    attempt: Attempt<T>,
    limits = this.#options.settings.limits,
  ): Promise<T> {
    const { repository } = this;
    const full: CallSubject = {
      ...subject,
      registry: repository.registry,
      repository: repository.path,
      reference: formatAny(repository, subject.reference),
    };
    // Every request in flight listens to the one signal; that many listeners are meant.
    if (signal !== undefined) setMaxListeners(0, signal);
    return call(full, { ...this.#options.settings, limits }, signal, (deadlineMs) =>
      attempt(this.#sender(actions, signal, deadlineMs), deadlineMs),
    );
  }

  #sender(actions: Scope['actions'], signal: AbortSignal | undefined, deadlineMs: number): Send {
    return (request) =>
      this.#options.transport({
        headers: {},
        maxBytes: maxManifestBytes,
        scope: { repository: this.repository.path, actions },
        deadlineMs,
        insecureHosts: this.#options.insecureHosts,
        onSend: () => this.#sent++,
        ...(signal === undefined ? {} : { signal }),
        ...request,
      });
  }

  async #getManifest(send: Send, reference: string): Promise<Manifest | null> {
    const url = this.#manifestUrl(reference);
    const answer = await send({ method: 'GET', url, headers: { accept }, followRedirects: true });
    return readManifest(answer, parseDigest(reference));
  }

  async #hasBlob(send: Send, digest: Digest): Promise<boolean> {
    const head = await send({ method: 'HEAD', url: `${this.#base}/blobs/${digest}`, followRedirects: true });
    if (head.status === 200) return true;
    if (head.status !== 404) throw statusFault(head, 'push');
    return false;
  }

  /** Through this process, from the other registry or the other repository, going on where a try broke off. */
  async #relayBlob(from: Repository, digest: Digest, subject: Subject, signal?: AbortSignal): Promise<void> {
    const source = this.#options.peer(from);
    const { stallMs, say, settings } = this.#options;
    let ask: { readonly send: Send; readonly deadlineMs: number } | undefined;
    const now = (): NonNullable<typeof ask> => {
      if (ask === undefined) throw new InternalError('a blob is copied outside of its call');
      return ask;
    };
    const once = blobRelay(digest, {
      download: (start, sink, stop) =>
        source.download(digest, sink, { deadlineMs: now().deadlineMs, stallMs, signal: stop, from: start }),
      begin: () => beginUpload(now().send, this.#upload),
      status: (url) => uploadStatus(now().send, this.#upload, url),
      append: (to, body, sizeBytes, stop) =>
        appendUpload(now().send, this.#upload, to, { body, sizeBytes, stallMs, signal: stop }),
      finish: (url) => finishUpload(now().send, this.#upload, url, { digest }),
      sentAgain: (sizeBytes) =>
        say?.(
          `${formatAny(this.repository, digest)}: ${this.repository.registry} does not go on with an upload that broke; ${sizeBytes} bytes are sent again`,
        ),
    });
    const attempt: Attempt<void> = (send, deadlineMs) => {
      ask = { send, deadlineMs };
      return once(signal);
    };
    await this.#run(subject, 'pull,push', signal, attempt, relayLimits(settings.limits));
  }

  #manifestUrl(reference: string): string {
    return `${this.#base}/manifests/${pathSegment(reference)}`;
  }
}

/** A digest keeps its colon, as everybody writes it; a text that is not a tag cannot become another path. */
function pathSegment(reference: string): string {
  return encodeURIComponent(reference).replaceAll('%3A', ':');
}

function putFault(answer: WireAnswer, digest: Digest): WireFault | null {
  if (answer.status < 200 || answer.status > 299) return statusFault(answer, 'push');
  const named = namedDigest(answer);
  if (named === digest) return null;
  // A page that says 200 is no registry's answer; one that says 201 without a digest is read back by the caller.
  if (named === null && answer.status === 201) return null;
  return new WireFault('REGISTRY_ANSWER', `${answer.status} with ${named === null ? 'no digest' : 'another digest'}`, {
    status: answer.status,
  });
}

function checkManifest(reference: string, manifest: Manifest, repository: Repository): void {
  if (digestOf(manifest.bytes) !== manifest.digest || (isDigest(reference) && reference !== manifest.digest)) {
    throw new InternalError(`putManifest: the bytes do not have the digest that ${reference} is to get`);
  }
  if (manifest.bytes.byteLength <= maxManifestBytes) return;
  const at = formatAny(repository, reference);
  throw new OutsideError(
    'REGISTRY_REFUSED',
    `PUT ${at}: the manifest is over 4 MiB, which registries do not take. Nothing was sent`,
    {
      registry: repository.registry,
      repository: repository.path,
      reference: at,
      method: 'PUT',
      sizeBytes: manifest.bytes.byteLength,
    },
  );
}

function saysUnsupported(answer: WireAnswer): boolean {
  return (
    answer.status !== 401 && answer.status !== 403 && registryErrors(answer).some(({ code }) => code === 'UNSUPPORTED')
  );
}

function descriptorOf(manifest: Manifest | null): Descriptor | null {
  if (manifest === null) return null;
  const { mediaType, digest, sizeBytes } = manifest;
  return { mediaType, digest, sizeBytes };
}

function formatAny(repository: Repository, reference: string): string {
  if (reference === '') return `${formatRepository(repository)} tags`;
  return `${formatRepository(repository)}${isDigest(reference) ? '@' : ':'}${reference}`;
}
