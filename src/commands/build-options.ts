import type { BuildOptions } from '../ports.ts';
import { runningText } from '../report/build-running.ts';
import type { World } from './world.ts';

/** A line for what has ended; on a terminal what runs now, in place. */
export function buildOptions({ say, progress, signal }: Pick<World, 'say' | 'progress' | 'signal'>): BuildOptions {
  return { onProgress: say, onRunning: (steps) => progress?.now(runningText(steps)), signal };
}
