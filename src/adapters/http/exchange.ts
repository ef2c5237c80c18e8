import { Readable, type Writable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { proxyFault } from './network-fault.ts';
import type { Proxy } from './proxy.ts';
import { WireFault, type WireAnswer, type WireRequest } from './wire.ts';

/** The way to an origin. */
export interface Route {
  readonly dispatcher: Dispatcher;
  /** Given where the proxy itself is asked, with the whole address: as for plain HTTP. */
  readonly proxy?: Proxy;
  /** What the host said as it ended TLS, once. */
  readonly takeAlert?: () => Error | undefined;
  readonly close: () => Promise<void>;
}

/**
 * Sends one request over a dispatcher and collects the answer. By undici's handler interface rather than `request()`:
 * an audit is thousands of HEADs, and a stream for each empty body costs more than the rest of the work.
 */
export function exchange(route: Route, url: URL, request: WireRequest): Promise<WireAnswer> {
  return new Promise((resolve, reject) => {
    const { signal, sink, onProgress } = request;
    let status = 0;
    let headers: Readonly<Record<string, string | undefined>> = {};
    let sizeBytes = 0;
    const chunks: Buffer[] = [];
    let cancel: ((reason: Error) => void) | undefined;

    const abort = (): void => {
      const reason = abortReason(signal);
      cancel?.(reason);
      reject(reason);
    };
    const done = (): void => signal?.removeEventListener('abort', abort);
    if (signal?.aborted === true) return abort();
    signal?.addEventListener('abort', abort);

    route.dispatcher.dispatch(options(route, url, request), {
      onRequestStart: (controller) => {
        cancel = (reason) => controller.abort(reason);
        if (signal?.aborted === true) abort();
      },
      onResponseStart: (_controller, statusCode, received) => {
        status = statusCode;
        headers = flatten(received);
        if (status === 200 || status === 206) sink?.begin({ status, headers });
      },
      onResponseData: (controller, chunk) => {
        onProgress?.();
        if (sink !== undefined && (status === 200 || status === 206)) return passOn(chunk, sink.stream, controller);
        sizeBytes += chunk.byteLength;
        if (sizeBytes <= request.maxBytes) chunks.push(chunk);
        else controller.abort(tooLarge(request.maxBytes));
      },
      onResponseEnd: () => {
        done();
        const { proxy } = route;
        if (status === 407 && proxy !== undefined) return reject(proxyFault({ proxy, status, cause: undefined }));
        try {
          resolve({ status, headers, body: decoded(joined(chunks), headers, request.maxBytes) });
        } catch (error) {
          reject(error);
        }
      },
      onResponseError: (_controller, error) => {
        done();
        reject(error);
      },
    });
  });
}

/** The connection is not read from while the sink is behind; one that is gone is the business of whoever ended it. */
function passOn(chunk: Buffer, stream: Writable, controller: Dispatcher.DispatchController): void {
  if (stream.destroyed || stream.write(chunk)) return;
  controller.pause();
  const goOn = (): void => {
    stream.off('drain', goOn).off('close', goOn);
    controller.resume();
  };
  stream.once('drain', goOn).once('close', goOn);
}

/** Whatever leaves the stream is progress. */
function watched(body: Readable, onProgress: () => void): Readable {
  async function* pieces(): AsyncGenerator {
    for await (const piece of body) {
      onProgress();
      yield piece;
    }
  }
  return Readable.from(pieces(), { objectMode: false });
}

function bodyOf({ body, onProgress }: WireRequest): Uint8Array | Readable | null {
  if (body instanceof Readable && onProgress !== undefined) return watched(body, onProgress);
  return body ?? null;
}

function options({ proxy }: Route, url: URL, request: WireRequest): Dispatcher.DispatchOptions {
  const login =
    proxy === undefined || proxy.authorization === null ? {} : { 'proxy-authorization': proxy.authorization };
  return {
    origin: url.origin,
    path: `${proxy === undefined ? '' : url.origin}${url.pathname}${url.search}`,
    method: request.method,
    headers: proxy === undefined ? request.headers : { ...request.headers, host: url.host, ...login },
    body: bodyOf(request),
    // undici closes the connection after every HEAD unless it is told not to: half the rate.
    // https://github.com/nodejs/undici/issues/262
    reset: false,
  };
}

function flatten(headers: Dispatcher.ResponseData['headers']): Record<string, string | undefined> {
  const flat: Record<string, string | undefined> = {};
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    flat[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}

const decoders: Readonly<Record<string, typeof gunzipSync>> = {
  gzip: gunzipSync,
  'x-gzip': gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
};

/** Some servers compress unasked. What comes out of it is bounded as what came in. */
function decoded(body: Uint8Array, headers: WireAnswer['headers'], maxBytes: number): Uint8Array {
  const decode = decoders[headers['content-encoding']?.trim().toLowerCase() ?? ''];
  if (decode === undefined || body.byteLength === 0) return body;
  try {
    return joined([decode(body, { maxOutputLength: maxBytes })]);
  } catch (error) {
    const isTooLarge = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    throw isTooLarge ? tooLarge(maxBytes) : new WireFault('REGISTRY_ANSWER', 'the answer is not compressed as it says');
  }
}

/** A plain array of bytes, as the ports have it: a Buffer's `slice` shares its memory. */
function joined(chunks: readonly Buffer[]): Uint8Array {
  const { buffer, byteOffset, byteLength } = Buffer.concat(chunks);
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function tooLarge(maxBytes: number): WireFault {
  return new WireFault('REGISTRY_ANSWER', `the answer is larger than ${maxBytes} bytes`, { tries: 1 });
}

function abortReason(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  return reason instanceof Error ? reason : new Error('aborted');
}
