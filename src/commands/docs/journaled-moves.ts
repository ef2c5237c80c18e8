/** Where convenience tags came from when a release was published, as the journals of its publishes tell it. */
import { InputError } from '../../domain/errors.ts';
import { formatRepository, type Repository } from '../../domain/reference.ts';
import { builtVersion, type Release } from '../../domain/release.ts';
import { convenienceRules } from '../../plan/tag-map.ts';
import { readJournal, type JournalMove } from '../../publish/journal.ts';
import type { JournalStore } from '../../ports.ts';
import type { GridMove } from '../../report/move-grid.ts';
import type { PageMoves } from '../../report/release-text.ts';
import type { Project } from '../read-project.ts';

/** @param folder where the journals are, for messages */
export async function journaledMoves(
  { image, tags }: Project,
  release: Release,
  journals: JournalStore,
  folder: string,
): Promise<PageMoves> {
  const rules = convenienceRules(tags);
  const byRepository: GridMove[][] = [];
  for (const repository of image.repositories) {
    const moves = await movesIn(repository, release, journals);
    if (moves === null) {
      const because = `no journal of its publish to ${formatRepository(repository)} is in ${folder}`;
      return { kind: 'unknown', because };
    }
    byRepository.push(moves.map(({ tag, from, to }) => ({ tag, rule: rules.get(tag) ?? '', from, to })));
  }
  return { kind: 'known', byRepository };
}

/** Of several runs the first says where a tag came from; `null` if there was no run. */
async function movesIn(
  repository: Repository,
  release: Release,
  journals: JournalStore,
): Promise<readonly JournalMove[] | null> {
  const name = formatRepository(repository);
  const moves = new Map<string, JournalMove>();
  let runs = 0;
  for (const version of new Set([release.version.text, builtVersion(release)])) {
    for (const file of await journals.find(repository, version)) {
      if (file.entries.length === 0) continue;
      const read = readJournal(file.entries, file.path);
      if (!read.ok) throw new InputError(read.problems);
      const { begin, moves: made } = read.value;
      if (begin.command !== 'publish' || begin.repository !== name || begin.version !== release.version.text) continue;
      runs += 1;
      for (const move of made) if (move.done && !moves.has(move.tag)) moves.set(move.tag, move);
    }
  }
  return runs === 0 ? null : [...moves.values()];
}
