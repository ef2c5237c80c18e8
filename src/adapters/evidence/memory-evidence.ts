import { formatRepository, type Repository } from '../../domain/reference.ts';
import type { EvidenceStore } from '../../ports.ts';

/** Statements that live as long as the process. */
export function createMemoryEvidence(): EvidenceStore {
  const texts = new Map<string, string>();
  const read = (repository: Repository): string | null => texts.get(formatRepository(repository)) ?? null;
  return {
    pathOf: (repository) => `the statements of ${formatRepository(repository)}`,
    cutPathOf: (repository) => `the lines of ${formatRepository(repository)} that were cut off`,
    ready: () => Promise.resolve(),
    read: (repository) => Promise.resolve(read(repository)),
    append: async (repository, make) => {
      const text = read(repository) ?? '';
      const line = await make(text);
      if (line !== null) texts.set(formatRepository(repository), `${text}${line}\n`);
    },
  };
}
