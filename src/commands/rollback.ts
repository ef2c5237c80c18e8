/**
 * `tagwright rollback JOURNAL`: gives the convenience tags of one publish their recorded digests back.
 *
 * Pinned tags stay. If one tag has moved since, nothing is put back unless `--only` says which: the journal no longer
 * tells the whole story, and a person has to look.
 */
import pMap from 'p-map';
import type { ImageConfig } from '../config/types.ts';
import { InputError, OutsideError } from '../domain/errors.ts';
import type { Digest } from '../domain/digest.ts';
import { formatRepository } from '../domain/reference.ts';
import { tagGrammar } from '../plan/grammar.ts';
import type { Move } from '../plan/types.ts';
import type { Registry, RegistryReader } from '../ports.ts';
import { readJournal, type JournalMove, type JournalState } from '../publish/journal.ts';
import { isDone, plannedResult } from '../moves/move-result.ts';
import { holdLastTags, lastTagRepair } from '../moves/last-tag.ts';
import { excludeLine, yankLine } from '../releases/settle.ts';
import { rollbackProblems } from '../publish/rollback-tags.ts';
import { applyJson, applyTable, type WaitingMove } from '../report/apply.ts';
import { isConfirmed } from './confirm.ts';
import { expectedOf } from './look/expected-of.ts';
import { lookForMoves } from './look/moves-look.ts';
import { repairContext } from './look/repository-look.ts';
import { carryOut } from './move/carry-out.ts';
import { openRepository } from './move/open-repository.ts';
import { readyEvidence, readySigner } from './move/ready-evidence.ts';
import { whereTagPoints } from './move/where-tag-points.ts';
import { runEvidence } from './move/run-evidence.ts';
import type { CommonOptions, SigningOptions } from './options.ts';
import { readImage, readProject, required, resolvedTags, type Project } from './read-project.ts';
import type { Outcome, World } from './world.ts';

export interface RollbackOptions extends CommonOptions, SigningOptions {
  /** The journal of the publish to undo. */
  readonly file: string;
  /** Only these tags; empty: every tag the journal moved. */
  readonly only: readonly string[];
  readonly dryRun: boolean;
  readonly json: boolean;
  readonly journal: string;
  /** Where statements of moves are kept; `null`, or left out: with the journals. */
  readonly evidence?: string | null;
  readonly settleMs: number;
  /** `--yes`: move without asking. */
  readonly yes?: boolean;
}

export async function rollbackCommand(options: RollbackOptions, world: World): Promise<Outcome> {
  const { config, image } = await readImage(options, world);
  const journals = world.journals(options.journal);
  const file = await journals.read(options.file);
  const state = required(readJournal(file.entries, file.path));
  const repository = image.repositories.find((candidate) => formatRepository(candidate) === state.begin.repository);
  if (repository === undefined) throw foreign(state, options.file, image.repositories.map(formatRepository));
  if (file.inUse) throw stillWritten(options.file);
  const wanted = chosen(state, options);
  const plan = await planNow(options, world);
  const rules = { convenience: plan === null ? null : plannedConvenience(plan), grammar: tagGrammar(image) };
  const forbidden = rollbackProblems(
    wanted.map(({ tag }) => tag),
    rules,
    options.file,
  );
  if (forbidden.length > 0) throw new InputError(forbidden);
  const registries = await world.registries(config.insecureRegistries);
  try {
    const registry = registries.open(repository);
    const back = await backMoves(registry, wanted, options, world);
    const { moves, waiting } =
      plan === null ? { moves: back, waiting: [] } : await withoutLastTags(registry, back, plan, options, world);
    const { settleMs: waitMs } = options;
    const command = 'rollback';
    const project = { image, tags: plan?.tags ?? null };
    const path = options.evidence ?? options.journal;
    const { version, at, command: before } = state.begin;
    const why = { undoes: { journal: options.file, command: before, version, at } };
    const evidenceOf = await runEvidence({ path, command, about: null, why, project, signing: options }, world);
    if (moves.length > 0) await readyEvidence([registry], evidenceOf, options, world);
    const isMoving = options.dryRun || (await isConfirmed([{ repository, moves }], options.yes ?? false, world));
    const dryRun = options.dryRun || !isMoving;
    if (!dryRun && moves.length > 0) await readySigner([registry], evidenceOf, world);
    const evidence = evidenceOf(repository);
    const opening = { registry, version: command, command, dryRun, journals, evidence, waitMs } as const;
    const open = await openRepository(opening, world);
    const done = dryRun
      ? { moves: moves.map(plannedResult), journal: null, failure: null }
      : await carryOut(open, moves);
    const report = { repository: open.name, dryRun, waiting, ...done };
    const complete = done.failure === null && (dryRun || done.moves.every(isDone));
    const isBack = done.moves.some(isDone) || (dryRun && moves.length > 0);
    const lines = isBack ? lastingText(state, withdrawn(image, plan)) : '';
    const lasting = lines === '' ? '' : `\n${lines}\n`;
    const text = `${applyTable([report], 'every tag points to what the journal recorded already')}${lasting}`;
    return {
      stdout: options.json ? applyJson([report]) : text,
      result: isMoving ? resultOf(complete, waiting) : 'findings',
    };
  } finally {
    await registries.close();
  }
}

/** A rollback is for bad days: without facts it goes by what the tags read like. */
async function planNow(options: CommonOptions, world: World): Promise<Project | null> {
  try {
    return await readProject(options, world);
  } catch (error) {
    const isKnown = error instanceof InputError || (error instanceof OutsideError && error.code !== 'ABORTED');
    if (!isKnown) throw error;
    world.say(
      `the plan cannot be made, so tags are judged by the rules of the config, and a tag that is the last one on an image is moved too: ${error.message}`,
    );
    return null;
  }
}

/** The convenience tags of the plan, those of excluded releases with them. */
function plannedConvenience({ image, known, factsFrom, tags }: Project): ReadonlySet<string> {
  const excluded = known.excluded.map(({ release }) => release);
  const all = [tags, resolvedTags(image, excluded, factsFrom)].flatMap(({ convenience }) => convenience);
  return new Set(all.map(({ tag }) => tag));
}

/** An image that the plan wants keeps a tag: the move that would take its last one waits. */
async function withoutLastTags(
  registry: Registry,
  back: readonly Move[],
  project: Project,
  options: CommonOptions,
  world: World,
): Promise<{ readonly moves: readonly Move[]; readonly waiting: readonly WaitingMove[] }> {
  const expected = await expectedOf(project, options, world);
  const tags = new Set(back.map(({ tag }) => tag));
  const inScope = (tag: string): boolean => tags.has(tag);
  const { looked } = await lookForMoves(registry, { project, expected, options, inScope }, world);
  const context = repairContext(looked);
  const { moves, held } = holdLastTags(back, looked.audited.sight);
  return { moves, waiting: held.map((one) => ({ ...one, repair: lastTagRepair(one, context) })) };
}

function resultOf(complete: boolean, waiting: readonly WaitingMove[]): Outcome['result'] {
  const isUnseen = waiting.some(({ holds: [hold] }) => hold.kind === 'unseen');
  if (!complete || isUnseen) return 'outside-failed';
  return waiting.length > 0 ? 'findings' : 'as-planned';
}

function foreign(state: JournalState, path: string, ours: readonly string[]): InputError {
  const message = `is the journal of ${state.begin.repository}, and the image is published to ${ours.join(', ')}`;
  return new InputError([
    { code: 'JOURNAL_FOREIGN', where: path, message, fix: 'give the config of that image, or --repository' },
  ]);
}

function stillWritten(path: string): InputError {
  const message = 'is being written by a run that is still at work';
  return new InputError([{ code: 'JOURNAL_INVALID', where: path, message, fix: 'let that run end first' }]);
}

function chosen(state: JournalState, options: RollbackOptions): readonly JournalMove[] {
  const tags = state.moves.map((move) => move.tag);
  const unknown = options.only.filter((tag) => !tags.includes(tag));
  if (unknown.length > 0) {
    const message = `the journal moved no ${unknown.join(', ')}`;
    const fix = tags.length === 0 ? 'it moved nothing' : `it moved ${tags.join(', ')}`;
    throw new InputError([{ code: 'USAGE', where: '--only', message, fix }]);
  }
  return options.only.length === 0 ? state.moves : state.moves.filter((move) => options.only.includes(move.tag));
}

/** The moves back, the broadest tag first; those that are back already are left out. */
async function backMoves(
  registry: RegistryReader,
  moves: readonly JournalMove[],
  options: RollbackOptions,
  world: World,
): Promise<Move[]> {
  const found = await pMap(
    moves,
    async (move) => {
      const expected = [move.from?.digest ?? null, move.to.digest];
      return { move, now: await whereTagPoints(registry, move.tag, expected, world.signal) };
    },
    { concurrency: 8 },
  );
  const back = found.filter(({ move, now }) => now !== (move.from?.digest ?? null));
  const since = back.filter(({ move, now }) => now !== move.to.digest);
  if (since.length > 0) {
    throw new InputError(
      since.map(({ move, now }) => ({
        code: 'TAG_MOVED_SINCE',
        where: `${formatRepository(registry.repository)}:${move.tag}`,
        message: `it is ${now ?? 'absent'} now; the journal left it on ${move.to.digest ?? ''}. Nothing was put back`,
        fix: options.only.includes(move.tag) ? 'leave it out of --only' : 'name the tags to put back with --only TAG',
      })),
    );
  }
  await refuseGone(
    registry,
    back.map(({ move }) => move),
    world,
  );
  return back.toReversed().map(({ move }): Move => ({
    kind: 'move',
    tag: move.tag,
    from: move.to,
    to: move.from ?? { owner: null, digest: null },
    because: 'rolled back to where it stood before',
  }));
}

/** Looked at before anything is put back. */
async function refuseGone(registry: RegistryReader, moves: readonly JournalMove[], world: World): Promise<void> {
  const digests = new Set(moves.flatMap(({ from }) => from?.digest ?? []));
  const asked = await pMap(digests, async (digest) => ({ digest, found: await registry.head(digest, world.signal) }), {
    concurrency: 8,
  });
  const gone: ReadonlySet<Digest | null> = new Set(
    asked.flatMap(({ digest, found }) => (found === null ? [digest] : [])),
  );
  const lost = moves.filter(({ from }) => gone.has(from?.digest ?? null));
  if (lost.length === 0) return;
  const others = moves.filter((move) => !lost.includes(move)).map(({ tag }) => `--only ${tag}`);
  throw new InputError(
    lost.map(({ tag, from }) => ({
      code: 'IMAGE_GONE',
      where: `${formatRepository(registry.repository)}:${tag}`,
      message: `it pointed to ${from?.digest ?? ''} before, which the registry no longer has. Nothing was put back`,
      fix: others.length === 0 ? 'publish that release anew' : `put back the others: ${others.join(' ')}`,
    })),
  );
}

/** What the config or a source says is withdrawn; without facts the config alone. */
function withdrawn(image: ImageConfig, plan: Project | null): ReadonlySet<string> {
  const known = plan?.known.releases.filter(({ yanked }) => yanked !== null).map(({ version }) => version.text) ?? [];
  return new Set([...known, ...image.yanked.map(({ version }) => version)]);
}

/** Without one of these lines the next apply moves the tags forward again. */
function lastingText(state: JournalState, isWithdrawn: ReadonlySet<string>): string {
  const moved = [...new Set(state.moves.flatMap((move) => move.to.owner?.version ?? []))];
  const versions = moved.filter((version) => !isWithdrawn.has(version));
  if (state.begin.command === 'rollback' || versions.length === 0) return '';
  // An apply fixed what an audit found: no release has to be withdrawn for that.
  if (state.begin.command === 'apply')
    return 'The plan is as it was: the next publish or apply moves these tags again. `tagwright plan` shows where, and why.';
  return [
    'To make it last, say so in the config; else the next publish or apply moves the tags forward again:',
    ...versions.map((version) => `  ${yankLine(version)},`),
    `or, for what is not a release at all:`,
    ...versions.map((version) => `  ${excludeLine(version)},`),
  ].join('\n');
}
