/**
 * `tagwright yank VERSION --reason TEXT` and `tagwright unyank VERSION`: the config line first, then the tags, then the
 * text of the release.
 *
 * The line is written before the first tag moves: whatever ends the run, the next publish, apply or yank goes by it. A
 * run that finds the line there goes on with the tags.
 */
import { InputError, OutsideError } from '../domain/errors.ts';
import { formatRepository } from '../domain/reference.ts';
import { mapSeveral } from '../domain/several.ts';
import { releaseText } from '../report/release-text.ts';
import { yankJson, yankPreview, yankText, type YankReport } from '../report/yank.ts';
import { sayPartial } from './apply.ts';
import { isConfirmed } from './confirm.ts';
import { releasePageOf } from './docs/release-docs.ts';
import { expectedOf } from './look/expected-of.ts';
import { sayForeignLock } from './look/lock-file.ts';
import { wishesOf } from './look/wishes.ts';
import { carryWishes, registriesMoving, resultOfReports } from './move/carry-wishes.ts';
import { readyEvidence, readySigner } from './move/ready-evidence.ts';
import { runEvidence } from './move/run-evidence.ts';
import type { CommonOptions, SigningOptions } from './options.ts';
import type { Outcome, World } from './world.ts';
import { nameOf, readChange, type Change, type Wanted } from './yank/change.ts';

export interface YankOptions extends CommonOptions, SigningOptions {
  readonly wanted: Wanted;
  readonly dryRun: boolean;
  readonly json: boolean;
  readonly journal: string;
  /** Where statements of moves are kept; `null`, or left out: with the journals. */
  readonly evidence?: string | null;
  readonly settleMs: number;
  /** `--yes`: move without asking. */
  readonly yes: boolean;
}

export async function yankCommand(options: YankOptions, world: World): Promise<Outcome> {
  const { wanted } = options;
  const change = await readChange(wanted, options, world);
  const { after, diff, config } = change;
  sayPartial(after, world);
  await sayForeignLock(after, world);
  const expected = await expectedOf(after, options, world);
  const concerned = new Set([...diff.changes, ...diff.appears].map(({ tag }) => tag));
  const registries = await world.registries(after.config.insecureRegistries);
  try {
    const opened = mapSeveral(after.image.repositories, (repository) => registries.open(repository));
    const inScope = (tag: string): boolean => concerned.has(tag);
    const asked = { files: null, project: after, refusal: () => null, expected, options, inScope };
    const wishes = await wishesOf(opened, asked, world);
    const problems = wishes.flatMap((wish) => wish.problems);
    if (problems.length > 0) throw new InputError(problems);
    const facts = { kind: wanted.kind, version: change.version, reason: change.release.yanked?.reason ?? null, diff };
    const path = options.evidence ?? options.journal;
    const about = { kind: 'release', release: change.release } as const;
    const why = wanted.kind === 'yank' ? { reason: facts.reason ?? wanted.reason } : {};
    const stated = { path, command: wanted.kind, about, why, project: after, signing: options };
    const evidence = await runEvidence(stated, world);
    const moving = registriesMoving(wishes);
    await readyEvidence(moving, evidence, options, world);
    const names = mapSeveral(after.image.repositories, formatRepository);
    if (!options.dryRun) world.say(yankPreview({ ...facts, repositories: names }).trimEnd());
    const byHand = config.kind === 'by-hand';
    const moves = wishes.map(({ registry, moves: own }) => ({ repository: registry.repository, moves: own }));
    const isMoving = !options.dryRun && !byHand && (await isConfirmed(moves, options.yes, world));
    if (isMoving) await readySigner(moving, evidence, world);
    if (isMoving && config.kind === 'write') await world.files(after.root).write(nameOf(options.config), config.text);
    const reports = await carryWishes(wishes, { ...options, evidence, dryRun: !isMoving }, world);
    const page = byHand ? null : await pageText(change, options, world);
    const report: YankReport = { ...facts, names, config, isWritten: isMoving, dryRun: options.dryRun, reports, page };
    const isAsked = options.dryRun || isMoving;
    return {
      stdout: options.json ? yankJson(report) : yankText(report),
      result: isAsked && !byHand ? resultOfReports(reports) : 'findings',
    };
  } finally {
    await registries.close();
  }
}

/** For the forge. What cannot be read now is no reason to call the withdrawal failed. */
async function pageText(change: Change, options: YankOptions, world: World): Promise<string | null> {
  try {
    const page = await releasePageOf(change.after, change.release, options, world);
    return releaseText(page, Number.POSITIVE_INFINITY);
  } catch (error) {
    const isKnown = error instanceof InputError || (error instanceof OutsideError && error.code !== 'ABORTED');
    if (!isKnown) throw error;
    world.say(`the text of the release cannot be made: ${error.message}`);
    return null;
  }
}
