/** Waiting for the package of a release: the event of a release may come before its upload has ended. */
import { InputError, OutsideError } from '../../domain/errors.ts';
import type { PackageIndex } from '../../ports.ts';
import type { Project } from '../read-project.ts';
import type { World } from '../world.ts';

const firstPauseMs = 5_000;
const maxPauseMs = 60_000;
/** An index that fails so often in a row is not about to answer. */
const maxFailures = 5;

type WaitingWorld = Pick<World, 'clock' | 'say' | 'signal'>;

/** The index of the config's package. @throws {InputError} USAGE where the config names none */
export async function packageIndexOf(
  { config }: Pick<Project, 'config'>,
  world: Pick<World, 'packageIndex'>,
): Promise<PackageIndex> {
  const index = await world.packageIndex(config.source);
  if (index !== null) return index;
  const message = `${config.file} does not say which package to wait for`;
  throw new InputError([
    { code: 'USAGE', where: '--wait-for-package', message, fix: "write source: { pypi: 'NAME' } beside its sources" },
  ]);
}

/**
 * Asks the index until it has a file of the version, at growing intervals of up to a minute; the last question is asked
 * at the bound itself. What fails is asked again, five times in a row at most. Each wait is told.
 *
 * @param boundMs how long to wait; 0 asks once
 * @returns whether it had to be waited for at all: then whatever was read before is of yesterday
 * @throws {OutsideError} PACKAGE_NOT_THERE at the bound; SOURCE_FAILED where the index does not answer; ABORTED
 */
export async function waitForPackage(
  index: PackageIndex,
  version: string,
  boundMs: number,
  world: WaitingWorld,
): Promise<boolean> {
  const start = world.clock.nowMs();
  let pauseMs = firstPauseMs;
  let failures = 0;
  for (let asked = 1; ; asked += 1) {
    const leftMs = boundMs - (world.clock.nowMs() - start);
    const answer = await ask(index, version, Math.max(leftMs, graceMs), world);
    if (answer === true) {
      if (asked > 1) world.say(`${index.name} has ${version} after ${span(world.clock.nowMs() - start)}`);
      return asked > 1;
    }
    failures = answer === false ? 0 : failures + 1;
    const waitedMs = world.clock.nowMs() - start;
    if (answer !== false && (failures === maxFailures || waitedMs >= boundMs)) throw answer;
    if (waitedMs >= boundMs) throw notThere(index, version, boundMs, asked);
    const nextMs = Math.min(pauseMs, boundMs - waitedMs);
    const why = answer === false ? `${index.name} does not have ${version} yet` : answer.message;
    world.say(`${why}; asking again in ${span(nextMs)}, for ${span(boundMs - waitedMs)} at most`);
    await world.clock.sleep(nextMs, world.signal).catch((error: unknown) => {
      throw world.signal.aborted ? interrupted(index, version, error) : error;
    });
    pauseMs = Math.min(pauseMs * 1.5, maxPauseMs);
  }
}

/** A question at the bound has this long for its answer. */
const graceMs = 30_000;

/** `true`, `false`, or why it could not be said. A question is not waited for beyond `limitMs`. */
async function ask(
  index: PackageIndex,
  version: string,
  limitMs: number,
  { clock, signal }: WaitingWorld,
): Promise<boolean | OutsideError> {
  const answered = new AbortController();
  const late = new AbortController();
  const limit = clock.sleep(limitMs, AbortSignal.any([answered.signal, signal])).then(
    () => late.abort(),
    () => undefined,
  );
  try {
    return await index.hasVersion(version, AbortSignal.any([signal, late.signal]));
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    if (signal.aborted) throw interrupted(index, version, error);
    if (!late.signal.aborted) return error;
    const message = `${index.name}: no answer about ${version} within ${span(limitMs)}`;
    return new OutsideError('SOURCE_FAILED', message, { source: index.name }, { cause: error });
  } finally {
    answered.abort();
    await limit;
  }
}

function notThere(index: PackageIndex, version: string, boundMs: number, asked: number): OutsideError {
  const often = asked === 1 ? 'once' : `${asked} times in ${span(boundMs)}`;
  const message = `${index.name} does not have ${version}, asked ${often}; nothing was built or moved. Has its upload failed? Run this again once it is there`;
  return new OutsideError('PACKAGE_NOT_THERE', message, { source: index.name, version, boundMs, asked });
}

function interrupted(index: PackageIndex, version: string, cause: unknown): OutsideError {
  const message = `interrupted while waiting for ${version} on ${index.name}; nothing was built or moved`;
  return new OutsideError('ABORTED', message, { source: index.name, version }, { cause });
}

/** `19m 55s`, by whole seconds. */
function span(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const parts = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ] as const;
  const shown = parts.filter(([count]) => count > 0).map(([count, unit]) => `${count}${unit}`);
  return shown.length === 0 ? '0s' : shown.join(' ');
}
