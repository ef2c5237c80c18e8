import type { Question } from '../src/playground/question.ts';
import type { Reply } from './worker.ts';

/** What became of a question. `replaced`: a later one was asked before it was answered. */
export type Outcome =
  | Reply
  | { readonly kind: 'stopped'; readonly limitMs: number }
  | { readonly kind: 'crashed'; readonly message: string }
  | { readonly kind: 'replaced' };

export interface Planner {
  ask(question: Question): Promise<Outcome>;
}

/**
 * A worker that answers one question at a time. A question that comes while another is being answered, or an answer that
 * takes longer than the limit, ends the worker; the next question starts a new one.
 *
 * @param script of the worker
 */
export function createPlanner(script: string, limitMs: number): Planner {
  const address = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
  let idle: Worker | null = null;
  let giveUp: (() => void) | null = null;

  function ask(question: Question): Promise<Outcome> {
    giveUp?.();
    const worker = idle ?? new Worker(address);
    idle = null;
    return new Promise((resolve) => {
      const listening = new AbortController();
      const { signal } = listening;
      const end = (outcome: Outcome, isWhole: boolean): void => {
        clearTimeout(timer);
        listening.abort();
        giveUp = null;
        if (isWhole) idle = worker;
        else worker.terminate();
        resolve(outcome);
      };
      const timer = setTimeout(() => end({ kind: 'stopped', limitMs }, false), limitMs);
      giveUp = () => end({ kind: 'replaced' }, false);
      worker.addEventListener('message', ({ data }: MessageEvent<Reply>) => end(data, true), { signal });
      const onError = (event: ErrorEvent): void => {
        event.preventDefault();
        end({ kind: 'crashed', message: event.message }, false);
      };
      worker.addEventListener('error', onError, { signal });
      worker.postMessage(question);
    });
  }

  return { ask };
}
