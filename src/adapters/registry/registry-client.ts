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
  const { repository, origin, transport, settings } = options;
  const base = `${origin}/v2/${repository.path}`;
  const upload: UploadPlace = { url: `${base}/blobs/uploads/`, insecureHosts: options.insecureHosts };
  let sent = 0;

  const run = <T>(
    subject: Omit<CallSubject, 'registry' | 'repository'>,
    actions: Scope['actions'],
    signal: AbortSignal | undefined,
    attempt: (send: Send, deadlineMs: number) => Promise<T>,
    limits = settings.limits,
  ): Promise<T> => {
    const full: CallSubject = {
      ...subject,
      registry: repository.registry,
      repository: repository.path,
      reference: formatAny(repository, subject.reference),
    };
    // Every request in flight listens to the one signal; that many listeners are meant.
    if (signal !== undefined) setMaxListeners(0, signal);
    return call(full, { ...settings, limits }, signal, (deadlineMs) =>
      attempt(
        (request) =>
          transport({
            headers: {},
            maxBytes: maxManifestBytes,
            scope: { repository: repository.path, actions },
            deadlineMs,
            insecureHosts: options.insecureHosts,
            onSend: () => sent++,
            ...(signal === undefined ? {} : { signal }),
            ...request,
          }),
        deadlineMs,
      ),
    );
  };

  const getManifest = async (send: Send, reference: string): Promise<Manifest | null> => {
    const url = `${base}/manifests/${pathSegment(reference)}`;
    const answer = await send({ method: 'GET', url, headers: { accept }, followRedirects: true });
    return readManifest(answer, parseDigest(reference));
  };

  const client: RegistryClient = {
    repository,
    requests: () => sent,
    quota: options.quota,

    head: (reference, signal) =>
      run({ method: 'HEAD', reference, consequence: existenceUnknown }, 'pull', signal, async (send) => {
        const url = `${base}/manifests/${pathSegment(reference)}`;
        const answer = await send({ method: 'HEAD', url, headers: { accept }, followRedirects: true });
        const head = readHead(answer, parseDigest(reference));
        return head === 'unclear' ? descriptorOf(await getManifest(send, reference)) : head;
      }),

    manifest: (reference, signal) =>
      run({ method: 'GET', reference, consequence: existenceUnknown }, 'pull', signal, (send) =>
        getManifest(send, reference),
      ),

    blob: (digest, signal) =>
      run({ method: 'GET', reference: digest, consequence: existenceUnknown }, 'pull', signal, async (send) => {
        const url = `${base}/blobs/${digest}`;
        return readBlob(await send({ method: 'GET', url, maxBytes: maxBlobBytes, followRedirects: true }), digest);
      }),

    referrers: (digest, signal) =>
      listReferrers(`${base}/referrers/${digest}`, (url, read) => {
        const subject = { method: 'GET', reference: digest, consequence: 'What refers to it is not known' };
        return run(subject, 'pull', signal, async (send) =>
          read(await send({ method: 'GET', url, headers: { accept: referrersAccept }, followRedirects: true })),
        );
      }),

    tags: (signal) =>
      listTags(
        `${base}/tags/list`,
        (url, read) =>
          run({ method: 'GET', reference: '', consequence: 'The tags are not known' }, 'pull', signal, async (send) =>
            read(await send({ method: 'GET', url, maxBytes: maxTagPageBytes, followRedirects: true })),
          ),
        () => settings.clock.nowMs(),
      ),

    putManifest: async (reference, manifest, signal) => {
      checkManifest(reference, manifest, repository);
      return run({ method: 'PUT', reference, ...whenWriting }, 'pull,push', signal, async (send) => {
        const url = `${base}/manifests/${pathSegment(reference)}`;
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
    },

    copyBlob: async (from, digest, signal) => {
      const subject = { method: 'POST', reference: digest, ...whenUploading };
      const isThere = await run(subject, 'pull,push', signal, async (send) => {
        const head = await send({ method: 'HEAD', url: `${base}/blobs/${digest}`, followRedirects: true });
        if (head.status === 200) return true;
        if (head.status !== 404) throw statusFault(head, 'push');
        if (from.registry !== repository.registry) return false;
        const query = new URLSearchParams({ mount: digest, from: from.path });
        return (await send({ method: 'POST', url: `${base}/blobs/uploads/?${query.toString()}` })).status === 201;
      });
      if (isThere) return;
      const source = options.peer(from);
      const { stallMs } = options;
      let ask: { readonly send: Send; readonly deadlineMs: number } | undefined;
      const now = (): NonNullable<typeof ask> => {
        if (ask === undefined) throw new InternalError('a blob is copied outside of its call');
        return ask;
      };
      const once = blobRelay(digest, {
        download: (start, sink, stop) =>
          source.download(digest, sink, { deadlineMs: now().deadlineMs, stallMs, signal: stop, from: start }),
        begin: () => beginUpload(now().send, upload),
        status: (url) => uploadStatus(now().send, upload, url),
        append: (to, body, sizeBytes, stop) =>
          appendUpload(now().send, upload, to, { body, sizeBytes, stallMs, signal: stop }),
        finish: (url) => finishUpload(now().send, upload, url, { digest }),
        sentAgain: (sizeBytes) =>
          options.say?.(
            `${formatAny(repository, digest)}: ${repository.registry} does not go on with an upload that broke; ${sizeBytes} bytes are sent again`,
          ),
      });
      await run(
        subject,
        'pull,push',
        signal,
        (send, deadlineMs) => {
          ask = { send, deadlineMs };
          return once(signal);
        },
        relayLimits(settings.limits),
      );
    },

    download: async (digest, sink, { from, ...within }) => {
      const answer = await transport({
        method: 'GET',
        url: `${base}/blobs/${digest}`,
        headers: from === 0 ? {} : { range: `bytes=${from}-` },
        maxBytes: maxManifestBytes,
        scope: { repository: repository.path, actions: 'pull' },
        followRedirects: true,
        insecureHosts: options.insecureHosts,
        onSend: () => sent++,
        sink,
        ...within,
      });
      const at = formatAny(repository, digest);
      if (isAbsent(answer)) throw new WireFault('REGISTRY_ANSWER', `GET ${at}: the blob is not there`, { tries: 1 });
      if (answer.status !== 200 && !(answer.status === 206 && from > 0)) throw statusFault(answer, 'pull');
    },

    putBlob: async (bytes, digest, signal) => {
      if (digestOf(bytes) !== digest) throw new InternalError(`putBlob: the bytes do not have the digest ${digest}`);
      await run({ method: 'POST', reference: digest, ...whenUploading }, 'pull,push', signal, async (send) => {
        const head = await send({ method: 'HEAD', url: `${base}/blobs/${digest}`, followRedirects: true });
        if (head.status === 200) return;
        if (head.status !== 404) throw statusFault(head, 'push');
        await finishUpload(send, upload, await beginUpload(send, upload), { digest, body: bytes });
      });
    },

    deleteTag: async (tag, signal) => {
      if (isDigest(tag)) throw new InternalError(`deleteTag: ${tag} is a digest; it would take other tags along`);
      const subject = { method: 'DELETE', reference: tag, ...whenWriting };
      return run(subject, 'pull,push,delete', signal, async (send) => {
        const url = `${base}/manifests/${pathSegment(tag)}`;
        const answer = await send({ method: 'DELETE', url });
        if (answer.status === 202 || answer.status === 200 || answer.status === 204) return true;
        if (isAbsent(answer)) return true;
        const cannot = [400, 405].includes(answer.status) || saysUnsupported(answer);
        if (cannot) return false;
        throw statusFault(answer, 'delete');
      });
    },
  };
  return client;
}

/** A digest keeps its colon, as everybody writes it; a text that is no tag cannot become another path. */
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
