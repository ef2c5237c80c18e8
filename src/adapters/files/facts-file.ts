import type { ReleaseSource } from '../../ports.ts';
import { readFacts } from '../../texts/facts-text.ts';
import { readTextFile } from './text-file.ts';

const maxBytes = 64 * 1_048_576;

/**
 * Release facts from a JSON file: `list` throws what {@link readFacts} does, and for a file that cannot be read.
 *
 * @param path absolute, or relative to the working directory; also the name of the source
 */
export function readFactsFile(path: string): ReleaseSource {
  return {
    name: path,
    async list() {
      const text = await readTextFile(path, {
        where: path,
        code: 'FACTS_INVALID',
        maxBytes,
        missing: { code: 'FACTS_INVALID', fix: 'name a JSON file of release facts' },
      });
      return { kind: 'file', notes: [], ...readFacts(text, path) };
    },
  };
}
