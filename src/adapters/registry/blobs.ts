import type { Digest } from '../../domain/digest.ts';
import { digestOf } from './digest-of.ts';
import type { UploadState } from './blob-relay.ts';
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
export async function beginUpload(send: Send, place: UploadPlace): Promise<string> {
  const answer = await send({ method: 'POST', url: place.url });
  if (answer.status !== 202) throw statusFault(answer, 'push');
  const uuid = encodeURIComponent(answer.headers['docker-upload-uuid'] ?? '');
  return uploadUrl(answer, uuid === '' ? '' : `${place.url}${uuid}`, place);
}

/** Where an upload goes on: at the `Location` of an answer. */
function uploadUrl(answer: WireAnswer, otherwise: string, { url: base, insecureHosts }: UploadPlace): string {
  const location = answer.headers['location'] ?? otherwise;
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
  return url.href;
}

/**
 * How much of an upload has arrived; `null` where that is nothing, or the registry does not say.
 *
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-a-blob-in-chunks
 */
export async function uploadStatus(send: Send, place: UploadPlace, url: string): Promise<UploadState | null> {
  const answer = await send({ method: 'GET', url, ...elsewhere(place, url) });
  const last = /^(?:bytes=)?0-(?<last>\d{1,15})$/.exec(answer.headers['range']?.trim() ?? '')?.groups?.['last'];
  if (answer.status < 200 || answer.status > 299 || last === undefined || last === '0') return null;
  return { url: uploadUrl(answer, url, place), offset: Number(last) + 1 };
}

/** Sends a stream after what has arrived. @returns where the upload is finished */
export async function appendUpload(
  send: Send,
  place: UploadPlace,
  { url, offset }: UploadState,
  { sizeBytes, ...what }: Pick<WireRequest, 'body' | 'stallMs' | 'signal'> & { readonly sizeBytes: number | null },
): Promise<string> {
  const length: Record<string, string> = sizeBytes === null ? {} : { 'content-length': `${sizeBytes}` };
  const range: Record<string, string> =
    offset === 0 || sizeBytes === null ? {} : { 'content-range': `${offset}-${offset + sizeBytes - 1}` };
  const headers = { ...length, ...range, 'content-type': 'application/octet-stream' };
  const answer = await send({ ...what, method: 'PATCH', url, headers, ...elsewhere(place, url) });
  if (answer.status === 404) throw gone();
  if (answer.status < 200 || answer.status > 299) throw statusFault(answer, 'push');
  return uploadUrl(answer, url, place);
}

/** The end of an upload, with all its bytes where none were sent before. */
export async function finishUpload(
  send: Send,
  place: UploadPlace,
  url: string,
  { digest, body }: { readonly digest: Digest; readonly body?: Uint8Array },
): Promise<void> {
  const whole = new URL(url);
  whole.searchParams.set('digest', digest);
  const answer = await send({
    method: 'PUT',
    url: whole.href,
    headers: { 'content-type': 'application/octet-stream' },
    body: body ?? new Uint8Array(),
    ...elsewhere(place, url),
  });
  if (answer.status === 404) throw gone();
  if (answer.status !== 201 && answer.status !== 204) throw statusFault(answer, 'push');
}

/** Another host than the registry gets no credentials. */
function elsewhere(place: UploadPlace, url: string): { readonly scope?: null } {
  return new URL(url).origin === new URL(place.url).origin ? {} : { scope: null };
}

function gone(): WireFault {
  return new WireFault('REGISTRY_REFUSED', 'the upload is gone', { status: 404, tries: 3 });
}
