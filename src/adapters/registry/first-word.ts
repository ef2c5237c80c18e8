import { Readable } from 'node:stream';
import type { Clock } from '../../ports.ts';
import { originOf } from '../http/origin-of.ts';
import { systemAlarm, type Alarm } from '../http/try-timeout.ts';
import { unlessAborted } from '../http/unless-aborted.ts';
import { WireFault, type Transport, type WireAnswer } from '../http/wire.ts';
import type { ScopedRequest } from './wire.ts';

export interface FirstWordOptions {
  readonly clock: Clock;
  readonly alarm?: Alarm | undefined;
  /** Told once for each host that has not answered after {@link silenceMs}. */
  readonly say?: ((line: string) => void) | undefined;
}

/** A final no is believed for this long. */
const believedMs = 10_000;
const silenceMs = 2000;

type Final =
  | { readonly kind: 'answer'; readonly answer: WireAnswer; readonly atMs: number }
  | { readonly kind: 'fault'; readonly fault: WireFault; readonly atMs: number };

interface Place {
  hasAnswered: boolean;
  final: Final | null;
  asking: Promise<void> | null;
}

/**
 * The first request to a repository goes alone, and the others wait for what comes of it. Where that is final (no such
 * host, nobody listens, an untrusted certificate, a proxy that wants a login, a login that is refused) it is the answer to
 * all of them. Once a host has answered, each request stands for itself and is tried again as usual.
 */
export function withFirstWord(
  transport: Transport<ScopedRequest>,
  { clock, alarm = systemAlarm, say }: FirstWordOptions,
): Transport<ScopedRequest> {
  const places = new Map<string, Place>();
  const silent = silenceWatch(alarm, say);

  const first = async (request: ScopedRequest, place: Place, host: string): Promise<WireAnswer> => {
    try {
      const answer = await transport(request);
      if (answer.status === 401) place.final = { kind: 'answer', answer, atMs: clock.nowMs() };
      else if (answer.status < 500 && answer.status !== 429) place.hasAnswered = true;
      if (answer.status < 500 && answer.status !== 429) silent.end(host);
      else silent.because(host, `it answers ${answer.status}`);
      return answer;
    } catch (error) {
      if (!(error instanceof WireFault)) throw error;
      silent.because(host, error.message);
      if (!isFinal(error)) throw error;
      silent.end(host);
      const fault = error.once();
      place.final = { kind: 'fault', fault, atMs: clock.nowMs() };
      throw fault;
    }
  };

  return async (request) => {
    // A long body is no question; its end would be waited for.
    if (request.scope === null || request.sink !== undefined || request.body instanceof Readable)
      return transport(request);
    const { host, origin } = originOf(request.url);
    const key = `${origin} ${request.scope.repository} ${request.scope.actions}`;
    const place = places.get(key) ?? { hasAnswered: false, final: null, asking: null };
    places.set(key, place);
    if (place.asking !== null) await unlessAborted(place.asking, request.signal);
    if (place.hasAnswered) return transport(request);
    const { final } = place;
    if (final !== null && clock.nowMs() - final.atMs < believedMs) {
      if (final.kind === 'fault') throw final.fault;
      return final.answer;
    }
    silent.begin(host);
    const asking = first(request, place, host);
    // Those who waited for a first word that said nothing final ask for themselves, side by side.
    if (place.asking === null) {
      place.asking = asking.then(
        () => undefined,
        () => undefined,
      );
    }
    return asking;
  };
}

/** What no further try changes, as long as the host has not answered before. */
function isFinal(fault: WireFault): boolean {
  return fault.isFinalAtFirst || (fault.tries === 1 && (fault.isUnsent || fault.status === 401));
}

interface SilenceWatch {
  begin(host: string): void;
  because(host: string, why: string): void;
  end(host: string): void;
}

function silenceWatch(alarm: Alarm, say: FirstWordOptions['say']): SilenceWatch {
  const whys = new Map<string, string>();
  const callOffs = new Map<string, () => void>();
  return {
    begin: (host) => {
      if (say === undefined || callOffs.has(host)) return;
      const ring = (): void => say(`waiting for ${host}: ${whys.get(host) ?? 'it has not answered yet'}`);
      callOffs.set(host, alarm(silenceMs, ring));
    },
    because: (host, why) => whys.set(host, why),
    end: (host) => callOffs.get(host)?.(),
  };
}
