import type { WireAnswer, WireRequest } from '../http/wire.ts';

/** A request to a registry, and what it may do there. */
export interface ScopedRequest extends WireRequest {
  /** What is to be done to which repository; where it is null, no credentials are sent. */
  readonly scope: Scope | null;
}

/** One request of a call, whose scope and bounds it has unless it says otherwise. */
export type Send = (
  request: Pick<WireRequest, 'method' | 'url'> & Partial<Omit<ScopedRequest, 'deadlineMs' | 'onSend'>>,
) => Promise<WireAnswer>;

export interface Scope {
  readonly repository: string;
  readonly actions: 'pull' | 'pull,push' | 'pull,push,delete';
}
