import { setMaxListeners } from 'node:events';
import { isDigest, parseDigest, type Descriptor, type Digest, type Manifest } from '../../domain/digest.ts';
import { InternalError, OutsideError } from '../../domain/errors.ts';
import { manifestMediaTypes } from '../../domain/media-types.ts';
import { formatRepository, type Repository } from '../../domain/reference.ts';
import type { Registry } from '../../ports.ts';
import { checkUploaded, maxBlobBytes, readBlob, uploadUrl } from './blobs.ts';
import { call, type CallSettings, type CallSubject } from './call.ts';
import { digestOf } from './digest-of.ts';
import { isAbsent, maxManifestBytes, namedDigest, readHead, readManifest } from './manifest-answer.ts';
import type { Quota } from './quota.ts';
import { registryErrors, statusFault } from './status-fault.ts';
import { listTags, maxTagPageBytes } from './tag-pages.ts';
import { WireFault, type Scope, type Transport, type WireAnswer, type WireRequest } from './wire.ts';

/** A repository of a registry, over HTTP. */
export interface RegistryClient extends Registry {
  /** What the registry last said is left of its rate limit; `null` where it does not say. */
  quota(): Quota | null;
}

export interface ClientOptions {
  readonly repository: Repository;
  /** `https://registry-1.docker.io` */
  readonly origin: string;
  readonly transport: Transport;
  readonly settings: CallSettings;
  readonly insecureHosts: ReadonlySet<string>;
  readonly quota: () => Quota | null;
  /** Another repository, over the same connections. */
  readonly peer: (repository: Repository) => RegistryClient;
}

type Send = (
  request: Pick<WireRequest, 'method' | 'url'> & Partial<Omit<WireRequest, 'deadlineMs' | 'signal' | 'onSend'>>,
) => Promise<WireAnswer>;

const accept = manifestMediaTypes.join(', ');
const existenceUnknown = 'Existence unknown';
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
  let sent = 0;

  const run = <T>(
    subject: Omit<CallSubject, 'registry' | 'repository'>,
    actions: Scope['actions'],
    signal: AbortSignal | undefined,
    attempt: (send: Send) => Promise<T>,
  ): Promise<T> => {
    const full: CallSubject = {
      ...subject,
      registry: repository.registry,
      repository: repository.path,
      reference: formatAny(repository, subject.reference),
    };
    // Every request in flight listens to the one signal; that many listeners are meant.
    if (signal !== undefined) setMaxListeners(0, signal);
    return call(full, settings, signal, (deadlineMs) =>
      attempt((request) =>
        transport({
          headers: {},
          maxBytes: maxManifestBytes,
          scope: { repository: repository.path, actions },
          deadlineMs,
          onSend: () => sent++,
          ...(signal === undefined ? {} : { signal }),
          ...request,
        }),
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

    tags: (signal) =>
      listTags(`${base}/tags/list`, (url, read) =>
        run({ method: 'GET', reference: '', consequence: 'The tags are not known' }, 'pull', signal, async (send) =>
          read(await send({ method: 'GET', url, maxBytes: maxTagPageBytes })),
        ),
      ),

    putManifest: async (reference, manifest, signal) => {
      checkManifest(reference, manifest, repository);
      return run({ method: 'PUT', reference, ...whenWriting }, 'pull,push', signal, async (send) => {
        const url = `${base}/manifests/${pathSegment(reference)}`;
        const headers = { 'content-type': manifest.mediaType };
        return readPut(await send({ method: 'PUT', url, headers, body: manifest.bytes }), manifest.digest);
      });
    },

    copyBlob: async (from, digest, signal) => {
      const subject = {
        method: 'POST',
        reference: digest,
        consequence: 'The blob may be missing',
        refusal: 'It was not taken',
      };
      const isThere = await run(subject, 'pull,push', signal, async (send) => {
        const head = await send({ method: 'HEAD', url: `${base}/blobs/${digest}`, followRedirects: true });
        if (head.status === 200) return true;
        if (head.status !== 404) throw statusFault(head, 'push');
        if (from.registry !== repository.registry) return false;
        const query = new URLSearchParams({ mount: digest, from: from.path });
        return (await send({ method: 'POST', url: `${base}/blobs/uploads/?${query.toString()}` })).status === 201;
      });
      if (isThere) return;
      const bytes = await options.peer(from).blob(digest, signal);
      const at = formatAny(from, digest);
      if (bytes === null)
        throw new OutsideError('REGISTRY_ANSWER', `GET ${at}: the blob is not there`, { reference: at });
      await client.putBlob(bytes, digest, signal);
    },

    putBlob: async (bytes, digest, signal) => {
      if (digestOf(bytes) !== digest) throw new InternalError(`putBlob: the bytes do not have the digest ${digest}`);
      const subject = {
        method: 'POST',
        reference: digest,
        consequence: 'The blob may be missing',
        refusal: 'It was not taken',
      };
      await run(subject, 'pull,push', signal, async (send) => {
        const head = await send({ method: 'HEAD', url: `${base}/blobs/${digest}`, followRedirects: true });
        if (head.status === 200) return;
        if (head.status !== 404) throw statusFault(head, 'push');
        const begun = await send({ method: 'POST', url: `${base}/blobs/uploads/` });
        const url = uploadUrl(begun, `${base}/blobs/uploads/`, digest, options.insecureHosts);
        const headers = { 'content-type': 'application/octet-stream' };
        const isElsewhere = new URL(url).origin !== origin;
        const put = { method: 'PUT' as const, url, headers, body: bytes };
        if (!isElsewhere) checkUploaded(await send(put));
        else checkUploaded(await send({ ...put, scope: null }));
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

function readPut(answer: WireAnswer, digest: Digest): Digest {
  if (answer.status < 200 || answer.status > 299) throw statusFault(answer, 'push');
  const named = namedDigest(answer);
  if (named === digest) return digest;
  // A page that says 200 is no registry's answer; one that says 201 without a digest is read back by the caller.
  if (named === null && answer.status === 201) return digest;
  throw new WireFault('REGISTRY_ANSWER', `${answer.status} with ${named === null ? 'no digest' : 'another digest'}`, {
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
