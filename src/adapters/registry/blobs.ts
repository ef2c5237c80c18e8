import type { Digest } from '../../domain/digest.ts';
import { digestOf } from './digest-of.ts';
import { isAbsent } from './manifest-answer.ts';
import { isExposed } from '../http/exposed.ts';
import { statusFault } from './status-fault.ts';
import { WireFault, type WireAnswer, type WireRequest } from '../http/wire.ts';
import type { Send } from './wire.ts';

/** Image configs are some kilobytes; layers are not read by this client. */
export const maxBlobBytes = 16 * 1024 * 1024;

/** @returns `null` on 404 only */
export function readBlob(answer: WireAnswer, digest: Digest): Uint8Array | null {
  if (isAbsent(answer)) return null;
  if (answer.status !== 200) throw statusFault(answer, 'pull');
  const actual = digestOf(answer.body);
  if (actual !== digest) throw new WireFault('REGISTRY_ANSWER', `the blob's bytes have the digest ${actual}`);
  return answer.body;
}

export interface UploadPlace {
  /** `https://host/v2/<repository>/blobs/uploads/` */
  readonly url: string;
  readonly insecureHosts: ReadonlySet<string>;
}

/** @returns where the bytes go to */
export async function beginUpload(
  send: Send,
  { url: base, insecureHosts }: UploadPlace,
  digest: Digest,
): Promise<string> {
  const answer = await send({ method: 'POST', url: base });
  if (answer.status !== 202) throw statusFault(answer, 'push');
  const uuid = encodeURIComponent(answer.headers['docker-upload-uuid'] ?? '');
  const location = answer.headers['location'] ?? (uuid === '' ? '' : `${base}${uuid}`);
  if (location === '' || !URL.canParse(location, base)) {
    throw new WireFault('REGISTRY_ANSWER', 'the upload has no address', { status: answer.status });
  }
  const url = new URL(location, base);
  // A registry behind a proxy that ends TLS names itself without TLS, and without the proxy's port.
  const asked = new URL(base);
  if (url.protocol === 'http:' && url.hostname === asked.hostname) {
    url.protocol = asked.protocol;
    url.port = asked.port;
  }
  if (isExposed(url, insecureHosts)) {
    throw new WireFault('REGISTRY_ANSWER', `the upload was sent to ${url.host} without TLS`, { status: 202, tries: 1 });
  }
  url.searchParams.set('digest', digest);
  return url.href;
}

/** Sends all bytes at once. Another host than the registry gets no credentials. */
export async function putUpload(
  send: Send,
  place: UploadPlace,
  url: string,
  { headers, ...what }: Pick<WireRequest, 'body' | 'stallMs' | 'signal'> & Partial<Pick<WireRequest, 'headers'>>,
): Promise<void> {
  const isElsewhere = new URL(url).origin !== new URL(place.url).origin;
  const answer = await send({
    ...what,
    method: 'PUT',
    url,
    headers: { ...headers, 'content-type': 'application/octet-stream' },
    ...(isElsewhere ? { scope: null } : {}),
  });
  if (answer.status === 404) throw new WireFault('REGISTRY_REFUSED', 'the upload is gone', { status: 404, tries: 3 });
  if (answer.status !== 201 && answer.status !== 204) throw statusFault(answer, 'push');
}
