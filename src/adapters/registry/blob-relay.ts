/**
 * A blob on its way from one repository to another: read and written at the same time, whatever its size. A side that
 * breaks goes on where it was: the source by a range, the target by the status of its upload.
 */
import { createHash, type Hash } from 'node:crypto';
import { Transform, type Readable, type TransformCallback } from 'node:stream';
import type { Digest } from '../../domain/digest.ts';
import type { CallLimits } from '../http/attempts.ts';
import { WireFault, type BodySink } from '../http/wire.ts';
import { collectAfter } from './young-garbage.ts';

export interface Relay {
  /** Reads the blob into the sink, from this byte on where the source can, else from its start. */
  readonly download: (from: number, sink: BodySink, signal: AbortSignal) => Promise<void>;
  /** Begins an upload: its address. */
  readonly begin: () => Promise<string>;
  /** How much of an upload has arrived, and where it goes on; `null` where the registry does not say, or has nothing. */
  readonly status: (url: string) => Promise<UploadState | null>;
  /** Sends the body after what is there. Gives the address to finish at. */
  readonly append: (to: UploadState, body: Readable, sizeBytes: number | null, signal: AbortSignal) => Promise<string>;
  readonly finish: (url: string) => Promise<void>;
  /** Told how many bytes are sent a second time. */
  readonly sentAgain: (sizeBytes: number) => void;
}

export interface UploadState {
  readonly url: string;
  readonly offset: number;
}

/** A copy may take as long as bytes come and go; what is bounded is how often it breaks, and waits between. */
export function relayLimits(limits: CallLimits): CallLimits {
  return { ...limits, tries: Math.min(limits.tries, 6), deadlineMs: Math.max(limits.deadlineMs, 6 * 3_600_000) };
}

/** The hash of all before a byte, so that a copy that goes on there need not begin anew. */
interface Mark {
  readonly at: number;
  readonly hash: Hash;
}
const markEveryBytes = 8 * 1024 * 1024;
/** Breaks of the source within one try. */
const maxBreaks = 5;

/**
 * Each call is one try, and goes on from what the tries before have brought. An upload is only finished once the hash of
 * all is the digest, so that nothing wrong is ever stored.
 */
export function blobRelay(digest: Digest, relay: Relay): (signal: AbortSignal | undefined) => Promise<void> {
  const marks: Mark[] = [{ at: 0, hash: createHash('sha256') }];
  let upload: UploadState | null = null;
  let sentBytes = 0;

  const place = async (): Promise<UploadState> => {
    const known = upload === null ? null : await relay.status(upload.url);
    if (known !== null && known.offset <= sentBytes) return known;
    if (sentBytes > 0) relay.sentAgain(sentBytes);
    return { url: await relay.begin(), offset: 0 };
  };

  return async (signal) => {
    const to = await place();
    upload = to;
    const mark = marks.findLast(({ at }) => at <= to.offset) ?? { at: 0, hash: createHash('sha256') };
    const passed = new Passing(mark, to.offset, marks);
    const stop = new AbortController();
    const both = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
    const faults: unknown[] = [];
    const fail = (fault: unknown): void => {
      faults.push(fault);
      stop.abort(fault);
      passed.destroy();
    };
    passed.on('error', fail);
    let tellSize: (total: number | null) => void = () => undefined;
    const sizeKnown = new Promise<number | null>((resolve) => (tellSize = resolve));
    const downloading = readAll(relay, passed, tellSize, both).then(() => passed.end(), fail);
    const ended = downloading.then(() => null);
    const uploading = Promise.race([sizeKnown, ended])
      .then(async (total) => {
        if (total !== null && total <= to.offset) {
          passed.resume();
          await downloading;
          return to.url;
        }
        return relay.append(to, passed, total === null ? null : total - to.offset, both);
      })
      .catch((fault: unknown) => {
        fail(fault);
        return to.url;
      });
    const [, url] = await Promise.all([downloading, uploading]);
    sentBytes = Math.max(sentBytes, passed.position);
    if (faults.length > 0) throw faults[0];
    const actual = `sha256:${passed.hash.digest('hex')}`;
    if (actual !== digest) {
      upload = null;
      sentBytes = 0;
      marks.length = 1;
      throw new WireFault('REGISTRY_ANSWER', `the blob's bytes have the digest ${actual}`);
    }
    await relay.finish(url);
  };
}

/** Reads from where the pass is, again and again, as long as each try brings something. */
async function readAll(
  relay: Relay,
  passed: Passing,
  sizeKnown: (total: number | null) => void,
  signal: AbortSignal,
): Promise<void> {
  for (let breaks = 0; ; breaks += 1) {
    const from = passed.position;
    const begin: BodySink['begin'] = ({ status, headers }) => {
      // A source that does not know ranges begins at its start.
      passed.startAt(status === 206 ? from : 0);
      const length = headers['content-length'] ?? '';
      sizeKnown(/^\d{1,15}$/.test(length) ? Number(length) + (status === 206 ? from : 0) : null);
    };
    try {
      await relay.download(from, { begin, stream: passed }, signal);
      return;
    } catch (error) {
      const canGoOn = error instanceof WireFault && error.tries > 1 && passed.position > from;
      if (signal.aborted || !canGoOn || breaks >= maxBreaks) throw error;
    }
  }
}

/** Hashes what comes in, and lets through what the target does not have yet. */
class Passing extends Transform {
  readonly hash: Hash;
  /** How far the blob is hashed. */
  position: number;
  readonly #from: number;
  readonly #marks: Mark[];
  #incoming: number;

  constructor(mark: Mark, from: number, marks: Mark[]) {
    super();
    this.hash = mark.hash.copy();
    this.position = mark.at;
    this.#incoming = mark.at;
    this.#from = from;
    this.#marks = marks;
  }

  startAt(byte: number): void {
    this.#incoming = byte;
  }

  override _transform(piece: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    const fresh = piece.subarray(Math.max(0, this.position - this.#incoming));
    this.#incoming += piece.byteLength;
    const before = this.position;
    this.hash.update(fresh);
    this.position += fresh.byteLength;
    collectAfter(piece.byteLength);
    const last = this.#marks.at(-1);
    if (last !== undefined && this.position >= last.at + markEveryBytes) {
      this.#marks.push({ at: this.position, hash: this.hash.copy() });
    }
    done(null, fresh.subarray(Math.max(0, this.#from - before)));
  }
}
