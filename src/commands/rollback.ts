/**
 * `tagwright rollback JOURNAL`: gives the convenience tags of one publish their recorded digests back.
 *
 * Pinned tags stay. If one tag has moved since, nothing is put back unless `--only` says which: the journal no longer
 * tells the whole story, and a person has to look.
 */
import pMap from 'p-map';
import { InputError } from '../domain/errors.ts';
import { formatInstant } from '../domain/instant.ts';
import { formatRepository } from '../domain/reference.ts';
import type { Move } from '../plan/types.ts';
import { readJournal, type JournalMove, type JournalState } from '../publish/journal.ts';
import { applyJson, applyTable } from '../report/apply.ts';
import type { ImageOptions } from './read-project.ts';
import { readImage, required } from './read-project.ts';
import type { MoveResult } from './publish/lane-run.ts';
import { openLane, type Lane } from './publish/lane.ts';
import { deleteTags, finishJournal, isDone, moveTags, settleMoves } from './publish/move-tags.ts';
import type { Outcome, World } from './world.ts';

export interface RollbackOptions extends ImageOptions {
  /** The journal of the publish to undo. */
  readonly file: string;
  /** Only these tags; empty: every tag the journal moved. */
  readonly only: readonly string[];
  readonly dryRun: boolean;
  readonly json: boolean;
  readonly journal: string;
  readonly settleMs: number;
}

export async function rollbackCommand(options: RollbackOptions, world: World): Promise<Outcome> {
  const { config, image } = await readImage(options, world);
  const journals = world.journals(options.journal);
  const file = await journals.read(options.file);
  const state = required(readJournal(file.entries, file.path));
  const repository = image.repositories.find((candidate) => formatRepository(candidate) === state.begin.repository);
  if (repository === undefined) throw foreign(state, options.file, image.repositories.map(formatRepository));
  const registries = world.registries(config.insecureRegistries);
  try {
    const lane = await openLane({
      registry: registries.open(repository),
      version: 'rollback',
      command: 'rollback',
      journals,
      now: () => formatInstant(world.clock.nowMs()),
      say: world.say,
      signal: world.signal,
    });
    const moves = await backMoves(lane, chosen(state, options), options, world);
    const results = options.dryRun
      ? moves.map((move): MoveResult => ({ move, state: 'planned', detail: null }))
      : await putBack(lane, moves, options.settleMs, world);
    await lane.journal.close();
    const report = {
      repository: lane.name,
      dryRun: options.dryRun,
      moves: results,
      waiting: [],
      journal: lane.journal.path(),
    };
    const complete = options.dryRun || results.every(isDone);
    const text = `${applyTable([report])}\n${lastingText(state)}\n`;
    return { stdout: options.json ? applyJson([report]) : text, result: complete ? 'as-planned' : 'outside-failed' };
  } finally {
    await registries.close();
  }
}

function foreign(state: JournalState, path: string, ours: readonly string[]): InputError {
  const message = `is the journal of ${state.begin.repository}, and the image is published to ${ours.join(', ')}`;
  return new InputError([
    { code: 'JOURNAL_FOREIGN', where: path, message, mend: 'give the config of that image, or --repository' },
  ]);
}

function chosen(state: JournalState, options: RollbackOptions): readonly JournalMove[] {
  const unknown = options.only.filter((tag) => !state.moves.some((move) => move.tag === tag));
  if (unknown.length > 0) {
    const message = `the journal moved no ${unknown.join(', ')}`;
    throw new InputError([
      { code: 'USAGE', where: '--only', message, mend: `it moved ${state.moves.map((move) => move.tag).join(', ')}` },
    ]);
  }
  return options.only.length === 0 ? state.moves : state.moves.filter((move) => options.only.includes(move.tag));
}

/** The moves back, the broadest tag first; those that are back already are left out. */
async function backMoves(
  lane: Lane,
  moves: readonly JournalMove[],
  options: RollbackOptions,
  world: World,
): Promise<Move[]> {
  const found = await pMap(
    moves,
    async (move) => ({ move, now: (await lane.registry.head(move.tag, world.signal))?.digest ?? null }),
    { concurrency: 8 },
  );
  const back = found.filter(({ move, now }) => now !== (move.from?.digest ?? null));
  const since = back.filter(({ move, now }) => now !== move.to.digest);
  if (since.length > 0) {
    throw new InputError(
      since.map(({ move, now }) => ({
        code: 'TAG_MOVED_SINCE',
        where: `${lane.name}:${move.tag}`,
        message: `it is ${now ?? 'absent'} now; the journal left it on ${move.to.digest ?? ''}. Nothing was put back`,
        mend: options.only.includes(move.tag) ? 'leave it out of --only' : 'name the tags to put back with --only TAG',
      })),
    );
  }
  return back.toReversed().map(({ move }): Move => ({
    kind: 'move',
    tag: move.tag,
    from: move.to,
    to: move.from ?? { owner: null, digest: null },
    because: 'rolled back to where it stood before',
  }));
}

async function putBack(lane: Lane, moves: readonly Move[], boundMs: number, world: World): Promise<MoveResult[]> {
  const moved = await moveTags(
    lane,
    moves.filter((move) => move.to.digest !== null),
    boundMs,
    world,
  );
  const settled = await settleMoves(lane, moved, boundMs, world);
  const deleted = await deleteTags(
    lane,
    moves.filter((move) => move.to.digest === null),
    world,
  );
  const results = [...settled.results, ...deleted];
  await finishJournal(lane, results, settled.waitedMs, world);
  return results;
}

/** Without one of these lines the next apply moves the tags forward again. */
function lastingText(state: JournalState): string {
  const { version } = state.begin;
  return [
    'To make it last, say so in the config; else the next publish or apply moves the tags forward again:',
    `  yanked: [{ version: '${version}', reason: '…' }],`,
    `or, if ${version} is no release at all:`,
    `  exclude: [{ version: '${version}', reason: '…' }],`,
  ].join('\n');
}
