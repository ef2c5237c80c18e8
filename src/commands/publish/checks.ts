/** Checks by name: what other machines answered, against the digests that tags are about to name. */
import pMap from 'p-map';
import { judgePasses, type Answer, type CheckedCell, type JudgedPasses } from '../../build/judge-passes.ts';
import { isPassFile, readPass } from '../../build/pass.ts';
import { isBeforePinned, unchecked } from '../../build/unchecked.ts';
import type { Check } from '../../config/types.ts';
import type { Digest, Manifest } from '../../domain/digest.ts';
import { InputError, type Problem } from '../../domain/errors.ts';
import { parseManifest } from '../../domain/image.ts';
import type { Release } from '../../domain/release.ts';
import type { Cell } from '../../plan/cell.ts';
import { checksOf } from '../../plan/checks-of.ts';
import type { Project } from '../read-project.ts';
import type { World } from '../world.ts';
import { sumWith } from '../release/read-records.ts';
import { doneDigest, inEach, type RepositoryRun } from './repository-run.ts';

/** What was found in a folder of passes. */
export interface Answers {
  readonly answers: readonly Answer[];
  /** Files that are of another release. */
  readonly foreign: readonly string[];
}

/** @throws {InputError} RECORD_INVALID for a pass that was edited, or is none */
export async function readAnswers(folder: string | null, release: Release, world: World): Promise<Answers> {
  const problems: Problem[] = [];
  const answers: Answer[] = [];
  const foreign: string[] = [];
  for (const { path, value } of folder === null ? [] : await world.readRecords(folder)) {
    if (!isPassFile(value)) continue;
    const read = readPass(value, path, sumWith(world));
    if (!read.ok) problems.push(...read.problems);
    else if (read.value.release.version !== release.version.text || read.value.release.revision !== release.revision)
      foreign.push(
        `${path} answers ${read.value.check} for ${read.value.release.version}, or for another commit of it`,
      );
    else {
      const { check, failed } = read.value;
      for (const answer of read.value.answers) answers.push({ ...answer, check, failed, from: path });
    }
  }
  if (problems.length > 0) throw new InputError(problems);
  return { answers, foreign };
}

/** @throws {InputError} USAGE */
export function refuseUncheckedBuild({ image }: Project, cells: readonly Cell[], isMerged: boolean): void {
  const problems = isMerged ? [] : unchecked(cells, image.checks);
  if (problems.length > 0) throw new InputError(problems);
}

/** Before any pinned tag of the release is put: checks that these wait for. */
export async function holdPinned(runs: readonly RepositoryRun[], answers: Answers): Promise<void> {
  await hold(runs, answers, isBeforePinned);
}

/** Before any convenience tag moves: every check. What has passed is kept for the moves and the lock. */
export async function holdMoves(runs: readonly RepositoryRun[], answers: Answers): Promise<void> {
  await hold(runs, answers, () => true);
}

async function hold(
  runs: readonly RepositoryRun[],
  { answers, foreign }: Answers,
  isDue: (check: Check) => boolean,
): Promise<void> {
  await inEach(runs, async (run) => {
    const checks = run.project.image.checks.filter(isDue);
    if (checks.length === 0 || run.progress.failure !== null) return;
    const judged = await judge(run, checks, answers);
    run.note({ passed: judged.passed });
    const lacks = judged.lacks.map(({ reason }) => reason);
    if (lacks.length === 0) return;
    for (const text of [...lacks, ...foreign, ...judged.foreign]) run.world.say(`${run.name}: ${text}`);
    const others = foreign.length + judged.foreign.length;
    const more = others === 0 ? '' : `; ${others} of the answers are for something else`;
    run.note({ failure: { code: 'CHECK_MISSING', reason: `${shortly(lacks)}${more}` } });
  });
}

const shown = 5;

function shortly(lacks: readonly string[]): string {
  const more = lacks.length > shown ? `; and ${lacks.length - shown} more` : '';
  return `${lacks.slice(0, shown).join('; ')}${more}`;
}

async function judge(run: RepositoryRun, checks: readonly Check[], answers: readonly Answer[]): Promise<JudgedPasses> {
  const wanted = run.survey.flatMap(({ cell }) => (checksOf(cell, checks).length > 0 ? [cell] : []));
  const cells = await pMap(wanted, (cell) => checkedCell(run, cell), { concurrency: 8 });
  const known = new Set(cells.flatMap((cell) => (cell === null ? [] : [cell.digest, ...cell.images.values()])));
  const parts = [...new Set(answers.map(({ digest }) => digest))].filter((digest) => !known.has(digest));
  const below = new Map(
    await pMap(parts, async (digest) => [digest, await imagesAt(run, digest)] as const, { concurrency: 8 }),
  );
  const found = cells.flatMap((cell) => cell ?? []);
  return judgePasses(found, checks, answers, (digest) => below.get(digest) ?? null);
}

/** `null` for a cell that lacks its image, which is reported by itself. */
async function checkedCell(run: RepositoryRun, cell: Cell): Promise<CheckedCell | null> {
  const state = run.stateOf(cell);
  if (state.kind === 'mergeable') {
    return { cell, digest: state.manifest.digest, images: imagesIn(state.manifest, cell.platforms) };
  }
  const digest = doneDigest(run, cell);
  const manifest = digest === null ? null : await run.registry.manifest(digest, run.world.signal);
  return manifest === null ? null : { cell, digest: manifest.digest, images: imagesIn(manifest, cell.platforms) };
}

async function imagesAt({ registry, world }: RepositoryRun, digest: Digest): Promise<ReadonlyMap<string, Digest>> {
  const manifest = await registry.manifest(digest, world.signal);
  return manifest === null ? new Map() : imagesIn(manifest, []);
}

/** @param platforms of a manifest that is no index */
function imagesIn(manifest: Manifest, platforms: readonly string[]): ReadonlyMap<string, Digest> {
  const parsed = parseManifest(manifest);
  if (parsed.kind === 'index') return new Map(parsed.images.map(({ platform, digest }) => [platform, digest]));
  return new Map(platforms.map((platform) => [platform, manifest.digest]));
}
