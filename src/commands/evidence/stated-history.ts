/** `tagwright history [TAG] --evidence`: where tags pointed and who moved them, by the statements alone. */
import { InputError } from '../../domain/errors.ts';
import { parseDateEnd, parseInstant, type Instant } from '../../domain/instant.ts';
import { formatRepository } from '../../domain/reference.ts';
import { quote } from '../../domain/tag.ts';
import { firstMove, tagEvidence } from '../../evidence/answer.ts';
import { statedHistoryJson, statedHistoryText, type StatedHistory } from '../../report/stated-history.ts';
import type { HistoryOptions } from '../history.ts';
import { readImage } from '../read-project.ts';
import type { Outcome, World } from '../world.ts';
import {
  isEvidenceFile,
  judgingBy,
  noEvidence,
  readEvidenceFile,
  readEvidenceOf,
  type FoundEvidence,
  type Judging,
} from './read-evidence.ts';

/**
 * Asks no source of releases and no registry; of a single file, not even the config.
 *
 * @param path of `--evidence`
 */
export async function statedHistory(options: HistoryOptions, path: string, world: World): Promise<Outcome> {
  const until = options.at === null ? null : momentOf(options.at);
  const judging = await judgingBy(options, world);
  const files = isEvidenceFile(path)
    ? [await readEvidenceFile(path, judging, world)]
    : await filesOf(options, path, judging, world);
  const histories = files.map(({ file, repository, faults, gaps, statements }): StatedHistory => {
    const { tag } = options;
    const tags = tagEvidence(statements, tag, until);
    const before = tag === null || tags.length > 0 ? null : firstMove(statements, tag);
    const own = gaps.filter((gap) => tag === null || gap.tag === tag);
    return { file, repository, faults, gaps: own, statements, before, tags };
  });
  const asked = { tag: options.tag, until };
  const isSound = histories.every(({ faults }) => faults.length === 0);
  const isFound = options.tag === null || histories.some(({ tags }) => tags.length > 0);
  return {
    stdout: options.format === 'json' ? statedHistoryJson(histories, asked) : statedHistoryText(histories, asked),
    result: isSound && isFound ? 'as-planned' : 'findings',
  };
}

async function filesOf(
  options: HistoryOptions,
  path: string,
  judging: Judging,
  world: World,
): Promise<readonly FoundEvidence[]> {
  const { image } = await readImage(options, world);
  const found: FoundEvidence[] = [];
  for (const repository of image.repositories) {
    const evidence = await readEvidenceOf(repository, path, judging, world);
    if (evidence === null)
      throw noEvidence(`${path} (${formatRepository(repository)})`, options.tag === null ? path : null);
    found.push(evidence);
  }
  return found;
}

/** A version has a moment in the facts of releases, which are not read here. */
function momentOf(text: string): Instant {
  const instant = parseDateEnd(text) ?? parseInstant(text);
  if (instant !== null) return instant;
  const message = `${quote(text)} is not a date or a time, and with --evidence no facts of releases are read`;
  const fix = "write a date ('2024-09-30') or a time with its offset ('2024-09-30T12:00:00Z')";
  throw new InputError([{ code: 'INSTANT_INVALID', where: '--at', message, fix }]);
}
