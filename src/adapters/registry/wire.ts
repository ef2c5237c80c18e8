import type { Readable, Writable } from 'node:stream';
import type { OutsideCode } from '../../domain/errors.ts';

/**
 * One HTTP exchange, the body read in full unless a sink takes it. What the wrappers of this room pass on to one another.
 */
export type Transport = (request: WireRequest) => Promise<WireAnswer>;

export interface WireRequest {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';
  /** Absolute. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** A stream can be sent once: its request is never repeated by a wrapper. */
  readonly body?: Uint8Array | Readable;
  /** Takes the body of a 200, in place of the answer's `body`. */
  readonly sink?: BodySink;
  /** What is to be done to which repository; where it is null, no credentials are sent. */
  readonly scope: Scope | null;
  /** Follow a redirect, as blobs need; anything but GET and HEAD is never redirected. */
  readonly followRedirects?: boolean;
  /** A longer answer is a fault. */
  readonly maxBytes: number;
  /** The instant (of the clock in use) after which nothing is waited for. */
  readonly deadlineMs: number;
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
  readonly begin: (headers: WireAnswer['headers']) => void;
  readonly stream: Writable;
}

export interface WireAnswer {
  readonly status: number;
  /** Lower-case names; repeated headers joined with a comma. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
  /** Of a refusal: what to do about the login (see `Login`). */
  readonly advice?: string;
}

/** One request of a call, whose scope and bounds it has unless it says otherwise. */
export type Send = (
  request: Pick<WireRequest, 'method' | 'url'> & Partial<Omit<WireRequest, 'deadlineMs' | 'onSend'>>,
) => Promise<WireAnswer>;

export interface Scope {
  readonly repository: string;
  readonly actions: 'pull' | 'pull,push' | 'pull,push,delete';
}

export interface FaultDetails {
  /** Most tries at which this fault is still tried again; 1 is final. Default: as many as the caller allows. */
  readonly tries?: number;
  readonly status?: number;
  /** True where the request cannot have had any effect: there was not even a connection. */
  readonly isUnsent?: boolean;
  /** What to do about it. */
  readonly fix?: string;
  readonly cause?: unknown;
}

/**
 * One try failed. `call` tries again or turns it into an `OutsideError` with the reference and the facts; it never
 * leaves this room. The message says what came back and holds no secret.
 */
export class WireFault extends Error {
  override readonly name = 'WireFault';
  readonly code: OutsideCode;
  readonly tries: number;
  readonly status: number | undefined;
  readonly isUnsent: boolean;
  readonly fix: string | undefined;

  constructor(code: OutsideCode, message: string, details: FaultDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.tries = details.tries ?? Number.POSITIVE_INFINITY;
    this.status = details.status;
    this.isUnsent = details.isUnsent ?? false;
    this.fix = details.fix;
  }
}
