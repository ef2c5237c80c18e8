/** Where a child process ends itself, as a machine that goes away would. */
import { appendFileSync } from 'node:fs';
import type { JournalStore, JournalWriter } from '../../src/ports.ts';

export type Kill =
  /** At the nth entry of the journal: before it is written, in the middle of its line, or once it is on disk. */
  | { readonly at: 'entry'; readonly number: number; readonly when: 'before' | 'within' | 'after' }
  /** As the answer to the nth request comes in. */
  | { readonly at: 'request'; readonly number: number };

export const die = (): void => void process.kill(process.pid, 'SIGKILL');

export function withKill(journals: JournalStore, kill: Kill | null): JournalStore {
  if (kill?.at !== 'entry') return journals;
  let written = 0;
  const wrapped = (writer: JournalWriter): JournalWriter => ({
    ...writer,
    append: async (entry) => {
      written += 1;
      if (written === kill.number && kill.when === 'before') die();
      if (written === kill.number && kill.when === 'within') {
        appendFileSync(writer.path, '{"sum":"0123456789abcdef","entry":{"step":"mo');
        die();
      }
      await writer.append(entry);
      if (written === kill.number) die();
    },
  });
  return {
    ...journals,
    create: async (repository, version) => wrapped(await journals.create(repository, version)),
    resume: async (file) => wrapped(await journals.resume(file)),
  };
}
