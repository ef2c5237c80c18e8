/** Each state is looked at once, whichever law asks; what is kept of it is what the laws found wrong. */
import { evidenceKeepsRight, lastTagStays, sameSaid, unknownReleaseKeepsTags } from './law-evidence.ts';
import { oneListOfMoves, onceIsEnough, onlyOntoSound, planFileHolds, rightStays, type Law } from './law-moves.ts';
import { publishEnds, soundIsMovedTo } from './law-progress.ts';
import { situationOf } from './situation.ts';
import type { State } from './state.ts';
import { watch } from './watch.ts';

export const laws: readonly { readonly name: string; readonly law: Law }[] = [
  { name: '1. apply, --plan-out and the fixes of audit are one list, in every repository', law: oneListOfMoves },
  { name: '2. what audit calls right is moved by no command', law: rightStays },
  { name: '3. nothing is moved onto an image that is not sound, and no sound one is built again', law: onlyOntoSound },
  { name: '4. a second apply is empty, and no fix says apply after one', law: onceIsEnough },
  { name: '5. explain, plan and audit say what the evidence says', law: sameSaid },
  { name: '6. a sound image never loses its last tag', law: lastTagStays },
  { name: '7. evidence never turns right into wrong', law: evidenceKeepsRight },
  { name: '8. no tag is taken from a release that no source knows', law: unknownReleaseKeepsTags },
  { name: 'a plan that audit wrote is carried out as apply would, and once is enough', law: planFileHolds },
  { name: 'a convenience tag whose owner is sound is moved there', law: soundIsMovedTo },
  { name: 'a release whose images are sound or nowhere is published whole', law: publishEnds },
];

export interface Judged {
  /** The state, in words. */
  readonly told: readonly string[];
  /** By the law's name. */
  readonly broken: ReadonlyMap<string, readonly string[]>;
}

const known = new Map<string, Promise<Judged>>();

export function judge(state: State): Promise<Judged> {
  const key = JSON.stringify(state);
  const judged = known.get(key) ?? judgeAnew(state);
  known.set(key, judged);
  return judged;
}

async function judgeAnew(state: State): Promise<Judged> {
  const situation = await situationOf(state);
  const watched = await watch(situation);
  const broken = new Map<string, readonly string[]>();
  for (const { name, law } of laws) broken.set(name, await law(watched));
  return { told: situation.told, broken };
}
