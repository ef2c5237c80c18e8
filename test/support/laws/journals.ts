/** Journals in memory that can be copied, cut short and looked into. */
import { formatRepository, type Repository } from '../../../src/domain/reference.ts';
import type { JournalFile, JournalStore, JournalWriter } from '../../../src/ports.ts';

export type Entry = Readonly<Record<string, unknown>>;

/** Path to entries, oldest first. */
export type Journals = Map<string, Entry[]>;

export function copyJournals(journals: Journals): Journals {
  return new Map([...journals].map(([path, entries]) => [path, [...entries]]));
}

export function journalStore(journals: Journals): JournalStore {
  const folder = (repository: Repository, version: string): string => `${formatRepository(repository)}/${version}/`;
  const fileOf = (path: string): JournalFile => ({
    path,
    entries: journals.get(path) ?? [],
    torn: false,
    inUse: false,
  });
  const writer = (path: string): JournalWriter => ({
    path,
    append: (entry) => Promise.resolve(void journals.get(path)?.push(entry)),
    close: () => Promise.resolve(),
  });
  return {
    find: (repository, version) => {
      const start = folder(repository, version);
      return Promise.resolve([...journals.keys()].filter((path) => path.startsWith(start)).map(fileOf));
    },
    read: (path) => Promise.resolve(fileOf(path)),
    create: (repository, version) => {
      const path = `${folder(repository, version)}${String(journals.size).padStart(4, '0')}.jsonl`;
      journals.set(path, []);
      return Promise.resolve(writer(path));
    },
    resume: (file) => Promise.resolve(writer(file.path)),
  };
}
