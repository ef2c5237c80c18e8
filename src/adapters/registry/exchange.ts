import { Readable, type Writable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { WireFault, type WireAnswer, type WireRequest } from './wire.ts';

/**
 * Sends one request over a dispatcher and collects the answer. By undici's handler interface rather than `request()`:
 * an audit is thousands of HEADs, and a stream for each empty body costs more than the rest of the work.
 */
export function exchange(dispatcher: Dispatcher, url: URL, request: WireRequest): Promise<WireAnswer> {
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

    dispatcher.dispatch(options(url, request), {
      onRequestStart: (controller) => {
        cancel = (reason) => controller.abort(reason);
        if (signal?.aborted === true) abort();
      },
      onResponseStart: (_controller, statusCode, received) => {
        status = statusCode;
        headers = flatten(received);
        if (status === 200) sink?.begin(headers);
      },
      onResponseData: (controller, chunk) => {
        onProgress?.();
        if (sink !== undefined && status === 200) return passOn(chunk, sink.stream, controller);
        sizeBytes += chunk.byteLength;
        if (sizeBytes <= request.maxBytes) chunks.push(chunk);
        else controller.abort(tooLarge(request.maxBytes));
      },
      onResponseEnd: () => {
        done();
        resolve({ status, headers, body: joined(chunks) });
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

function options(url: URL, request: WireRequest): Dispatcher.DispatchOptions {
  return {
    origin: url.origin,
    path: `${url.pathname}${url.search}`,
    method: request.method,
    headers: request.headers,
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
