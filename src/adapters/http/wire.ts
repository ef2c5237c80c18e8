import type { Readable, Writable } from 'node:stream';
import type { OutsideCode } from '../../domain/errors.ts';

/** One HTTP exchange, the body read in full unless a sink takes it. What the wrappers of this room pass on. */
export type Transport<Request extends WireRequest = WireRequest> = (request: Request) => Promise<WireAnswer>;

export interface WireRequest {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';
  /** Absolute. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** A stream can be sent once: its request is never repeated by a wrapper. */
  readonly body?: Uint8Array | Readable;
  /** Takes the body of a 200 or 206, in place of the answer's `body`. */
  readonly sink?: BodySink;
  /** Follow a redirect, as blobs need; anything but GET and HEAD is never redirected. */
  readonly followRedirects?: boolean;
  /** `host[:port]` each, where a redirect may lead without TLS. Loopback always may be. */
  readonly insecureHosts?: ReadonlySet<string>;
  /** A longer answer is a fault, also once it is decompressed. */
  readonly maxBytes: number;
  /** The instant (of the clock in use) after which nothing is waited for. */
  readonly deadlineMs: number;
  /** In place of the usual time limit of a try. */
  readonly timeoutMs?: number;
  /** In place of the time limit of a try and of the deadline: for how long no byte may come or go. */
  readonly stallMs?: number;
  /** Called as bytes come and go. */
  readonly onProgress?: () => void;
  /** Called as the request goes out: every try, redirect and token request counts. */
  readonly onSend?: () => void;
  readonly signal?: AbortSignal;
}

/** Where a long body goes, piece by piece; it is not ended here. */
export interface BodySink {
  /** Called once, before the first piece. */
  readonly begin: (answer: Pick<WireAnswer, 'status' | 'headers'>) => void;
  readonly stream: Writable;
}

export interface WireAnswer {
  readonly status: number;
  /** Lower-case names; repeated headers joined with a comma. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
  /** Of a registry's refusal: what to do about the login (see `Login`). */
  readonly advice?: string;
}

export interface FaultDetails {
  /** Most tries at which this fault is still tried again; 1 is final. Default: as many as the caller allows. */
  readonly tries?: number;
  readonly status?: number;
  /** True where the request cannot have had any effect: there was not even a connection. */
  readonly isUnsent?: boolean;
  /** No further try changes it, unless the host has answered before: nobody listens, or no such host. */
  readonly isFinalAtFirst?: boolean;
  /** What to do about it. */
  readonly fix?: string;
  readonly cause?: unknown;
}

/**
 * One try failed. The adapter tries again or turns it into an `OutsideError`; it never leaves the adapters. The message
 * is what came back and holds no secret.
 */
export class WireFault extends Error {
  override readonly name = 'WireFault';
  readonly code: OutsideCode;
  readonly tries: number;
  readonly status: number | undefined;
  readonly isUnsent: boolean;
  readonly isFinalAtFirst: boolean;
  readonly fix: string | undefined;

  constructor(code: OutsideCode, message: string, details: FaultDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.tries = details.tries ?? Number.POSITIVE_INFINITY;
    this.status = details.status;
    this.isUnsent = details.isUnsent ?? false;
    this.isFinalAtFirst = details.isFinalAtFirst ?? false;
    this.fix = details.fix;
  }

  /** The same, not to be tried again. */
  once(): WireFault {
    const { code, message, status, isUnsent, fix, cause } = this;
    return new WireFault(code, message, {
      tries: 1,
      isUnsent,
      cause,
      ...(status === undefined ? {} : { status }),
      ...(fix === undefined ? {} : { fix }),
    });
  }
}
