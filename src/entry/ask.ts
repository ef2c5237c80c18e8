import { createInterface } from 'node:readline/promises';
import type { Ask } from '../commands/world.ts';

/** Asks on stderr, so that a result on stdout stays one; `null` if the answer was Ctrl-C or the end of the input. */
export function terminalAsk(input: NodeJS.ReadStream, output: NodeJS.WriteStream, signal: AbortSignal): Ask {
  return async (question) => {
    const lines = createInterface({ input, output });
    const closed = new Promise<null>((resolve) => lines.once('close', () => resolve(null)));
    try {
      return await Promise.race([lines.question(question, { signal }), closed]);
    } catch (error) {
      if (signal.aborted) return null;
      throw error;
    } finally {
      lines.close();
    }
  };
}
