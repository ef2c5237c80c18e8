/** A blob on its way from one repository to another: read and written at the same time, whatever its size. */
import { createHash } from 'node:crypto';
import { Transform, type Readable } from 'node:stream';
import type { Digest } from '../../domain/digest.ts';
import type { CallLimits } from '../http/attempts.ts';
import { WireFault, type BodySink, type WireAnswer } from '../http/wire.ts';

export interface Relay {
  /** Reads the blob into the sink, all of it. */
  readonly download: (sink: BodySink, signal: AbortSignal) => Promise<void>;
  /** @param headers what is known of the body: its length, where the source told it */
  readonly upload: (body: Readable, headers: Readonly<Record<string, string>>, signal: AbortSignal) => Promise<void>;
}

/** A copy may take as long as bytes come and go; what is bounded is how often it is begun anew, and waits between. */
export function relayLimits(limits: CallLimits): CallLimits {
  return { ...limits, tries: Math.min(limits.tries, 3), deadlineMs: Math.max(limits.deadlineMs, 15 * 60_000) };
}

/**
 * One try. The side that fails first ends the other, and its fault is thrown. The last piece is held back until the hash
 * of all is the digest, so that nothing wrong is ever uploaded whole.
 */
export async function relayBlob(digest: Digest, relay: Relay, signal: AbortSignal | undefined): Promise<void> {
  const stop = new AbortController();
  const both = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  const checked = checkedStream(digest);
  const ends: { fault: unknown }[] = [];
  const fail = (fault: unknown): never => {
    ends.push({ fault });
    stop.abort(fault);
    checked.destroy();
    throw fault;
  };
  // The hash that does not fit, which ends the upload too; the end of either side is that side's to tell.
  checked.on('error', (fault) => ends.push({ fault }));
  let begin: BodySink['begin'] = () => undefined;
  const begun = new Promise<Pick<WireAnswer, 'status' | 'headers'>>((resolve) => (begin = resolve));
  const downloading = relay
    .download({ begin, stream: checked }, both)
    .then(() => checked.end())
    .catch(fail);
  const uploading = Promise.race([begun, downloading.then(() => begun)])
    .then(({ headers }) => relay.upload(checked, lengthOf(headers), both))
    .catch(fail);
  await Promise.allSettled([downloading, uploading]);
  const [first] = ends;
  if (first !== undefined) throw first.fault;
}

function lengthOf(headers: WireAnswer['headers']): Record<string, string> {
  const length = headers['content-length'] ?? '';
  return /^\d{1,15}$/.test(length) ? { 'content-length': length } : {};
}

function checkedStream(digest: Digest): Transform {
  const hash = createHash('sha256');
  let held: Buffer | undefined;
  return new Transform({
    transform: (piece: Buffer, _encoding, done) => {
      hash.update(piece);
      const before = held;
      held = piece;
      done(null, before);
    },
    flush: (done) => {
      const actual = `sha256:${hash.digest('hex')}`;
      if (actual === digest) done(null, held);
      else done(new WireFault('REGISTRY_ANSWER', `the blob's bytes have the digest ${actual}`));
    },
  });
}
