/** `tagwright history [TAG]`: who owned each convenience tag when, by the facts, or by statements. Asks no registry. */
import { InputError } from '../domain/errors.ts';
import type { Instant } from '../domain/instant.ts';
import { becausePinned } from '../plan/because.ts';
import type { ConvenienceTag } from '../plan/convenience-rule.ts';
import { momentsOf, tagHistories, type TagHistory } from '../plan/history.ts';
import { ownerOf } from '../plan/plan.ts';
import { shapeFinder } from '../plan/shapes.ts';
import { resolveTags, type PinnedTag } from '../plan/tag-map.ts';
import { knownAt, undatedProblem } from '../releases/at.ts';
import { historyJson, historyText } from '../report/history.ts';
import { warnOfAnybody } from './evidence/counting.ts';
import { isEvidenceFile } from './evidence/read-evidence.ts';
import { statedHistory } from './evidence/stated-history.ts';
import type { CommonOptions, CountingOptions } from './options.ts';
import { bestOf, joinImages } from './over-images.ts';
import { readProject, type Project } from './read-project.ts';
import type { Outcome, World } from './world.ts';

export interface HistoryOptions extends CommonOptions, CountingOptions {
  /** `null`: every convenience tag. */
  readonly tag: string | null;
  readonly format: 'table' | 'json';
  /** Answer by the statements at this path, a folder or a file; `null`, or left out: by the facts. */
  readonly evidence?: string | null;
}

export function historyCommand(options: HistoryOptions, world: World): Promise<Outcome> {
  const path = options.evidence ?? null;
  warnOfAnybody(options.identity, world);
  if (path !== null && isEvidenceFile(path)) return statedHistory(options, path, world);
  const how = { isJson: options.format === 'json', resultOf: bestOf };
  return joinImages(options, world, how, (one, shared) =>
    path === null ? historyOfImage(one, shared) : statedHistory(one, path, shared),
  );
}

async function historyOfImage(options: HistoryOptions, world: World): Promise<Outcome> {
  const project = await readProject(options, world);
  const problem = undatedProblem(project.known, 'history');
  if (problem !== null) throw new InputError([problem]);
  const { tag } = options;
  const pinned = tag === null ? undefined : project.tags.pinned.get(tag);
  const histories = pinned === undefined ? conveniences(project, tag) : [pinnedHistory(pinned)];
  return {
    stdout: options.format === 'json' ? historyJson(histories) : historyText(histories, tag),
    result: tag !== null && histories.length === 0 ? 'findings' : 'as-planned',
  };
}

function conveniences({ image, known, factsFrom }: Project, tag: string | null): readonly TagHistory[] {
  const isAsked = (found: ConvenienceTag): boolean => tag === null || found.tag === tag;
  const tagsAt = (moment: Instant): readonly ConvenienceTag[] => {
    const { releases } = knownAt(known, moment);
    return resolveTags(image, releases, shapeFinder(image, releases, factsFrom)).convenience.filter(isAsked);
  };
  return tagHistories(momentsOf(known.releases), tagsAt);
}

/** A pinned tag has one owner for ever. */
function pinnedHistory({ rule, cell }: PinnedTag): TagHistory {
  const tag = cell.pinned.find((text) => text.rule === rule.name)?.tag ?? '';
  const because = becausePinned({ rule, cell });
  return { tag, rule: rule.name, spans: [{ owner: ownerOf(cell), from: cell.release.publishedAt, to: null, because }] };
}
