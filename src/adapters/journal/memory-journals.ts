import type { Repository } from '../../domain/reference.ts';
import type { JournalFile, JournalStore, JournalWriter } from '../../ports.ts';

/** Journals that live as long as the process: a rehearsal leaves nothing behind. */
export function createMemoryJournals(): JournalStore {
  const journals = new Map<string, { readonly entries: unknown[]; open: boolean }>();
  const keyOf = (repository: Repository, version: string): string =>
    `${repository.registry}/${repository.path}/${version}/`;

  function fileOf(path: string): JournalFile {
    const journal = journals.get(path);
    return { path, entries: journal?.entries ?? [], torn: false, inUse: journal?.open ?? false };
  }

  function writer(path: string): JournalWriter {
    const journal = journals.get(path) ?? { entries: [], open: true };
    journal.open = true;
    journals.set(path, journal);
    return {
      path,
      append: (entry) => Promise.resolve(void journal.entries.push(entry)),
      close: () => {
        journal.open = false;
        return Promise.resolve();
      },
    };
  }

  return {
    find: (repository, version) => {
      const key = keyOf(repository, version);
      return Promise.resolve([...journals.keys()].filter((path) => path.startsWith(key)).map(fileOf));
    },
    read: (path) => Promise.resolve(fileOf(path)),
    create: (repository, version) => Promise.resolve(writer(`${keyOf(repository, version)}${journals.size}`)),
    resume: (file) => Promise.resolve(writer(file.path)),
  };
}
