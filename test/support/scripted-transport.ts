import type { Transport, WireAnswer, WireRequest } from '../../src/adapters/http/wire.ts';

export interface ScriptedAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export type Step = ScriptedAnswer | Error | ((request: WireRequest) => ScriptedAnswer | Promise<ScriptedAnswer>);

export interface ScriptedTransport {
  readonly transport: Transport;
  readonly requests: WireRequest[];
  /** Method, address and, where there is one, the authorization of each request: `GET https://… Bearer one`. */
  readonly lines: () => readonly string[];
}

/** Answers by the script, one step a request; a single function answers every request. An unplanned one is an error. */
export function scriptedTransport(
  script: readonly Step[] | ((request: WireRequest) => ScriptedAnswer),
): ScriptedTransport {
  const requests: WireRequest[] = [];
  return {
    requests,
    lines: () =>
      requests.map(({ method, url, headers }) => [method, url, headers['authorization']].filter(Boolean).join(' ')),
    transport: async (request) => {
      requests.push(request);
      const step = typeof script === 'function' ? script : script[requests.length - 1];
      if (step === undefined) throw new Error(`request ${requests.length} is not in the script: ${request.url}`);
      if (step instanceof Error) throw step;
      return toAnswer(typeof step === 'function' ? await step(request) : step);
    },
  };
}

export function toAnswer({ status, headers = {}, body = '' }: ScriptedAnswer): WireAnswer {
  return { status, headers, body: typeof body === 'string' ? new TextEncoder().encode(body) : body };
}
